// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where a drive is plugged in, in made-up folders of sysfs.

#include <glib.h>
#include <glib/gstdio.h>

#include "client/drive-port.h"

typedef struct
{
  const char *speed;
  const char *devpath;
  const char *words;
} Case;

static void
put (const char *folder, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
}

static void
test_usb (gconstpointer data)
{
  const Case *one = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *root = g_dir_make_tmp ("platter-port-XXXXXX", &error);
  g_autofree char *usb = g_build_filename (root, "usb2", NULL);
  g_autofree char *device = g_build_filename (usb, "2-1", NULL);
  g_autofree char *disk = g_build_filename (device, "block", NULL);
  g_autofree char *speed = g_build_filename (device, "speed", NULL);
  g_autofree char *devpath = g_build_filename (device, "devpath", NULL);
  g_autofree char *words = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (g_mkdir_with_parents (disk, 0700), ==, 0);
  put (device, "speed", one->speed);
  put (device, "devpath", one->devpath);
  words = platter_drive_port_dup (disk);
  g_assert_cmpstr (words, ==, one->words);
  g_assert_cmpstr (platter_drive_port_get_bus (disk, "sda"), ==, "usb");

  g_remove (speed);
  g_remove (devpath);
  g_rmdir (disk);
  g_rmdir (device);
  g_rmdir (usb);
  g_assert_cmpint (g_rmdir (root), ==, 0);
}

static void
test_others (void)
{
  g_autofree char *sata
    = platter_drive_port_dup ("/sys/devices/pci0000:00/0000:00:1f.2/ata2/host1/block/sda");
  g_autofree char *none = platter_drive_port_dup ("/sys/devices/virtual/block/loop3");

  g_assert_cmpstr (sata, ==, "SATA 2");
  g_assert_cmpstr (none, ==, "");
  g_assert_cmpstr (platter_drive_port_get_bus ("/sys/devices/virtual/block/loop3", "loop3"), ==,
                   "loop");
  g_assert_cmpstr (platter_drive_port_get_bus ("/sys/devices/pci/nvme/nvme0/nvme0n1", "nvme0n1"),
                   ==, "nvme");
  g_assert_cmpstr (platter_drive_port_get_bus ("/sys/devices/pci/block/sdx", "sdx"), ==, "");
}

int
main (int argc, char **argv)
{
  static const Case cases[] = {
    { "5000\n", "2\n", "USB 3, port 2" },
    { "480\n", "1.3\n", "USB 2, hub port 3" },
    { "1.5\n", "4\n", "USB 1, port 4" },
    { "20000\n", "1.2.4\n", "USB 4, hub port 4" },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/drive-port/usb/%u", (guint)i);

      g_test_add_data_func (path, &cases[i], test_usb);
    }
  g_test_add_func ("/drive-port/others", test_others);
  return g_test_run ();
}
