// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which stretch of a damaged disk is to be read next: what reads well first, bad places last and in ever smaller
// pieces. It touches no device. The order is that of GNU ddrescue 1.30, so that either can go on with the other's map.

#pragma once

#include "mapfile.h"

G_BEGIN_DECLS

/** How much is read at once, at most, where errors may be. */
#define PLATTER_RESCUE_CLUSTER_BYTES 65536

/**
 * PlatterRescuePhase:
 * @PLATTER_RESCUE_COPYING: clusters; a bad or slow place is left behind at once, further each time
 * @PLATTER_RESCUE_TRIMMING: from good data into a failed cluster, sector by sector, up to the first bad one
 * @PLATTER_RESCUE_SWEEPING: clusters that were skipped: here and there first, and from what comes on to the next error
 * @PLATTER_RESCUE_TRIMMING_AGAIN: what the sweep found
 * @PLATTER_RESCUE_SCRAPING: all other sectors, one by one and in the same way
 * @PLATTER_RESCUE_RETRYING: bad sectors, as often as asked
 */
typedef enum
{
  PLATTER_RESCUE_COPYING,
  PLATTER_RESCUE_TRIMMING,
  PLATTER_RESCUE_SWEEPING,
  PLATTER_RESCUE_TRIMMING_AGAIN,
  PLATTER_RESCUE_SCRAPING,
  PLATTER_RESCUE_RETRYING,
  PLATTER_RESCUE_ENDED,
} PlatterRescuePhase;

typedef struct
{
  guint sector_bytes;   /* the smallest read; a power of two */
  guint retries;        /* passes over the bad sectors; G_MAXUINT: without end */
  guint64 error_limit;  /* after so many failed reads it ends; 0: never */
  gboolean no_scraping; /* it ends when there is nothing left but single sectors */
  /* (nullable): told of each stretch that gets a state that is not good */
  void (*changed) (gpointer data,
                   guint64 offset_bytes,
                   guint64 length_bytes,
                   PlatterMapState state);
  gpointer data;
} PlatterRescueOptions;

typedef struct
{
  guint64 offset_bytes;
  guint32 length_bytes; /* at most a cluster, and within one */
} PlatterRescueRead;

typedef struct _PlatterRescuePlan PlatterRescuePlan;

/**
 * platter_rescue_plan_new:
 * @map: (transfer full): what is known; VERIFIED and whatever else a mapfile calls finished is not read
 * @domain: (transfer full) (nullable): only its VERIFIED ranges are read; of the map's size
 * @status: (nullable): where to go on
 */
PlatterRescuePlan *platter_rescue_plan_new (PlatterMap *map,
                                            PlatterMap *domain,
                                            const PlatterMapfileStatus *status,
                                            const PlatterRescueOptions *options);
void platter_rescue_plan_free (PlatterRescuePlan *self);

/**
 * platter_rescue_plan_next:
 *
 * To be asked when the read before it was answered: with more of them under way, each would meet a bad place before
 * it can be left.
 *
 * Returns: %FALSE when nothing is left to be tried.
 */
gboolean platter_rescue_plan_next (PlatterRescuePlan *self, PlatterRescueRead *read);

/**
 * platter_rescue_plan_answer:
 * @offset_bytes: of the read that next() gave
 * @good_bytes: how much of that came, from its start; less means that the rest failed
 */
void platter_rescue_plan_answer (PlatterRescuePlan *self,
                                 guint64 offset_bytes,
                                 guint32 length_bytes,
                                 guint32 good_bytes,
                                 gint64 took_us);

/** platter_rescue_plan_forget: What was read there is not believed: it was not tried. */
void
platter_rescue_plan_forget (PlatterRescuePlan *self, guint64 offset_bytes, guint64 length_bytes);

/** platter_rescue_plan_stop: What is there is enough. */
void platter_rescue_plan_stop (PlatterRescuePlan *self);

PlatterRescuePhase platter_rescue_plan_get_phase (const PlatterRescuePlan *self);
/** Returns: (transfer none): of the source; good ranges are VERIFIED. */
const PlatterMap *platter_rescue_plan_get_map (const PlatterRescuePlan *self);
PlatterMapfileStatus platter_rescue_plan_get_status (const PlatterRescuePlan *self);
guint64 platter_rescue_plan_get_n_errors (const PlatterRescuePlan *self);
/** platter_rescue_plan_find_missing: The first wanted range from @offset_bytes on that is not good. */
gboolean platter_rescue_plan_find_missing (const PlatterRescuePlan *self,
                                           guint64 offset_bytes,
                                           PlatterMapRange *range);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterRescuePlan, platter_rescue_plan_free)

G_END_DECLS
