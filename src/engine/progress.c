// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What other threads may see of a transfer: consistent, monotone, never ahead of the truth.

#include "transfer-private.h"
#include "writer.h"

#define PUBLISH_US (50 * 1000)
#define SAMPLE_US (200 * 1000)
/* A request that takes longer is worth a word. */
#define STALL_US (2 * G_USEC_PER_SEC)
/* So much of the loop's time spent on hashing means that it is what limits. */
#define HASHING_SHARE 0.6
#define ALMOST_ALL 0.999
#define MAX_REMAINING_US (G_MAXINT64 / 2)

void
platter_rate_add (PlatterRate *self, gint64 now_us, guint64 bytes)
{
  guint last = (self->n + PLATTER_RATE_SAMPLES - 1) % PLATTER_RATE_SAMPLES;

  if (self->n > 0 && now_us - self->times_us[last] < SAMPLE_US)
    return;
  self->times_us[self->n % PLATTER_RATE_SAMPLES] = now_us;
  self->bytes[self->n % PLATTER_RATE_SAMPLES] = bytes;
  self->n++;
}

guint64
platter_rate_get (const PlatterRate *self)
{
  guint n = MIN (self->n, PLATTER_RATE_SAMPLES);
  guint last = (self->n + PLATTER_RATE_SAMPLES - 1) % PLATTER_RATE_SAMPLES;
  guint first = (self->n + PLATTER_RATE_SAMPLES - n) % PLATTER_RATE_SAMPLES;

  if (n < 2)
    return 0;
  return (guint64)((double)(self->bytes[last] - self->bytes[first]) * G_USEC_PER_SEC
                   / (double)(self->times_us[last] - self->times_us[first]));
}

/* Comparing, both sides are asked for the same blocks: who has more left to answer is the slower one. */
static gboolean
progress_waits_for_target (const PlatterTransfer *self, const PlatterTarget *fullest)
{
  if (self->options.kind == PLATTER_TRANSFER_COMPARE)
    return fullest->lane.n_in_flight > self->source_lane.n_in_flight;
  return platter_copy_is_read (self)
         || (platter_buffer_pool_get_n_free (self->pool) == 0 && fullest->n_todo > 0);
}

/* Returns: how much of the time that a target was waited for went into packing, and none of it into its file. */
static gint64
progress_take_work_us (PlatterTarget *target, gint64 waited_us)
{
  PlatterWriter *writer = platter_endpoint_get_writer (target->endpoint);
  PlatterWriterProgress progress = { 0 };
  gint64 before_us = target->writer_work_us;

  if (writer == NULL || writer->funcs->get_progress == NULL)
    return 0;
  writer->funcs->get_progress (writer, &progress);
  target->writer_work_us = progress.work_us;
  return MIN (progress.work_us - before_us, waited_us);
}

void
platter_progress_waited (PlatterTransfer *self, gint64 waited_us)
{
  PlatterTarget *fullest = &self->targets[0];

  for (guint i = 1; i < self->n_targets; i++)
    if (self->targets[i].n_todo > fullest->n_todo
        || (!platter_target_is_live (fullest) && platter_target_is_live (&self->targets[i])))
      fullest = &self->targets[i];
  if (progress_waits_for_target (self, fullest))
    {
      gint64 work_us = progress_take_work_us (fullest, waited_us);

      self->waits.hash_us += work_us;
      self->waits.target_us += waited_us - work_us;
      self->waits.target = fullest->index;
    }
  else
    self->waits.source_us += waited_us;
}

