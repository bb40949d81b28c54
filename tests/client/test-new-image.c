// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where there is room for a new image, and for what is left of one.

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/new-image-private.h"

#define MIB ((guint64)1024 * 1024)
#define GIB (1024 * MIB)

static void
test_fits_fat (void)
{
  static const struct
  {
    const char *format;
    guint64 size_bytes;
    guint64 piece_bytes;
    gboolean fits;
  } rows[] = {
    { "raw", 4 * GIB - 1, 0, TRUE },
    { "raw", 4 * GIB, 0, FALSE },
    { "gz", 8 * GIB, 0, TRUE }, /* it may become small enough */
    { "raw", 8 * GIB, 4095 * MIB, TRUE },
    { "gz", 8 * GIB, 4095 * MIB, TRUE },
    { "raw", 8 * GIB, 4 * GIB, FALSE },
    { "gz", 8 * GIB, 4 * GIB, FALSE },
    { "raw", 8 * GIB, 7 * GIB, FALSE },
    { "raw", 3 * GIB, 4 * GIB, TRUE }, /* one piece, which is not full */
    { "zst", 0, 4 * GIB, TRUE },       /* refused for another reason */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (
      platter_new_image_fits_fat (rows[i].format, rows[i].size_bytes, rows[i].piece_bytes), ==,
      rows[i].fits);
}

/* Returns: the room that it takes */
static guint64
leave (const char *folder, guint piece, gsize length)
{
  g_autofree char *name = g_strdup_printf (".x.img.%03u.platter-part", piece);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = g_strnfill (length, 'x');
  struct stat status;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (stat (path, &status), ==, 0);
  return (guint64)status.st_blocks * 512;
}

/* That of the first piece is counted with the file. */
static void
test_left_bytes (void)
{
  g_autofree char *folder = g_dir_make_tmp ("platter-new-image-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.img", NULL);
  g_autoptr (PlatterNewPieces) pieces = platter_new_pieces_new (path, MIB);
  guint64 left_bytes = 0;

  g_assert_cmpuint (platter_new_pieces_get_left_bytes (pieces), ==, 0);
  leave (folder, 1, 300000);
  for (guint piece = 2; piece < 12; piece++)
    left_bytes += leave (folder, piece, 100000 * piece);
  g_assert_cmpuint (left_bytes, >, 0);
  g_assert_cmpuint (platter_new_pieces_get_left_bytes (pieces), ==, left_bytes);

  for (guint piece = 1; piece < 12; piece++)
    {
      g_autofree char *name = g_strdup_printf (".x.img.%03u.platter-part", piece);
      g_autofree char *left = g_build_filename (folder, name, NULL);

      g_assert_cmpint (g_unlink (left), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* Of what may lie in a folder. A directory, and a link to nowhere, have their names as well. */
static void
test_existing_pieces (void)
{
  static const char *const others[]
    = { "x.img", "x.img.1", "y.img.004", "x.img.005.json", "x.img.401", "x.img.+6", "x.img.00a" };
  g_autofree char *folder = g_dir_make_tmp ("platter-new-image-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.img", NULL);
  g_autofree char *piece = g_build_filename (folder, "x.img.003", NULL);
  g_autofree char *directory = g_build_filename (folder, "x.img.001", NULL);
  g_autofree char *link = g_build_filename (folder, "x.img.400", NULL);
  g_autoptr (PlatterNewPieces) pieces = platter_new_pieces_new (path, MIB);
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *other = g_build_filename (folder, others[i], NULL);

      g_assert_true (g_file_set_contents (other, "", 0, NULL));
    }
  before = platter_new_pieces_dup_existing (pieces);
  g_assert_cmpuint (before->len, ==, 0);
  g_assert_true (g_file_set_contents (piece, "", 0, NULL));
  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);
  g_assert_cmpint (symlink ("nowhere", link), ==, 0);
  after = platter_new_pieces_dup_existing (pieces);
  g_assert_cmpuint (after->len, ==, 3);
  g_assert_cmpstr (after->pdata[0], ==, directory);
  g_assert_cmpstr (after->pdata[1], ==, piece);
  g_assert_cmpstr (after->pdata[2], ==, link);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *other = g_build_filename (folder, others[i], NULL);

      g_assert_cmpint (g_unlink (other), ==, 0);
    }
  for (guint i = 0; i < after->len; i++)
    g_assert_cmpint (remove (after->pdata[i]), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/new-image/fits-fat", test_fits_fat);
  g_test_add_func ("/new-image/left-bytes", test_left_bytes);
  g_test_add_func ("/new-image/existing-pieces", test_existing_pieces);
  return g_test_run ();
}
