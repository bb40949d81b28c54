// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What to read next of a damaged disk.

#include "rescue-plan.h"

#define GOOD PLATTER_MAP_VERIFIED
#define COPYING_PASSES 4
/* What a mapfile calls the pass that leaves nothing out. */
#define SWEEPING_PASS 5
/* The first skip and the greatest one, as parts of the disk, and how much longer each is than the one before. */
#define SKIP_SHARE 32768
#define MAX_SKIP_SHARE 16
#define SKIP_GROWTH 4
/* A drive that takes so long for a cluster is trying again inside: errors are near. */
#define SLOW_US G_USEC_PER_SEC

struct _PlatterRescuePlan
{
  PlatterMap *map;
  PlatterMap *domain;
  PlatterRescueOptions options;
  guint64 size_bytes;
  guint cluster_bytes;
  PlatterRescuePhase phase;
  guint pass;
  guint64 position_bytes; /* forward: what lies before it was passed; backward: what lies behind */
  guint64 first_skip_bytes;
  guint64 max_skip_bytes;
  guint64 skip_bytes;
  guint64 stride_bytes; /* sweeping and scraping: how far apart it looks for what may be good */
  guint64 n_errors;
  gboolean is_stopped;
};

static guint64
rescue_plan_round_up (guint64 bytes, guint64 unit)
{
  return (bytes + unit - 1) / unit * unit;
}

static gboolean
rescue_plan_is_forward (const PlatterRescuePlan *self)
{
  return self->pass % 2 == 1;
}

/* These look for what is good in the midst of what is left, before they try all of it. */
static gboolean
rescue_plan_is_seeking (const PlatterRescuePlan *self)
{
  return self->phase == PLATTER_RESCUE_SWEEPING || self->phase == PLATTER_RESCUE_SCRAPING;
}

static guint
rescue_plan_get_unit (const PlatterRescuePlan *self)
{
  gboolean is_clusters
    = self->phase == PLATTER_RESCUE_COPYING || self->phase == PLATTER_RESCUE_SWEEPING;

  return is_clusters ? self->cluster_bytes : self->options.sector_bytes;
}

/* What the phase looks at. */
static PlatterMapState
rescue_plan_get_state (const PlatterRescuePlan *self)
{
  return self->phase == PLATTER_RESCUE_SCRAPING ? PLATTER_MAP_RETRIED : PLATTER_MAP_UNTOUCHED;
}

static void
rescue_plan_enter (PlatterRescuePlan *self, PlatterRescuePhase phase, guint pass)
{
  self->phase = phase;
  self->pass = pass;
  self->skip_bytes = self->first_skip_bytes;
  self->position_bytes = rescue_plan_is_forward (self) ? 0 : self->size_bytes;
}

/* Cuts a stretch of the map to the first part of it, from the position on, that is wanted. Returns: whether there is
   one; if not, the position is where to look on. */
static gboolean
rescue_plan_clip (const PlatterRescuePlan *self, guint64 *position_bytes, PlatterMapRange *range)
{
  guint64 end_bytes = range->offset_bytes + range->length_bytes;
  PlatterMapRange wanted = { 0, self->size_bytes, GOOD };

  *position_bytes = MAX (*position_bytes, range->offset_bytes);
  if (self->domain != NULL && !platter_map_find_next (self->domain, *position_bytes, GOOD, &wanted))
    wanted = (PlatterMapRange){ self->size_bytes, 0, GOOD };
  *position_bytes = MAX (*position_bytes, wanted.offset_bytes);
  end_bytes = MIN (end_bytes, wanted.offset_bytes + wanted.length_bytes);
  if (*position_bytes >= end_bytes)
    return FALSE;
  range->offset_bytes = *position_bytes;
  range->length_bytes = end_bytes - *position_bytes;
  return TRUE;
}

/* The first stretch in a state from the position on that is wanted. */
static gboolean
rescue_plan_find_next (const PlatterRescuePlan *self,
                       guint64 position_bytes,
                       PlatterMapState state,
                       PlatterMapRange *range)
{
  while (platter_map_find_next (self->map, position_bytes, state, range))
    if (rescue_plan_clip (self, &position_bytes, range))
      return TRUE;
  return FALSE;
}

