// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The loop: one thread submits, collects, hashes and decides until every target has a verdict.

#include "transfer-private.h"

#include <errno.h>
#include <string.h>

/* How often to look around while nothing comes in. */
#define TICK_US (100 * 1000)
/* Who was not there for longer than this has heard no answer; the process may have been stopped. */
#define ABSENCE_US G_USEC_PER_SEC

PlatterEdge *
platter_transfer_get_edge (PlatterTransfer *self, guint64 block)
{
  if (block > 0 && block < self->first_tail_edge)
    return NULL;
  /* A comparison holds nothing back, and neither does a stream. */
  if (self->options.kind == PLATTER_TRANSFER_COMPARE || self->is_stream)
    return NULL;
  return &self->edges[block == 0 ? 0 : block - self->first_tail_edge + 1];
}

guint32
platter_transfer_get_block_bytes (const PlatterTransfer *self, guint64 block)
{
  return (guint32)MIN (PLATTER_BLOCK_BYTES, self->size_bytes - block * PLATTER_BLOCK_BYTES);
}

PlatterBlockHash
platter_transfer_hash (PlatterTransfer *self, const guint8 *data, gsize length)
{
  return self->hash (data, length);
}

void
platter_transfer_pad (PlatterSlot *slot)
{
  memset (slot->data + slot->length_bytes, 0, PLATTER_BLOCK_BYTES - slot->length_bytes);
}

void
platter_transfer_queue_hash (PlatterTransfer *self, PlatterSlot *slot)
{
  slot->next = NULL;
  if (self->to_hash_last != NULL)
    self->to_hash_last->next = slot;
  else
    self->to_hash_first = slot;
  self->to_hash_last = slot;
}

void
platter_transfer_release (PlatterTransfer *self, PlatterSlot *slot)
{
  g_assert (slot->refs > 0);
  if (--slot->refs == 0)
    platter_buffer_pool_push (self->pool, slot);
}

void
platter_transfer_fail_source (PlatterTransfer *self,
                              PlatterEngineError code,
                              guint64 offset_bytes,
                              const char *message)
{
  if (self->error == NULL)
    self->error = g_error_new_literal (PLATTER_ENGINE_ERROR, code, message);
  for (guint i = 0; i < self->n_targets; i++)
    {
      PlatterTarget *target = &self->targets[i];

      if (target->has_final_edges || !platter_target_is_live (target))
        continue;
      if (platter_rescue_is_active (self) && target->step == PLATTER_STEP_COPY)
        {
          /* What was saved of a dying drive is made safe first. */
          if (target->pending_error == NULL)
            target->pending_error = g_error_copy (self->error);
          target->error_offset_bytes = offset_bytes;
          continue;
        }
      platter_target_fail (target, code, offset_bytes, "%s", message);
      /* The source is read while targets are still prepared. */
      target->error_phase = MAX (target->error_phase, PLATTER_PHASE_COPYING);
    }
}

void
platter_transfer_fail_read (PlatterTransfer *self,
                            PlatterEngineError code,
                            guint64 offset_bytes,
                            int errsv)
{
  /* A drive that was pulled out has no size any more, and may read as if it ended there. */
  gboolean is_gone = platter_endpoint_is_gone (self->source);
  int shown = is_gone && errsv == 0 ? ENODEV : errsv;
  g_autofree char *message = g_strdup_printf (
    "Could not read %s at byte %" G_GUINT64_FORMAT ": %s", platter_endpoint_get_name (self->source),
    offset_bytes, shown != 0 ? g_strerror (shown) : "it ends there, before what was planned");

  if (code == PLATTER_ENGINE_ERROR_FAILED)
    {
      g_autofree char *refusal = g_steal_pointer (&message);

      message
        = g_strconcat (refusal, "; this computer had no means for it, and that for long", NULL);
    }
  platter_transfer_fail_source (self, is_gone ? PLATTER_ENGINE_ERROR_GONE : code, offset_bytes,
                                message);
}

