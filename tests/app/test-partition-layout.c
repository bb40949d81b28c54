// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// From volumes to the segments of a bar.

#include "app/partition-layout.h"

static const PlatterSegment *
segment (GPtrArray *layout, guint i)
{
  g_assert_cmpuint (i, <, layout->len);
  return g_ptr_array_index (layout, i);
}

static void
test_sorted_with_gaps (void)
{
  g_autoptr (GPtrArray) layout = platter_partition_layout_new ();

  platter_partition_layout_add (layout, "second", 500, 300);
  platter_partition_layout_add (layout, "first", 0, 400);
  platter_partition_layout_finish (layout, 1000);

  g_assert_cmpuint (layout->len, ==, 4);
  g_assert_cmpstr (segment (layout, 0)->label, ==, "first");
  g_assert_null (segment (layout, 1)->label);
  g_assert_cmpuint (segment (layout, 1)->size_bytes, ==, 100);
  g_assert_cmpstr (segment (layout, 2)->label, ==, "second");
  g_assert_cmpuint (segment (layout, 3)->size_bytes, ==, 200);
}

static void
test_small_gaps_left_out (void)
{
  g_autoptr (GPtrArray) layout = platter_partition_layout_new ();

  platter_partition_layout_add (layout, "only", 5, 990);
  platter_partition_layout_finish (layout, 1000);
  g_assert_cmpuint (layout->len, ==, 1);
}

static void
test_overlaps_are_cut (void)
{
  g_autoptr (GPtrArray) layout = platter_partition_layout_new ();

  platter_partition_layout_add (layout, "first", 0, 400);
  platter_partition_layout_add (layout, "inside", 100, 200);
  platter_partition_layout_add (layout, "over", 300, 700);
  platter_partition_layout_finish (layout, 1000);
  g_assert_cmpuint (layout->len, ==, 2);
  g_assert_cmpstr (segment (layout, 1)->label, ==, "over");
  g_assert_cmpuint (segment (layout, 1)->offset_bytes, ==, 400);
  g_assert_cmpuint (segment (layout, 1)->size_bytes, ==, 600);
}

static void
test_clipped (void)
{
  g_autoptr (GPtrArray) layout = platter_partition_layout_new ();

  platter_partition_layout_add (layout, "long", 500, G_MAXUINT64 - 10);
  platter_partition_layout_add (layout, "beyond", 5000, 10);
  platter_partition_layout_finish (layout, 1000);
  g_assert_cmpuint (layout->len, ==, 2);
  g_assert_cmpuint (segment (layout, 1)->size_bytes, ==, 500);
}

static void
test_empty_drive_is_free (void)
{
  g_autoptr (GPtrArray) layout = platter_partition_layout_new ();

  platter_partition_layout_finish (layout, 1000);
  g_assert_cmpuint (layout->len, ==, 1);
  g_assert_null (segment (layout, 0)->label);
}

static void
test_widths_fill_the_bar (void)
{
  g_autoptr (GPtrArray) layout = platter_partition_layout_new ();

  platter_partition_layout_add (layout, "efi", 0, 1);
  platter_partition_layout_add (layout, "windows", 1, 333333);
  platter_partition_layout_add (layout, "linux", 333334, 666666);
  platter_partition_layout_finish (layout, 1000000);
  for (int width = 0; width < 900; width++)
    {
      int widths[3];

      platter_partition_layout_get_widths (layout, width, 10, widths);
      g_assert_cmpint (widths[0] + widths[1] + widths[2], ==, width);
      if (width >= 30)
        g_assert_cmpint (MIN (widths[0], MIN (widths[1], widths[2])), >=, 10);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/partition-layout/sorted-with-gaps", test_sorted_with_gaps);
  g_test_add_func ("/partition-layout/small-gaps", test_small_gaps_left_out);
  g_test_add_func ("/partition-layout/overlaps", test_overlaps_are_cut);
  g_test_add_func ("/partition-layout/clipped", test_clipped);
  g_test_add_func ("/partition-layout/empty-drive", test_empty_drive_is_free);
  g_test_add_func ("/partition-layout/widths", test_widths_fill_the_bar);
  return g_test_run ();
}
