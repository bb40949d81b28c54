// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One target, from step to step until it has a verdict.

#include "transfer-private.h"

#include <errno.h>

void
platter_target_init (PlatterTarget *self,
                     PlatterTransfer *transfer,
                     guint index,
                     PlatterEndpoint *endpoint)
{
  const PlatterEndpointHints *hints = platter_endpoint_get_hints (endpoint);

  self->transfer = transfer;
  self->index = index;
  self->endpoint = platter_endpoint_ref (endpoint);
  self->map = platter_map_new (transfer->size_bytes);
  self->error_offset_bytes = G_MAXUINT64;
  self->n_places = transfer->n_slots;
  self->todo = g_new0 (PlatterTodo, self->n_places);
  /* In a file zeros are a hole; where the file system has none, the first try says so. */
  self->can_zero
    = !platter_endpoint_is_block_device (endpoint) || hints->write_zeroes_max_bytes > 0;
  self->wrong = g_array_new (FALSE, FALSE, sizeof (PlatterWrong));
  self->bad_groups = g_array_new (FALSE, FALSE, sizeof (guint64));
  if (transfer->table != NULL && platter_block_table_get_shift (transfer->table) > 0)
    self->groups = g_new0 (PlatterGroup, transfer->n_slots + 2);
  self->step = PLATTER_STEP_MARK;
}

void
platter_target_clear (PlatterTarget *self)
{
  platter_lane_clear (&self->lane);
  g_clear_pointer (&self->endpoint, platter_endpoint_unref);
  g_clear_pointer (&self->map, platter_map_free);
  g_clear_error (&self->error);
  g_clear_error (&self->pending_error);
  g_free (self->todo);
  g_free (self->groups);
  g_array_unref (self->wrong);
  g_array_unref (self->bad_groups);
  g_clear_pointer (&self->mismatches, g_array_unref);
}

gboolean
platter_target_is_live (const PlatterTarget *self)
{
  return self->step != PLATTER_STEP_ENDED;
}

void
platter_target_set_map (PlatterTarget *self,
                        guint64 offset_bytes,
                        guint64 length_bytes,
                        PlatterMapState state)
{
  pthread_mutex_lock (&self->transfer->lock);
  platter_map_set (self->map, offset_bytes, length_bytes, state);
  pthread_mutex_unlock (&self->transfer->lock);
}

static void
target_end (PlatterTarget *self, PlatterVerdict verdict)
{
  g_assert (platter_target_is_live (self));
  self->verdict = verdict;
  self->step = PLATTER_STEP_ENDED;
  self->phase = PLATTER_PHASE_ENDED;
  self->transfer->n_changes++;
  platter_target_drop_todo (self);
  platter_check_drop_suspects (self);
}

static PlatterVerdict
target_get_verdict_of (PlatterEngineError code)
{
  if (code == PLATTER_ENGINE_ERROR_CANCELLED)
    return PLATTER_VERDICT_CANCELLED;
  return code == PLATTER_ENGINE_ERROR_SOURCE_UNSTABLE ? PLATTER_VERDICT_SOURCE_UNSTABLE
                                                      : PLATTER_VERDICT_FAILED;
}

void
platter_target_fail (
  PlatterTarget *self, PlatterEngineError code, guint64 offset_bytes, const char *format, ...)
{
  va_list arguments;

  if (!platter_target_is_live (self))
    return;
  va_start (arguments, format);
  self->error = g_error_new_valist (PLATTER_ENGINE_ERROR, code, format, arguments);
  va_end (arguments);
  self->error_offset_bytes = offset_bytes;
  self->error_phase = self->phase;
  target_end (self, target_get_verdict_of (code));
}

void
platter_target_fail_io (PlatterTarget *self,
                        const PlatterIo *io,
                        PlatterEngineError code,
                        const char *verb)
{
  int errsv = io->error != 0 ? io->error : EIO;

  code = platter_endpoint_is_gone (self->endpoint) ? PLATTER_ENGINE_ERROR_GONE
                                                   : platter_engine_error_from_errno (errsv, code);
  platter_target_fail (
    self, code, io->error_offset_bytes, "Could not %s %s at byte %" G_GUINT64_FORMAT ": %s", verb,
    platter_endpoint_get_name (self->endpoint), io->error_offset_bytes, g_strerror (errsv));
}

static void
target_enter (PlatterTarget *self, PlatterStep step, PlatterPhase phase)
{
  self->step = step;
  self->phase = phase;
  self->transfer->n_changes++;
}

