// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The rates of a job over its whole life in bounded memory.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** No history has more points; when they are used up, neighbours are merged. */
#define PLATTER_SPEED_HISTORY_MAX 240

/** What the bytes were moved for; each has its own colour. */
typedef enum
{
  PLATTER_SPEED_COPYING,
  PLATTER_SPEED_VERIFYING,
} PlatterSpeedKind;

typedef struct
{
  gint64 time_us;           /* when this point begins */
  guint64 rate_bytes_per_s; /* the mean of all that were merged into it */
  PlatterSpeedKind kind;
  guint64 min_bytes_per_s;
  guint64 max_bytes_per_s;
} PlatterSpeedPoint;

typedef struct _PlatterSpeedHistory PlatterSpeedHistory;

PlatterSpeedHistory *platter_speed_history_new (void);
void platter_speed_history_free (PlatterSpeedHistory *self);

/**
 * platter_speed_history_add:
 * @time_us: of the job; one that lies before the last one is ignored
 *
 * Points nearer to each other than the history's step become one: their mean, least and greatest.
 */
void platter_speed_history_add (PlatterSpeedHistory *self,
                                gint64 time_us,
                                guint64 rate_bytes_per_s,
                                PlatterSpeedKind kind);
/** platter_speed_history_add_point: The same with a point of another history. */
void platter_speed_history_add_point (PlatterSpeedHistory *self, const PlatterSpeedPoint *point);

/** Returns: (array length=n_points) (transfer none): in order of time. */
const PlatterSpeedPoint *platter_speed_history_get_points (PlatterSpeedHistory *self,
                                                           guint *n_points);
/** Returns: the greatest rate that was ever added. */
guint64 platter_speed_history_get_max (PlatterSpeedHistory *self);
/** Returns: the least one. */
guint64 platter_speed_history_get_min (PlatterSpeedHistory *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterSpeedHistory, platter_speed_history_free)

G_END_DECLS
