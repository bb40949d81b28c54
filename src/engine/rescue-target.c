// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a target does only in a rescue: it flushes while it copies, so that little is lost with the power or the drive,
// and gets zeros where nothing could be read.

#include "transfer-private.h"

static void
rescue_target_saved_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  guint64 held_bytes = 0;

  self->is_saving = FALSE;
  self->saved_us = g_get_monotonic_time ();
  if (!platter_target_is_live (self))
    return;
  if (io->error != 0)
    {
      platter_target_condemn (self, io);
      return;
    }
  self->saved_bytes = self->written_bytes;
  pthread_mutex_lock (&self->transfer->lock);
  platter_map_replace (self->map, PLATTER_MAP_COPIED, PLATTER_MAP_DURABLE);
  /* What an earlier run has left here, and is read again for another target, was not written by this one. */
  held_bytes = platter_rescue_hold_doubted (self->transfer, self->map);
  self->durable_bytes = self->written_bytes - MIN (held_bytes, self->written_bytes);
  pthread_mutex_unlock (&self->transfer->lock);
}

/* What was held back as doubtful when it was flushed is new again once it is believed. */
static guint64
rescue_target_get_kept_bytes (const PlatterTarget *self)
{
  return self->transfer->rescue->trust->doubted_bytes == 0
           ? self->durable_bytes
           : MAX (self->saved_bytes, self->durable_bytes);
}

static gboolean
rescue_target_is_to_save (const PlatterTarget *self, gboolean is_last)
{
  guint64 new_bytes = 0;

  if (!platter_rescue_is_active (self->transfer) || self->step != PLATTER_STEP_COPY)
    return FALSE;
  new_bytes = self->written_bytes - rescue_target_get_kept_bytes (self);
  if (new_bytes == 0)
    return FALSE;
  return is_last || new_bytes >= PLATTER_EPOCH_BYTES
         || g_get_monotonic_time () - self->saved_us >= PLATTER_EPOCH_US;
}

gboolean
platter_target_save (PlatterTarget *self, gboolean is_last)
{
  if (self->is_saving)
    return TRUE;
  if (!rescue_target_is_to_save (self, is_last))
    return FALSE;
  /* A flush covers what has been answered before; so nothing is under way beside it. */
  if (self->lane.n_in_flight > 0)
    return TRUE;
  self->is_saving = TRUE;
  platter_lane_start (&self->lane, PLATTER_IO_FLUSH, NULL, 0, 0, rescue_target_saved_cb, self,
                      NULL);
  return TRUE;
}

void
platter_target_set_unread (PlatterTarget *self,
                           guint64 offset_bytes,
                           guint64 length_bytes,
                           PlatterMapState state)
{
  guint64 end_bytes = offset_bytes + length_bytes;
  PlatterMapRange range = { offset_bytes, 0, 0 };

  pthread_mutex_lock (&self->transfer->lock);
  while (platter_map_find_other (self->map, range.offset_bytes + range.length_bytes,
                                 PLATTER_MAP_DURABLE, &range)
         && range.offset_bytes < end_bytes)
    {
      guint64 from = MAX (range.offset_bytes, offset_bytes);
      guint64 to = MIN (range.offset_bytes + range.length_bytes, end_bytes);

      platter_map_set (self->map, from, to - from, state);
    }
  pthread_mutex_unlock (&self->transfer->lock);
}

/* The first part of a place without data that has none on this target either: an earlier rescue may have left it here
   alone. Returns: %FALSE if there is none. */
static gboolean
rescue_target_find_empty (PlatterTarget *self, PlatterMapRange *range)
{
  guint64 end_bytes = range->offset_bytes + range->length_bytes;
  PlatterMapRange empty;

  if (!platter_map_find_other (self->map, range->offset_bytes, PLATTER_MAP_DURABLE, &empty)
      || empty.offset_bytes >= end_bytes)
    return FALSE;
  end_bytes = MIN (end_bytes, empty.offset_bytes + empty.length_bytes);
  range->offset_bytes = MAX (range->offset_bytes, empty.offset_bytes);
  range->length_bytes = end_bytes - range->offset_bytes;
  return TRUE;
}

static void
rescue_target_zeroed_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;

  if (io->error != 0 && platter_target_is_live (self))
    platter_target_fail_io (self, io, PLATTER_ENGINE_ERROR_WRITE, "write");
}

/* Returns: whether there was room for it. */
static gboolean
rescue_target_zero_piece (PlatterTarget *self, const PlatterMapRange *range)
{
  PlatterTransfer *transfer = self->transfer;
  guint64 block = range->offset_bytes / PLATTER_BLOCK_BYTES;
  guint64 end_bytes
    = MIN (range->offset_bytes + range->length_bytes, (block + 1) * PLATTER_BLOCK_BYTES);

  if (!platter_lane_can_start (&self->lane))
    return FALSE;
  /* The edges are written as a whole later; what an earlier copy could read there is kept. */
  if (platter_transfer_get_edge (transfer, block) == NULL && !platter_resume_keeps (self, block))
    platter_lane_start (&self->lane, PLATTER_IO_WRITE, transfer->zero->data, range->offset_bytes,
                        (guint32)(end_bytes - range->offset_bytes), rescue_target_zeroed_cb, self,
                        NULL);
  self->zero_position_bytes = end_bytes;
  return TRUE;
}

gboolean
platter_target_zero (PlatterTarget *self)
{
  PlatterTransfer *transfer = self->transfer;
  PlatterMapRange range;

  while (transfer->options.zero_bad && platter_rescue_is_active (transfer)
         && platter_transfer_find_missing (transfer, self->zero_position_bytes, &range))
    {
      guint64 end_bytes = range.offset_bytes + range.length_bytes;

      range.offset_bytes = MAX (range.offset_bytes, self->zero_position_bytes);
      range.length_bytes = end_bytes - range.offset_bytes;
      if (!rescue_target_find_empty (self, &range))
        self->zero_position_bytes = end_bytes;
      else if (!rescue_target_zero_piece (self, &range))
        return FALSE;
    }
  return TRUE;
}

PlatterMapState
platter_rescue_get_unstored (const PlatterTransfer *transfer)
{
  return transfer->rescue != NULL ? PLATTER_MAP_UNTOUCHED : PLATTER_MAP_FAILED;
}
