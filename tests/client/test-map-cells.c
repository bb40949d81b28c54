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
    " 'map': <[byte 4, 5, 9, 0]>}"));
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map-cells/ranges-cover-everything", test_ranges_cover_everything);
  g_test_add_func ("/map-cells/nothing-is-counted-twice", test_nothing_is_counted_twice);
  return g_test_run ();
}
