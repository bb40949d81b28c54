// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The map, against a plain array of states.

#include "engine/map.h"

#define SIZE 400
#define N_STATES (PLATTER_MAP_MISMATCHED + 1)

static void
assert_sound (PlatterMap *map)
{
  guint64 end = 0;
  PlatterMapState before = N_STATES;

  for (guint i = 0; i < platter_map_get_n_ranges (map); i++)
    {
      const PlatterMapRange *range = platter_map_get_range (map, i);

      g_assert_cmpuint (range->offset_bytes, ==, end);
      g_assert_cmpuint (range->length_bytes, >, 0);
      g_assert_cmpint (range->state, !=, before);
      end += range->length_bytes;
      before = range->state;
    }
  g_assert_cmpuint (end, ==, platter_map_get_size_bytes (map));
}

static void
assert_equals (PlatterMap *map, const guint8 *model)
{
  guint64 counts[N_STATES] = { 0 };
  guint8 cells[SIZE];

  assert_sound (map);
  platter_map_get_cells (map, 0, SIZE, cells, SIZE);
  for (guint i = 0; i < SIZE; i++)
    {
      g_assert_cmpuint (platter_map_get (map, i), ==, model[i]);
      g_assert_cmpuint (cells[i], ==, model[i]);
      counts[model[i]]++;
    }
  for (guint i = 0; i < N_STATES; i++)
    g_assert_cmpuint (platter_map_count_bytes (map, i), ==, counts[i]);
}

/* Looks from each place on for a state, and finds what a look at each byte finds. */
static void
assert_finds (PlatterMap *map, const guint8 *model, PlatterMapState state)
{
  for (guint i = 0; i <= SIZE; i++)
    {
      PlatterMapRange range;
      guint next = i;
      guint other = i;
      guint previous = i;

      while (next < SIZE && model[next] != state)
        next++;
      while (other < SIZE && model[other] == state)
        other++;
      while (previous > 0 && model[previous - 1] != state)
        previous--;
      g_assert_true (platter_map_find_next (map, i, state, &range) == (next < SIZE));
      if (next < SIZE)
        g_assert_true (range.state == state && range.offset_bytes <= next
                       && next < range.offset_bytes + range.length_bytes);
      g_assert_true (platter_map_find_other (map, i, state, &range) == (other < SIZE));
      if (other < SIZE)
        g_assert_true (range.state == model[other] && range.offset_bytes <= other
                       && other < range.offset_bytes + range.length_bytes);
      g_assert_true (platter_map_find_previous (map, i, state, &range) == (previous > 0));
      if (previous > 0)
        g_assert_true (range.state == state && range.offset_bytes < previous
                       && previous <= range.offset_bytes + range.length_bytes);
    }
}

static void
change (GRand *rand, PlatterMap *map, guint8 *model)
{
  guint from = (guint)g_rand_int_range (rand, 0, N_STATES);
  guint to = (guint)g_rand_int_range (rand, 0, N_STATES);
  guint offset = (guint)g_rand_int_range (rand, 0, SIZE);
  guint length = (guint)g_rand_int_range (rand, 0, (gint32)MIN (SIZE - offset + 1, 60));

  if (g_rand_int_range (rand, 0, 20) == 0)
    {
      platter_map_replace (map, from, to);
      for (guint i = 0; i < SIZE; i++)
        model[i] = model[i] == from ? (guint8)to : model[i];
      return;
    }
  platter_map_set (map, offset, length, to);
  for (guint i = offset; i < offset + length; i++)
    model[i] = (guint8)to;
}

static void
test_random_changes (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (PlatterMap) map = platter_map_new (SIZE);
  guint8 model[SIZE] = { 0 };

  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr (PlatterMap) copy = NULL;

      change (rand, map, model);
      assert_equals (map, model);
      assert_finds (map, model, i % N_STATES);
      copy = platter_map_copy (map);
      assert_equals (copy, model);
    }
}

static void
test_cells_show_the_worst (void)
{
  g_autoptr (PlatterMap) map = platter_map_new (G_MAXUINT64);
  guint8 cells[4];

  platter_map_set (map, 0, G_MAXUINT64, PLATTER_MAP_VERIFIED);
  platter_map_set (map, G_MAXUINT64 - 1, 1, PLATTER_MAP_FAILED);
  platter_map_set (map, G_MAXUINT64 / 2 - 10, 5, PLATTER_MAP_SLOW);
  platter_map_get_cells (map, 0, G_MAXUINT64, cells, 4);
  g_assert_cmpuint (cells[0], ==, PLATTER_MAP_VERIFIED);
  g_assert_cmpuint (cells[1], ==, PLATTER_MAP_SLOW);
  g_assert_cmpuint (cells[2], ==, PLATTER_MAP_VERIFIED);
  g_assert_cmpuint (cells[3], ==, PLATTER_MAP_FAILED);
}

static void
test_more_cells_than_bytes (void)
{
  g_autoptr (PlatterMap) map = platter_map_new (3);
  guint8 cells[9];

  platter_map_set (map, 1, 1, PLATTER_MAP_FAILED);
  platter_map_get_cells (map, 0, 3, cells, 9);
  for (guint i = 0; i < 9; i++)
    g_assert_cmpuint (cells[i], ==, i / 3 == 1 ? PLATTER_MAP_FAILED : PLATTER_MAP_UNTOUCHED);
}

static void
test_empty (void)
{
  g_autoptr (PlatterMap) map = platter_map_new (0);
  guint8 cell = 77;

  platter_map_set (map, 0, 0, PLATTER_MAP_FAILED);
  platter_map_replace (map, PLATTER_MAP_UNTOUCHED, PLATTER_MAP_COPIED);
  platter_map_get_cells (map, 0, 0, &cell, 1);
  g_assert_cmpuint (cell, ==, PLATTER_MAP_UNTOUCHED);
  g_assert_cmpuint (platter_map_get_n_ranges (map), ==, 0);
}

/* Takes minutes if one change costs as much as the number of ranges. */
static void
test_many_ranges (void)
{
  guint n = 200000;
  g_autoptr (PlatterMap) map = platter_map_new ((guint64)n * 512);

  for (guint64 i = 0; i < n; i += 2)
    platter_map_set (map, (i * 7919 % n) / 2 * 1024, 512, PLATTER_MAP_FAILED);
  g_assert_cmpuint (platter_map_get_n_ranges (map), ==, n);
  platter_map_replace (map, PLATTER_MAP_FAILED, PLATTER_MAP_UNTOUCHED);
  g_assert_cmpuint (platter_map_get_n_ranges (map), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map/random-changes", test_random_changes);
  g_test_add_func ("/map/cells-show-the-worst", test_cells_show_the_worst);
  g_test_add_func ("/map/more-cells-than-bytes", test_more_cells_than_bytes);
  g_test_add_func ("/map/empty", test_empty);
  g_test_add_func ("/map/many-ranges", test_many_ranges);
  return g_test_run ();
}