/* So long that at least one place of the longest stretch is looked at. */
static void
rescue_plan_seek (PlatterRescuePlan *self, PlatterRescuePhase phase)
{
  PlatterMapRange range = { 0, 0, 0 };
  guint64 longest_bytes = 0;

  rescue_plan_enter (self, phase, 1);
  while (rescue_plan_find_next (self, range.offset_bytes + range.length_bytes,
                                rescue_plan_get_state (self), &range))
    longest_bytes = MAX (longest_bytes, range.length_bytes);
  self->stride_bytes = rescue_plan_get_unit (self);
  while (self->stride_bytes <= longest_bytes / 2)
    self->stride_bytes *= 2;
}

static gboolean
rescue_plan_find_previous (const PlatterRescuePlan *self,
                           guint64 position_bytes,
                           PlatterMapState state,
                           PlatterMapRange *range)
{
  while (platter_map_find_previous (self->map, position_bytes, state, range))
    {
      guint64 start_bytes = range->offset_bytes;
      guint64 end_bytes = MIN (start_bytes + range->length_bytes, position_bytes);
      PlatterMapRange wanted = { 0, self->size_bytes, GOOD };

      if (self->domain != NULL
          && !platter_map_find_previous (self->domain, end_bytes, GOOD, &wanted))
        return FALSE;
      start_bytes = MAX (start_bytes, wanted.offset_bytes);
      end_bytes = MIN (end_bytes, wanted.offset_bytes + wanted.length_bytes);
      if (start_bytes < end_bytes)
        {
          *range = (PlatterMapRange){ start_bytes, end_bytes - start_bytes, state };
          return TRUE;
        }
      position_bytes = end_bytes;
    }
  return FALSE;
}

/* Where an earlier run stopped, unless something that comes earlier is still to be done. */
static void
rescue_plan_resume (PlatterRescuePlan *self, const PlatterMapfileStatus *status)
{
  gboolean has_untried = platter_map_count_bytes (self->map, PLATTER_MAP_UNTOUCHED) > 0;
  gboolean has_skipped = platter_map_count_bytes (self->map, PLATTER_MAP_SKIPPED) > 0;

  rescue_plan_enter (self, PLATTER_RESCUE_COPYING, 1);
  if (status == NULL)
    return;
  if (status->status == '?' && status->pass <= COPYING_PASSES)
    rescue_plan_enter (self, PLATTER_RESCUE_COPYING, status->pass);
  else if (status->status == '?')
    rescue_plan_seek (self, PLATTER_RESCUE_SWEEPING);
  else if (status->status == '*')
    rescue_plan_seek (self, PLATTER_RESCUE_TRIMMING);
  else if (status->status == '/' && !has_untried && !has_skipped)
    rescue_plan_seek (self, PLATTER_RESCUE_SCRAPING);
  else
    return;
  /* What was read last, and perhaps not made durable, lies before the position: here a sweep comes back to it, but
     nothing comes after that. */
  if (self->phase == PLATTER_RESCUE_COPYING && status->status == '?')
    self->position_bytes = MIN (status->position_bytes, self->size_bytes);
}

PlatterRescuePlan *
platter_rescue_plan_new (PlatterMap *map,
                         PlatterMap *domain,
                         const PlatterMapfileStatus *status,
                         const PlatterRescueOptions *options)
{
  PlatterRescuePlan *self = g_new0 (PlatterRescuePlan, 1);

  self->map = map;
  self->domain = domain;
  self->options = *options;
  self->size_bytes = platter_map_get_size_bytes (map);
  self->cluster_bytes = MAX (PLATTER_RESCUE_CLUSTER_BYTES, options->sector_bytes);
  self->first_skip_bytes
    = rescue_plan_round_up (MAX (self->size_bytes / SKIP_SHARE, 1), self->cluster_bytes);
  self->max_skip_bytes
    = MAX (rescue_plan_round_up (self->size_bytes / MAX_SKIP_SHARE, self->cluster_bytes),
           self->first_skip_bytes);
  rescue_plan_resume (self, status);
  return self;
}

void
platter_rescue_plan_free (PlatterRescuePlan *self)
{
  if (self == NULL)
    return;
  platter_map_free (self->map);
  platter_map_free (self->domain);
  g_free (self);
}

static void
rescue_plan_set_bad (PlatterRescuePlan *self,
                     guint64 offset_bytes,
                     guint64 length_bytes,
                     PlatterMapState state)
{
  platter_map_set (self->map, offset_bytes, length_bytes, state);
  if (self->options.changed != NULL)
    self->options.changed (self->options.data, offset_bytes, length_bytes, state);
}

