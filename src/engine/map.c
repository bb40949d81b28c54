// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The map as a balanced tree of ranges: finding and changing a stretch costs the logarithm of the
// number of ranges. Neighbours never have the same state.

#include "map.h"

#define N_STATES (PLATTER_MAP_MISMATCHED + 1)

struct _PlatterMap
{
  guint64 size_bytes;
  GSequence *ranges; /* PlatterMapRange, ascending, without gaps */
  guint64 state_bytes[N_STATES];
};

static guint64
map_range_end (const PlatterMapRange *range)
{
  return range->offset_bytes + range->length_bytes;
}

static PlatterMapRange *
map_range_new (guint64 offset_bytes, guint64 length_bytes, PlatterMapState state)
{
  PlatterMapRange *range = g_new (PlatterMapRange, 1);

  *range = (PlatterMapRange){ offset_bytes, length_bytes, state };
  return range;
}

static int
map_compare_cb (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const PlatterMapRange *left = a;
  const PlatterMapRange *right = b;

  if (left->offset_bytes == right->offset_bytes)
    return 0;
  return left->offset_bytes < right->offset_bytes ? -1 : 1;
}

/* The range that holds the offset, which must lie inside the map. */
static GSequenceIter *
map_find (const PlatterMap *self, guint64 offset_bytes)
{
  PlatterMapRange key = { offset_bytes, 0, 0 };

  return g_sequence_iter_prev (g_sequence_search (self->ranges, &key, map_compare_cb, NULL));
}

/* Makes a range begin at the offset. Returns: that range, or the end. */
static GSequenceIter *
map_split (PlatterMap *self, guint64 offset_bytes)
{
  GSequenceIter *iter = NULL;
  PlatterMapRange *range = NULL;
  guint64 head_bytes = 0;

  if (offset_bytes == self->size_bytes)
    return g_sequence_get_end_iter (self->ranges);
  iter = map_find (self, offset_bytes);
  range = g_sequence_get (iter);
  head_bytes = offset_bytes - range->offset_bytes;
  if (head_bytes == 0)
    return iter;
  iter = g_sequence_insert_before (
    g_sequence_iter_next (iter),
    map_range_new (offset_bytes, range->length_bytes - head_bytes, range->state));
  range->length_bytes = head_bytes;
  return iter;
}

/* Joins a range with the one before it, if they are alike. Returns: the one that is left. */
static GSequenceIter *
map_join_previous (GSequenceIter *iter)
{
  GSequenceIter *before = g_sequence_iter_prev (iter);
  PlatterMapRange *left = NULL;
  PlatterMapRange *right = NULL;

  if (g_sequence_iter_is_end (iter) || before == iter)
    return iter;
  left = g_sequence_get (before);
  right = g_sequence_get (iter);
  if (left->state != right->state)
    return iter;
  left->length_bytes += right->length_bytes;
  g_sequence_remove (iter);
  return before;
}

PlatterMap *
platter_map_new (guint64 size_bytes)
{
  PlatterMap *self = g_new0 (PlatterMap, 1);

  self->size_bytes = size_bytes;
  self->ranges = g_sequence_new (g_free);
  self->state_bytes[PLATTER_MAP_UNTOUCHED] = size_bytes;
  if (size_bytes > 0)
    g_sequence_append (self->ranges, map_range_new (0, size_bytes, PLATTER_MAP_UNTOUCHED));
  return self;
}

PlatterMap *
platter_map_copy (const PlatterMap *self)
{
  PlatterMap *copy = g_new0 (PlatterMap, 1);
  GSequenceIter *iter = g_sequence_get_begin_iter (self->ranges);

  *copy = *self;
  copy->ranges = g_sequence_new (g_free);
  for (; !g_sequence_iter_is_end (iter); iter = g_sequence_iter_next (iter))
    g_sequence_append (copy->ranges, g_memdup2 (g_sequence_get (iter), sizeof (PlatterMapRange)));
  return copy;
}

void
platter_map_free (PlatterMap *self)
{
  if (self == NULL)
    return;
  g_sequence_free (self->ranges);
  g_free (self);
}

guint64
platter_map_get_size_bytes (const PlatterMap *self)
{
  return self->size_bytes;
}

guint
platter_map_get_n_ranges (const PlatterMap *self)
{
  return g_sequence_get_length (self->ranges);
}

const PlatterMapRange *
platter_map_get_range (const PlatterMap *self, guint index)
{
  g_assert (index < platter_map_get_n_ranges (self));
  return g_sequence_get (g_sequence_get_iter_at_pos (self->ranges, index));
}

void
platter_map_set (PlatterMap *self,
                 guint64 offset_bytes,
                 guint64 length_bytes,
                 PlatterMapState state)
{
  GSequenceIter *first = NULL;
  GSequenceIter *end = NULL;
  GSequenceIter *iter = NULL;

  g_assert (offset_bytes <= self->size_bytes);
  g_assert (length_bytes <= self->size_bytes - offset_bytes);
  if (length_bytes == 0)
    return;
  first = map_split (self, offset_bytes);
  end = map_split (self, offset_bytes + length_bytes);
  for (iter = first; iter != end; iter = g_sequence_iter_next (iter))
    {
      PlatterMapRange *range = g_sequence_get (iter);

      self->state_bytes[range->state] -= range->length_bytes;
    }
  self->state_bytes[state] += length_bytes;
  g_sequence_remove_range (g_sequence_iter_next (first), end);
  *(PlatterMapRange *)g_sequence_get (first)
    = (PlatterMapRange){ offset_bytes, length_bytes, state };
  map_join_previous (g_sequence_iter_next (map_join_previous (first)));
}

