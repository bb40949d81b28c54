// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a copy leaves for one that goes on after it was cut off: how far it is durable, epoch by epoch. And what that
// later one does with it: it looks whether the target still holds what was written there, and does not write it again.
// The source is read from its start all the same, as every digest and the proof of the copy take all of it. Of a
// comparison it is how far both were equal; that is not compared again, but for samples (compare.c).

#include "transfer-private.h"

#include <string.h>

/* Whichever comes first, but on fast devices no flush follows right behind another. */
#define MIN_EPOCH_US G_USEC_PER_SEC
/* Whole blocks, spread evenly, and the last one among them: that is where it was cut off. */
#define MAX_SAMPLES 16

void
platter_resume_init (PlatterTarget *self, const PlatterTransferHooks *hooks)
{
  const PlatterTransferOptions *options = &self->transfer->options;

  self->epoch_bytes = hooks->epoch_bytes > 0 ? hooks->epoch_bytes : PLATTER_EPOCH_BYTES;
  self->min_epoch_us = hooks->epoch_bytes > 0 ? 0 : MIN_EPOCH_US;
  if (options->kind == PLATTER_TRANSFER_COMPARE && options->resume_bytes != NULL)
    self->n_kept_blocks
      = MIN (options->resume_bytes[self->index] / PLATTER_BLOCK_BYTES, self->transfer->n_blocks);
  else if (options->resume_bytes != NULL && !self->transfer->is_stream)
    self->n_kept_blocks = CLAMP (options->resume_bytes[self->index] / PLATTER_BLOCK_BYTES,
                                 1, /* even if it is nothing */
                                 self->transfer->first_tail_edge);
}

gboolean
platter_resume_keeps (const PlatterTarget *self, guint64 block)
{
  return block > 0 && block < self->n_kept_blocks;
}

/* Samples */

static void
resume_sampled (PlatterTarget *self, PlatterSlot *ours, PlatterSlot *theirs)
{
  platter_transfer_release (self->transfer, ours);
  platter_transfer_release (self->transfer, theirs);
  self->n_active--;
}

void
platter_resume_differ (PlatterTarget *self, guint64 offset_bytes)
{
  gboolean is_copy = self->transfer->options.kind == PLATTER_TRANSFER_COPY;

  platter_target_fail (self, PLATTER_ENGINE_ERROR_CHANGED, offset_bytes,
                       "%s and %s differ at byte %" G_GUINT64_FORMAT ", where %s",
                       platter_endpoint_get_name (self->endpoint),
                       platter_endpoint_get_name (self->transfer->source), offset_bytes,
                       is_copy ? "the copy was already done" : "they were equal before");
}

static void
resume_source_read_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  PlatterSlot *ours = io->item;
  PlatterSlot *theirs = ours->partner;

  /* A source that cannot be read there is found out by the copy itself. */
  if (io->error == 0 && !io->is_short
      && memcmp (ours->data, theirs->data, theirs->length_bytes) != 0)
    platter_resume_differ (self, ours->block * PLATTER_BLOCK_BYTES);
  resume_sampled (self, ours, theirs);
}

/* Only a target of a copy that was not finished begins with the mark. Without it this is another drive, or it was used
   in between; or it is the source, which agrees with its copy in every sample; or the copy was finished when the job was cut off,
   for the sake of another target or a moment before that was known. */
static gboolean
resume_has_mark (PlatterTarget *self, const PlatterSlot *theirs)
{
  return memcmp (theirs->data, self->transfer->mark->data, theirs->length_bytes) == 0;
}

static void
resume_head_read_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  PlatterSlot *ours = io->item;
  PlatterSlot *theirs = ours->partner;
  gboolean is_finished = io->error == 0 && !io->is_short
                         && memcmp (ours->data, theirs->data, theirs->length_bytes) == 0;

  platter_target_fail (
    self, is_finished ? PLATTER_ENGINE_ERROR_FINISHED : PLATTER_ENGINE_ERROR_CHANGED, 0,
    is_finished ? "%s begins as a finished copy does"
                : "%s does not begin as a copy that was not finished does",
    platter_endpoint_get_name (self->endpoint));
  resume_sampled (self, ours, theirs);
}

static void
resume_target_read_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  PlatterSlot *theirs = io->item;
  PlatterSlot *ours = theirs->partner;

  if (io->error != 0 || io->is_short || !platter_target_is_live (self))
    {
      if (platter_target_is_live (self))
        platter_target_fail_io (self, io, PLATTER_ENGINE_ERROR_VERIFY, "read back");
      resume_sampled (self, ours, theirs);
      return;
    }
  if (theirs->block == 0 && resume_has_mark (self, theirs))
    {
      resume_sampled (self, ours, theirs);
      return;
    }
  ours->partner = theirs;
  platter_lane_start (&self->transfer->source_lane, PLATTER_IO_READ, ours->data, io->offset_bytes,
                      ours->length_bytes,
                      theirs->block == 0 ? resume_head_read_cb : resume_source_read_cb, self, ours);
}

