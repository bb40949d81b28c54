// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which part of a drive the map shows, closer and farther.

#include "app/map-zoom.h"

#define TIB ((guint64)1 << 40)

static void
assert_inside (guint64 size_bytes, const PlatterMapRange *stretch, guint64 at_bytes)
{
  g_assert_cmpuint (stretch->offset_bytes % PLATTER_MAP_ZOOM_CELL_BYTES, ==, 0);
  g_assert_cmpuint (stretch->length_bytes, <=, size_bytes);
  g_assert_cmpuint (stretch->offset_bytes, <=, size_bytes - stretch->length_bytes);
  g_assert_cmpuint (stretch->offset_bytes, <=, at_bytes);
  g_assert_cmpuint (at_bytes - stretch->offset_bytes, <, stretch->length_bytes);
}

/* From all of it down to where a cell is a sector, wherever one looks, and back. */
static void
test_steps (void)
{
  static const guint64 sizes[]
    = { 1, 511, 4096, 1024 * 512, 1024 * 512 + 1, 100 * 1000 * 1000, 16 * TIB - 7 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint k = 0; k <= 4; k++)
      {
        guint64 at = (sizes[i] - 1) / 4 * k;
        PlatterMapRange stretch = { .length_bytes = sizes[i] };
        guint n_steps = 0;
        guint64 before;

        do
          {
            before = stretch.length_bytes;
            stretch = platter_map_zoom_step (sizes[i], &stretch, 1, at);
            assert_inside (sizes[i], &stretch, at);
            g_assert_cmpuint (n_steps++, <, 12);
          }
        while (stretch.length_bytes < before);
        if (sizes[i] >= 2 * 1024 * 512)
          g_assert_cmpuint (stretch.length_bytes / PLATTER_MAP_ZOOM_CELLS, ==,
                            PLATTER_MAP_ZOOM_CELL_BYTES);
        for (guint step = 0; step < n_steps; step++)
          {
            stretch = platter_map_zoom_step (sizes[i], &stretch, -1, at);
            assert_inside (sizes[i], &stretch, at);
          }
        g_assert_cmpuint (stretch.length_bytes, ==, sizes[i]);
      }
}

/* Going on shows every byte, and ends at the end. */
static void
test_pan (void)
{
  guint64 size_bytes = 100 * 1000 * 1000 + 3;
  PlatterMapRange stretch = { .length_bytes = size_bytes };
  guint64 end = 0;

  stretch = platter_map_zoom_step (size_bytes, &stretch, 1, 0);
  for (guint i = 0; end < size_bytes && i < 20; i++)
    {
      g_assert_cmpuint (stretch.offset_bytes, <=, end);
      end = stretch.offset_bytes + stretch.length_bytes;
      stretch = platter_map_zoom_pan (size_bytes, &stretch, 1);
    }
  g_assert_cmpuint (end, ==, size_bytes);
  for (guint i = 0; i < 20; i++)
    stretch = platter_map_zoom_pan (size_bytes, &stretch, -1);
  g_assert_cmpuint (stretch.offset_bytes, ==, 0);
}

static void
test_zoom_on (void)
{
  static const PlatterMapRange ranges[] = {
    { .offset_bytes = 1000 * 512, .length_bytes = 512 },
    { .offset_bytes = TIB / 2, .length_bytes = TIB / 4 },
    { .offset_bytes = TIB - 512, .length_bytes = 512 },
    { .offset_bytes = 0, .length_bytes = TIB },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      PlatterMapRange stretch = platter_map_zoom_on (TIB, &ranges[i]);

      assert_inside (TIB, &stretch, ranges[i].offset_bytes);
      assert_inside (TIB, &stretch, ranges[i].offset_bytes + ranges[i].length_bytes - 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map-zoom/steps", test_steps);
  g_test_add_func ("/map-zoom/pan", test_pan);
  g_test_add_func ("/map-zoom/on", test_zoom_on);
  return g_test_run ();
}
