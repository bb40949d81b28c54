// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Comparing the source with one target, byte by byte, writing nothing. One that goes on leaves out what was equal before it
// was cut off, but for samples: of the target, and of the source, too, where nothing else needs all of it.

#include "transfer-private.h"

#include <string.h>

static void
compare_release (PlatterTarget *self, PlatterSlot *slot)
{
  self->n_active--;
  platter_transfer_release (self->transfer, slot->partner);
  platter_transfer_release (self->transfer, slot);
}

/* Whether it was compared before, and is not looked at again. */
static gboolean
compare_is_kept (const PlatterTarget *self, guint64 block)
{
  return block < self->n_kept_blocks && !platter_resume_is_sample (self, block);
}

static void
compare_count (PlatterTarget *self, guint64 block, guint32 length_bytes)
{
  self->checked_bytes += length_bytes;
  platter_target_set_map (self, block * PLATTER_BLOCK_BYTES, length_bytes, PLATTER_MAP_VERIFIED);
}

/* Whether all of the source is read, whatever was compared before: a digest takes all of it, and what is packed can only be
   read from its start. */
static gboolean
compare_needs_source (const PlatterTransfer *transfer)
{
  return transfer->digests != NULL || platter_endpoint_get_reader (transfer->source) != NULL;
}

/* While both sides are under way, slot->wrong counts those that are missing; is_zero tells that the
   target's cannot be used. */
static void
compare_arrived (PlatterTarget *self, PlatterSlot *slot)
{
  if (--slot->wrong > 0)
    return;
  slot->wrong = -1;
  if (!platter_target_is_live (self) || slot->is_zero)
    compare_release (self, slot);
  else if (compare_is_kept (self, slot->block))
    {
      compare_count (self, slot->block, slot->length_bytes);
      compare_release (self, slot);
    }
  else
    platter_transfer_queue_hash (self->transfer, slot);
}

static void compare_target_read_cb (PlatterIo *io);

/* Only now is it known how much of the target belongs to it. */
static void
compare_packed_arrived (PlatterTarget *self, const PlatterIo *io, PlatterSlot *slot)
{
  PlatterTransfer *transfer = self->transfer;
  PlatterSlot *source = slot->partner;
  gboolean is_used
    = platter_target_is_live (self) && transfer->error == NULL && !platter_end_fail (transfer, io);

  if (is_used && io->is_short)
    is_used = platter_end_meet (transfer, io, source);
  slot->is_zero = !is_used;
  slot->length_bytes = source->length_bytes;
  if (is_used)
    {
      transfer->read_bytes += source->length_bytes;
      transfer->n_blocks_read++;
    }
  if (!is_used || compare_is_kept (self, slot->block))
    {
      slot->wrong = 1; /* nothing else is under way */
      compare_arrived (self, slot);
      return;
    }
  slot->wrong--;
  platter_lane_start (&self->lane, PLATTER_IO_READ, slot->data, io->offset_bytes,
                      slot->length_bytes, compare_target_read_cb, self, slot);
}

static void
compare_source_read_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  PlatterTransfer *transfer = self->transfer;
  PlatterSlot *slot = io->item;
  PlatterSlot *source = slot->partner;

  if (transfer->is_open)
    {
      compare_packed_arrived (self, io, slot);
      return;
    }
  if (platter_target_is_live (self) && (io->error != 0 || io->is_short))
    platter_transfer_fail_read (
      transfer,
      io->error != 0 ? platter_engine_error_from_errno (io->error, PLATTER_ENGINE_ERROR_READ)
                     : PLATTER_ENGINE_ERROR_SHORT_READ,
      io->error_offset_bytes, io->error);
  else if (transfer->error == NULL)
    {
      transfer->read_bytes += source->length_bytes;
      transfer->n_blocks_read++;
    }
  if (transfer->digests != NULL && transfer->error == NULL)
    {
      source->refs++;
      platter_digest_set_push (transfer->digests, source->block, source->data, source->length_bytes,
                               source);
    }
  compare_arrived (self, slot);
}

static void
compare_target_read_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  PlatterSlot *slot = io->item;

  if (io->error == 0 && !io->is_short)
    self->n_unreadable_in_row = 0;
  else if (platter_target_is_live (self))
    {
      slot->is_zero = TRUE;
      platter_check_unreadable (self, io, slot->block);
    }
  compare_arrived (self, slot);
}