static gboolean
rescue_plan_is_good_before (const PlatterRescuePlan *self, guint64 offset_bytes)
{
  return offset_bytes > 0 && platter_map_get (self->map, offset_bytes - 1) == GOOD;
}

static gboolean
rescue_plan_is_good_at (const PlatterRescuePlan *self, guint64 offset_bytes)
{
  return offset_bytes < self->size_bytes && platter_map_get (self->map, offset_bytes) == GOOD;
}

/* Up to a cluster or sector; it ends where the next begins. */
static void
rescue_plan_set_read (PlatterRescuePlan *self,
                      const PlatterMapRange *range,
                      PlatterRescueRead *read)
{
  guint64 range_end = range->offset_bytes + range->length_bytes;
  guint64 unit = rescue_plan_get_unit (self);
  guint64 start_bytes = range->offset_bytes;
  guint64 end_bytes = MIN ((start_bytes / unit + 1) * unit, range_end);

  if (!rescue_plan_is_forward (self))
    {
      end_bytes = range_end;
      start_bytes = MAX ((end_bytes - 1) / unit * unit, range->offset_bytes);
    }
  *read = (PlatterRescueRead){ start_bytes, (guint32)(end_bytes - start_bytes) };
  self->position_bytes = rescue_plan_is_forward (self) ? end_bytes : start_bytes;
}

/* From good data on, up to the first error. Far from it: anywhere if all is to be tried, or where a stride ends. */
static gboolean
rescue_plan_next_forward (PlatterRescuePlan *self, PlatterRescueRead *read)
{
  gboolean is_any = rescue_plan_is_seeking (self)
                      ? self->stride_bytes <= rescue_plan_get_unit (self)
                      : self->pass == 1;
  PlatterMapRange range;

  while (rescue_plan_find_next (self, self->position_bytes, rescue_plan_get_state (self), &range))
    {
      guint64 end_bytes = range.offset_bytes + range.length_bytes;
      gboolean is_next = rescue_plan_is_good_before (self, range.offset_bytes);

      if (!is_any && !is_next && rescue_plan_is_seeking (self))
        range.offset_bytes = rescue_plan_round_up (range.offset_bytes, self->stride_bytes);
      else if (!is_any && !is_next)
        range.offset_bytes = end_bytes;
      if (range.offset_bytes < end_bytes)
        {
          range.length_bytes = end_bytes - range.offset_bytes;
          rescue_plan_set_read (self, &range, read);
          return TRUE;
        }
      self->position_bytes = end_bytes;
    }
  return FALSE;
}

static gboolean
rescue_plan_next_backward (PlatterRescuePlan *self, PlatterRescueRead *read)
{
  PlatterMapRange range;

  while (
    rescue_plan_find_previous (self, self->position_bytes, rescue_plan_get_state (self), &range))
    {
      guint64 end_bytes = range.offset_bytes + range.length_bytes;

      if (rescue_plan_is_good_at (self, end_bytes))
        {
          rescue_plan_set_read (self, &range, read);
          return TRUE;
        }
      self->position_bytes = range.offset_bytes;
    }
  return FALSE;
}

/* An edge is worth a try where good data lies next to it; without such an edge it is a matter of scraping. */
static gboolean
rescue_plan_next_trim (PlatterRescuePlan *self, PlatterRescueRead *read)
{
  PlatterMapRange range;

  while (rescue_plan_find_next (self, self->position_bytes, PLATTER_MAP_SKIPPED, &range))
    {
      guint64 end_bytes = range.offset_bytes + range.length_bytes;
      guint64 length_bytes = MIN (range.length_bytes, self->options.sector_bytes);

      self->position_bytes = range.offset_bytes;
      *read = (PlatterRescueRead){ range.offset_bytes, (guint32)length_bytes };
      if (rescue_plan_is_good_before (self, range.offset_bytes))
        return TRUE;
      read->offset_bytes
        = MAX ((end_bytes - 1) / self->options.sector_bytes * self->options.sector_bytes,
               range.offset_bytes);
      read->length_bytes = (guint32)(end_bytes - read->offset_bytes);
      if (rescue_plan_is_good_at (self, end_bytes))
        return TRUE;
      rescue_plan_set_bad (self, range.offset_bytes, range.length_bytes, PLATTER_MAP_RETRIED);
    }
  return FALSE;
}

