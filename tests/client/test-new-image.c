// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where a new image can be made.

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/new-image/fits-fat", test_fits_fat);
  return g_test_run ();
}
