// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Differences of two maps.

#include "map-changes.h"

#include <string.h>

/* Two stretches with fewer equal cells than this between them are told as one. */
#define MAP_CHANGES_GAP 16
#define MAP_CHANGES_MAX_CELLS 65536

static gboolean
map_changes_differ (const guint8 *before, gsize n_before, const guint8 *now, gsize cell)
{
  return cell >= n_before || before[cell] != now[cell];
}

GVariant *
platter_map_changes_build (GVariant *before, GVariant *now)
{
  gsize n_before = 0;
  gsize n_now = 0;
  const guint8 *old = before != NULL ? g_variant_get_fixed_array (before, &n_before, 1) : NULL;
  const guint8 *new = g_variant_get_fixed_array (now, &n_now, 1);
  GVariantBuilder changes;
  gsize cell = 0;

  g_variant_builder_init (&changes, G_VARIANT_TYPE (PLATTER_MAP_CHANGES_TYPE));
  while (cell < n_now)
    {
      gsize first = cell;
      gsize end = cell;

      for (; cell < n_now && cell < end + MAP_CHANGES_GAP; cell++)
        if (map_changes_differ (old, n_before, new, cell))
          {
            first = end == first ? cell : first;
            end = cell + 1;
          }
      if (end > first)
        g_variant_builder_add (
          &changes, "(u@ay)", (guint32)first,
          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, new + first, end - first, 1));
    }
  return g_variant_builder_end (&changes);
}

GVariant *
platter_map_changes_build_target (GVariant *before, GVariant *now)
{
  g_autoptr (GVariant) old
    = before != NULL ? g_variant_lookup_value (before, "map", G_VARIANT_TYPE_BYTESTRING) : NULL;
  g_autoptr (GVariant) map = g_variant_lookup_value (now, "map", G_VARIANT_TYPE_BYTESTRING);
  GVariantDict changes;

  g_variant_dict_init (&changes, now);
  if (map != NULL)
    g_variant_dict_insert_value (&changes, "map-changes", platter_map_changes_build (old, map));
  g_variant_dict_remove (&changes, "map");
  return g_variant_dict_end (&changes);
}

GBytes *
platter_map_changes_apply (GBytes *cells, GVariant *changes)
{
  gsize n_cells = 0;
  const guint8 *known = cells != NULL ? g_bytes_get_data (cells, &n_cells) : NULL;
  GByteArray *now = g_byte_array_new ();

  if (n_cells > 0)
    g_byte_array_append (now, known, (guint)n_cells);
  for (gsize i = 0; i < g_variant_n_children (changes); i++)
    {
      g_autoptr (GVariant) states = NULL;
      guint32 first = 0;
      gsize length = 0;
      const guint8 *data = NULL;

      g_variant_get_child (changes, i, "(u@ay)", &first, &states);
      data = g_variant_get_fixed_array (states, &length, 1);
      if (length == 0 || first > now->len
          || length > MAP_CHANGES_MAX_CELLS - MIN (first, MAP_CHANGES_MAX_CELLS))
        continue;
      if (first + length > now->len)
        g_byte_array_set_size (now, (guint)(first + length));
      memcpy (now->data + first, data, length);
    }
  return g_byte_array_free_to_bytes (now);
}
