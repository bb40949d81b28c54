// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which bytes a cell of the map stands for, and how much there is of each state.

#include "client/job-target-private.h"
#include "client/map-cells.h"

static void
test_ranges_cover_everything (void)
{
  static const guint64 SIZES[] = { 0, 1, 1023, 1024, 1025, 8 * 1024 * 1024, G_MAXUINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (SIZES); i++)
    {
      guint64 end = 0;

      for (guint cell = 0; cell < 1024; cell++)
        {
          guint64 offset;
          guint64 length;

          platter_map_cells_get_range (1024, cell, SIZES[i], &offset, &length);
          g_assert_cmpuint (offset, ==, end);
          end = offset + length;
        }
      g_assert_cmpuint (end, ==, SIZES[i]);
    }
}

static void
test_nothing_is_counted_twice (void)
{
  g_autoptr (PlatterJobTarget) target = platter_job_target_new ();
  g_autoptr (GVariant) report = g_variant_ref_sink (g_variant_new_parsed (
    "{'verified': <uint64 45>, 'repaired': <uint64 5>, 'mismatched': <uint64 3>,"
    " 'map': <[byte 5, 6, 10, 0]>}"));
  guint64 amounts[PLATTER_MAP_N_STATES];

  platter_map_cells_count (target, 100, amounts);
  for (guint i = 0; i < PLATTER_MAP_N_STATES; i++)
    g_assert_cmpuint (amounts[i], ==, 0);

  platter_job_target_set_report (target, report);
  platter_map_cells_count (target, 100, amounts);
  g_assert_cmpuint (amounts[PLATTER_MAP_UNTOUCHED], ==, 25);
  g_assert_cmpuint (amounts[PLATTER_MAP_VERIFIED], ==, 40);
  g_assert_cmpuint (amounts[PLATTER_MAP_REPAIRED], ==, 5);
  g_assert_cmpuint (amounts[PLATTER_MAP_MISMATCHED], ==, 3);
}

/* Of the whole there are four cells of 25 bytes. */
static void
test_stretch_of_cells (void)
{
  g_autoptr (PlatterJobTarget) target = platter_job_target_new ();
  g_autoptr (GVariant) live
    = g_variant_ref_sink (g_variant_new_parsed ("{'map': <[byte 5, 6, 10, 0]>}"));
  const PlatterMapRange middle = { .offset_bytes = 20, .length_bytes = 40 };
  const PlatterMapRange end = { .offset_bytes = 98, .length_bytes = 2 };
  guint8 cells[4];

  platter_job_target_set_live (target, live);
  platter_map_cells_get_stretch (target, 100, &middle, cells, 4);
  g_assert_cmpmem (cells, 4, ((const guint8[]){ 6, 6, 6, 10 }), 4);
  platter_map_cells_get_stretch (target, 100, &end, cells, 4);
  g_assert_cmpmem (cells, 4, ((const guint8[]){ 0, 0, 0, 0 }), 4);
}

/* With the map itself it is exact, also how much there is of what. */
static void
test_stretch_of_map (void)
{
  g_autoptr (PlatterJobTarget) target = platter_job_target_new ();
  g_autoptr (GVariant) report
    = g_variant_ref_sink (g_variant_new_parsed ("{'map': <[byte 5, 6, 10, 0]>}"));
  const PlatterMapRange middle = { .offset_bytes = 48, .length_bytes = 8 };
  g_autoptr (GVariant) told = g_variant_ref_sink (g_variant_new_parsed (
    "(uint64 100, [(uint64 0, byte 5), (uint64 50, byte 10), (uint64 53, byte 5)])"));
  guint64 amounts[PLATTER_MAP_N_STATES];
  guint8 cells[8];

  platter_job_target_set_report (target, report);
  platter_job_target_take_map (target, platter_map_ranges_new (told), TRUE);
  platter_map_cells_get_stretch (target, 100, &middle, cells, 8);
  g_assert_cmpmem (cells, 8, ((const guint8[]){ 5, 5, 10, 10, 10, 5, 5, 5 }), 8);
  g_assert_true (platter_map_cells_count (target, 100, amounts));
  g_assert_cmpuint (amounts[PLATTER_MAP_VERIFIED], ==, 97);
  g_assert_cmpuint (amounts[PLATTER_MAP_FAILED], ==, 3);
  /* It is of something else. */
  g_assert_false (platter_map_cells_count (target, 99, amounts));
}

static void
test_written_map (void)
{
  static const struct
  {
    const char *ranges;
    guint64 size_bytes;
    gboolean is_map;
  } cases[] = {
    { "[{'offset-bytes': <uint64 0>, 'length-bytes': <uint64 7>, 'state': <'verified'>},"
      " {'offset-bytes': <uint64 7>, 'length-bytes': <uint64 1>, 'state': <'failed'>}]",
      8, TRUE },
    { "[{'offset-bytes': <uint64 0>, 'length-bytes': <uint64 7>, 'state': <'verified'>}]", 8,
      FALSE },
    { "[{'offset-bytes': <uint64 0>, 'length-bytes': <uint64 9>, 'state': <'verified'>}]", 8,
      FALSE },
    { "[{'offset-bytes': <uint64 1>, 'length-bytes': <uint64 7>, 'state': <'verified'>}]", 8,
      FALSE },
    { "[{'offset-bytes': <uint64 0>, 'length-bytes': <uint64 7>, 'state': <'verified'>},"
      " {'offset-bytes': <uint64 6>, 'length-bytes': <uint64 2>, 'state': <'failed'>}]",
      8, FALSE },
    { "@aa{sv} []", 8, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) ranges = g_variant_ref_sink (g_variant_new_parsed (cases[i].ranges));
      g_autoptr (PlatterMapRanges) map
        = platter_map_ranges_new_written (ranges, cases[i].size_bytes);

      g_assert_cmpint (map != NULL, ==, cases[i].is_map);
      if (map != NULL)
        g_assert_cmpint (platter_map_ranges_get_nth (map, 1).state, ==, PLATTER_MAP_FAILED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map-cells/ranges-cover-everything", test_ranges_cover_everything);
  g_test_add_func ("/map-cells/nothing-is-counted-twice", test_nothing_is_counted_twice);
  g_test_add_func ("/map-cells/stretch-of-cells", test_stretch_of_cells);
  g_test_add_func ("/map-cells/stretch-of-map", test_stretch_of_map);
  g_test_add_func ("/map-cells/written-map", test_written_map);
  return g_test_run ();
}