PlatterMapState
platter_map_get (const PlatterMap *self, guint64 offset_bytes)
{
  const PlatterMapRange *range = NULL;

  g_assert (offset_bytes < self->size_bytes);
  range = g_sequence_get (map_find (self, offset_bytes));
  return range->state;
}

guint64
platter_map_count_bytes (const PlatterMap *self, PlatterMapState state)
{
  return self->state_bytes[state];
}

gboolean
platter_map_find_next (const PlatterMap *self,
                       guint64 offset_bytes,
                       PlatterMapState state,
                       PlatterMapRange *range)
{
  GSequenceIter *iter = NULL;

  if (offset_bytes >= self->size_bytes || self->state_bytes[state] == 0)
    return FALSE;
  for (iter = map_find (self, offset_bytes); !g_sequence_iter_is_end (iter);
       iter = g_sequence_iter_next (iter))
    {
      *range = *(const PlatterMapRange *)g_sequence_get (iter);
      if (range->state == state)
        return TRUE;
    }
  return FALSE;
}

gboolean
platter_map_find_other (const PlatterMap *self,
                        guint64 offset_bytes,
                        PlatterMapState state,
                        PlatterMapRange *range)
{
  GSequenceIter *iter = NULL;

  if (offset_bytes >= self->size_bytes)
    return FALSE;
  iter = map_find (self, offset_bytes);
  /* Neighbours are never alike. */
  if (((const PlatterMapRange *)g_sequence_get (iter))->state == state)
    iter = g_sequence_iter_next (iter);
  if (g_sequence_iter_is_end (iter))
    return FALSE;
  *range = *(const PlatterMapRange *)g_sequence_get (iter);
  return TRUE;
}

gboolean
platter_map_find_previous (const PlatterMap *self,
                           guint64 offset_bytes,
                           PlatterMapState state,
                           PlatterMapRange *range)
{
  GSequenceIter *iter = NULL;

  if (offset_bytes == 0 || self->state_bytes[state] == 0)
    return FALSE;
  iter = map_find (self, MIN (offset_bytes, self->size_bytes) - 1);
  while (TRUE)
    {
      *range = *(const PlatterMapRange *)g_sequence_get (iter);
      if (range->state == state)
        return TRUE;
      if (g_sequence_iter_is_begin (iter))
        return FALSE;
      iter = g_sequence_iter_prev (iter);
    }
}

void
platter_map_cut (PlatterMap *self, guint64 size_bytes)
{
  GSequenceIter *first = NULL;
  GSequenceIter *end = g_sequence_get_end_iter (self->ranges);

  g_assert (size_bytes <= self->size_bytes);
  first = map_split (self, size_bytes);
  for (GSequenceIter *iter = first; iter != end; iter = g_sequence_iter_next (iter))
    {
      PlatterMapRange *range = g_sequence_get (iter);

      self->state_bytes[range->state] -= range->length_bytes;
    }
  g_sequence_remove_range (first, end);
  self->size_bytes = size_bytes;
}

void
platter_map_replace (PlatterMap *self, PlatterMapState from, PlatterMapState to)
{
  GSequenceIter *iter = g_sequence_get_begin_iter (self->ranges);

  if (from == to || self->state_bytes[from] == 0)
    return;
  for (; !g_sequence_iter_is_end (iter); iter = g_sequence_iter_next (iter))
    {
      PlatterMapRange *range = g_sequence_get (iter);

      if (range->state == from)
        range->state = to;
      iter = map_join_previous (iter);
    }
  self->state_bytes[to] += self->state_bytes[from];
  self->state_bytes[from] = 0;
}

void
platter_map_get_cells (
  const PlatterMap *self, guint64 offset_bytes, guint64 length_bytes, guint8 *cells, gsize n_cells)
{
  GSequenceIter *iter = NULL;

  g_assert (offset_bytes <= self->size_bytes);
  g_assert (length_bytes <= self->size_bytes - offset_bytes);
  for (gsize i = 0; i < n_cells; i++)
    cells[i] = PLATTER_MAP_UNTOUCHED;
  if (length_bytes == 0)
    return;
  iter = map_find (self, offset_bytes);
  for (gsize i = 0; i < n_cells; i++)
    {
      guint64 start
        = offset_bytes + platter_map_get_cell_start (length_bytes, (guint)n_cells, (guint)i);
      guint64 end
        = offset_bytes + platter_map_get_cell_start (length_bytes, (guint)n_cells, (guint)i + 1);
      const PlatterMapRange *range = g_sequence_get (iter);

      while (map_range_end (range) <= start)
        {
          iter = g_sequence_iter_next (iter);
          range = g_sequence_get (iter);
        }
      cells[i] = range->state;
      while (map_range_end (range) < end)
        {
          iter = g_sequence_iter_next (iter);
          range = g_sequence_get (iter);
          cells[i] = MAX (cells[i], (guint8)range->state);
        }
    }
}