static gboolean
rescue_plan_next_retry (PlatterRescuePlan *self, PlatterRescueRead *read)
{
  PlatterMapRange range;
  gboolean is_found
    = rescue_plan_is_forward (self)
        ? rescue_plan_find_next (self, self->position_bytes, PLATTER_MAP_FAILED, &range)
        : rescue_plan_find_previous (self, self->position_bytes, PLATTER_MAP_FAILED, &range);

  if (is_found)
    rescue_plan_set_read (self, &range, read);
  return is_found;
}

static gboolean
rescue_plan_next_in_pass (PlatterRescuePlan *self, PlatterRescueRead *read)
{
  switch (self->phase)
    {
    case PLATTER_RESCUE_COPYING:
    case PLATTER_RESCUE_SWEEPING:
    case PLATTER_RESCUE_SCRAPING:
      return rescue_plan_is_forward (self) ? rescue_plan_next_forward (self, read)
                                           : rescue_plan_next_backward (self, read);
    case PLATTER_RESCUE_TRIMMING:
    case PLATTER_RESCUE_TRIMMING_AGAIN:
      return rescue_plan_next_trim (self, read);
    case PLATTER_RESCUE_RETRYING:
      return rescue_plan_next_retry (self, read);
    case PLATTER_RESCUE_ENDED:
    default:
      return FALSE;
    }
}

/* Onward from what may be good, then back from what was found; then the same, twice as close. */
static gboolean
rescue_plan_come_closer (PlatterRescuePlan *self)
{
  if (!rescue_plan_is_seeking (self))
    return FALSE;
  if (!rescue_plan_is_forward (self) && self->stride_bytes <= rescue_plan_get_unit (self))
    return FALSE;
  if (!rescue_plan_is_forward (self))
    self->stride_bytes /= 2;
  rescue_plan_enter (self, self->phase, self->pass + 1);
  return TRUE;
}

static void
rescue_plan_next_pass (PlatterRescuePlan *self)
{
  gboolean is_retrying = self->phase == PLATTER_RESCUE_RETRYING;
  gboolean may_retry
    = self->options.retries == G_MAXUINT || !is_retrying || self->pass < self->options.retries;

  if (self->phase == PLATTER_RESCUE_COPYING && self->pass < COPYING_PASSES)
    rescue_plan_enter (self, PLATTER_RESCUE_COPYING, self->pass + 1);
  else if (self->phase == PLATTER_RESCUE_TRIMMING_AGAIN && self->options.no_scraping)
    rescue_plan_enter (self, PLATTER_RESCUE_ENDED, 1);
  else if (self->phase < PLATTER_RESCUE_SCRAPING)
    rescue_plan_seek (self, self->phase + 1);
  else if (self->options.retries > 0 && may_retry)
    rescue_plan_enter (self, PLATTER_RESCUE_RETRYING, is_retrying ? self->pass + 1 : 1);
  else
    rescue_plan_enter (self, PLATTER_RESCUE_ENDED, 1);
}

gboolean
platter_rescue_plan_next (PlatterRescuePlan *self, PlatterRescueRead *read)
{
  PlatterMapRange range;

  while (self->phase != PLATTER_RESCUE_ENDED && !self->is_stopped)
    {
      if (rescue_plan_next_in_pass (self, read))
        return TRUE;
      if (rescue_plan_come_closer (self))
        continue;
      /* Nothing bad is left to be tried once more. */
      if (self->phase >= PLATTER_RESCUE_SCRAPING
          && !rescue_plan_find_next (self, 0, PLATTER_MAP_FAILED, &range))
        rescue_plan_enter (self, PLATTER_RESCUE_ENDED, 1);
      else
        rescue_plan_next_pass (self);
    }
  return FALSE;
}