static void
progress_judge_limit (PlatterTransfer *self, PlatterProgress *progress, gint64 elapsed_us)
{
  PlatterWaits *waits = &self->waits;
  gint64 total_us = waits->hash_us + waits->source_us + waits->target_us;

  progress->limiting_target = waits->target;
  if (self->phase == PLATTER_PHASE_ENDED || total_us == 0)
    progress->limit = PLATTER_LIMIT_NONE;
  else if ((double)waits->hash_us > HASHING_SHARE * (double)total_us
           || (self->digests != NULL && waits->target_us == 0
               && platter_buffer_pool_get_n_free (self->pool) == 0))
    progress->limit
      = self->phase < PLATTER_PHASE_VERIFYING ? PLATTER_LIMIT_HASHING : PLATTER_LIMIT_VERIFYING;
  else
    progress->limit
      = waits->target_us >= waits->source_us ? PLATTER_LIMIT_TARGET : PLATTER_LIMIT_SOURCE;
  /* Older times fade: half of them is gone after a second. */
  for (gint64 us = 0; us < elapsed_us; us += G_USEC_PER_SEC / 4)
    {
      waits->hash_us -= waits->hash_us / 6;
      waits->source_us -= waits->source_us / 6;
      waits->target_us -= waits->target_us / 6;
    }
}

static guint64
progress_get_done (const PlatterTarget *target)
{
  switch (target->phase)
    {
    case PLATTER_PHASE_PREPARING:
      return 0;
    case PLATTER_PHASE_COPYING:
      return target->written_bytes + platter_transfer_get_carried_bytes (target->transfer);
    case PLATTER_PHASE_VERIFYING:
    case PLATTER_PHASE_REPAIRING:
      return target->checked_bytes;
    case PLATTER_PHASE_FINISHING:
      return target->finished_bytes;
    default:
      return platter_wanted_get_bytes (target->transfer);
    }
}

static gboolean
progress_has_size (const PlatterTransfer *self)
{
  return !self->is_open || self->is_size_known;
}

static guint64
progress_get_total (const PlatterTransfer *self)
{
  guint64 edge_bytes = 0;

  if (!progress_has_size (self))
    return 0;
  if (self->phase != PLATTER_PHASE_FINISHING)
    return platter_wanted_get_bytes (self);
  for (guint i = 0; i < self->n_edges; i++)
    edge_bytes += platter_transfer_get_block_bytes (self, self->edges[i].block);
  return self->options.verify ? 2 * edge_bytes : edge_bytes;
}

/* Of the file that is unpacked: what it holds is not known. */
static double
progress_get_input_fraction (const PlatterTransfer *self)
{
  PlatterReader *reader = platter_endpoint_get_reader (self->source);
  PlatterReaderProgress progress = { 0 };

  reader->funcs->get_progress (reader, &progress);
  if (progress.total_bytes == 0)
    return 0;
  return MIN (1.0, (double)progress.input_bytes / (double)progress.total_bytes);
}

static gboolean
progress_is_copy_checked (const PlatterTransfer *self)
{
  return self->options.kind == PLATTER_TRANSFER_COPY && self->options.verify;
}

/* How much of its whole work a target has done. */
static double
progress_get_fraction (const PlatterTarget *target)
{
  const PlatterTransfer *transfer = target->transfer;
  double size = (double)platter_wanted_get_bytes (transfer);

  if (!progress_has_size (transfer))
    return progress_get_input_fraction (transfer) / (progress_is_copy_checked (transfer) ? 2 : 1);
  if (target->step == PLATTER_STEP_COMPARE)
    return (double)target->checked_bytes / size;
  if (target->step <= PLATTER_STEP_COPY)
    return (double)progress_get_done (target) / size / (transfer->options.verify ? 2 : 1);
  if (target->step < PLATTER_STEP_CHECK)
    return transfer->options.verify ? 0.5 : ALMOST_ALL;
  if (target->step == PLATTER_STEP_CHECK)
    return 0.5 + (double)target->checked_bytes / size / 2;
  return ALMOST_ALL;
}

static gboolean
progress_is_well (const PlatterTransfer *self)
{
  for (guint i = 0; i < self->n_targets; i++)
    switch (self->targets[i].verdict)
      {
      case PLATTER_VERDICT_VERIFIED:
      case PLATTER_VERDICT_REPAIRED:
      case PLATTER_VERDICT_WRITTEN:
        break;
      default:
        return FALSE;
      }
  return self->error == NULL;
}

