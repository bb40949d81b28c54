// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is shown of the ranges is what the engine's own map would show.

#include "client/map-ranges.h"
#include "engine/map.h"

#define SIZE ((guint64)1 << 44)
#define N_DAMAGED 2000
#define N_CELLS 1024

/* A disk that is damaged here and there, as the engine has it and as it leaves it. */
static PlatterMap *
new_map (GRand *random)
{
  PlatterMap *map = platter_map_new (SIZE);

  platter_map_set (map, 0, SIZE, PLATTER_MAP_VERIFIED);
  for (guint i = 0; i < N_DAMAGED; i++)
    {
      guint64 offset = (guint64)(g_rand_double (random) * (double)(SIZE - (1 << 20))) / 512 * 512;

      platter_map_set (map, offset, 512 * (guint64)g_rand_int_range (random, 1, 2000),
                       (PlatterMapState)g_rand_int_range (random, 0, PLATTER_MAP_MISMATCHED + 1));
    }
  return map;
}

static PlatterMapRanges *
new_ranges (const PlatterMap *map)
{
  GVariantBuilder builder;
  g_autoptr (GVariant) told = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ty)"));
  for (guint i = 0; i < platter_map_get_n_ranges (map); i++)
    g_variant_builder_add (&builder, "(ty)", platter_map_get_range (map, i)->offset_bytes,
                           platter_map_get_range (map, i)->state);
  told
    = g_variant_ref_sink (g_variant_new ("(ta(ty))", platter_map_get_size_bytes (map), &builder));
  return platter_map_ranges_new (told);
}

static void
test_as_the_engine (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  g_autoptr (PlatterMap) map = new_map (random);
  g_autoptr (PlatterMapRanges) ranges = new_ranges (map);
  guint64 amounts[PLATTER_MAP_MISMATCHED + 1];
  guint8 expected[N_CELLS];
  guint8 cells[N_CELLS];

  g_assert_cmpuint (platter_map_ranges_get_n (ranges), ==, platter_map_get_n_ranges (map));
  platter_map_ranges_count (ranges, amounts);
  for (guint state = 0; state <= PLATTER_MAP_MISMATCHED; state++)
    g_assert_cmpuint (amounts[state], ==, platter_map_count_bytes (map, state));
  for (guint i = 0; i < 300; i++)
    {
      PlatterMapRange stretch = { .length_bytes = SIZE >> (i % 34) };

      stretch.offset_bytes
        = (guint64)(g_rand_double (random) * (double)(SIZE - stretch.length_bytes));
      platter_map_get_cells (map, stretch.offset_bytes, stretch.length_bytes, expected, N_CELLS);
      platter_map_ranges_get_cells (ranges, &stretch, cells, N_CELLS);
      g_assert_cmpmem (cells, N_CELLS, expected, N_CELLS);
    }
}

static void
test_each_bad_place (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autoptr (PlatterMap) map = new_map (random);
  g_autoptr (PlatterMapRanges) ranges = new_ranges (map);
  guint64 from = 0;
  guint n_bad = 0;
  PlatterMapRange found;

  for (guint i = 0; i < platter_map_get_n_ranges (map); i++)
    {
      const PlatterMapRange *range = platter_map_get_range (map, i);

      if (range->state < PLATTER_MAP_REPAIRED)
        continue;
      g_assert_true (platter_map_ranges_find_bad (ranges, from, &found));
      g_assert_cmpuint (found.offset_bytes, ==, range->offset_bytes);
      g_assert_cmpuint (found.length_bytes, ==, range->length_bytes);
      from = found.offset_bytes + found.length_bytes;
      n_bad++;
    }
  g_assert_cmpuint (n_bad, >, N_DAMAGED / 4);
  /* And from the beginning again. */
  g_assert_true (platter_map_ranges_find_bad (ranges, SIZE, &found));
  platter_map_set (map, 0, SIZE, PLATTER_MAP_VERIFIED);
  g_clear_pointer (&ranges, platter_map_ranges_free);
  ranges = new_ranges (map);
  g_assert_false (platter_map_ranges_find_bad (ranges, 0, &found));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map-ranges/as-the-engine", test_as_the_engine);
  g_test_add_func ("/map-ranges/each-bad-place", test_each_bad_place);
  return g_test_run ();
}