/* The next read is to be further away; never back to where the position was before. */
static void
rescue_plan_skip (PlatterRescuePlan *self, guint64 offset_bytes, guint64 length_bytes)
{
  PlatterMapRange range;

  if (self->phase != PLATTER_RESCUE_COPYING)
    return;
  if (self->pass == 1)
    {
      guint64 from_bytes = MAX (self->position_bytes, offset_bytes + length_bytes);

      self->position_bytes = MIN (self->size_bytes - from_bytes, self->skip_bytes) + from_bytes;
      self->skip_bytes = MIN (self->skip_bytes * SKIP_GROWTH, self->max_skip_bytes);
    }
  else if (rescue_plan_is_forward (self)
           && rescue_plan_find_next (self, self->position_bytes, PLATTER_MAP_UNTOUCHED, &range)
           && range.offset_bytes == self->position_bytes)
    self->position_bytes = range.offset_bytes + range.length_bytes;
  else if (!rescue_plan_is_forward (self)
           && rescue_plan_find_previous (self, self->position_bytes, PLATTER_MAP_UNTOUCHED, &range)
           && range.offset_bytes + range.length_bytes == self->position_bytes)
    self->position_bytes = range.offset_bytes;
}

static void
rescue_plan_failed (PlatterRescuePlan *self, guint64 offset_bytes, guint64 length_bytes)
{
  PlatterMapState state
    = length_bytes <= self->options.sector_bytes ? PLATTER_MAP_FAILED : PLATTER_MAP_SKIPPED;

  rescue_plan_set_bad (self, offset_bytes, length_bytes, state);
  self->n_errors++;
  rescue_plan_skip (self, offset_bytes, length_bytes);
  if (self->options.error_limit > 0 && self->n_errors >= self->options.error_limit)
    platter_rescue_plan_stop (self);
}

void
platter_rescue_plan_answer (PlatterRescuePlan *self,
                            guint64 offset_bytes,
                            guint32 length_bytes,
                            guint32 good_bytes,
                            gint64 took_us)
{
  gboolean is_slow = took_us >= SLOW_US && self->pass <= 2;

  /* Only whole sectors count. */
  if (good_bytes < length_bytes)
    good_bytes = good_bytes / self->options.sector_bytes * self->options.sector_bytes;
  platter_map_set (self->map, offset_bytes, good_bytes, GOOD);
  if (good_bytes < length_bytes)
    rescue_plan_failed (self, offset_bytes + good_bytes, length_bytes - good_bytes);
  else if (is_slow)
    {
      rescue_plan_skip (self, offset_bytes, length_bytes);
    }
  else
    self->skip_bytes = self->first_skip_bytes;
}

void
platter_rescue_plan_forget (PlatterRescuePlan *self, guint64 offset_bytes, guint64 length_bytes)
{
  platter_map_set (self->map, offset_bytes, length_bytes, PLATTER_MAP_UNTOUCHED);
}

void
platter_rescue_plan_stop (PlatterRescuePlan *self)
{
  self->is_stopped = TRUE;
}

PlatterRescuePhase
platter_rescue_plan_get_phase (const PlatterRescuePlan *self)
{
  return self->phase;
}

const PlatterMap *
platter_rescue_plan_get_map (const PlatterRescuePlan *self)
{
  return self->map;
}

PlatterMapfileStatus
platter_rescue_plan_get_status (const PlatterRescuePlan *self)
{
  static const char characters[]
    = { [PLATTER_RESCUE_COPYING] = '?',  [PLATTER_RESCUE_TRIMMING] = '*',
        [PLATTER_RESCUE_SWEEPING] = '?', [PLATTER_RESCUE_TRIMMING_AGAIN] = '*',
        [PLATTER_RESCUE_SCRAPING] = '/', [PLATTER_RESCUE_RETRYING] = '-',
        [PLATTER_RESCUE_ENDED] = '+' };
  PlatterMapfileStatus status = { self->position_bytes, characters[self->phase], self->pass };

  if (self->phase == PLATTER_RESCUE_SWEEPING)
    status.pass = SWEEPING_PASS;
  else if (self->phase == PLATTER_RESCUE_SCRAPING)
    status.pass = 1;
  /* Whoever goes on in order is to begin at the beginning: there are places left before where this one is. */
  if (rescue_plan_is_seeking (self))
    status.position_bytes = 0;
  return status;
}

guint64
platter_rescue_plan_get_n_errors (const PlatterRescuePlan *self)
{
  return self->n_errors;
}

gboolean
platter_rescue_plan_find_missing (const PlatterRescuePlan *self,
                                  guint64 offset_bytes,
                                  PlatterMapRange *range)
{
  while (platter_map_find_other (self->map, offset_bytes, GOOD, range))
    if (rescue_plan_clip (self, &offset_bytes, range))
      return TRUE;
  return FALSE;
}
