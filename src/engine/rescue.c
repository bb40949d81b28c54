// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Reading a damaged source as the plan of a rescue says, in place of reading it block by block.

#include "transfer-private.h"

#include <string.h>

PlatterRescue *
platter_rescue_new (PlatterTransfer *transfer)
{
  PlatterRescue *self = g_new0 (PlatterRescue, 1);

  self->sector_bytes = platter_endpoint_get_sector_bytes (transfer->source);
  for (guint i = 0; i < transfer->n_targets; i++)
    self->sector_bytes = MAX (self->sector_bytes,
                              platter_endpoint_get_alignment_bytes (transfer->targets[i].endpoint));
  self->sector_bytes = MAX (self->sector_bytes, 512);
  self->map = platter_map_new (transfer->size_bytes);
  self->read = platter_map_new (transfer->size_bytes);
  self->trust = platter_rescue_trust_new (transfer->size_bytes, self->sector_bytes);
  self->status = (PlatterMapfileStatus){ 0, '?', 1 };
  return self;
}

void
platter_rescue_free (PlatterRescue *self)
{
  if (self == NULL)
    return;
  platter_rescue_plan_free (self->plan);
  platter_map_free (self->map);
  platter_map_free (self->domain);
  platter_map_free (self->read);
  platter_map_free (self->whole);
  platter_rescue_trust_free (self->trust);
  g_free (self);
}

void
platter_rescue_note_block (PlatterTransfer *self, const PlatterSlot *slot)
{
  guint64 offset_bytes = slot->block * PLATTER_BLOCK_BYTES;

  platter_map_set (self->rescue->map, offset_bytes, slot->length_bytes, PLATTER_MAP_VERIFIED);
  platter_map_set (self->rescue->read, offset_bytes, slot->length_bytes, PLATTER_MAP_VERIFIED);
  platter_rescue_trust_note (self->rescue->trust, &self->source_lane,
                             slot->is_zero ? NULL : slot->data, offset_bytes, slot->length_bytes);
}

void
platter_rescue_begin (PlatterTransfer *self)
{
  if (!self->rescue->is_active)
    self->n_changes++;
  /* That a plain copy has read enough was said of nothing. */
  if (!self->rescue->is_active && !self->options.is_rescue)
    g_atomic_int_set (&self->is_to_finish, FALSE);
  self->rescue->is_active = TRUE;
  /* A repair would read once more what the drive may not give a second time. */
  self->options.max_repairs = 0;
}

static void
rescue_changed_cb (gpointer data, guint64 offset_bytes, guint64 length_bytes, PlatterMapState state)
{
  PlatterTransfer *self = data;

  for (guint i = 0; i < self->n_targets; i++)
    platter_target_set_unread (&self->targets[i], offset_bytes, length_bytes, state);
}

static guint64
rescue_count_missing (const PlatterRescue *self)
{
  PlatterMapRange range = { 0, 0, 0 };
  guint64 bytes = 0;

  while (
    platter_rescue_plan_find_missing (self->plan, range.offset_bytes + range.length_bytes, &range))
    bytes += range.length_bytes;
  return bytes;
}

/* What a read that failed has left in the memory of an edge is not data. */
static void
rescue_clear_edges (PlatterTransfer *self)
{
  for (guint i = 0; i < self->n_edges; i++)
    if (!self->edges[i].is_kept
        && platter_map_get (self->rescue->read, self->edges[i].block * PLATTER_BLOCK_BYTES)
             != PLATTER_MAP_VERIFIED)
      memset (self->edges[i].slot->data, 0, PLATTER_BLOCK_BYTES);
}

/* Once all that was under way for the plain copy has been answered. */
static gboolean
rescue_make_plan (PlatterTransfer *self)
{
  PlatterRescue *rescue = self->rescue;
  PlatterRescueOptions options = {
    .sector_bytes = rescue->sector_bytes,
    .retries = self->options.retries,
    .error_limit = self->options.error_limit,
    .no_scraping = self->options.on_error == PLATTER_ON_ERROR_SKIP,
    .changed = rescue_changed_cb,
    .data = self,
  };

  if (self->source_lane.n_in_flight > 0)
    return FALSE;
  for (guint i = 0; i < self->n_targets; i++)
    if (self->targets[i].step == PLATTER_STEP_LOAD)
      return FALSE;
  if (!platter_rescue_settle_edges (self))
    return FALSE;
  rescue->whole = platter_map_copy (rescue->read);
  rescue_clear_edges (self);
  rescue->plan = platter_rescue_plan_new (
    g_steal_pointer (&rescue->map), g_steal_pointer (&rescue->domain), &rescue->status, &options);
  rescue->missing_bytes = rescue_count_missing (rescue);
  return TRUE;
}

