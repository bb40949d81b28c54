// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Reading the source, once, ahead of the targets; each block goes to all of them.

#include "transfer-private.h"

/* So many stretches of zeros are remembered for the picture of the map. */
#define MAX_ZERO_RANGES 8192

gboolean
platter_copy_is_read (const PlatterTransfer *self)
{
  if (platter_rescue_is_active (self))
    return self->rescue->has_ended;
  return self->n_blocks_read == self->n_blocks && !self->is_open;
}

/* Nothing is known of the sector then. Returns: whether that is so, which has then been told. */
static gboolean
copy_fail_refused (PlatterTransfer *self, const PlatterIo *io)
{
  if (platter_engine_error_from_errno (io->error, PLATTER_ENGINE_ERROR_READ)
      != PLATTER_ENGINE_ERROR_FAILED)
    return FALSE;
  platter_transfer_fail_read (self, PLATTER_ENGINE_ERROR_FAILED, io->error_offset_bytes, io->error);
  return TRUE;
}

static void copy_read_cb (PlatterIo *io);
static void copy_take (PlatterTransfer *self, PlatterSlot *slot);
static void copy_locate_next (PlatterTransfer *self, PlatterSlot *slot);

static void
copy_start_read (PlatterTransfer *self, PlatterSlot *slot, PlatterIoDone done)
{
  platter_lane_start (&self->source_lane, PLATTER_IO_READ, slot->data,
                      slot->block * PLATTER_BLOCK_BYTES, slot->length_bytes, done, self, slot);
}

static void
copy_fail_bad (PlatterTransfer *self, guint64 offset_bytes)
{
  platter_transfer_fail_read (
    self, platter_engine_error_from_errno (self->bad_errno, PLATTER_ENGINE_ERROR_READ),
    offset_bytes, self->bad_errno);
}

/* Each read of a bad place may take the drive a minute. */
static gboolean
copy_is_in_vain (PlatterTransfer *self)
{
  return self->error != NULL || g_atomic_int_get (&self->is_cancelled)
         || platter_transfer_count_live (self) == 0;
}

/* As if nothing had been; what has failed beside it is asked for anew. */
static void
copy_read_again_cb (PlatterIo *io)
{
  PlatterTransfer *self = io->owner;
  PlatterSlot *slot = g_steal_pointer (&self->unread);

  if (copy_is_in_vain (self) || copy_fail_refused (self, io))
    return;
  if (io->error != 0 || io->is_short)
    {
      copy_fail_bad (self, self->bad_error_bytes);
      return;
    }
  self->is_locating = FALSE;
  self->first_unread_bytes = G_MAXUINT64;
  copy_take (self, io->item);
  while (slot != NULL)
    {
      PlatterSlot *next = slot->next;

      copy_start_read (self, slot, copy_read_cb);
      slot = next;
    }
}

/* Each part of the block could be read. */
static void
copy_locate_none (PlatterTransfer *self, PlatterSlot *slot)
{
  /* What failed beside a question was not kept, and what is unpacked cannot be had again. */
  if (self->has_bad_probe || self->is_answered
      || platter_endpoint_get_reader (self->source) != NULL)
    copy_fail_bad (self, self->bad_error_bytes);
  else
    copy_start_read (self, slot, copy_read_again_cb);
}

static guint64
copy_get_step (const PlatterTransfer *self)
{
  return MAX (self->source_lane.alignment_bytes, 512);
}

static void
copy_located_cb (PlatterIo *io)
{
  PlatterTransfer *self = io->owner;
  gboolean is_bad = io->error != 0 || io->is_short;
  gboolean is_last = self->bad_middle_bytes == self->bad_end_bytes;
  gboolean is_sector = self->bad_middle_bytes - self->bad_start_bytes <= copy_get_step (self);

  if (copy_is_in_vain (self) || copy_fail_refused (self, io))
    return;
  if (is_bad)
    {
      self->has_bad_probe = TRUE;
      self->bad_end_bytes = self->bad_middle_bytes;
    }
  else
    self->bad_start_bytes = self->bad_middle_bytes;
  if (is_bad && is_sector)
    copy_fail_bad (self, self->bad_start_bytes);
  else if (is_last)
    copy_locate_none (self, io->item);
  else
    copy_locate_next (self, io->item);
}

/* Halves the block until the first bad sector is left, so that it can be named. That one is read, too: the error may have
   passed. */
static void
copy_locate_next (PlatterTransfer *self, PlatterSlot *slot)
{
  guint64 step_bytes = copy_get_step (self);
  guint64 length_bytes = self->bad_end_bytes - self->bad_start_bytes;
  guint64 half_bytes = MAX (length_bytes / 2 / step_bytes * step_bytes, step_bytes);

  half_bytes = MIN (half_bytes, length_bytes);
  self->bad_middle_bytes = self->bad_start_bytes + half_bytes;
  platter_lane_start (&self->source_lane, PLATTER_IO_READ, slot->data, self->bad_start_bytes,
                      (guint32)half_bytes, copy_located_cb, self, slot);
}

void
platter_copy_locate (PlatterTransfer *self, PlatterSlot *slot)
{
  self->is_locating = TRUE;
  self->has_bad_probe = FALSE;
  copy_locate_next (self, slot);
}

/* It is looked at when the first one is done with. */
static void
copy_put_off (PlatterTransfer *self, PlatterSlot *slot)
{
  slot->next = self->unread;
  self->unread = slot;
}

