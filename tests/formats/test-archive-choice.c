// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which file of an archive is taken for its image.

#include "formats/archive-choice.h"

#include <string.h>

static void
test_companions (void)
{
  static const char *const companions[]
    = { "x.img.sha256", "a/b/X.SHA512", "x.md5",     "x.img.sig",  "x.asc",
        "README.txt",   "x.json",       "x.bmap",    "SHA256SUMS", "__MACOSX/disk.img",
        "a/__MACOSX/b", "._disk.img",   ".DS_Store", ".txt",       "a/checksum" };
  static const char *const others[]
    = { "disk.img", "x.txt/disk.img", "txt", "x.sha256.img", "MACOSX/x", "/", "", "sums" };

  for (gsize i = 0; i < G_N_ELEMENTS (companions); i++)
    g_assert_true (platter_archive_choice_is_companion (companions[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (platter_archive_choice_is_companion (others[i]));
}

static void
test_one (void)
{
  g_autoptr (PlatterArchiveChoice) choice = platter_archive_choice_new ();

  g_assert_cmpint (choice->state, ==, PLATTER_ARCHIVE_EMPTY);
  g_assert_false (platter_archive_choice_add (choice, 0, "x.txt", 5));
  g_assert_false (platter_archive_choice_add (choice, 1, "empty.img", 0));
  g_assert_cmpint (choice->state, ==, PLATTER_ARCHIVE_EMPTY);
  g_assert_true (platter_archive_choice_add (choice, 2, "disk.img", 7));
  g_assert_cmpint (choice->state, ==, PLATTER_ARCHIVE_GOOD);
  g_assert_cmpuint (choice->index, ==, 2);
  g_assert_cmpuint (choice->size_bytes, ==, 7);
  g_assert_cmpstr (platter_archive_choice_get_name (choice), ==, "disk.img");
}

static void
test_several (void)
{
  g_autoptr (PlatterArchiveChoice) choice = platter_archive_choice_new ();
  g_autofree char *text = NULL;

  for (guint i = 0; i < 7; i++)
    platter_archive_choice_add (choice, i, i == 0 ? NULL : "b.img", 7);
  g_assert_cmpint (choice->state, ==, PLATTER_ARCHIVE_SEVERAL);
  g_assert_cmpuint (choice->index, ==, 0);
  text = platter_archive_choice_dup_several (choice);
  g_assert_nonnull (strstr (text, "(?, b.img, b.img, b.img, b.img and 2 more): unpack it"));
}

static void
test_shown (void)
{
  static const struct
  {
    const char *path;
    const char *shown;
  } names[] = {
    { "disk.img", "disk.img" },       { "/a/../b", "/a/../b" },
    { "a\nb\tc", "a\uFFFDb\uFFFDc" }, { "\x1b[31m", "\uFFFD[31m" },
    { "\u202egmi.x", "\uFFFDgmi.x" }, { "caf\xe9.img", "caf\uFFFD.img" },
    { "日本.img", "日本.img" },       { "", "" },
  };
  g_autofree char *large = g_strnfill (100000, 'x');
  g_autofree char *cut = platter_archive_choice_dup_shown (large);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *shown = platter_archive_choice_dup_shown (names[i].path);

      g_assert_cmpstr (shown, ==, names[i].shown);
    }
  g_assert_cmpint (g_utf8_strlen (cut, -1), ==, 81);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/archive-choice/companions", test_companions);
  g_test_add_func ("/archive-choice/one", test_one);
  g_test_add_func ("/archive-choice/several", test_several);
  g_test_add_func ("/archive-choice/shown", test_shown);
  return g_test_run ();
}
