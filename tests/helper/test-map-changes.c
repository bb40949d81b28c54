// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Changes of a map: they add up to the map, and are as few as what has changed.

#include "dbus/map-changes.h"

#include <string.h>

#define N_CELLS 1024

static GVariant *
new_map (const guint8 *cells, gsize n_cells)
{
  return g_variant_ref_sink (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, cells, n_cells, 1));
}

static GVariant *
build (GVariant *before, GVariant *now)
{
  GVariant *changes = g_variant_ref_sink (platter_map_changes_build (before, now));

  g_assert_true (g_variant_is_of_type (changes, G_VARIANT_TYPE (PLATTER_MAP_CHANGES_TYPE)));
  return changes;
}

static void
assert_adds_up (GVariant *before, GVariant *now)
{
  g_autoptr (GVariant) changes = build (before, now);
  g_autoptr (GBytes) known = before != NULL ? g_variant_get_data_as_bytes (before) : NULL;
  g_autoptr (GBytes) cells = platter_map_changes_apply (known, changes);

  g_assert_cmpmem (g_bytes_get_data (cells, NULL), g_bytes_get_size (cells),
                   g_variant_get_data (now), g_variant_get_size (now));
}

static void
test_add_up (void)
{
  guint8 cells[N_CELLS] = { 0 };
  g_autoptr (GVariant) before = NULL;

  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr (GVariant) now = NULL;
      guint n_stretches = (guint)g_test_rand_int_range (0, 6);
      guint8 state = (guint8)g_test_rand_int_range (0, 11);

      for (guint i = 0; i < n_stretches; i++)
        {
          gint32 first = g_test_rand_int_range (0, N_CELLS);
          gint32 length = g_test_rand_int_range (1, 40);

          memset (cells + first, state, (gsize)MIN (length, N_CELLS - first));
        }
      now = new_map (cells, N_CELLS);
      assert_adds_up (before, now);
      g_clear_pointer (&before, g_variant_unref);
      before = g_steal_pointer (&now);
    }
}

static void
test_grows (void)
{
  const guint8 cells[8] = { 1, 1, 1, 1, 2, 2, 2, 2 };
  g_autoptr (GVariant) none = new_map (cells, 0);
  g_autoptr (GVariant) half = new_map (cells, 4);
  g_autoptr (GVariant) whole = new_map (cells, 8);

  assert_adds_up (NULL, none);
  assert_adds_up (none, half);
  assert_adds_up (half, whole);
}

static void
test_few (void)
{
  guint8 cells[N_CELLS] = { 0 };
  g_autoptr (GVariant) before = new_map (cells, N_CELLS);
  g_autoptr (GVariant) same = build (before, before);
  g_autoptr (GVariant) now = NULL;
  g_autoptr (GVariant) changes = NULL;
  g_autoptr (GVariant) states = NULL;
  guint32 first = 0;

  g_assert_cmpuint (g_variant_n_children (same), ==, 0);
  cells[7] = 3;
  cells[9] = 3;
  cells[1023] = 1;
  now = new_map (cells, N_CELLS);
  changes = build (before, now);
  g_assert_cmpuint (g_variant_n_children (changes), ==, 2);
  g_variant_get_child (changes, 0, "(u@ay)", &first, &states);
  g_assert_cmpuint (first, ==, 7);
  g_assert_cmpuint (g_variant_n_children (states), ==, 3);
  g_clear_pointer (&states, g_variant_unref);
  g_variant_get_child (changes, 1, "(u@ay)", &first, &states);
  g_assert_cmpuint (first, ==, 1023);
  g_assert_cmpuint (g_variant_n_children (states), ==, 1);
}

static void
test_odd (void)
{
  static const char *const odd[] = {
    "@a(uay) []",          "[(5, [byte 1])]", "[(4294967295, [byte 1])]",
    "[(65536, [byte 1])]", "[(0, @ay [])]",
  };
  const guint8 known[4] = { 1, 2, 3, 4 };
  g_autoptr (GBytes) cells = g_bytes_new_static (known, sizeof known);
  g_autofree guint8 *many = g_malloc0 (65537);
  g_autoptr (GVariant) huge = g_variant_ref_sink (g_variant_new_parsed (
    "[(uint32 0, %@ay)]", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, many, 65537, 1)));
  g_autoptr (GBytes) after_huge = platter_map_changes_apply (cells, huge);

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autoptr (GVariant) parsed
        = g_variant_parse (G_VARIANT_TYPE (PLATTER_MAP_CHANGES_TYPE), odd[i], NULL, NULL, NULL);
      g_autoptr (GBytes) now = NULL;

      g_assert_nonnull (parsed);
      now = platter_map_changes_apply (cells, parsed);
      g_assert_cmpmem (g_bytes_get_data (now, NULL), g_bytes_get_size (now), known, sizeof known);
    }
  g_assert_cmpuint (g_bytes_get_size (after_huge), ==, sizeof known);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map-changes/add-up", test_add_up);
  g_test_add_func ("/map-changes/grows", test_grows);
  g_test_add_func ("/map-changes/few", test_few);
  g_test_add_func ("/map-changes/odd", test_odd);
  return g_test_run ();
}