static PlatterBlockHash
transfer_hash_slot (PlatterTransfer *self, const PlatterSlot *slot)
{
  if (slot->target != G_MAXUINT && platter_rescue_is_pieced (self, slot->block))
    return platter_rescue_sum (self, slot->block, slot->data);

  gboolean is_zero
    = slot->is_zero
      || (slot->target != G_MAXUINT && platter_block_is_zero (slot->data, slot->length_bytes));

  if (is_zero && slot->length_bytes == PLATTER_BLOCK_BYTES)
    return self->zero_hash;
  return platter_transfer_hash (self, slot->data, slot->length_bytes);
}

/* One block at a time, so that answers are not left waiting. */
static void
transfer_hash_next (PlatterTransfer *self)
{
  PlatterSlot *slot = self->to_hash_first;
  gint64 started_us = g_get_monotonic_time ();

  if (slot == NULL)
    return;
  self->to_hash_first = slot->next;
  if (self->to_hash_first == NULL)
    self->to_hash_last = NULL;
  if (slot->target == G_MAXUINT && self->table == NULL)
    platter_copy_hashed (self, slot, self->zero_hash); /* nobody will ask for it */
  else if (slot->target == G_MAXUINT)
    platter_copy_hashed (self, slot, transfer_hash_slot (self, slot));
  else if (slot->partner != NULL)
    platter_compare_pair (&self->targets[slot->target], slot);
  else
    platter_check_hashed (&self->targets[slot->target], slot, transfer_hash_slot (self, slot));
  self->waits.hash_us += g_get_monotonic_time () - started_us;
}

/* Without a digest nothing is as expected. */
static char *
transfer_say_unexpected (PlatterTransfer *self, const char *hex, const char *expected_hex)
{
  const char *name = platter_endpoint_get_name (self->source);

  if (hex == NULL)
    return g_strdup_printf ("%s could not be checked: it has no digest, but %s is expected", name,
                            expected_hex);
  return g_strdup_printf ("%s is not what it should be: its digest is %s, but %s is expected", name,
                          hex, expected_hex);
}

static void
transfer_check_expected (PlatterTransfer *self)
{
  for (guint i = 0; i < self->options.n_expected; i++)
    {
      const PlatterExpectedDigest *expected = &self->expected[i];
      const char *hex = platter_transfer_get_file_digest (self, expected->digest);
      g_autofree char *message = NULL;

      if (hex != NULL && g_ascii_strcasecmp (hex, expected->hex) == 0)
        continue;
      message = transfer_say_unexpected (self, hex, expected->hex);
      platter_transfer_fail_source (self, PLATTER_ENGINE_ERROR_DIGEST, G_MAXUINT64, message);
      return;
    }
}

/* A reader has them complete when it has met the end. */
static gboolean
transfer_has_digests (PlatterTransfer *self)
{
  if (self->digests != NULL && !platter_digest_set_is_complete (self->digests))
    return FALSE;
  return platter_endpoint_get_reader (self->source) == NULL
         || (!self->is_open && self->error == NULL);
}

static void
transfer_collect_digests (PlatterTransfer *self)
{
  PlatterSlot *slot = NULL;

  while (self->digests != NULL && (slot = platter_digest_set_pop (self->digests)) != NULL)
    platter_transfer_release (self, slot);
  if (self->is_source_checked || !transfer_has_digests (self))
    return;
  self->is_source_checked = TRUE;
  self->n_changes++;
  transfer_check_expected (self);
}

/* What a file system has taken without storing it, it stores when it is flushed, and says nothing meanwhile: at 1 MB/s for a
   microsecond a byte. */
static gint64
transfer_get_patience_us (const PlatterTransfer *self,
                          const PlatterLane *lane,
                          const PlatterTarget *target)
{
  gint64 patience_us = (gint64)self->options.stall_timeout_s * G_USEC_PER_SEC;

  if (target != NULL && lane->oldest->op == PLATTER_IO_FLUSH
      && !platter_endpoint_is_direct (target->endpoint))
    patience_us
      += (gint64)(target->written_bytes - MIN (target->durable_bytes, target->written_bytes));
  return patience_us;
}