static void
target_start_pass (PlatterTarget *self, PlatterStep step, PlatterPhase phase, PlatterPass pass)
{
  target_enter (self, step, phase);
  platter_pass_start (self, pass);
}

static gboolean
target_pump_copy (PlatterTarget *self)
{
  if (platter_target_save (self, FALSE))
    return FALSE;
  platter_target_write_todo (self);
  platter_resume_pump_epoch (self);
  if (!platter_copy_is_read (self->transfer))
    return FALSE;
  platter_end_wipe (self);
  return self->n_todo == 0 && platter_target_zero (self) && self->lane.n_in_flight == 0;
}

/* Flushing */

void
platter_target_condemn (PlatterTarget *self, const PlatterIo *io)
{
  pthread_mutex_lock (&self->transfer->lock);
  platter_map_replace (self->map, PLATTER_MAP_COPIED, platter_rescue_get_unstored (self->transfer));
  pthread_mutex_unlock (&self->transfer->lock);
  platter_target_fail (
    self,
    platter_endpoint_is_gone (self->endpoint)
      ? PLATTER_ENGINE_ERROR_GONE
      : platter_engine_error_from_errno (io->error, PLATTER_ENGINE_ERROR_FLUSH),
    G_MAXUINT64, "%s could not store what was written (flushing failed: %s); nothing on it is safe",
    platter_endpoint_get_name (self->endpoint), g_strerror (io->error));
}

static void
target_show_zeros (PlatterTarget *self)
{
  PlatterMap *zeros = self->transfer->zeros;

  for (guint i = 0; i < platter_map_get_n_ranges (zeros); i++)
    {
      const PlatterMapRange *range = platter_map_get_range (zeros, i);

      if (range->state == PLATTER_MAP_ZERO)
        platter_map_set (self->map, range->offset_bytes, range->length_bytes, PLATTER_MAP_ZERO);
    }
}

static void
target_flushed_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;

  if (!platter_target_is_live (self))
    return;
  if (io->error != 0)
    {
      platter_target_condemn (self, io);
      return;
    }
  platter_target_count_written (self, 0);
  self->durable_bytes = self->written_bytes;
  pthread_mutex_lock (&self->transfer->lock);
  platter_map_replace (self->map, PLATTER_MAP_COPIED, PLATTER_MAP_DURABLE);
  if (self->step == PLATTER_STEP_FLUSH_COPY)
    target_show_zeros (self);
  pthread_mutex_unlock (&self->transfer->lock);
  if (self->step == PLATTER_STEP_FLUSH_COPY)
    platter_resume_copied (self);
  platter_pass_drop_cache (self);
  self->is_flushed = TRUE;
}

static void
target_start_flush (PlatterTarget *self, PlatterStep step, PlatterPhase phase)
{
  target_enter (self, step, phase);
  self->is_flushed = FALSE;
  platter_lane_start (&self->lane, PLATTER_IO_FLUSH, NULL, 0, 0, target_flushed_cb, self, NULL);
}

/* From step to step */

static void
target_end_well (PlatterTarget *self)
{
  PlatterTransfer *transfer = self->transfer;
  gboolean is_compared = transfer->options.kind == PLATTER_TRANSFER_COMPARE;

  if (platter_rescue_leaves_gaps (transfer))
    platter_rescue_end_target (self);
  /* What was there before was not read, and so it was not proven. */
  else if (!is_compared
           && (!transfer->options.verify || platter_transfer_get_carried_bytes (transfer) > 0))
    target_end (self, PLATTER_VERDICT_WRITTEN);
  else
    target_end (self, self->wrong->len > 0 ? PLATTER_VERDICT_REPAIRED : PLATTER_VERDICT_VERIFIED);
}

/* After a check of any kind. */
static void
target_judge (PlatterTarget *self)
{
  if (platter_wrong_count_open (self) > 0)
    {
      if (!platter_wrong_can_repair (self))
        {
          platter_wrong_end (self);
          return;
        }
      self->n_open_before = (guint)platter_wrong_count_open (self);
      self->n_repairs++;
      target_start_pass (self, PLATTER_STEP_REPAIR, PLATTER_PHASE_REPAIRING, PLATTER_PASS_WRONG);
    }
  else if (self->has_final_edges)
    target_end_well (self);
  else if (self->n_repairs > 0 && !self->is_checked_again)
    {
      self->is_checked_again = TRUE;
      target_start_pass (self, PLATTER_STEP_CHECK_AGAIN, PLATTER_PHASE_REPAIRING, PLATTER_PASS_ALL);
    }
  else
    target_enter (self, PLATTER_STEP_WAIT, PLATTER_PHASE_FINISHING);
}