/* Returns: whether it is taken care of. */
static gboolean
copy_survive (PlatterTransfer *self, PlatterIo *io)
{
  if (self->rescue == NULL || self->options.on_error == PLATTER_ON_ERROR_STOP
      || platter_engine_error_from_errno (io->error, PLATTER_ENGINE_ERROR_READ)
           == PLATTER_ENGINE_ERROR_GONE)
    return FALSE;
  platter_rescue_trust_note_error (self->rescue->trust, io);
  if (self->options.on_error == PLATTER_ON_ERROR_ASK)
    {
      platter_question_ask (self, io);
      return TRUE;
    }
  self->n_block_errors++;
  platter_rescue_begin (self);
  platter_transfer_release (self, io->item);
  return TRUE;
}

static void
copy_read_failed (PlatterTransfer *self, PlatterIo *io)
{
  /* A target that is flushed now is not safe beyond it. */
  self->first_unread_bytes = MIN (self->first_unread_bytes, io->offset_bytes);
  if (self->is_locating)
    copy_put_off (self, io->item);
  if (self->is_locating || platter_end_fail (self, io))
    return;
  if (io->error == 0)
    {
      platter_transfer_fail_read (self, PLATTER_ENGINE_ERROR_SHORT_READ, io->error_offset_bytes, 0);
      return;
    }
  if (platter_endpoint_is_gone (self->source))
    {
      platter_transfer_fail_read (self, PLATTER_ENGINE_ERROR_GONE, io->error_offset_bytes,
                                  io->error);
      return;
    }
  if (copy_fail_refused (self, io) || copy_survive (self, io))
    return;
  self->bad_errno = io->error;
  self->bad_error_bytes = io->error_offset_bytes;
  self->bad_start_bytes = io->offset_bytes;
  self->bad_end_bytes = io->offset_bytes + io->needed_bytes;
  platter_copy_locate (self, io->item);
}

static void
copy_note_zeros (PlatterTransfer *self, const PlatterSlot *slot)
{
  self->zero_bytes += slot->length_bytes;
  if (platter_map_get_n_ranges (self->zeros) < MAX_ZERO_RANGES)
    platter_map_set (self->zeros, slot->block * PLATTER_BLOCK_BYTES, slot->length_bytes,
                     PLATTER_MAP_ZERO);
}

static void
copy_take (PlatterTransfer *self, PlatterSlot *slot)
{
  gboolean is_edge = platter_transfer_get_edge (self, slot->block) != NULL;

  platter_transfer_pad (slot);
  self->read_bytes += slot->length_bytes;
  self->n_blocks_read++;
  slot->is_zero = platter_block_is_zero (slot->data, slot->length_bytes);
  if (slot->is_zero && is_edge)
    self->zero_bytes += slot->length_bytes;
  else if (slot->is_zero)
    copy_note_zeros (self, slot);
  for (guint i = 0; i < self->n_targets && !is_edge; i++)
    platter_target_take (&self->targets[i], slot, 0, slot->length_bytes);
  if (self->rescue != NULL)
    platter_rescue_note_block (self, slot);
  if (self->digests != NULL)
    {
      slot->refs++;
      platter_digest_set_push (self->digests, slot->block, slot->data, slot->length_bytes, slot);
    }
  platter_transfer_queue_hash (self, slot);
}

static void
copy_read_cb (PlatterIo *io)
{
  PlatterTransfer *self = io->owner;
  PlatterSlot *slot = io->item;

  if (self->error != NULL)
    return;
  if (io->error != 0 || (io->is_short && !self->is_open))
    copy_read_failed (self, io);
  else if (io->is_short && !platter_end_meet (self, io, slot))
    platter_transfer_release (self, slot);
  else
    copy_take (self, slot);
  platter_end_settle (self);
}

void
platter_copy_hashed (PlatterTransfer *self, PlatterSlot *slot, PlatterBlockHash hash)
{
  PlatterEdge *edge = platter_transfer_get_edge (self, slot->block);

  if (edge != NULL)
    edge->hash = hash;
  else if (self->table != NULL)
    platter_block_table_add (self->table, slot->block, hash);
  platter_transfer_release (self, slot);
}

static gboolean
copy_is_wanted (const PlatterTransfer *self)
{
  if (self->error != NULL || self->is_locating || g_atomic_int_get (&self->is_cancelled)
      || platter_resume_is_sampling (self) || platter_end_is_met (self))
    return FALSE;
  for (guint i = 0; i < self->n_targets; i++)
    if (platter_target_is_live (&self->targets[i]))
      return TRUE;
  return FALSE;
}

static void
copy_skip_unwanted (PlatterTransfer *self)
{
  guint64 block = platter_wanted_find (self, self->next_block);

  self->n_blocks_read += block - self->next_block;
  self->next_block = block;
}

void
platter_copy_pump (PlatterTransfer *self)
{
  if (!copy_is_wanted (self))
    return;
  if (platter_rescue_is_active (self))
    {
      platter_rescue_pump (self);
      return;
    }
  copy_skip_unwanted (self);
  while (self->next_block < self->n_blocks && platter_lane_can_start (&self->source_lane))
    {
      PlatterEdge *edge = platter_transfer_get_edge (self, self->next_block);
      PlatterSlot *slot = edge != NULL ? edge->slot : platter_buffer_pool_pop (self->pool);

      if (slot == NULL)
        return;
      if (edge != NULL)
        slot->refs = 2; /* one stays: the edge's own */
      slot->block = self->next_block++;
      slot->length_bytes = platter_transfer_get_block_bytes (self, slot->block);
      copy_start_read (self, slot, copy_read_cb);
      copy_skip_unwanted (self);
    }
  platter_end_probe (self);
}
