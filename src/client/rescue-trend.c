// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether a drive gets worse while it is rescued.

#include "rescue-trend.h"

#include <string.h>

#define MINUTE_US (60 * (gint64)G_USEC_PER_SEC)
#define N_POINTS (PLATTER_RESCUE_TREND_MINUTES + 1)
#define N_STALLS PLATTER_RESCUE_TREND_STALLS

struct _PlatterRescueTrend
{
  PlatterRescueSample points[N_POINTS]; /* one a minute */
  guint n_points;
  double best_rate;           /* of as long a time, in bytes a microsecond; 0: not known yet */
  gint64 stalls_us[N_STALLS]; /* when the last ones began to count */
  guint n_stalls;
  guint64 n_errors_before; /* the first of them */
  gboolean is_stalled;
  gboolean is_worse;
};

PlatterRescueTrend *
platter_rescue_trend_new (void)
{
  return g_new0 (PlatterRescueTrend, 1);
}

void
platter_rescue_trend_free (PlatterRescueTrend *self)
{
  g_free (self);
}

/* A drive that has let the kernel wait from the start is only slow to give up. */
static gboolean
rescue_trend_has_stalls (const PlatterRescueTrend *self)
{
  return self->n_stalls == N_STALLS && self->n_errors_before >= PLATTER_RESCUE_TREND_ERRORS
         && self->stalls_us[N_STALLS - 1] - self->stalls_us[0]
              <= PLATTER_RESCUE_TREND_STALLS_MINUTES * MINUTE_US;
}

static void
rescue_trend_note_stall (PlatterRescueTrend *self, const PlatterRescueSample *sample)
{
  gboolean was_stalled = self->is_stalled;

  self->is_stalled = sample->stalled_us >= PLATTER_RESCUE_TREND_STALL_S * (gint64)G_USEC_PER_SEC;
  if (!self->is_stalled || was_stalled)
    return;
  if (self->n_stalls == 0)
    self->n_errors_before = sample->n_errors;
  if (self->n_stalls == N_STALLS)
    memmove (self->stalls_us, self->stalls_us + 1, sizeof (gint64) * --self->n_stalls);
  self->stalls_us[self->n_stalls++] = sample->time_us;
  if (rescue_trend_has_stalls (self))
    self->is_worse = TRUE;
}

static guint
rescue_trend_count_bad_minutes (const PlatterRescueTrend *self)
{
  guint n_minutes = 0;

  for (guint i = 1; i < self->n_points; i++)
    n_minutes += self->points[i].n_errors > self->points[i - 1].n_errors;
  return n_minutes;
}

static void
rescue_trend_judge (PlatterRescueTrend *self)
{
  const PlatterRescueSample *first = &self->points[0];
  const PlatterRescueSample *last = &self->points[N_POINTS - 1];
  double rate
    = (double)(last->read_bytes - first->read_bytes) / (double)(last->time_us - first->time_us);
  guint64 n_errors = last->n_errors - first->n_errors;

  if (n_errors > PLATTER_RESCUE_TREND_ERRORS && rate < self->best_rate / 10
      && rescue_trend_count_bad_minutes (self) >= PLATTER_RESCUE_TREND_MINUTES / 2)
    self->is_worse = TRUE;
  else if (n_errors == 0 && !self->is_stalled)
    self->is_worse = FALSE;
  self->best_rate = MAX (self->best_rate, rate);
}

static void
rescue_trend_push (PlatterRescueTrend *self, const PlatterRescueSample *sample)
{
  if (self->n_points == N_POINTS)
    memmove (self->points, self->points + 1, sizeof (PlatterRescueSample) * --self->n_points);
  self->points[self->n_points++] = *sample;
  if (self->n_points == N_POINTS)
    rescue_trend_judge (self);
}

/* Something is wrong with it, or nobody looked for a while: what was before is another story. */
static gboolean
rescue_trend_is_next (const PlatterRescueTrend *self, const PlatterRescueSample *sample)
{
  const PlatterRescueSample *last = &self->points[self->n_points - 1];

  return sample->time_us - last->time_us < 2 * MINUTE_US && sample->read_bytes >= last->read_bytes
         && sample->n_errors >= last->n_errors;
}

void
platter_rescue_trend_add (PlatterRescueTrend *self, const PlatterRescueSample *sample)
{
  rescue_trend_note_stall (self, sample);
  if (!sample->is_onward || (self->n_points > 0 && !rescue_trend_is_next (self, sample)))
    self->n_points = 0;
  if (!sample->is_onward)
    return;
  if (self->n_points == 0
      || sample->time_us - self->points[self->n_points - 1].time_us >= MINUTE_US)
    rescue_trend_push (self, sample);
}

void
platter_rescue_trend_pause (PlatterRescueTrend *self)
{
  self->n_points = 0;
}

gboolean
platter_rescue_trend_is_worse (const PlatterRescueTrend *self)
{
  return self->is_worse;
}
