// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether a source that fails can still be believed. A drive whose electronics give up may answer with garbage where it
// answered with errors before. So once a read has failed, a sector that came well at first is read again from time to
// time, and after each further error, as GNU ddrescue does if asked (--check-on-error). If it is another now, whatever
// came since it was last right is not believed.

#include "transfer-private.h"

#include <string.h>

/* So much is read without an error at most, and for so long, before the sector is read again: what was not tested when
   the job ends is not kept. */
#define TRUSTED_BYTES ((guint64)64 * 1024 * 1024)
#define TRUSTED_US PLATTER_EPOCH_US

/* What came while other reads were under way. */
typedef struct
{
  guint64 offset_bytes;
  guint64 length_bytes;
  gint64 given_us;
} Given;

PlatterRescueTrust *
platter_rescue_trust_new (guint64 size_bytes, guint sector_bytes)
{
  PlatterRescueTrust *self = g_new0 (PlatterRescueTrust, 1);

  self->sector_bytes = sector_bytes;
  self->sample = g_malloc (sector_bytes);
  self->doubted = platter_map_new (size_bytes);
  self->recent = g_array_new (FALSE, FALSE, sizeof (Given));
  return self;
}

void
platter_rescue_trust_free (PlatterRescueTrust *self)
{
  if (self == NULL)
    return;
  platter_map_free (self->doubted);
  g_array_unref (self->recent);
  g_free (self->sample);
  g_free (self);
}

/* A sector of the first data is kept. */
static void
rescue_trust_sample (PlatterRescueTrust *self,
                     const guint8 *data,
                     guint64 offset_bytes,
                     guint64 length_bytes)
{
  for (guint64 at = 0; data != NULL && !self->has_sample && at + self->sector_bytes <= length_bytes;
       at += self->sector_bytes)
    {
      const guint8 *sector = data + at;

      /* All the same byte is what a broken drive would say, too. */
      if (memcmp (sector, sector + 1, self->sector_bytes - 1) == 0)
        continue;
      memcpy (self->sample, sector, self->sector_bytes);
      self->sample_offset_bytes = offset_bytes + at;
      self->sampled_us = g_get_monotonic_time ();
      self->has_sample = TRUE;
    }
}

static void
rescue_trust_doubt (PlatterRescueTrust *self, guint64 offset_bytes, guint64 length_bytes)
{
  platter_map_set (self->doubted, offset_bytes, length_bytes, PLATTER_MAP_VERIFIED);
  self->doubted_bytes += length_bytes;
}

/* Forgets what was given before the oldest read under way was asked for. */
static void
rescue_trust_prune (PlatterRescueTrust *self, const PlatterLane *lane)
{
  guint n_old = 0;

  while (n_old < self->recent->len
         && (lane->oldest == NULL
             || g_array_index (self->recent, Given, n_old).given_us < lane->oldest->start_us))
    n_old++;
  if (n_old > 0)
    g_array_remove_range (self->recent, 0, n_old);
}

void
platter_rescue_trust_note (PlatterRescueTrust *self,
                           const PlatterLane *lane,
                           const guint8 *data,
                           guint64 offset_bytes,
                           guint64 length_bytes)
{
  Given given = { offset_bytes, length_bytes, g_get_monotonic_time () };

  rescue_trust_sample (self, data, offset_bytes, length_bytes);
  if (self->has_failed)
    {
      rescue_trust_doubt (self, offset_bytes, length_bytes);
      return;
    }
  rescue_trust_prune (self, lane);
  if (lane->oldest != NULL)
    g_array_append_val (self->recent, given);
}

void
platter_rescue_trust_note_error (PlatterRescueTrust *self, const PlatterIo *io)
{
  for (guint i = 0; i < self->recent->len; i++)
    {
      const Given *given = &g_array_index (self->recent, Given, i);

      if (given->given_us >= io->start_us)
        rescue_trust_doubt (self, given->offset_bytes, given->length_bytes);
    }
  g_array_set_size (self->recent, 0);
  if (!self->has_failed && self->sampled_us >= io->start_us)
    self->has_sample = FALSE;
  self->has_failed = TRUE;
  self->has_error = TRUE;
}

gboolean
platter_rescue_trust_is_due (const PlatterRescueTrust *self, gboolean is_last)
{
  if (!self->has_sample || self->is_broken || self->doubted_bytes == 0)
    return FALSE;
  return self->has_error || is_last || self->doubted_bytes >= TRUSTED_BYTES
         || g_get_monotonic_time () - self->tested_us >= TRUSTED_US;
}

