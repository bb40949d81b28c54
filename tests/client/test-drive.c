// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a drive says of itself, made from facts; and its identity as the helper gets it.

#include <gio/gio.h>
#include <string.h>

#include "client/drive-private.h"
#include "client/drive.h"

static PlatterDriveFacts *
make_facts (const char *vendor, const char *model, const char *backing_file)
{
  PlatterDriveFacts *facts = g_new0 (PlatterDriveFacts, 1);

  facts->device = g_strdup ("/dev/sdx");
  facts->name = g_strdup ("sdx");
  facts->number = 0x823;
  facts->diskseq = 7;
  facts->size_bytes = 32000000000;
  facts->vendor = g_strdup (vendor);
  facts->model = g_strdup (model);
  facts->serial = g_strdup ("4C53");
  facts->bus = g_strdup ("usb");
  facts->port = g_strdup ("USB 3, port 2");
  facts->backing_file = g_strdup (backing_file);
  facts->logical_block_bytes = 512;
  facts->is_removable = TRUE;
  facts->volumes = g_ptr_array_new_with_free_func (g_object_unref);
  return facts;
}

static void
assert_name (const char *vendor, const char *model, const char *backing_file, const char *name)
{
  g_autoptr (PlatterDrive) drive = platter_drive_new (make_facts (vendor, model, backing_file));

  g_assert_cmpstr (platter_drive_get_display_name (drive), ==, name);
}

static void
test_names (void)
{
  assert_name ("SanDisk", "Ultra", NULL, "SanDisk Ultra");
  assert_name ("Samsung", "Samsung SSD 870", NULL, "Samsung SSD 870");
  assert_name ("", "Ultra", NULL, "Ultra");
  assert_name ("", "", NULL, "sdx");
  assert_name ("", "", "/home/u/Holiday photos.img", "Holiday photos.img");
}

static void
test_words (void)
{
  PlatterDriveFacts *facts = make_facts ("SanDisk", "Ultra", NULL);
  g_autoptr (PlatterDrive) drive = NULL;

  g_ptr_array_add (facts->volumes,
                   platter_volume_new ("/dev/sdx1", 1048576, 12000000000, "Photos", "vfat", NULL));
  drive = platter_drive_new (facts);
  g_assert_nonnull (strstr (platter_drive_get_title (drive), "SanDisk Ultra"));
  g_assert_nonnull (strstr (platter_drive_get_title (drive), "32.0"));
  g_assert_nonnull (strstr (platter_drive_get_subtitle (drive), "USB 3, port 2"));
  g_assert_nonnull (strstr (platter_drive_get_subtitle (drive), "4C53"));
  g_assert_nonnull (strstr (platter_drive_get_subtitle (drive), "Photos"));
}

static void
test_identity (void)
{
  g_autoptr (PlatterDrive) drive = platter_drive_new (make_facts ("SanDisk", "Ultra", NULL));
  g_autoptr (GVariant) identity = g_variant_ref_sink (platter_drive_dup_identity (drive));
  guint64 number = 0;
  guint64 diskseq = 0;
  guint64 size = 0;
  const char *serial = NULL;

  g_assert_true (g_variant_lookup (identity, "number", "t", &number));
  g_assert_true (g_variant_lookup (identity, "diskseq", "t", &diskseq));
  g_assert_true (g_variant_lookup (identity, "size", "t", &size));
  g_assert_true (g_variant_lookup (identity, "serial", "&s", &serial));
  g_assert_cmpuint (number, ==, 0x823);
  g_assert_cmpuint (diskseq, ==, 7);
  g_assert_cmpuint (size, ==, 32000000000);
  g_assert_cmpstr (serial, ==, "4C53");
  g_assert_false (g_variant_lookup (identity, "object", "&o", &serial));
}

static void
count_cb (GListModel *model, guint position, guint removed, guint added, guint *count)
{
  (*count)++;
}

static void
test_keeps_volumes_that_stay (void)
{
  PlatterDriveFacts *facts = make_facts ("SanDisk", "Ultra", NULL);
  PlatterDriveFacts *same = make_facts ("SanDisk", "Ultra", NULL);
  PlatterDriveFacts *less = make_facts ("SanDisk", "Ultra", NULL);
  g_autoptr (PlatterDrive) drive = NULL;
  guint n_changes = 0;

  g_ptr_array_add (facts->volumes, platter_volume_new ("/dev/sdx1", 0, 1, "A", "ext4", NULL));
  g_ptr_array_add (same->volumes, platter_volume_new ("/dev/sdx1", 0, 1, "A", "ext4", NULL));
  drive = platter_drive_new (facts);
  g_signal_connect (platter_drive_get_volumes (drive), "items-changed", G_CALLBACK (count_cb),
                    &n_changes);
  platter_drive_take_facts (drive, same);
  g_assert_cmpuint (n_changes, ==, 0);
  platter_drive_take_facts (drive, less);
  g_assert_cmpuint (n_changes, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (platter_drive_get_volumes (drive)), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/drive/names", test_names);
  g_test_add_func ("/drive/words", test_words);
  g_test_add_func ("/drive/identity", test_identity);
  g_test_add_func ("/drive/volumes", test_keeps_volumes_that_stay);
  return g_test_run ();
}
