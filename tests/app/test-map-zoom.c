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
test_next_bad (void)
{
  g_autoptr (PlatterMap) map = platter_map_new (TIB);
  static const PlatterMapRange bad[] = {
    { 1000 * 512, 512, PLATTER_MAP_FAILED },
    { TIB / 2, TIB / 4, PLATTER_MAP_REPAIRED },
    { TIB - 512, 512, PLATTER_MAP_MISMATCHED },
  };
  guint64 from = 0;
  PlatterMapRange found;

  platter_map_set (map, 0, TIB, PLATTER_MAP_VERIFIED);
  g_assert_false (platter_map_zoom_find_bad (map, 0, &found));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    platter_map_set (map, bad[i].offset_bytes, bad[i].length_bytes, bad[i].state);
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (bad); i++)
    {
      const PlatterMapRange *expected = &bad[i % G_N_ELEMENTS (bad)];
      PlatterMapRange stretch;

      g_assert_true (platter_map_zoom_find_bad (map, from, &found));
      g_assert_cmpuint (found.offset_bytes, ==, expected->offset_bytes);
      g_assert_cmpuint (found.length_bytes, ==, expected->length_bytes);
      from = found.offset_bytes + found.length_bytes;
      stretch = platter_map_zoom_on (TIB, &found);
      assert_inside (TIB, &stretch, found.offset_bytes);
      assert_inside (TIB, &stretch, from - 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map-zoom/steps", test_steps);
  g_test_add_func ("/map-zoom/pan", test_pan);
  g_test_add_func ("/map-zoom/next-bad", test_next_bad);
  return g_test_run ();
}