/* Once all of a source was read, only those need it of which something else came back than was written. Returns: whether it is so. */
static gboolean
transfer_fail_askers (PlatterTransfer *self, const char *message)
{
  if (self->options.kind != PLATTER_TRANSFER_COPY || platter_rescue_is_active (self)
      || !platter_copy_is_read (self) || !self->is_source_checked)
    return FALSE;
  for (const PlatterIo *io = self->source_lane.oldest; io != NULL; io = io->next)
    platter_target_fail (io->owner, PLATTER_ENGINE_ERROR_STALLED, io->offset_bytes, "%s", message);
  return TRUE;
}

static void
transfer_check_stall (PlatterTransfer *self, PlatterLane *lane, PlatterTarget *target)
{
  gint64 oldest_us = platter_lane_get_oldest_us (lane);
  gint64 patience_us = 0;
  g_autofree char *message = NULL;

  /* Of a source that was given up somebody may ask once more. */
  if (self->options.stall_timeout_s == 0 || oldest_us == 0 || (lane->is_given_up && target != NULL))
    return;
  patience_us = transfer_get_patience_us (self, lane, target);
  if (g_get_monotonic_time () - oldest_us < patience_us)
    return;
  message = g_strdup_printf (
    "%s has not answered for %" G_GINT64_FORMAT " %s", platter_endpoint_get_name (lane->endpoint),
    patience_us / G_USEC_PER_SEC, patience_us / G_USEC_PER_SEC == 1 ? "second" : "seconds");
  if (target != NULL)
    platter_target_fail (target, PLATTER_ENGINE_ERROR_STALLED, lane->oldest->offset_bytes, "%s",
                         message);
  else if (!transfer_fail_askers (self, message) && !lane->is_given_up)
    platter_transfer_fail_source (self, PLATTER_ENGINE_ERROR_STALLED, lane->oldest->offset_bytes,
                                  message);
  if (!lane->is_given_up)
    platter_lane_give_up (lane);
}

static guint
transfer_count_in_flight (const PlatterTransfer *self)
{
  guint n = self->source_lane.is_given_up ? 0 : self->source_lane.n_in_flight;

  for (guint i = 0; i < self->n_targets; i++)
    n += self->targets[i].lane.is_given_up ? 0 : self->targets[i].lane.n_in_flight;
  return n;
}

guint
platter_transfer_count_live (const PlatterTransfer *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n_targets; i++)
    n += platter_target_is_live (&self->targets[i]) ? 1 : 0;
  return n;
}

static gboolean
transfer_is_to_pause (PlatterTransfer *self)
{
  return (g_atomic_int_get (&self->is_to_pause) && !g_atomic_int_get (&self->is_cancelled)
          && self->error == NULL)
         || platter_question_is_open (self);
}

/* It is paused once the last request has been answered and hashed. @is_to_pause: as it was when work was or was not
   started: asked again it may be otherwise by now, and a transfer that waits for nothing would seem stuck. */
static void
transfer_note_pause (PlatterTransfer *self, gboolean is_to_pause)
{
  gboolean is_paused = is_to_pause && platter_transfer_count_live (self) > 0
                       && transfer_count_in_flight (self) == 0 && self->to_hash_first == NULL;

  if (is_paused == self->is_paused)
    return;
  if (is_paused)
    self->pause_us = g_get_monotonic_time ();
  else
    self->paused_us += g_get_monotonic_time () - self->pause_us;
  self->is_paused = is_paused;
  self->n_changes++;
}

static void
transfer_note_lost (PlatterTransfer *self)
{
  static const char *const words = "The medium of %s was taken out or exchanged";

  for (guint i = 0; i < self->n_targets; i++)
    if (g_atomic_int_get (&self->targets[i].is_lost))
      platter_target_fail (&self->targets[i], PLATTER_ENGINE_ERROR_GONE, G_MAXUINT64, words,
                           platter_endpoint_get_name (self->targets[i].endpoint));
  if (g_atomic_int_get (&self->is_source_lost) && self->error == NULL
      && !platter_copy_is_read (self))
    {
      g_autofree char *message = g_strdup_printf (words, platter_endpoint_get_name (self->source));

      platter_transfer_fail_source (self, PLATTER_ENGINE_ERROR_GONE, G_MAXUINT64, message);
    }
}