/* Delivering what came */

static PlatterBlockHash
rescue_hash_piece (PlatterTransfer *self, const guint8 *data, guint64 offset_bytes, guint32 length)
{
  guint sector_bytes = self->rescue->sector_bytes;
  PlatterBlockHash sum = { 0, 0 };

  for (guint32 at = 0; at < length; at += sector_bytes)
    platter_block_table_sum_piece (
      &sum, offset_bytes + at,
      platter_transfer_hash (self, data + at, MIN (sector_bytes, length - at)));
  return sum;
}

PlatterBlockHash
platter_rescue_sum (PlatterTransfer *self, guint64 block, const guint8 *data)
{
  guint64 start_bytes = block * PLATTER_BLOCK_BYTES;
  guint64 end_bytes = start_bytes + platter_transfer_get_block_bytes (self, block);
  PlatterMapRange range = { start_bytes, 0, 0 };
  PlatterBlockHash sum = { 0, 0 };

  while (platter_map_find_next (self->rescue->read, range.offset_bytes + range.length_bytes,
                                PLATTER_MAP_VERIFIED, &range)
         && range.offset_bytes < end_bytes)
    {
      guint64 from = MAX (range.offset_bytes, start_bytes);
      guint64 to = MIN (range.offset_bytes + range.length_bytes, end_bytes);

      platter_block_table_sum_plain (
        &sum, rescue_hash_piece (self, data + (from - start_bytes), from, (guint32)(to - from)));
    }
  return sum;
}

static void
rescue_deliver (PlatterTransfer *self, PlatterSlot *slot, guint32 start_bytes, guint32 length_bytes)
{
  PlatterEdge *edge = platter_transfer_get_edge (self, slot->block);
  guint64 offset_bytes = slot->block * PLATTER_BLOCK_BYTES + start_bytes;
  guint8 *data = slot->data + start_bytes;

  platter_map_set (self->rescue->read, offset_bytes, length_bytes, PLATTER_MAP_VERIFIED);
  self->rescue->missing_bytes -= length_bytes;
  self->read_bytes += length_bytes;
  platter_rescue_trust_note (self->rescue->trust, &self->source_lane, data, offset_bytes,
                             length_bytes);
  if (edge != NULL)
    {
      memcpy (edge->slot->data + start_bytes, data, length_bytes);
      return;
    }
  if (self->table != NULL)
    platter_block_table_add_pieces (self->table, slot->block,
                                    rescue_hash_piece (self, data, offset_bytes, length_bytes));
  for (guint i = 0; i < self->n_targets; i++)
    platter_target_take (&self->targets[i], slot, start_bytes, length_bytes);
}

static guint32
rescue_take_answer (PlatterTransfer *self, const PlatterIo *io)
{
  gint64 took_us = g_get_monotonic_time () - io->start_us;
  guint32 good_bytes = io->needed_bytes;

  if (io->error != 0 || io->is_short)
    good_bytes = (guint32)(io->error_offset_bytes - io->offset_bytes) / self->rescue->sector_bytes
                 * self->rescue->sector_bytes;
  if (good_bytes < io->needed_bytes)
    platter_rescue_trust_note_error (self->rescue->trust, io);
  platter_rescue_plan_answer (self->rescue->plan, io->offset_bytes, io->needed_bytes, good_bytes,
                              took_us);
  return good_bytes;
}

/* A drive would get many commands for it, cluster by cluster, each of which it may take its time for. */
static gboolean
rescue_makes_hole (PlatterTransfer *self, const PlatterSlot *slot, guint32 good_bytes)
{
  return !platter_endpoint_is_block_device (self->targets[0].endpoint)
         && platter_block_is_zero (slot->data + slot->start_bytes, good_bytes);
}

