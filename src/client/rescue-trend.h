// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether a drive gets worse while it is rescued. docs/rescue.md tells the rule, and why it is that.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** How long a time is judged as a whole. */
#define PLATTER_RESCUE_TREND_MINUTES 10
/** That many failed reads are not one bad place. */
#define PLATTER_RESCUE_TREND_ERRORS 10
/** After so long without an answer the kernel resets a drive. */
#define PLATTER_RESCUE_TREND_STALL_S 30
/** That many of them, in that many minutes. */
#define PLATTER_RESCUE_TREND_STALLS 3
#define PLATTER_RESCUE_TREND_STALLS_MINUTES 30

/** PlatterRescueSample: how a job is now. */
typedef struct
{
  gint64 time_us;     /* of the job */
  guint64 read_bytes; /* what came, since it began */
  guint64 n_errors;   /* reads that failed, since it began */
  gint64 stalled_us;  /* for how long the drive has not answered */
  gboolean
    is_onward; /* it reads what it has not been at yet, so that what was before says what is to be expected */
} PlatterRescueSample;

typedef struct _PlatterRescueTrend PlatterRescueTrend;

PlatterRescueTrend *platter_rescue_trend_new (void);
void platter_rescue_trend_free (PlatterRescueTrend *self);

/** platter_rescue_trend_add: As often as there is something to tell, in the order of time. */
void platter_rescue_trend_add (PlatterRescueTrend *self, const PlatterRescueSample *sample);

/** platter_rescue_trend_pause: Nothing is read, so that the time until the next sample does not count. */
void platter_rescue_trend_pause (PlatterRescueTrend *self);

/** Returns: whether it is getting worse; until the drive has been read for as long as is judged without an error. */
gboolean platter_rescue_trend_is_worse (const PlatterRescueTrend *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterRescueTrend, platter_rescue_trend_free)

G_END_DECLS