/* Starts all that can be started. Returns: whether there may be more without an answer from below. */
static gboolean
transfer_start_work (PlatterTransfer *self)
{
  guint n_changes = self->n_changes;
  gboolean is_to_pause = FALSE;

  platter_question_settle (self);
  transfer_note_lost (self);
  is_to_pause = transfer_is_to_pause (self);
  transfer_collect_digests (self);
  for (guint i = 0; i < self->n_targets; i++)
    {
      if (!is_to_pause || !platter_target_can_be_held_up (&self->targets[i]))
        platter_target_step (&self->targets[i]);
      else
        platter_resume_settle (&self->targets[i]);
    }
  if (self->options.kind == PLATTER_TRANSFER_COPY && !is_to_pause)
    platter_copy_pump (self);
  transfer_note_pause (self, is_to_pause);
  return self->to_hash_first != NULL || self->n_changes != n_changes;
}

/* With devices that hang on to most buffers there could be too few left to go on with. */
static gboolean
transfer_is_stuck (PlatterTransfer *self)
{
  return platter_transfer_count_live (self) > 0 && transfer_count_in_flight (self) == 0
         && self->is_source_checked && !self->is_paused;
}

/* Silence counts while it is listened to. */
static void
transfer_note_absence (PlatterTransfer *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 absent_us = now_us - self->collected_us - TICK_US;

  self->collected_us = now_us;
  if (absent_us < ABSENCE_US)
    return;
  platter_lane_excuse (&self->source_lane, absent_us);
  for (guint i = 0; i < self->n_targets; i++)
    platter_lane_excuse (&self->targets[i].lane, absent_us);
}

/* Right after all that has answered was heard. */
static void
transfer_check_stalls (PlatterTransfer *self)
{
  for (guint i = 0; i < self->n_targets; i++)
    transfer_check_stall (self, &self->targets[i].lane, &self->targets[i]);
  transfer_check_stall (self, &self->source_lane, NULL);
}

static void
transfer_wait (PlatterTransfer *self, gint64 timeout_us)
{
  gint64 started_us = g_get_monotonic_time ();
  PlatterIoRequest *request = NULL;

  platter_io_queue_wait (self->queue, timeout_us);
  if (timeout_us > 0)
    platter_progress_waited (self, g_get_monotonic_time () - started_us);
  transfer_note_absence (self);
  while ((request = platter_io_queue_pop (self->queue)) != NULL)
    platter_lane_complete (request);
  transfer_check_stalls (self);
}

static void
transfer_loop (PlatterTransfer *self)
{
  while (TRUE)
    {
      gboolean has_more = transfer_start_work (self);

      if (!has_more && platter_transfer_count_live (self) == 0
          && transfer_count_in_flight (self) == 0)
        return;
      if (!has_more && transfer_is_stuck (self))
        platter_transfer_fail_source (self, PLATTER_ENGINE_ERROR_STALLED, G_MAXUINT64,
                                      "Too many devices do not answer");
      transfer_wait (self, has_more ? 0 : TICK_US);
      transfer_hash_next (self);
      platter_progress_publish (self, FALSE);
    }
}

static gboolean
transfer_report (PlatterTransfer *self, GError **error)
{
  guint n_failed = 0;
  const GError *cause = self->error;

  for (guint i = 0; i < self->n_targets; i++)
    {
      PlatterTarget *target = &self->targets[i];

      n_failed += target->verdict == PLATTER_VERDICT_FAILED ? 1 : 0;
      if (target->verdict == PLATTER_VERDICT_CANCELLED && cause == NULL)
        cause = target->error;
    }
  if (cause == NULL && n_failed == self->n_targets)
    cause = self->targets[0].error;
  if (cause != NULL && error != NULL)
    *error = g_error_copy (cause);
  return cause == NULL;
}