static void
rescue_read_cb (PlatterIo *io)
{
  PlatterTransfer *self = io->owner;
  PlatterSlot *slot = io->item;
  guint32 good_bytes = 0;
  PlatterEngineError code = platter_engine_error_from_errno (io->error, PLATTER_ENGINE_ERROR_READ);

  self->rescue->n_reads--;
  if (io->error == 0)
    code = PLATTER_ENGINE_ERROR_SHORT_READ;
  else if (platter_endpoint_is_gone (self->source))
    code = PLATTER_ENGINE_ERROR_GONE;
  if (self->error == NULL && (io->error != 0 || io->is_short)
      && (code == PLATTER_ENGINE_ERROR_SHORT_READ || code == PLATTER_ENGINE_ERROR_GONE
          || code == PLATTER_ENGINE_ERROR_FAILED))
    platter_transfer_fail_read (self, code, io->error_offset_bytes, io->error);
  else if (self->error == NULL)
    good_bytes = rescue_take_answer (self, io);
  slot->is_zero = rescue_makes_hole (self, slot, good_bytes);
  if (self->error == NULL && good_bytes > 0)
    rescue_deliver (self, slot, slot->start_bytes, good_bytes);
  platter_transfer_release (self, slot);
}

/* Asking for more */

static void
rescue_start (PlatterTransfer *self, const PlatterRescueRead *read)
{
  PlatterSlot *slot = platter_buffer_pool_pop (self->pool);

  slot->block = read->offset_bytes / PLATTER_BLOCK_BYTES;
  slot->start_bytes = (guint32)(read->offset_bytes % PLATTER_BLOCK_BYTES);
  slot->length_bytes = read->length_bytes;
  self->rescue->n_reads++;
  platter_lane_start (&self->source_lane, PLATTER_IO_READ, slot->data + slot->start_bytes,
                      read->offset_bytes, read->length_bytes, rescue_read_cb, self, slot);
}

/* One read at a time: each that is under way beside it would meet the same bad place. */
static gboolean
rescue_can_start (const PlatterTransfer *self)
{
  return platter_buffer_pool_get_n_free (self->pool) > 0 && !self->source_lane.is_given_up
         && self->rescue->n_reads == 0;
}

static void
rescue_end (PlatterTransfer *self)
{
  PlatterMapRange range = { 0, 0, 0 };

  self->rescue->has_ended = TRUE;
  self->n_changes++;
  while (self->options.zero_bad
         && platter_transfer_find_missing (self, range.offset_bytes + range.length_bytes, &range))
    for (guint i = 0; i < self->n_edges; i++)
      {
        guint64 start = self->edges[i].block * PLATTER_BLOCK_BYTES;
        guint64 end = start + platter_transfer_get_block_bytes (self, self->edges[i].block);
        guint64 from = CLAMP (range.offset_bytes, start, end);
        guint64 to = CLAMP (range.offset_bytes + range.length_bytes, start, end);

        memset (self->edges[i].slot->data + (from - start), 0, to - from);
      }
  for (guint i = 0; i < self->n_edges; i++)
    {
      PlatterEdge *edge = &self->edges[i];

      edge->hash = platter_transfer_hash (self, edge->slot->data,
                                          platter_transfer_get_block_bytes (self, edge->block));
    }
}

static gboolean
rescue_is_enough (const PlatterTransfer *self)
{
  gint64 limit_us = (gint64)self->options.time_limit_s * G_USEC_PER_SEC;
  gint64 now_us = g_get_monotonic_time ();
  gint64 paused_us = self->paused_us + (self->is_paused ? now_us - self->pause_us : 0);

  return g_atomic_int_get (&self->is_to_finish)
         || (limit_us > 0 && now_us - self->started_us - paused_us >= limit_us);
}

/* Returns: whether the source is to be tested first, and nothing may be read until it was. */
static gboolean
rescue_test_source (PlatterTransfer *self, gboolean is_last)
{
  if (!platter_rescue_trust_is_due (self->rescue->trust, is_last))
    return FALSE;
  if (self->rescue->n_reads == 0)
    platter_rescue_trust_ask (self);
  return TRUE;
}

void
platter_rescue_pump (PlatterTransfer *self)
{
  PlatterRescue *rescue = self->rescue;
  PlatterRescueRead read;

  if (rescue->has_ended || (rescue->plan == NULL && !rescue_make_plan (self)))
    return;
  if (rescue_is_enough (self))
    platter_rescue_plan_stop (rescue->plan);
  while (rescue_can_start (self))
    {
      if (rescue_test_source (self, FALSE))
        return;
      if (!platter_rescue_plan_next (rescue->plan, &read))
        {
          if (rescue->n_reads == 0 && !rescue_test_source (self, TRUE))
            rescue_end (self);
          return;
        }
      rescue_start (self, &read);
    }
}
