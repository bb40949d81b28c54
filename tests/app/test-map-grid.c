// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The map's geometry: which cell is where.

#include "app/map-grid.h"

static void
test_fits_width (void)
{
  for (int width = 200; width < 2000; width += 7)
    {
      PlatterMapGrid grid = platter_map_grid_new (1024, width, 0);
      double right = grid.n_columns * grid.pitch_x - PLATTER_MAP_GRID_GAP;

      g_assert_cmpfloat_with_epsilon (right, width, 0.001);
      g_assert_cmpuint (grid.n_rows * grid.n_columns, >=, 1024);
      g_assert_cmpfloat (grid.pitch_x, >=, 10);
    }
}

static void
test_hit_finds_every_cell (void)
{
  PlatterMapGrid grid = platter_map_grid_new (1024, 821, 0);

  for (guint cell = 0; cell < 1024; cell++)
    {
      double x = (cell % grid.n_columns + 0.4) * grid.pitch_x;
      double y = (cell / grid.n_columns + 0.4) * grid.pitch_y;

      g_assert_cmpint (platter_map_grid_hit (&grid, x, y), ==, (int)cell);
    }
}

static void
test_hit_outside (void)
{
  PlatterMapGrid grid = platter_map_grid_new (1000, 400, 0);
  double last_row = (grid.n_rows - 0.5) * grid.pitch_y;

  g_assert_cmpint (platter_map_grid_hit (&grid, -1, 5), ==, -1);
  g_assert_cmpint (platter_map_grid_hit (&grid, 5, -0.1), ==, -1);
  g_assert_cmpint (platter_map_grid_hit (&grid, 1e9, 5), ==, -1);
  g_assert_cmpint (platter_map_grid_hit (&grid, 5, 1e9), ==, -1);
  /* 1000 does not fill the last row. */
  g_assert_cmpint (platter_map_grid_hit (&grid, 399, last_row), ==, -1);
}

static void
test_move_stays_inside (void)
{
  PlatterMapGrid grid = platter_map_grid_new (1024, 640, 0);

  g_assert_cmpuint (platter_map_grid_move (&grid, 0, -1, 0), ==, 0);
  g_assert_cmpuint (platter_map_grid_move (&grid, 0, 0, -1), ==, 0);
  g_assert_cmpuint (platter_map_grid_move (&grid, 1023, 1, 0), ==, 1023);
  g_assert_cmpuint (platter_map_grid_move (&grid, 1023, 0, 1), ==, 1023);
  g_assert_cmpuint (platter_map_grid_move (&grid, 5, 1, 0), ==, 6);
  g_assert_cmpuint (platter_map_grid_move (&grid, 5, 0, 1), ==, 5 + grid.n_columns);
}

static void
test_reduce_keeps_the_worst (void)
{
  guint8 cells[1024] = { 0 };
  guint8 out[96];
  guint n_bad = 0;

  cells[700] = 9;
  platter_map_grid_reduce (cells, 1024, out, 96);
  for (guint i = 0; i < 96; i++)
    n_bad += out[i] == 9;
  g_assert_cmpuint (n_bad, ==, 1);

  /* More cells than bytes of the map: each is still in one of them. */
  platter_map_grid_reduce ((const guint8 *)"\1\2", 2, out, 4);
  g_assert_cmpmem (out, 4, "\1\1\2\2", 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map-grid/fits-width", test_fits_width);
  g_test_add_func ("/map-grid/hit-finds-every-cell", test_hit_finds_every_cell);
  g_test_add_func ("/map-grid/hit-outside", test_hit_outside);
  g_test_add_func ("/map-grid/move-stays-inside", test_move_stays_inside);
  g_test_add_func ("/map-grid/reduce-keeps-the-worst", test_reduce_keeps_the_worst);
  return g_test_run ();
}