static void
resume_start_sample (PlatterTarget *self, guint64 block)
{
  PlatterTransfer *transfer = self->transfer;
  PlatterSlot *theirs = platter_buffer_pool_pop (transfer->pool);
  PlatterSlot *ours = platter_buffer_pool_pop (transfer->pool);

  ours->block = theirs->block = block;
  ours->length_bytes = theirs->length_bytes = platter_transfer_get_block_bytes (transfer, block);
  theirs->partner = ours;
  self->n_active++;
  platter_lane_start (&self->lane, PLATTER_IO_READ, theirs->data, block * PLATTER_BLOCK_BYTES,
                      theirs->length_bytes, resume_target_read_cb, self, theirs);
}

/* Returns: which block a sample is of, the first being the mark; of what is no part of the content there is none: 0. */
static guint64
resume_get_sample (const PlatterTarget *self, guint sample, guint n_samples)
{
  guint64 n_blocks = self->n_kept_blocks - 1;
  guint64 block = platter_wanted_find (self->transfer,
                                       (sample * n_blocks + n_samples - 1) / MAX (n_samples, 1));

  return block < self->n_kept_blocks ? block : 0;
}

gboolean
platter_resume_is_sample (const PlatterTarget *self, guint64 block)
{
  guint64 stride = (self->n_kept_blocks + MAX_SAMPLES - 1) / MAX_SAMPLES;

  /* The first one: what is mounted somewhere else meanwhile is written to there. */
  return block < self->n_kept_blocks
         && (block == 0 || (self->n_kept_blocks - 1 - block) % stride == 0);
}

gboolean
platter_resume_pump_samples (PlatterTarget *self)
{
  guint64 n_blocks = self->n_kept_blocks - 1;
  guint n_samples = (guint)MIN (n_blocks, MAX_SAMPLES);

  /* The mark, and then the samples. Each takes two slots, and other targets take samples, too. */
  while (self->n_samples <= n_samples && platter_lane_can_start (&self->lane)
         && platter_buffer_pool_get_n_free (self->transfer->pool) >= 2)
    {
      guint sample = self->n_samples++;
      guint64 block = sample > 0 ? resume_get_sample (self, sample, n_samples) : 0;

      if (sample == 0 || block > 0)
        resume_start_sample (self, block);
    }
  if (self->n_samples <= n_samples || self->n_active > 0)
    return FALSE;
  self->durable_until_bytes = self->n_kept_blocks * PLATTER_BLOCK_BYTES;
  return TRUE;
}

gboolean
platter_resume_is_sampling (const PlatterTransfer *self)
{
  for (guint i = 0; i < self->n_targets; i++)
    if (self->targets[i].step == PLATTER_STEP_SAMPLE)
      return TRUE;
  return FALSE;
}

/* Epochs */

static guint64
resume_get_oldest (const PlatterLane *lane, guint64 until_bytes)
{
  for (const PlatterIo *io = lane->oldest; io != NULL; io = io->next)
    if (io->op != PLATTER_IO_FLUSH)
      until_bytes = MIN (until_bytes, io->offset_bytes);
  return until_bytes;
}

/* Everything before it, but the edges, has been read and written. */
static guint64
resume_get_written_until (const PlatterTarget *self)
{
  const PlatterTransfer *transfer = self->transfer;
  guint64 until_bytes = MIN (transfer->next_block, transfer->first_tail_edge) * PLATTER_BLOCK_BYTES;

  until_bytes = MIN (until_bytes, transfer->first_unread_bytes);
  until_bytes = resume_get_oldest (&transfer->source_lane, until_bytes);
  until_bytes = resume_get_oldest (&self->lane, until_bytes);
  for (guint i = 0; i < self->n_todo; i++)
    until_bytes = MIN (until_bytes, self->todo[(self->todo_first + i) % self->n_places].slot->block
                                      * PLATTER_BLOCK_BYTES);
  return until_bytes;
}

/* In a copy that may become a rescue, whose map somebody else may go on with. */
static void
resume_show_durable (PlatterTarget *self)
{
  PlatterMapRange range = { 0, 0, 0 };

  if (self->transfer->rescue == NULL)
    return;
  pthread_mutex_lock (&self->transfer->lock);
  while (platter_map_find_next (self->map, range.offset_bytes + range.length_bytes,
                                PLATTER_MAP_COPIED, &range)
         && range.offset_bytes < self->durable_until_bytes)
    {
      range.length_bytes = MIN (range.length_bytes, self->durable_until_bytes - range.offset_bytes);
      platter_map_set (self->map, range.offset_bytes, range.length_bytes, PLATTER_MAP_DURABLE);
    }
  (void)platter_rescue_hold_doubted (self->transfer, self->map);
  pthread_mutex_unlock (&self->transfer->lock);
}