static void
target_checked_all (PlatterTarget *self)
{
  if (self->bad_groups->len > 0)
    target_start_pass (self, PLATTER_STEP_EXAMINE, self->phase, PLATTER_PASS_GROUPS);
  else
    target_judge (self);
}

static void
target_examined (PlatterTarget *self)
{
  g_array_set_size (self->bad_groups, 0);
  target_judge (self);
}

static void
target_start_check (PlatterTarget *self)
{
  guint n_checking = 0;

  for (guint i = 0; i < self->transfer->n_targets; i++)
    {
      PlatterStep step = self->transfer->targets[i].step;

      n_checking += step >= PLATTER_STEP_CHECK && step <= PLATTER_STEP_CHECK_AGAIN ? 1 : 0;
    }
  if (n_checking < self->transfer->max_checks)
    target_start_pass (self, PLATTER_STEP_CHECK, PLATTER_PHASE_VERIFYING, PLATTER_PASS_ALL);
}

static void
target_start_edges (PlatterTarget *self)
{
  if (self->transfer->is_stream)
    {
      target_end_well (self);
      return;
    }
  self->has_final_edges = TRUE;
  self->is_checked_again = FALSE;
  self->n_repairs = 0;
  self->finished_bytes = 0;
  target_start_pass (self, PLATTER_STEP_TAIL, PLATTER_PHASE_FINISHING, PLATTER_PASS_TAIL);
}

static void
target_cut_and_flush (PlatterTarget *self, PlatterStep flush, PlatterPhase phase)
{
  if (!platter_endpoint_trim_to_size (self->endpoint))
    platter_target_fail (self, PLATTER_ENGINE_ERROR_WRITE,
                         platter_endpoint_get_size_bytes (self->endpoint),
                         "Could not cut %s to its size: %s",
                         platter_endpoint_get_name (self->endpoint), g_strerror (errno));
  else
    target_start_flush (self, flush, phase);
}

static void
target_pass_written (PlatterTarget *self)
{
  if (self->step == PLATTER_STEP_MARK)
    target_start_flush (self, PLATTER_STEP_FLUSH_MARK, PLATTER_PHASE_PREPARING);
  else if (self->step == PLATTER_STEP_REPAIR)
    target_cut_and_flush (self, PLATTER_STEP_FLUSH_REPAIR, PLATTER_PHASE_REPAIRING);
  else if (self->step == PLATTER_STEP_TAIL)
    target_start_flush (self, PLATTER_STEP_FLUSH_TAIL, PLATTER_PHASE_FINISHING);
  else if (!platter_end_mark_clear (self))
    target_cut_and_flush (self, PLATTER_STEP_FLUSH_HEAD, PLATTER_PHASE_FINISHING);
}

static void
target_flushed (PlatterTarget *self)
{
  gboolean verify = self->transfer->options.verify;

  if (self->step == PLATTER_STEP_FLUSH_MARK)
    target_enter (self, PLATTER_STEP_COPY, PLATTER_PHASE_COPYING);
  else if (self->step == PLATTER_STEP_FLUSH_COPY && verify)
    target_enter (self, PLATTER_STEP_QUEUE, PLATTER_PHASE_VERIFYING);
  else if (self->step == PLATTER_STEP_FLUSH_COPY)
    target_enter (self, PLATTER_STEP_WAIT, PLATTER_PHASE_FINISHING);
  else if (self->step == PLATTER_STEP_FLUSH_REPAIR)
    target_start_pass (self, PLATTER_STEP_CHECK_REPAIR, self->phase, PLATTER_PASS_WRONG);
  else if (self->step == PLATTER_STEP_FLUSH_TAIL)
    target_start_pass (self, PLATTER_STEP_HEAD, PLATTER_PHASE_FINISHING, PLATTER_PASS_HEAD);
  else if (verify)
    target_start_pass (self, PLATTER_STEP_CHECK_EDGES, self->phase, PLATTER_PASS_EDGES);
  else
    target_end_well (self);
}

static void
target_judge_comparison (PlatterTarget *self)
{
  if (!self->transfer->is_source_checked)
    return;
  if (platter_wrong_count_open (self) > 0)
    platter_wrong_end (self);
  else
    target_end_well (self);
}

static void
target_start_mark (PlatterTarget *self)
{
  target_start_pass (self, PLATTER_STEP_MARK, PLATTER_PHASE_PREPARING, PLATTER_PASS_EDGES);
  platter_end_mark_begin (self);
}