void
platter_compare_pair (PlatterTarget *self, PlatterSlot *slot)
{
  PlatterTransfer *transfer = self->transfer;
  PlatterSlot *source = slot->partner;
  gboolean is_equal = FALSE;

  self->moved_bytes += slot->length_bytes;
  if (!platter_target_is_live (self))
    {
      compare_release (self, slot);
      return;
    }
  platter_wanted_blank (transfer, slot);
  is_equal = memcmp (source->data, slot->data, slot->length_bytes) == 0;
  if (!is_equal && slot->block < self->n_kept_blocks)
    platter_resume_differ (self, slot->block * PLATTER_BLOCK_BYTES);
  if (is_equal || slot->block < self->n_kept_blocks)
    {
      if (is_equal)
        compare_count (self, slot->block, slot->length_bytes);
      compare_release (self, slot);
      return;
    }
  self->checked_bytes += slot->length_bytes;
  slot->hash = platter_transfer_hash (transfer, source->data, source->length_bytes);
  if (platter_endpoint_get_reader (transfer->source) != NULL)
    {
      /* To read it again would mean to unpack all of it again. */
      platter_check_judge (self, slot, source);
      compare_release (self, slot);
      return;
    }
  slot->partner = NULL;
  platter_transfer_release (transfer, source);
  platter_check_suspect (self, slot);
}

static void
compare_start (PlatterTarget *self)
{
  PlatterTransfer *transfer = self->transfer;
  PlatterSlot *slot = platter_buffer_pool_pop (transfer->pool);
  guint64 offset_bytes = transfer->next_block * PLATTER_BLOCK_BYTES;
  gboolean is_kept = compare_is_kept (self, transfer->next_block);

  slot->block = transfer->next_block++;
  slot->length_bytes = platter_transfer_get_block_bytes (transfer, slot->block);
  slot->target = self->index;
  slot->wrong = is_kept && !transfer->is_open ? 1 : 2;
  slot->partner = platter_buffer_pool_pop (transfer->pool);
  slot->partner->block = slot->block;
  slot->partner->length_bytes = slot->length_bytes;
  self->n_active++;
  platter_lane_start (&transfer->source_lane, PLATTER_IO_READ, slot->partner->data, offset_bytes,
                      slot->length_bytes, compare_source_read_cb, self, slot);
  if (!transfer->is_open && !is_kept)
    platter_lane_start (&self->lane, PLATTER_IO_READ, slot->data, offset_bytes, slot->length_bytes,
                        compare_target_read_cb, self, slot);
}

static void
compare_find_next (PlatterTarget *self)
{
  PlatterTransfer *transfer = self->transfer;

  transfer->next_block = platter_wanted_find (transfer, transfer->next_block);
  while (transfer->next_block < transfer->n_blocks && !compare_needs_source (transfer)
         && compare_is_kept (self, transfer->next_block))
    {
      compare_count (self, transfer->next_block,
                     platter_transfer_get_block_bytes (transfer, transfer->next_block));
      /* That took no time, and says nothing of the time that the rest will take. */
      transfer->rate = (PlatterRate){ .n = 0 };
      transfer->next_block = platter_wanted_find (transfer, transfer->next_block + 1);
    }
}

gboolean
platter_compare_pump (PlatterTarget *self)
{
  PlatterTransfer *transfer = self->transfer;

  platter_resume_pump_comparison (self);
  platter_check_pump_suspects (self);
  compare_find_next (self);
  if (platter_end_is_met (transfer) && self->n_active == 0)
    platter_end_settle (transfer);
  platter_end_probe (transfer);
  if (transfer->next_block >= transfer->n_blocks || platter_end_is_met (transfer))
    return self->n_active == 0 && !transfer->is_open;
  /* Two slots for each pair, and one is left for a source that is read again. */
  while (transfer->next_block < transfer->n_blocks && platter_lane_can_start (&self->lane)
         && platter_lane_can_start (&transfer->source_lane)
         && platter_buffer_pool_get_n_free (transfer->pool) > 2)
    {
      compare_start (self);
      compare_find_next (self);
    }
  return FALSE;
}
