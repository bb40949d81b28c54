// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A map range by range, to be looked at only.

#include "config.h"

#include "map-ranges.h"

#include "map-cells.h"

/* As GVariant lays "(ty)" out. */
typedef struct
{
  guint64 offset_bytes;
  guint8 state;
  guint8 padding[7];
} MapRange;

struct _PlatterMapRanges
{
  guint64 size_bytes;
  GVariant *ranges; /* a(ty), which has what follows */
  const MapRange *entries;
  guint n_entries;
};

static guint64
map_ranges_get_end (const PlatterMapRanges *self, guint index)
{
  return index + 1 < self->n_entries ? self->entries[index + 1].offset_bytes : self->size_bytes;
}

/* Whoever left it may have been broken into. */
static gboolean
map_ranges_are_good (const PlatterMapRanges *self)
{
  if (self->n_entries == 0)
    return self->size_bytes == 0;
  for (guint i = 0; i < self->n_entries; i++)
    if (self->entries[i].offset_bytes >= map_ranges_get_end (self, i)
        || self->entries[i].state > PLATTER_MAP_MISMATCHED)
      return FALSE;
  return self->entries[0].offset_bytes == 0;
}

static PlatterMapRanges *
map_ranges_new (guint64 size_bytes, GVariant *ranges)
{
  g_autoptr (PlatterMapRanges) self = g_new0 (PlatterMapRanges, 1);
  gsize n_entries = 0;

  G_STATIC_ASSERT (sizeof (MapRange) == 16);
  self->size_bytes = size_bytes;
  self->ranges = g_variant_ref_sink (ranges);
  if (g_variant_get_size (ranges) % sizeof (MapRange) != 0)
    return NULL;
  self->entries = g_variant_get_fixed_array (ranges, &n_entries, sizeof (MapRange));
  self->n_entries = (guint)MIN (n_entries, G_MAXUINT);
  return map_ranges_are_good (self) ? g_steal_pointer (&self) : NULL;
}

PlatterMapRanges *
platter_map_ranges_new (GVariant *told)
{
  g_autoptr (GVariant) ranges = NULL;
  guint64 size_bytes = 0;

  g_variant_get (told, "(t@a(ty))", &size_bytes, &ranges);
  return map_ranges_new (size_bytes, ranges);
}

PlatterMapRanges *
platter_map_ranges_new_written (GVariant *written, guint64 size_bytes)
{
  gsize n_ranges = g_variant_n_children (written);
  g_autofree MapRange *entries = g_new0 (MapRange, n_ranges);
  guint64 end_bytes = 0;

  for (gsize i = 0; i < n_ranges; i++)
    {
      PlatterMapRange range = platter_map_cells_read_range (written, i);

      if (range.offset_bytes != end_bytes || range.length_bytes > size_bytes - end_bytes)
        return NULL;
      entries[i].offset_bytes = range.offset_bytes;
      entries[i].state = (guint8)range.state;
      end_bytes += range.length_bytes;
    }
  if (end_bytes != size_bytes)
    return NULL;
  return map_ranges_new (size_bytes, g_variant_new_fixed_array (G_VARIANT_TYPE ("(ty)"), entries,
                                                                n_ranges, sizeof (MapRange)));
}

void
platter_map_ranges_free (PlatterMapRanges *self)
{
  if (self == NULL)
    return;
  g_variant_unref (self->ranges);
  g_free (self);
}

guint64
platter_map_ranges_get_size_bytes (const PlatterMapRanges *self)
{
  return self->size_bytes;
}

guint
platter_map_ranges_get_n (const PlatterMapRanges *self)
{
  return self->n_entries;
}

PlatterMapRange
platter_map_ranges_get_nth (const PlatterMapRanges *self, guint index)
{
  const MapRange *entry = &self->entries[index];

  return (PlatterMapRange){ entry->offset_bytes,
                            map_ranges_get_end (self, index) - entry->offset_bytes, entry->state };
}

void
platter_map_ranges_count (const PlatterMapRanges *self, guint64 *amounts_bytes)
{
  for (guint state = 0; state <= PLATTER_MAP_MISMATCHED; state++)
    amounts_bytes[state] = 0;
  for (guint i = 0; i < self->n_entries; i++)
    amounts_bytes[self->entries[i].state]
      += map_ranges_get_end (self, i) - self->entries[i].offset_bytes;
}

/* Returns: the range that a byte lies in. */
static guint
map_ranges_find (const PlatterMapRanges *self, guint64 offset_bytes)
{
  guint first = 0;
  guint end = self->n_entries;

  while (end - first > 1)
    {
      guint middle = first + (end - first) / 2;

      if (self->entries[middle].offset_bytes <= offset_bytes)
        first = middle;
      else
        end = middle;
    }
  return first;
}

void
platter_map_ranges_get_cells (const PlatterMapRanges *self,
                              const PlatterMapRange *stretch,
                              guint8 *cells,
                              guint n_cells)
{
  guint index = map_ranges_find (self, stretch->offset_bytes);

  for (guint i = 0; i < n_cells; i++)
    {
      guint64 begin
        = stretch->offset_bytes + platter_map_get_cell_start (stretch->length_bytes, n_cells, i);
      guint64 end = stretch->offset_bytes
                    + platter_map_get_cell_start (stretch->length_bytes, n_cells, i + 1);

      cells[i] = PLATTER_MAP_UNTOUCHED;
      if (begin >= self->size_bytes)
        continue;
      while (map_ranges_get_end (self, index) <= begin)
        index++;
      cells[i] = self->entries[index].state;
      while (map_ranges_get_end (self, index) < MIN (end, self->size_bytes))
        {
          index++;
          cells[i] = MAX (cells[i], self->entries[index].state);
        }
    }
}

static gboolean
map_ranges_find_bad_from (const PlatterMapRanges *self,
                          guint64 offset_bytes,
                          PlatterMapRange *range)
{
  if (offset_bytes >= self->size_bytes)
    return FALSE;
  for (guint i = map_ranges_find (self, offset_bytes); i < self->n_entries; i++)
    if (self->entries[i].state >= PLATTER_MAP_REPAIRED)
      {
        *range = platter_map_ranges_get_nth (self, i);
        return TRUE;
      }
  return FALSE;
}

gboolean
platter_map_ranges_find_bad (const PlatterMapRanges *self,
                             guint64 offset_bytes,
                             PlatterMapRange *range)
{
  return map_ranges_find_bad_from (self, offset_bytes, range)
         || map_ranges_find_bad_from (self, 0, range);
}