static void
rescue_trust_break (PlatterTransfer *self)
{
  PlatterRescueTrust *trust = self->rescue->trust;
  PlatterMapRange range = { 0, 0, 0 };
  g_autofree char *message = g_strdup_printf (
    "%s gave other data for byte %" G_GUINT64_FORMAT " than before, after reads of it had failed; "
    "what it has given since then is not believed",
    platter_endpoint_get_name (self->source), trust->sample_offset_bytes);

  trust->is_broken = TRUE;
  while (platter_map_find_next (trust->doubted, range.offset_bytes + range.length_bytes,
                                PLATTER_MAP_VERIFIED, &range))
    {
      platter_rescue_plan_forget (self->rescue->plan, range.offset_bytes, range.length_bytes);
      self->rescue->missing_bytes += range.length_bytes;
    }
  platter_transfer_fail_source (self, PLATTER_ENGINE_ERROR_SOURCE_UNSTABLE,
                                trust->sample_offset_bytes, message);
}

static void
rescue_trust_read_cb (PlatterIo *io)
{
  PlatterTransfer *self = io->owner;
  PlatterSlot *slot = io->item;
  PlatterRescueTrust *trust = self->rescue->trust;
  PlatterEngineError code = platter_engine_error_from_errno (io->error, PLATTER_ENGINE_ERROR_READ);

  /* One that was pulled out may answer otherwise, too. */
  if ((io->error != 0 || io->is_short) && platter_endpoint_is_gone (self->source))
    code = PLATTER_ENGINE_ERROR_GONE;
  self->rescue->n_reads--;
  if (self->error != NULL)
    ;
  else if (code == PLATTER_ENGINE_ERROR_FAILED || code == PLATTER_ENGINE_ERROR_GONE)
    platter_transfer_fail_read (self, code, io->error_offset_bytes, io->error);
  else if (io->error != 0 || io->is_short)
    {
      /* Bad by now, too: another one is taken of what comes next. Until that was tested, what is doubted remains so. */
      trust->has_sample = FALSE;
      trust->has_lost_sample = TRUE;
    }
  else if (memcmp (slot->data, trust->sample, trust->sector_bytes) != 0)
    rescue_trust_break (self);
  else
    {
      trust->has_error = FALSE;
      trust->doubted_bytes = 0;
      trust->tested_us = g_get_monotonic_time ();
      platter_map_replace (trust->doubted, PLATTER_MAP_VERIFIED, PLATTER_MAP_UNTOUCHED);
    }
  platter_transfer_release (self, slot);
}

void
platter_rescue_trust_ask (PlatterTransfer *self)
{
  PlatterRescueTrust *trust = self->rescue->trust;
  PlatterSlot *slot = platter_buffer_pool_pop (self->pool);

  slot->block = trust->sample_offset_bytes / PLATTER_BLOCK_BYTES;
  self->rescue->n_reads++;
  platter_lane_start (&self->source_lane, PLATTER_IO_READ, slot->data, trust->sample_offset_bytes,
                      trust->sector_bytes, rescue_trust_read_cb, self, slot);
}

/* Returns: how much of the range was safe. */
static guint64
rescue_trust_hold_range (PlatterMap *map, const PlatterMapRange *doubted)
{
  guint64 end_bytes = doubted->offset_bytes + doubted->length_bytes;
  guint64 held_bytes = 0;
  PlatterMapRange range;

  for (guint64 at = doubted->offset_bytes;
       platter_map_find_next (map, at, PLATTER_MAP_DURABLE, &range)
       && range.offset_bytes < end_bytes;)
    {
      guint64 from = MAX (range.offset_bytes, at);

      at = MIN (range.offset_bytes + range.length_bytes, end_bytes);
      platter_map_set (map, from, at - from, PLATTER_MAP_COPIED);
      held_bytes += at - from;
    }
  return held_bytes;
}

guint64
platter_rescue_hold_doubted (const PlatterTransfer *self, PlatterMap *map)
{
  const PlatterRescueTrust *trust = self->rescue->trust;
  PlatterMapRange range = { 0, 0, 0 };
  guint64 held_bytes = 0;

  while ((trust->has_sample || trust->has_lost_sample)
         && platter_map_find_next (trust->doubted, range.offset_bytes + range.length_bytes,
                                   PLATTER_MAP_VERIFIED, &range))
    held_bytes += rescue_trust_hold_range (map, &range);
  return held_bytes;
}

void
platter_rescue_distrust (PlatterTarget *target)
{
  PlatterTransfer *self = target->transfer;
  PlatterMapRange range = { 0, 0, 0 };
  guint64 safe_bytes = 0;

  if (!platter_rescue_is_active (self) || !self->rescue->trust->is_broken)
    return;
  safe_bytes = platter_map_count_bytes (target->map, PLATTER_MAP_DURABLE);
  while (platter_map_find_next (self->rescue->trust->doubted,
                                range.offset_bytes + range.length_bytes, PLATTER_MAP_VERIFIED,
                                &range))
    platter_target_set_map (target, range.offset_bytes, range.length_bytes, PLATTER_MAP_UNTOUCHED);
  target->durable_bytes -= safe_bytes - platter_map_count_bytes (target->map, PLATTER_MAP_DURABLE);
}