static gint64
progress_estimate_us (const PlatterTransfer *self, const PlatterProgress *progress)
{
  double size_bytes = (double)platter_wanted_get_bytes (self);
  double left_bytes = 0;

  if (progress->phase == PLATTER_PHASE_ENDED)
    return 0;
  if (progress->rate_bytes_per_s == 0)
    return -1;
  if (!progress_has_size (self))
    size_bytes = (double)progress->done_bytes / MAX (progress_get_input_fraction (self), 0.001);
  left_bytes = (progress_has_size (self) ? (double)progress->total_bytes : size_bytes)
               - (double)progress->done_bytes;
  if (progress->phase == PLATTER_PHASE_COPYING && self->options.verify)
    left_bytes += size_bytes;
  /* A drive that crawls may have more left than the number can hold. */
  return (gint64)MIN (MAX (left_bytes, 0) / (double)progress->rate_bytes_per_s * G_USEC_PER_SEC,
                      (double)MAX_REMAINING_US);
}

/* The target that is furthest behind stands for the transfer. */
static const PlatterTarget *
progress_find_last (const PlatterTransfer *self)
{
  const PlatterTarget *last = NULL;

  for (guint i = 0; i < self->n_targets; i++)
    {
      const PlatterTarget *target = &self->targets[i];

      if (!platter_target_is_live (target))
        continue;
      if (last == NULL || target->phase < last->phase
          || (target->phase == last->phase
              && progress_get_done (target) < progress_get_done (last)))
        last = target;
    }
  return last;
}

static void
progress_tell_rescue (PlatterTransfer *self, PlatterProgress *progress, gboolean has_ended)
{
  const PlatterRescue *rescue = self->rescue;

  progress->is_rescue = platter_rescue_is_active (self);
  progress->n_read_errors = self->n_block_errors;
  if (!progress->is_rescue || rescue->plan == NULL)
    return;
  progress->rescue_phase
    = rescue->has_ended ? PLATTER_RESCUE_ENDED : platter_rescue_plan_get_phase (rescue->plan);
  progress->n_read_errors += platter_rescue_plan_get_n_errors (rescue->plan);
  progress->missing_bytes = rescue->missing_bytes;
  self->published_status = platter_rescue_plan_get_status (rescue->plan);
}

static PlatterProgress
progress_make (PlatterTransfer *self, gint64 now_us, gboolean has_ended)
{
  const PlatterTarget *last = progress_find_last (self);
  PlatterProgress progress = self->published;
  PlatterPhase phase = last != NULL && !has_ended ? last->phase : PLATTER_PHASE_ENDED;
  guint64 done_bytes = last != NULL ? progress_get_done (last) : platter_wanted_get_bytes (self);

  if (!self->was_paused)
    self->phase_us[self->phase] += now_us - self->last_publish_us;
  if (phase != self->phase || self->is_paused)
    {
      self->rate = (PlatterRate){ .n = 0 };
      self->waits = (PlatterWaits){ 0 };
    }
  progress.done_bytes
    = phase == progress.phase ? MAX (progress.done_bytes, done_bytes) : done_bytes;
  self->phase = phase;
  progress.phase = phase;
  progress.total_bytes = progress_get_total (self);
  if (progress_has_size (self))
    progress.done_bytes = MIN (progress.done_bytes, progress.total_bytes);
  progress.read_bytes = self->read_bytes;
  progress.zero_bytes = self->zero_bytes;
  progress_tell_rescue (self, &progress, has_ended);
  platter_rate_add (&self->rate, now_us, progress.done_bytes);
  progress.rate_bytes_per_s = platter_rate_get (&self->rate);
  progress.elapsed_us = now_us - self->started_us;
  if (last != NULL)
    progress.fraction = MAX (progress.fraction, MIN (progress_get_fraction (last), ALMOST_ALL));
  if (has_ended && progress_is_well (self))
    progress.fraction = 1.0;
  self->was_paused = self->is_paused && !has_ended;
  progress.is_paused = self->was_paused && g_atomic_int_get (&self->is_to_pause);
  progress.question = platter_question_is_open (self) && !has_ended ? PLATTER_QUESTION_READ_ERROR
                                                                    : PLATTER_QUESTION_NONE;
  progress.question_offset_bytes
    = progress.question != PLATTER_QUESTION_NONE ? self->asked_offset_bytes : 0;
  progress.remaining_us = progress_estimate_us (self, &progress);
  progress_judge_limit (self, &progress, now_us - self->last_publish_us);
  return progress;
}

