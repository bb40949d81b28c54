// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Image files: what is taken for one, what is refused, and what is found in it.

#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client/image-kind.h"
#include "client/image.h"
#include "client/volume.h"

#ifdef __SANITIZE_ADDRESS__
#  include <sanitizer/lsan_interface.h>
#endif

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("platter-image-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "disk.img", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_remove (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
  g_free (self->path);
}

static PlatterImage *
open_image (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return platter_image_open (file, NULL, error);
}

static void
write_bytes (Fixture *self, const void *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (self->path, bytes, (gssize)length, &error);
  g_assert_no_error (error);
}

/* An MBR with two partitions: the second ends behind the end of the file. */
static void
put_partition (guint8 *entry, guint32 start, guint32 count)
{
  entry[4] = 0x83;
  for (guint i = 0; i < 4; i++)
    {
      entry[8 + i] = (guint8)(start >> (8 * i));
      entry[12 + i] = (guint8)(count >> (8 * i));
    }
}

static void
test_plain (Fixture *self, gconstpointer data)
{
  gsize length = 1024 * 1024 + 100;
  g_autofree guint8 *bytes = g_malloc0 (length);
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterImage) image = NULL;
  g_autoptr (PlatterVolume) second = NULL;
  g_autofree char *shortfall = NULL;
  GListModel *partitions = NULL;

  put_partition (bytes + 446, 64, 128);
  put_partition (bytes + 462, 1024, 100000);
  bytes[510] = 0x55;
  bytes[511] = 0xaa;
  write_bytes (self, bytes, length);

  image = open_image (self->path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (platter_image_get_name (image), ==, "disk.img");
  g_assert_cmpuint (platter_image_get_size_bytes (image), ==, length);
  g_assert_cmpint (platter_image_get_fd (image), >=, 0);
  g_assert_null (platter_image_get_expected_digest (image));
  partitions = platter_image_get_partitions (image);
  g_assert_cmpuint (g_list_model_get_n_items (partitions), ==, 2);
  second = g_list_model_get_item (partitions, 1);
  g_assert_cmpuint (platter_volume_get_offset_bytes (second), ==, 1024 * 512);
  g_assert_cmpuint (platter_volume_get_size_bytes (second), ==, (guint64)100000 * 512);
  shortfall = platter_image_dup_shortfall (image);
  g_assert_cmpstr (shortfall, ==,
                   "disk.img ends before its partition 2 does: it may not have come whole.");
}

static void
test_refuses_what_is_no_file (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) folder_error = NULL;
  g_autoptr (GError) fifo_error = NULL;
  g_autoptr (GError) missing_error = NULL;
  g_autoptr (GError) empty_error = NULL;

  g_assert_null (open_image (self->folder, &folder_error));
  g_assert_error (folder_error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_NOT_A_FILE);
  g_assert_null (open_image (self->path, &missing_error));
  g_assert_error (missing_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

  /* Nobody writes to it: opening must not wait. */
  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  g_assert_null (open_image (self->path, &fifo_error));
  g_assert_error (fifo_error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_NOT_A_FILE);
  g_remove (self->path);

  write_bytes (self, "", 0);
  g_assert_null (open_image (self->path, &empty_error));
  g_assert_error (empty_error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_EMPTY);
}

static void
test_refuses_containers (void)
{
  static const struct
  {
    const char *head;
    gsize length;
    const char *tool;
  } heads[] = {
    { "Rar!", 4, "unrar" },
    { "COWD", 4, "qemu-img" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autoptr (GError) error = NULL;
      guint8 bytes[512] = { 0 };
      PlatterFormat format = PLATTER_FORMAT_NONE;

      memcpy (bytes, heads[i].head, heads[i].length);
      g_assert_null (platter_image_kind_find (bytes, sizeof bytes, "x.img", &format, &error));
      g_assert_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, heads[i].tool));
      g_assert_nonnull (strstr (error->message, "x.img"));
    }
}