gboolean
platter_transfer_run (PlatterTransfer *self, GError **error)
{
  self->started_us = g_get_monotonic_time ();
  self->last_publish_us = self->started_us;
  self->collected_us = self->started_us;
  if (self->digests != NULL)
    platter_digest_set_start (self->digests);
  for (guint i = 0; i < self->n_targets; i++)
    platter_target_start (&self->targets[i]);
  if (self->options.is_rescue && self->rescue != NULL)
    platter_rescue_begin (self);
  transfer_loop (self);
  for (guint i = 0; i < self->n_targets; i++)
    self->targets[i].mismatches = platter_wrong_list (&self->targets[i]);
  platter_progress_publish (self, TRUE);
  return transfer_report (self, error);
}

void
platter_transfer_lose (PlatterTransfer *self, guint side)
{
  g_return_if_fail (side <= self->n_targets);
  g_atomic_int_set (side == 0 ? &self->is_source_lost : &self->targets[side - 1].is_lost, TRUE);
  platter_io_queue_wake (self->queue);
}

gboolean
platter_transfer_is_lost (const PlatterTransfer *self, guint side)
{
  return g_atomic_int_get (side == 0 ? &self->is_source_lost : &self->targets[side - 1].is_lost)
         != 0;
}

const guint8 *
platter_transfer_get_head (const PlatterTransfer *self, gsize *length_bytes)
{
  if (self->options.kind != PLATTER_TRANSFER_COPY || self->n_edges == 0)
    return NULL;
  *length_bytes = platter_transfer_get_block_bytes (self, 0);
  return self->edges[0].slot->data;
}

void
platter_transfer_fail_target (PlatterTransfer *self, guint target, const GError *error)
{
  PlatterTarget *failed = &self->targets[target];

  g_return_if_fail (!platter_target_is_live (failed) && failed->error == NULL);
  failed->verdict = PLATTER_VERDICT_FAILED;
  failed->error = g_error_copy (error);
  failed->error_phase = PLATTER_PHASE_FINISHING;
  platter_progress_publish (self, TRUE);
}

void
platter_transfer_cancel (PlatterTransfer *self)
{
  PlatterReader *reader = platter_endpoint_get_reader (self->source);

  g_atomic_int_set (&self->is_cancelled, TRUE);
  if (reader != NULL)
    reader->funcs->cancel (reader);
  platter_io_queue_wake (self->queue);
}

void
platter_transfer_finish (PlatterTransfer *self)
{
  g_atomic_int_set (&self->is_to_finish, TRUE);
  platter_io_queue_wake (self->queue);
}

void
platter_transfer_set_paused (PlatterTransfer *self, gboolean is_paused)
{
  g_atomic_int_set (&self->is_to_pause, is_paused);
  platter_io_queue_wake (self->queue);
}

const GError *
platter_transfer_get_target_error (PlatterTransfer *self, guint target)
{
  return self->targets[target].error;
}

guint64
platter_transfer_get_target_error_offset (PlatterTransfer *self, guint target)
{
  return self->targets[target].error_offset_bytes;
}

PlatterPhase
platter_transfer_get_target_error_phase (PlatterTransfer *self, guint target)
{
  return self->targets[target].error_phase;
}

gboolean
platter_transfer_is_target_cache_bypassed (PlatterTransfer *self, guint target)
{
  return platter_endpoint_is_cache_bypassed (self->targets[target].endpoint)
         && !self->targets[target].is_proof_cached;
}

GArray *
platter_transfer_get_target_mismatches (PlatterTransfer *self, guint target)
{
  return self->targets[target].mismatches;
}

guint64
platter_transfer_get_target_mismatch_count (PlatterTransfer *self, guint target)
{
  return self->targets[target].n_wrong;
}

const char *
platter_transfer_get_digest (PlatterTransfer *self, PlatterDigests digest)
{
  if (self->digests != NULL)
    return platter_digest_set_get_hex (self->digests, digest);
  return self->options.digests_content ? NULL : platter_transfer_get_file_digest (self, digest);
}

const char *
platter_transfer_get_file_digest (PlatterTransfer *self, PlatterDigests digest)
{
  PlatterReader *reader = platter_endpoint_get_reader (self->source);

  if (reader != NULL)
    return reader->funcs->get_digest (reader, digest);
  return self->digests != NULL ? platter_digest_set_get_hex (self->digests, digest) : NULL;
}