static void
target_advance (PlatterTarget *self)
{
  switch (self->step)
    {
    case PLATTER_STEP_SAMPLE:
      if (platter_resume_pump_samples (self))
        target_start_mark (self);
      break;
    case PLATTER_STEP_LOAD:
      if (platter_rescue_pump_check (self) && self->n_active == 0)
        target_start_mark (self);
      break;
    case PLATTER_STEP_MARK:
    case PLATTER_STEP_REPAIR:
    case PLATTER_STEP_TAIL:
    case PLATTER_STEP_HEAD:
      if (platter_write_pass_pump (self))
        target_pass_written (self);
      break;
    case PLATTER_STEP_COPY:
      if (target_pump_copy (self))
        target_start_flush (self, PLATTER_STEP_FLUSH_COPY, PLATTER_PHASE_FLUSHING);
      break;
    case PLATTER_STEP_QUEUE:
      target_start_check (self);
      break;
    case PLATTER_STEP_CHECK:
    case PLATTER_STEP_CHECK_AGAIN:
      if (platter_check_pump (self))
        target_checked_all (self);
      break;
    case PLATTER_STEP_EXAMINE:
      if (platter_check_pump (self))
        target_examined (self);
      break;
    case PLATTER_STEP_CHECK_REPAIR:
    case PLATTER_STEP_CHECK_EDGES:
      if (platter_check_pump (self))
        target_judge (self);
      break;
    case PLATTER_STEP_WAIT:
      if (self->transfer->is_source_checked)
        target_enter (self, PLATTER_STEP_END_MARK, PLATTER_PHASE_FINISHING);
      break;
    case PLATTER_STEP_END_MARK:
      if (platter_end_mark_pump (self))
        target_start_edges (self);
      break;
    case PLATTER_STEP_COMPARE:
      if (platter_compare_pump (self) && platter_target_is_live (self))
        target_judge_comparison (self);
      break;
    default: /* the flushes */
      if (self->is_flushed)
        target_flushed (self);
      break;
    }
}

void
platter_target_start (PlatterTarget *self)
{
  if (self->transfer->options.kind == PLATTER_TRANSFER_COMPARE)
    {
      target_start_pass (self, PLATTER_STEP_COMPARE, PLATTER_PHASE_VERIFYING, PLATTER_PASS_ALL);
      return;
    }
  if (self->transfer->is_stream)
    target_enter (self, PLATTER_STEP_COPY, PLATTER_PHASE_COPYING);
  else if (self->n_kept_blocks > 0)
    target_enter (self, PLATTER_STEP_SAMPLE, PLATTER_PHASE_PREPARING);
  else if (self->transfer->rescue != NULL)
    {
      target_enter (self, PLATTER_STEP_LOAD, PLATTER_PHASE_PREPARING);
      platter_rescue_load_edges (self);
    }
  else
    target_start_mark (self);
}

gboolean
platter_target_can_be_held_up (const PlatterTarget *self)
{
  /* Between the first byte of the edges and the proof of them lies next to nothing. */
  return !self->has_final_edges;
}

static void
target_give_up (PlatterTarget *self)
{
  const GError *error = self->pending_error;

  if (error != NULL)
    {
      platter_rescue_distrust (self);
      platter_target_fail (self, (PlatterEngineError)error->code, self->error_offset_bytes, "%s",
                           error->message);
      self->error_phase = MAX (self->error_phase, PLATTER_PHASE_COPYING);
    }
  else
    platter_target_fail (self, PLATTER_ENGINE_ERROR_CANCELLED, G_MAXUINT64, "Cancelled");
}

/* What has come of a drive that may never give it again is written, unless it is to be doubted. */
static gboolean
target_is_to_write_rest (const PlatterTarget *self)
{
  const GError *error = self->pending_error;

  return error != NULL && error->code != PLATTER_ENGINE_ERROR_SOURCE_UNSTABLE
         && error->code != PLATTER_ENGINE_ERROR_CHANGED && !self->is_saving;
}

void
platter_target_step (PlatterTarget *self)
{
  PlatterStep before = PLATTER_STEP_ENDED;
  gboolean is_cancelled = g_atomic_int_get (&self->transfer->is_cancelled);

  if (platter_target_is_live (self) && (is_cancelled || self->pending_error != NULL)
      && platter_target_can_be_held_up (self))
    {
      if (!is_cancelled && target_is_to_write_rest (self))
        platter_target_write_todo (self);
      if (self->lane.n_in_flight == 0 && !platter_target_save (self, TRUE))
        target_give_up (self);
      return;
    }
  while (platter_target_is_live (self) && self->step != before)
    {
      before = self->step;
      target_advance (self);
    }
}