/* A .dmg is found by its end: it may begin like a compressed file, or like a disk. These two are damaged. */
static void
test_refuses_dmg (Fixture *self, gconstpointer data)
{
  static const char *const heads[] = { "BZh91AY&SY", "\0\0\0\0\0\0\0\0\0\0" };

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = g_build_filename (self->folder, "x.dmg", NULL);
      g_autoptr (GFile) file = g_file_new_for_path (path);
      char bytes[4096] = { 0 };

      memcpy (bytes, heads[i], 10);
      memcpy (bytes + sizeof bytes - 512, "koly\0\0\0\4", 8);
      g_assert_true (g_file_set_contents (path, bytes, sizeof bytes, NULL));
      g_assert_null (platter_image_open (file, NULL, &error));
      g_assert_nonnull (strstr (error->message, "Apple disk image that is damaged"));
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
}

static void
test_takes_hybrid_iso (void)
{
  g_autofree guint8 *bytes = g_malloc0 (PLATTER_IMAGE_KIND_BYTES);
  g_autoptr (GError) error = NULL;
  PlatterFormat format = PLATTER_FORMAT_XZ;

  memcpy (bytes + 32769, "CD001", 5);
  memcpy (bytes, "PK\x03\x04", 4);
  g_assert_cmpstr (platter_image_kind_find (bytes, PLATTER_IMAGE_KIND_BYTES, "x", &format, &error),
                   ==, "ISO image");
  g_assert_no_error (error);
  g_assert_cmpint (format, ==, PLATTER_FORMAT_NONE);
  /* A file that ends inside the magic. */
  g_assert_cmpstr (platter_image_kind_find ((const guint8 *)"\xfd"
                                                            "7z",
                                            3, "x", &format, &error),
                   ==, "Disk image");
}

/* Of 1 MiB of zeros: what xz says of its size is taken from the index, gzip does not say. */
static void
test_packed (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *tool;
    const char *packing;
    guint64 size_bytes;
  } tools[] = {
    { "xz", "xz", 1048576 }, { "gzip", "gzip", 0 },      { "zstd -q", "zstd", 0 },
    { "bzip2", "bzip2", 0 }, { "xz -Flzma", "lzma", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tools); i++)
    {
      g_autofree char *command
        = g_strdup_printf ("head -c 1048576 /dev/zero | %s -c >%s", tools[i].tool, self->path);
      g_autoptr (GError) error = NULL;
      g_autoptr (PlatterImage) image = NULL;

      g_assert_cmpint (system (command), ==, 0);
      image = open_image (self->path, &error);
      g_assert_no_error (error);
      g_assert_true (platter_image_is_packed (image));
      g_assert_cmpstr (platter_image_get_packing (image), ==, tools[i].packing);
      g_assert_nonnull (strstr (platter_image_get_kind (image), tools[i].packing));
      g_assert_cmpuint (platter_image_get_size_bytes (image), ==, tools[i].size_bytes);
      g_assert_cmpuint (platter_image_get_file_bytes (image), <, 4096);
    }
}

static void
test_packed_nothing (Fixture *self, gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("xz -c </dev/null >%s", self->path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (system (command), ==, 0);
  g_assert_null (open_image (self->path, &error));
  g_assert_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_EMPTY);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  PlatterImage **image = user_data;

  *image = platter_image_open_finish (result, &error);
  g_assert_no_error (error);
}

static void
test_async (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);
  g_autoptr (PlatterImage) image = NULL;

  write_bytes (self, "plain", 5);
  platter_image_open_async (file, NULL, opened_cb, &image);
  while (image == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (platter_image_get_size_bytes (image), ==, 5);
}

/* GIO looks for its modules once, and drops what it knows of those that it does not need: nobody else's leak is to be hidden by that. */
static void
load_modules (void)
{
#ifdef __SANITIZE_ADDRESS__
  __lsan_disable ();
  g_vfs_get_default ();
  __lsan_enable ();
#endif
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  load_modules ();
  g_test_add ("/image/plain", Fixture, NULL, set_up, test_plain, tear_down);
  g_test_add ("/image/no-file", Fixture, NULL, set_up, test_refuses_what_is_no_file, tear_down);
  g_test_add ("/image/async", Fixture, NULL, set_up, test_async, tear_down);
  g_test_add ("/image/packed", Fixture, NULL, set_up, test_packed, tear_down);
  g_test_add ("/image/packed-nothing", Fixture, NULL, set_up, test_packed_nothing, tear_down);
  g_test_add ("/image/dmg", Fixture, NULL, set_up, test_refuses_dmg, tear_down);
  g_test_add_func ("/image/container", test_refuses_containers);
  g_test_add_func ("/image/hybrid", test_takes_hybrid_iso);
  return g_test_run ();
}
