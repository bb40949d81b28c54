// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A source of which only parts are content: the blocks in which there is none are left out.

#include "transfer-private.h"

#include <string.h>

guint64
platter_wanted_find (const PlatterTransfer *self, guint64 block)
{
  gboolean has_edges = self->options.kind == PLATTER_TRANSFER_COPY;
  guint64 found = self->n_blocks;
  PlatterMapRange range;

  if (self->wanted == NULL || block >= self->n_blocks
      || (has_edges && (block == 0 || block >= self->first_tail_edge)))
    return block;
  if (platter_map_find_next (self->wanted, block * PLATTER_BLOCK_BYTES, PLATTER_MAP_VERIFIED,
                             &range))
    found = MAX (block, range.offset_bytes / PLATTER_BLOCK_BYTES);
  return has_edges ? MIN (found, self->first_tail_edge) : found;
}

gboolean
platter_wanted_is_inner (PlatterTransfer *self, guint64 block)
{
  return platter_transfer_get_edge (self, block) == NULL
         && platter_wanted_find (self, block) == block;
}

void
platter_wanted_blank (const PlatterTransfer *self, PlatterSlot *slot)
{
  guint64 start_bytes = slot->block * PLATTER_BLOCK_BYTES;
  guint64 end_bytes = start_bytes + slot->length_bytes;
  guint64 at_bytes = start_bytes;

  while (self->wanted != NULL && at_bytes < end_bytes)
    {
      PlatterMapRange range = { end_bytes, 0, 0 };
      guint64 next_bytes = end_bytes;

      if (platter_map_find_next (self->wanted, at_bytes, PLATTER_MAP_VERIFIED, &range))
        next_bytes = CLAMP (range.offset_bytes, at_bytes, end_bytes);
      memset (slot->data + (at_bytes - start_bytes), 0, next_bytes - at_bytes);
      at_bytes = MAX (next_bytes, MIN (range.offset_bytes + range.length_bytes, end_bytes));
    }
}

guint64
platter_wanted_get_bytes (const PlatterTransfer *self)
{
  return self->size_bytes - self->unwanted_bytes;
}

guint64
platter_transfer_get_unwanted_bytes (PlatterTransfer *self)
{
  if (self->wanted != NULL && self->options.kind == PLATTER_TRANSFER_COMPARE)
    return self->size_bytes - platter_map_count_bytes (self->wanted, PLATTER_MAP_VERIFIED);
  return self->unwanted_bytes;
}

/* Blocks that are left out, up to @end. */
static void
wanted_leave_out (PlatterTransfer *self, guint64 block, guint64 end)
{
  guint64 start_bytes = block * PLATTER_BLOCK_BYTES;
  guint64 length_bytes = MIN (end * PLATTER_BLOCK_BYTES, self->size_bytes) - start_bytes;

  self->unwanted_bytes += length_bytes;
  for (guint i = 0; i < self->n_targets; i++)
    platter_target_set_map (&self->targets[i], start_bytes, length_bytes, PLATTER_MAP_FREE);
}

void
platter_transfer_set_wanted (PlatterTransfer *self, PlatterMap *wanted)
{
  guint64 block = 0;

  g_assert (self->wanted == NULL && platter_map_get_size_bytes (wanted) == self->size_bytes);
  self->wanted = wanted;
  while (block < self->n_blocks)
    {
      guint64 next = platter_wanted_find (self, block);

      if (next > block)
        wanted_leave_out (self, block, next);
      block = next + 1;
    }
}