static void
progress_publish_target (PlatterTarget *self, gint64 now_us)
{
  if (self->transfer->is_paused)
    self->rate = (PlatterRate){ .n = 0 };
  platter_rate_add (&self->rate, now_us, self->moved_bytes);
  self->published = (PlatterTargetProgress){
    .phase = self->phase,
    .verdict = self->verdict,
    .written_bytes = self->written_bytes,
    .durable_bytes = self->durable_bytes,
    .durable_until_bytes = self->durable_until_bytes,
    .verified_bytes = platter_map_count_bytes (self->map, PLATTER_MAP_VERIFIED)
                      + platter_map_count_bytes (self->map, PLATTER_MAP_REPAIRED),
    .mismatched_bytes = platter_map_count_bytes (self->map, PLATTER_MAP_MISMATCHED),
    .repaired_bytes = platter_map_count_bytes (self->map, PLATTER_MAP_REPAIRED),
    .rate_bytes_per_s = platter_target_is_live (self) ? platter_rate_get (&self->rate) : 0,
  };
  self->published_oldest_us
    = platter_target_is_live (self) ? platter_lane_get_oldest_us (&self->lane) : 0;
}

void
platter_progress_publish (PlatterTransfer *self, gboolean has_ended)
{
  gint64 now_us = g_get_monotonic_time ();

  /* Each change of a step at once: a phase that lasts a moment is told, and timed, as well. */
  if (!has_ended && self->n_changes == self->n_published_changes
      && now_us - self->last_publish_us < PUBLISH_US)
    return;
  self->n_published_changes = self->n_changes;
  pthread_mutex_lock (&self->lock);
  self->published = progress_make (self, now_us, has_ended);
  self->published_source_oldest_us = has_ended || self->source_lane.is_given_up
                                       ? 0
                                       : platter_lane_get_oldest_us (&self->source_lane);
  for (guint i = 0; i < self->n_targets; i++)
    progress_publish_target (&self->targets[i], now_us);
  pthread_mutex_unlock (&self->lock);
  self->last_publish_us = now_us;
}

static gint64
progress_get_stalled_us (gint64 oldest_us)
{
  gint64 stalled_us = oldest_us != 0 ? g_get_monotonic_time () - oldest_us : 0;

  return stalled_us > STALL_US ? stalled_us : 0;
}

void
platter_transfer_get_progress (PlatterTransfer *self, PlatterProgress *progress)
{
  pthread_mutex_lock (&self->lock);
  *progress = self->published;
  progress->source_stalled_us = progress_get_stalled_us (self->published_source_oldest_us);
  pthread_mutex_unlock (&self->lock);
}

void
platter_transfer_get_target_progress (PlatterTransfer *self,
                                      guint target,
                                      PlatterTargetProgress *progress)
{
  g_return_if_fail (target < self->n_targets);
  pthread_mutex_lock (&self->lock);
  *progress = self->targets[target].published;
  progress->stalled_us = progress_get_stalled_us (self->targets[target].published_oldest_us);
  pthread_mutex_unlock (&self->lock);
}

PlatterMap *
platter_transfer_dup_target_map (PlatterTransfer *self, guint target)
{
  PlatterMap *map = NULL;

  g_return_val_if_fail (target < self->n_targets, NULL);
  pthread_mutex_lock (&self->lock);
  map = platter_map_copy (self->targets[target].map);
  pthread_mutex_unlock (&self->lock);
  return map;
}

gint64
platter_transfer_get_phase_us (PlatterTransfer *self, PlatterPhase phase)
{
  return self->phase_us[phase];
}
