// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The history of rates stays bounded and truthful however long a job takes.

#include "client/speed-history.h"

#define SECOND ((gint64)G_USEC_PER_SEC)

static void
test_bounded (void)
{
  g_autoptr (PlatterSpeedHistory) history = platter_speed_history_new ();
  guint n_points;
  const PlatterSpeedPoint *points;

  for (gint64 i = 0; i < 100000; i++)
    platter_speed_history_add (history, i * SECOND / 10, 5000, PLATTER_SPEED_COPYING);
  points = platter_speed_history_get_points (history, &n_points);

  g_assert_cmpuint (n_points, <=, PLATTER_SPEED_HISTORY_MAX);
  g_assert_cmpuint (n_points, >, PLATTER_SPEED_HISTORY_MAX / 4);
  g_assert_cmpint (points[0].time_us, ==, 0);
  g_assert_cmpint (points[n_points - 1].time_us, >, 9900 * SECOND);
  for (guint i = 0; i < n_points; i++)
    g_assert_cmpuint (points[i].rate_bytes_per_s, ==, 5000);
}

static void
test_merges_to_means (void)
{
  g_autoptr (PlatterSpeedHistory) history = platter_speed_history_new ();
  guint n_points;

  platter_speed_history_add (history, 0, 100, PLATTER_SPEED_COPYING);
  platter_speed_history_add (history, 1000, 300, PLATTER_SPEED_COPYING);
  const PlatterSpeedPoint *points = platter_speed_history_get_points (history, &n_points);

  g_assert_cmpuint (n_points, ==, 1);
  g_assert_cmpuint (points[0].rate_bytes_per_s, ==, 200);
  g_assert_cmpuint (points[0].min_bytes_per_s, ==, 100);
  g_assert_cmpuint (points[0].max_bytes_per_s, ==, 300);
}

/* However often points are merged: what was worst, and best, is not forgotten. */
static void
test_extremes_stay (void)
{
  g_autoptr (PlatterSpeedHistory) history = platter_speed_history_new ();
  guint n_points;
  const PlatterSpeedPoint *points;
  guint n_least = 0;

  g_assert_cmpuint (platter_speed_history_get_min (history), ==, 0);
  for (gint64 i = 0; i < 100000; i++)
    platter_speed_history_add (history, i * SECOND / 10, i == 777 ? 3 : (i == 55555 ? 9000 : 500),
                               PLATTER_SPEED_COPYING);
  points = platter_speed_history_get_points (history, &n_points);
  for (guint i = 0; i < n_points; i++)
    n_least += points[i].min_bytes_per_s == 3;
  g_assert_cmpuint (n_least, ==, 1);
  g_assert_cmpuint (platter_speed_history_get_min (history), ==, 3);
  g_assert_cmpuint (platter_speed_history_get_max (history), ==, 9000);
}

static void
test_kinds_stay_apart (void)
{
  g_autoptr (PlatterSpeedHistory) history = platter_speed_history_new ();
  guint n_points;
  guint n_borders = 0;

  for (gint64 i = 0; i < 2000; i++)
    platter_speed_history_add (history, i * SECOND, i < 1200 ? 10 : 20,
                               i < 1200 ? PLATTER_SPEED_COPYING : PLATTER_SPEED_VERIFYING);
  const PlatterSpeedPoint *points = platter_speed_history_get_points (history, &n_points);

  for (guint i = 0; i < n_points; i++)
    {
      g_assert_cmpuint (points[i].rate_bytes_per_s, ==,
                        points[i].kind == PLATTER_SPEED_COPYING ? 10 : 20);
      n_borders += i > 0 && points[i].kind != points[i - 1].kind;
    }
  g_assert_cmpuint (n_borders, ==, 1);
}

static void
test_alternating_kinds_stay_bounded (void)
{
  g_autoptr (PlatterSpeedHistory) history = platter_speed_history_new ();
  guint n_points;

  for (gint64 i = 0; i < 10000; i++)
    platter_speed_history_add (history, i * SECOND, G_MAXUINT64,
                               i % 2 == 0 ? PLATTER_SPEED_COPYING : PLATTER_SPEED_VERIFYING);
  platter_speed_history_get_points (history, &n_points);
  g_assert_cmpuint (n_points, <=, PLATTER_SPEED_HISTORY_MAX);
  g_assert_cmpuint (platter_speed_history_get_max (history), ==, G_MAXUINT64);
}

static void
test_ignores_the_past (void)
{
  g_autoptr (PlatterSpeedHistory) history = platter_speed_history_new ();
  guint n_points;

  platter_speed_history_add (history, 5 * SECOND, 10, PLATTER_SPEED_COPYING);
  platter_speed_history_add (history, 3 * SECOND, 99, PLATTER_SPEED_COPYING);
  platter_speed_history_get_points (history, &n_points);
  g_assert_cmpuint (n_points, ==, 1);
  g_assert_cmpuint (platter_speed_history_get_max (history), ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/speed-history/bounded", test_bounded);
  g_test_add_func ("/speed-history/merges-to-means", test_merges_to_means);
  g_test_add_func ("/speed-history/extremes-stay", test_extremes_stay);
  g_test_add_func ("/speed-history/kinds-stay-apart", test_kinds_stay_apart);
  g_test_add_func ("/speed-history/alternating-kinds", test_alternating_kinds_stay_bounded);
  g_test_add_func ("/speed-history/ignores-the-past", test_ignores_the_past);
  return g_test_run ();
}
