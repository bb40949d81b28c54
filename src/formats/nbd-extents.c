// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A window on the server's answers: of one request, and forgotten with the next.

#include "nbd-extents.h"

#include <string.h>

#define ASK_BYTES ((guint64)1024 * 1024 * 1024)
/* The rest of a longer answer is asked for again. */
#define MAX_EXTENTS 4096

typedef struct
{
  guint64 end_bytes;
  gboolean are_zeros;
} NbdExtent;

struct _PlatterNbdExtents
{
  struct nbd_handle *nbd;
  guint64 size_bytes;
  gboolean can_ask;
  guint64 start_bytes;
  GArray *extents; /* (element-type NbdExtent): one behind the other, from start_bytes on */
};

PlatterNbdExtents *
platter_nbd_extents_new (struct nbd_handle *nbd, guint64 size_bytes)
{
  PlatterNbdExtents *self = g_new0 (PlatterNbdExtents, 1);

  self->nbd = nbd;
  self->size_bytes = size_bytes;
  self->can_ask = nbd_can_meta_context (nbd, LIBNBD_CONTEXT_BASE_ALLOCATION) == 1;
  self->extents = g_array_new (FALSE, FALSE, sizeof (NbdExtent));
  return self;
}

void
platter_nbd_extents_free (PlatterNbdExtents *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->extents);
  g_free (self);
}

static guint64
nbd_extents_get_end (const PlatterNbdExtents *self)
{
  return self->extents->len > 0
           ? g_array_index (self->extents, NbdExtent, self->extents->len - 1).end_bytes
           : self->start_bytes;
}

gboolean
platter_nbd_extents_is_known (PlatterNbdExtents *self, guint64 offset_bytes)
{
  return offset_bytes >= self->start_bytes && offset_bytes < nbd_extents_get_end (self);
}

void
platter_nbd_extents_add (PlatterNbdExtents *self, guint64 length_bytes, gboolean are_zeros)
{
  guint64 end_bytes = nbd_extents_get_end (self);
  NbdExtent extent = { end_bytes, are_zeros };

  extent.end_bytes += MIN (length_bytes, self->size_bytes - end_bytes);
  if (extent.end_bytes > end_bytes && self->extents->len < MAX_EXTENTS)
    g_array_append_val (self->extents, extent);
}

static int
nbd_extents_told_cb (void *data,
                     const char *context,
                     uint64_t offset_bytes,
                     uint32_t *entries,
                     size_t n_entries,
                     int *error)
{
  PlatterNbdExtents *self = data;

  if (strcmp (context, LIBNBD_CONTEXT_BASE_ALLOCATION) != 0
      || offset_bytes != nbd_extents_get_end (self))
    return 0;
  for (size_t i = 0; i + 1 < n_entries; i += 2)
    platter_nbd_extents_add (self, entries[i], (entries[i + 1] & LIBNBD_STATE_ZERO) != 0);
  return 0;
}

gint64
platter_nbd_extents_ask (PlatterNbdExtents *self, guint64 offset_bytes)
{
  nbd_extent_callback callback = { .callback = nbd_extents_told_cb, .user_data = self };
  gint64 cookie = 0;

  g_array_set_size (self->extents, 0);
  self->start_bytes = offset_bytes;
  if (!self->can_ask)
    return 0;
  cookie = nbd_aio_block_status (self->nbd, MIN (ASK_BYTES, self->size_bytes - offset_bytes),
                                 offset_bytes, callback, NBD_NULL_COMPLETION, 0);
  return MAX (cookie, 0);
}

gboolean
platter_nbd_extents_are_zeros (PlatterNbdExtents *self, guint64 offset_bytes, guint64 length_bytes)
{
  guint low = 0;
  guint high = self->extents->len;

  if (!platter_nbd_extents_is_known (self, offset_bytes))
    return FALSE;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->extents, NbdExtent, middle).end_bytes > offset_bytes)
        high = middle;
      else
        low = middle + 1;
    }
  for (; low < self->extents->len; low++)
    {
      const NbdExtent *extent = &g_array_index (self->extents, NbdExtent, low);

      if (!extent->are_zeros)
        return FALSE;
      if (extent->end_bytes >= offset_bytes + length_bytes)
        return TRUE;
    }
  return FALSE;
}
