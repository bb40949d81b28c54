// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is not known of a disk is never read.

#include "filesystems/medium.h"

#include <string.h>

#define SIZE_BYTES 4096

static gboolean
read_cb (gpointer data, guint64 offset_bytes, void *buffer, gsize length)
{
  memset (buffer, 'x', length);
  return TRUE;
}

static PlatterMedium *
make_medium (gint64 deadline_us)
{
  PlatterMedium *medium = platter_medium_new (SIZE_BYTES, 512, read_cb, NULL, deadline_us);

  platter_medium_add_unknown (medium, 512, 256);
  platter_medium_add_unknown (medium, 768, 256);
  platter_medium_add_unknown (medium, 2048, 512);
  return medium;
}

static void
test_known (void)
{
  g_autoptr (PlatterMedium) medium = make_medium (G_MAXINT64);
  char buffer[SIZE_BYTES] = { 0 };

  g_assert_cmpuint (medium->unknown->len, ==, 2);
  g_assert_true (platter_medium_read (medium, 0, buffer, 512));
  g_assert_false (platter_medium_read (medium, 0, buffer, 513));
  g_assert_false (platter_medium_read (medium, 1023, buffer, 1));
  g_assert_true (platter_medium_read (medium, 1024, buffer, 1024));
  g_assert_true (platter_medium_read (medium, 2560, buffer, 1536));
  g_assert_false (platter_medium_read (medium, 2560, buffer, 1537));
  g_assert_false (platter_medium_read (medium, G_MAXUINT64, buffer, 2));
}

static void
test_around (void)
{
  g_autoptr (PlatterMedium) medium = make_medium (G_MAXINT64);
  char buffer[SIZE_BYTES];

  g_assert_true (platter_medium_read_around (medium, 100, buffer, 3000));
  for (gsize i = 0; i < 3000; i++)
    g_assert_cmpint (buffer[i], ==, platter_medium_is_known (medium, 100 + i, 1) ? 'x' : '\0');
}

static void
test_late (void)
{
  g_autoptr (PlatterMedium) medium = make_medium (0);
  char byte = 0;

  g_assert_true (platter_medium_is_late (medium));
  g_assert_false (platter_medium_read (medium, 0, &byte, 1));
  g_assert_false (platter_medium_read_around (medium, 0, &byte, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/medium/known", test_known);
  g_test_add_func ("/medium/around", test_around);
  g_test_add_func ("/medium/late", test_late);
  return g_test_run ();
}