static void
resume_flushed_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;

  self->is_epoch_ending = FALSE;
  if (!platter_target_is_live (self))
    return;
  if (io->error != 0)
    {
      platter_target_condemn (self, io);
      return;
    }
  self->durable_bytes = MAX (self->durable_bytes, self->epoch_written_bytes);
  self->durable_until_bytes = MAX (self->durable_until_bytes, self->epoch_until_bytes);
  resume_show_durable (self);
}

static void
resume_end_epoch (PlatterTarget *self)
{
  self->is_epoch_ending = TRUE;
  self->epoch_start_us = g_get_monotonic_time ();
  self->epoch_written_bytes = self->written_bytes;
  self->epoch_until_bytes = resume_get_written_until (self);
  platter_lane_start (&self->lane, PLATTER_IO_FLUSH, NULL, 0, 0, resume_flushed_cb, self, NULL);
}

/* What is written in order decides itself when it flushes. */
static void
resume_note_stream (PlatterTarget *self)
{
  PlatterWriter *writer = platter_endpoint_get_writer (self->endpoint);

  if (writer == NULL || writer->funcs->get_durable_bytes == NULL)
    return;
  self->durable_bytes = MAX (self->durable_bytes, writer->funcs->get_durable_bytes (writer));
  self->durable_until_bytes = self->durable_bytes;
}

void
platter_resume_pump_epoch (PlatterTarget *self)
{
  guint64 new_bytes = self->written_bytes - self->epoch_written_bytes;
  gint64 age_us = 0;

  if (self->transfer->is_stream)
    resume_note_stream (self);
  /* A rescue is not done up to one place, and keeps a map; see rescue-target.c. */
  if (self->transfer->is_stream || self->is_epoch_ending || new_bytes == 0
      || platter_rescue_is_active (self->transfer))
    return;
  if (self->epoch_start_us == 0)
    self->epoch_start_us = g_get_monotonic_time ();
  age_us = g_get_monotonic_time () - self->epoch_start_us;
  if (age_us >= PLATTER_EPOCH_US
      || (new_bytes >= self->epoch_bytes && age_us >= self->min_epoch_us))
    resume_end_epoch (self);
}

/* The end of what is equal from the start on; what is not part of the content counts as well. */
static guint64
resume_get_equal_until (const PlatterTarget *self)
{
  guint64 until_bytes = 0;
  PlatterMapRange range;

  while (platter_map_find_other (self->map, until_bytes, PLATTER_MAP_VERIFIED, &range))
    {
      if (range.state != PLATTER_MAP_FREE)
        return range.offset_bytes;
      until_bytes = range.offset_bytes + range.length_bytes;
    }
  return platter_map_get_size_bytes (self->map);
}

static void
resume_note_equal (PlatterTarget *self)
{
  guint64 until_bytes = resume_get_equal_until (self);

  self->epoch_start_us = g_get_monotonic_time ();
  self->durable_until_bytes
    = MAX (self->durable_until_bytes, until_bytes - until_bytes % PLATTER_BLOCK_BYTES);
}

void
platter_resume_pump_comparison (PlatterTarget *self)
{
  if (g_get_monotonic_time () - self->epoch_start_us >= self->min_epoch_us)
    resume_note_equal (self);
}

void
platter_resume_settle (PlatterTarget *self)
{
  PlatterWriter *writer = platter_endpoint_get_writer (self->endpoint);

  if (self->transfer->options.kind == PLATTER_TRANSFER_COMPARE)
    resume_note_equal (self);
  else if (writer != NULL && writer->funcs->settle != NULL && self->step == PLATTER_STEP_COPY)
    {
      writer->funcs->settle (writer);
      resume_note_stream (self);
    }
  else if (platter_rescue_is_active (self->transfer))
    platter_target_save (self, TRUE);
  else if (!self->transfer->is_stream && self->step == PLATTER_STEP_COPY
           && self->lane.n_in_flight == 0 && self->written_bytes > self->epoch_written_bytes)
    resume_end_epoch (self);
}

void
platter_resume_copied (PlatterTarget *self)
{
  if (platter_rescue_is_active (self->transfer))
    return;
  if (self->transfer->is_stream)
    self->durable_until_bytes = self->transfer->size_bytes;
  else
    self->durable_until_bytes = self->transfer->first_tail_edge * PLATTER_BLOCK_BYTES;
}
