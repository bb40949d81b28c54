// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The rates of a job over its whole life in bounded memory: when the points are used up, the step
// doubles and neighbours are merged.

#include "speed-history.h"

#define FIRST_STEP_US (G_USEC_PER_SEC / 4)

struct _PlatterSpeedHistory
{
  PlatterSpeedPoint points[PLATTER_SPEED_HISTORY_MAX];
  guint n_points;
  guint n_in_last; /* how many values the last point is the mean of */
  gint64 step_us;
};

PlatterSpeedHistory *
platter_speed_history_new (void)
{
  PlatterSpeedHistory *self = g_new0 (PlatterSpeedHistory, 1);

  self->step_us = FIRST_STEP_US;
  return self;
}

void
platter_speed_history_free (PlatterSpeedHistory *self)
{
  g_free (self);
}

static void
speed_history_widen (PlatterSpeedPoint *point, const PlatterSpeedPoint *other)
{
  point->min_bytes_per_s = MIN (point->min_bytes_per_s, other->min_bytes_per_s);
  point->max_bytes_per_s = MAX (point->max_bytes_per_s, other->max_bytes_per_s);
}

static guint64
speed_history_mean (guint64 a, guint64 b)
{
  return a / 2 + b / 2 + (a % 2 + b % 2) / 2;
}

/* Halves the number of points. Two of different kinds stay apart: the border is a fact. */
static void
speed_history_merge (PlatterSpeedHistory *self)
{
  guint n_points = 0;

  for (guint i = 0; i < self->n_points; i++)
    {
      PlatterSpeedPoint point = self->points[i];

      if (i + 1 < self->n_points && self->points[i + 1].kind == point.kind)
        {
          i++;
          point.rate_bytes_per_s
            = speed_history_mean (point.rate_bytes_per_s, self->points[i].rate_bytes_per_s);
          speed_history_widen (&point, &self->points[i]);
        }
      self->points[n_points++] = point;
    }
  self->n_points = n_points;
  self->n_in_last = 1;
  if (self->step_us < G_MAXINT64 / 2)
    self->step_us *= 2;
}

static gboolean
speed_history_join_last (PlatterSpeedHistory *self, const PlatterSpeedPoint *point)
{
  if (self->n_points == 0)
    return FALSE;

  PlatterSpeedPoint *last = &self->points[self->n_points - 1];
  if (point->time_us < last->time_us)
    return TRUE;
  if (point->kind != last->kind || point->time_us - last->time_us >= self->step_us)
    return FALSE;

  double sum = (double)last->rate_bytes_per_s * self->n_in_last + (double)point->rate_bytes_per_s;
  last->rate_bytes_per_s = (guint64)(sum / ++self->n_in_last);
  speed_history_widen (last, point);
  return TRUE;
}

void
platter_speed_history_add_point (PlatterSpeedHistory *self, const PlatterSpeedPoint *point)
{
  if (speed_history_join_last (self, point))
    return;
  while (self->n_points == PLATTER_SPEED_HISTORY_MAX)
    {
      guint before = self->n_points;

      speed_history_merge (self);
      if (self->n_points == before)
        return;
    }
  self->points[self->n_points++] = *point;
  self->n_in_last = 1;
}

void
platter_speed_history_add (PlatterSpeedHistory *self,
                           gint64 time_us,
                           guint64 rate_bytes_per_s,
                           PlatterSpeedKind kind)
{
  const PlatterSpeedPoint point
    = { time_us, rate_bytes_per_s, kind, rate_bytes_per_s, rate_bytes_per_s };

  platter_speed_history_add_point (self, &point);
}

const PlatterSpeedPoint *
platter_speed_history_get_points (PlatterSpeedHistory *self, guint *n_points)
{
  *n_points = self->n_points;
  return self->points;
}

guint64
platter_speed_history_get_max (PlatterSpeedHistory *self)
{
  guint64 max = 0;

  for (guint i = 0; i < self->n_points; i++)
    max = MAX (max, self->points[i].max_bytes_per_s);
  return max;
}

guint64
platter_speed_history_get_min (PlatterSpeedHistory *self)
{
  guint64 min = self->n_points > 0 ? G_MAXUINT64 : 0;

  for (guint i = 0; i < self->n_points; i++)
    min = MIN (min, self->points[i].min_bytes_per_s);
  return min;
}
