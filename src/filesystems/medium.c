// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A disk of which some places are not known.

#include "medium.h"

#include <string.h>

PlatterMedium *
platter_medium_new (
  guint64 size_bytes, guint block_bytes, PlatterMediumRead read, gpointer data, gint64 deadline_us)
{
  PlatterMedium *self = g_new0 (PlatterMedium, 1);

  self->size_bytes = size_bytes;
  self->block_bytes = block_bytes;
  self->read = read;
  self->data = data;
  self->deadline_us = deadline_us;
  self->unknown = g_array_new (FALSE, FALSE, sizeof (PlatterMediumRange));
  return self;
}

void
platter_medium_free (PlatterMedium *self)
{
  g_array_unref (self->unknown);
  g_free (self);
}

void
platter_medium_add_unknown (PlatterMedium *self, guint64 offset_bytes, guint64 length_bytes)
{
  PlatterMediumRange range = { offset_bytes, length_bytes };
  PlatterMediumRange *last
    = self->unknown->len > 0
        ? &g_array_index (self->unknown, PlatterMediumRange, self->unknown->len - 1)
        : NULL;

  if (last != NULL && last->offset_bytes + last->length_bytes == offset_bytes)
    last->length_bytes += length_bytes;
  else
    g_array_append_val (self->unknown, range);
}

guint
platter_ranges_find (const GArray *ranges, guint64 offset_bytes)
{
  guint low = 0;
  guint high = ranges->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const PlatterMediumRange *range = &g_array_index (ranges, PlatterMediumRange, middle);

      if (range->offset_bytes + range->length_bytes > offset_bytes)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

gboolean
platter_medium_is_known (const PlatterMedium *self, guint64 offset_bytes, guint64 length_bytes)
{
  guint next = platter_ranges_find (self->unknown, offset_bytes);

  return next == self->unknown->len
         || g_array_index (self->unknown, PlatterMediumRange, next).offset_bytes
              >= offset_bytes + length_bytes;
}

gboolean
platter_medium_is_late (const PlatterMedium *self)
{
  return g_get_monotonic_time () >= self->deadline_us;
}

static gboolean
medium_has (const PlatterMedium *self, guint64 offset_bytes, gsize length)
{
  return length <= self->size_bytes && offset_bytes <= self->size_bytes - length
         && !platter_medium_is_late (self);
}

gboolean
platter_medium_read (const PlatterMedium *self, guint64 offset_bytes, void *buffer, gsize length)
{
  return medium_has (self, offset_bytes, length)
         && platter_medium_is_known (self, offset_bytes, length)
         && self->read (self->data, offset_bytes, buffer, length);
}

gboolean
platter_medium_read_around (const PlatterMedium *self,
                            guint64 offset_bytes,
                            void *buffer,
                            gsize length)
{
  guint64 end_bytes = offset_bytes + length;

  if (!medium_has (self, offset_bytes, length)
      || !self->read (self->data, offset_bytes, buffer, length))
    return FALSE;
  for (guint i = platter_ranges_find (self->unknown, offset_bytes); i < self->unknown->len; i++)
    {
      const PlatterMediumRange *range = &g_array_index (self->unknown, PlatterMediumRange, i);
      guint64 start = MAX (range->offset_bytes, offset_bytes);
      guint64 end = MIN (range->offset_bytes + range->length_bytes, end_bytes);

      if (start >= end_bytes)
        break;
      memset ((guint8 *)buffer + (start - offset_bytes), 0, end - start);
    }
  return TRUE;
}

guint16
platter_le16 (const guint8 *place)
{
  return (guint16)(place[0] | place[1] << 8);
}

guint32
platter_le32 (const guint8 *place)
{
  return platter_le16 (place) | (guint32)platter_le16 (place + 2) << 16;
}

guint64
platter_le64 (const guint8 *place)
{
  return platter_le32 (place) | (guint64)platter_le32 (place + 4) << 32;
}
