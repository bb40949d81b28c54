// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A new image is named after the one that it is made of.

#include "app/image-name.h"

static void
check (const char *name, const char *ending, guint number, const char *expected)
{
  g_autofree char *made = platter_image_name_dup (name, ending, number);

  g_assert_cmpstr (made, ==, expected);
}

static void
test_old_endings_go (void)
{
  check ("debian.iso", ".img.zst", 1, "debian.img.zst");
  check ("pi.img.xz", ".img", 1, "pi.img");
  check ("board.wic.tar.gz", ".qcow2", 1, "board.qcow2");
  check ("VM.QCOW2", ".vdi", 1, "VM.vdi");
}

static void
test_the_rest_stays (void)
{
  check ("debian-12.5.iso", ".img", 1, "debian-12.5.img");
  check ("disk", ".img", 1, "disk.img");
  check ("xz", ".img", 1, "xz.img");
  check (".img", ".vdi", 1, ".img.vdi");
  check ("a folder/disk.img", ".vdi", 1, "a folder-disk.vdi");
}

static void
test_a_name_that_is_taken (void)
{
  check ("pi.img", ".img", 2, "pi-2.img");
  check ("pi.img.xz", ".img.xz", 3, "pi-3.img.xz");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image-name/old-endings", test_old_endings_go);
  g_test_add_func ("/image-name/rest", test_the_rest_stays);
  g_test_add_func ("/image-name/taken", test_a_name_that_is_taken);
  return g_test_run ();
}
