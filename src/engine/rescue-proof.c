// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What can be said of a target that not all of the source is on: which ranges were read, and were proven.

#include "transfer-private.h"

gboolean
platter_rescue_is_active (const PlatterTransfer *self)
{
  return self->rescue != NULL && self->rescue->is_active;
}

gboolean
platter_rescue_is_pieced (PlatterTransfer *self, guint64 block)
{
  return platter_rescue_is_active (self) && platter_transfer_get_edge (self, block) == NULL
         && platter_map_get (self->rescue->whole, block * PLATTER_BLOCK_BYTES)
              != PLATTER_MAP_VERIFIED;
}

gboolean
platter_rescue_has_any (PlatterTransfer *self, guint64 block)
{
  guint64 start_bytes = block * PLATTER_BLOCK_BYTES;
  PlatterMapRange range;

  return platter_map_find_next (self->rescue->read, start_bytes, PLATTER_MAP_VERIFIED, &range)
         && range.offset_bytes < start_bytes + platter_transfer_get_block_bytes (self, block);
}

/* What came from the source; of an edge that another target has kept, also what came from there. */
static const PlatterMap *
rescue_proof_get_map (const PlatterTarget *target, guint64 block)
{
  PlatterTransfer *self = target->transfer;
  const PlatterEdge *edge = platter_transfer_get_edge (self, block);

  if (edge == NULL || !edge->is_kept || platter_rescue_keeps_edge (target, edge))
    return self->rescue->read;
  return platter_rescue_plan_get_map (self->rescue->plan);
}

guint64
platter_rescue_set_map (PlatterTarget *target, guint64 block, PlatterMapState state)
{
  PlatterTransfer *self = target->transfer;
  guint64 start_bytes = block * PLATTER_BLOCK_BYTES;
  guint64 end_bytes = start_bytes + platter_transfer_get_block_bytes (self, block);
  const PlatterMap *map = rescue_proof_get_map (target, block);
  PlatterMapRange range = { start_bytes, 0, 0 };
  guint64 set_bytes = 0;

  while (platter_map_find_next (map, range.offset_bytes + range.length_bytes, PLATTER_MAP_VERIFIED,
                                &range)
         && range.offset_bytes < end_bytes)
    {
      guint64 from = MAX (range.offset_bytes, start_bytes);
      guint64 to = MIN (range.offset_bytes + range.length_bytes, end_bytes);

      platter_target_set_map (target, from, to - from, state);
      set_bytes += to - from;
    }
  return set_bytes;
}

gboolean
platter_rescue_leaves_gaps (const PlatterTransfer *self)
{
  PlatterMapRange range;

  return self->rescue != NULL && self->rescue->plan != NULL
         && platter_map_find_other (platter_rescue_plan_get_map (self->rescue->plan), 0,
                                    PLATTER_MAP_VERIFIED, &range);
}

/* All that was asked for is there, but a drive of which a part was copied is no copy. */
static void
rescue_proof_end_part (PlatterTarget *target)
{
  platter_target_fail (target, PLATTER_ENGINE_ERROR_INCOMPLETE, G_MAXUINT64,
                       "Only a part of %s was wanted, and that part is there",
                       platter_endpoint_get_name (target->transfer->source));
}

void
platter_rescue_end_target (PlatterTarget *target)
{
  PlatterTransfer *self = target->transfer;
  PlatterMapRange range = { 0, 0, 0 };
  guint64 n_places = 0;
  guint64 first_bytes = 0;

  while (platter_transfer_find_missing (self, range.offset_bytes + range.length_bytes, &range))
    if (n_places++ == 0)
      first_bytes = range.offset_bytes;
  if (n_places == 0)
    rescue_proof_end_part (target);
  platter_target_fail (target, PLATTER_ENGINE_ERROR_INCOMPLETE, first_bytes,
                       "%" G_GUINT64_FORMAT " bytes of %s are missing, in %" G_GUINT64_FORMAT
                       " places, first at byte %" G_GUINT64_FORMAT,
                       self->rescue->missing_bytes, platter_endpoint_get_name (self->source),
                       n_places, first_bytes);
  target->verdict = PLATTER_VERDICT_INCOMPLETE;
  target->error_phase = PLATTER_PHASE_COPYING;
}

gboolean
platter_transfer_find_missing (PlatterTransfer *self, guint64 offset_bytes, PlatterMapRange *range)
{
  PlatterMapRange next;

  if (self->rescue == NULL || self->rescue->plan == NULL
      || !platter_rescue_plan_find_missing (self->rescue->plan, offset_bytes, range))
    return FALSE;
  /* Whatever was tried on them, neighbours are one place. */
  while (platter_rescue_plan_find_missing (self->rescue->plan,
                                           range->offset_bytes + range->length_bytes, &next)
         && next.offset_bytes == range->offset_bytes + range->length_bytes)
    range->length_bytes += next.length_bytes;
  return TRUE;
}

guint64
platter_transfer_get_untried_bytes (PlatterTransfer *self)
{
  PlatterMapRange range = { 0, 0, 0 };
  guint64 bytes = 0;

  while (self->rescue != NULL && self->rescue->plan != NULL
         && platter_rescue_plan_find_missing (self->rescue->plan,
                                              range.offset_bytes + range.length_bytes, &range))
    bytes += range.state == PLATTER_MAP_UNTOUCHED ? range.length_bytes : 0;
  return bytes;
}

guint64
platter_transfer_get_carried_bytes (PlatterTransfer *self)
{
  if (self->options.kind == PLATTER_TRANSFER_COMPARE)
    return MIN (self->targets[0].n_kept_blocks * PLATTER_BLOCK_BYTES, self->size_bytes);
  return self->rescue != NULL ? self->rescue->carried_bytes : 0;
}

char *
platter_transfer_dup_mapfile (PlatterTransfer *self, guint target)
{
  g_autoptr (PlatterMap) map = platter_transfer_dup_target_map (self, target);
  PlatterMapfileStatus status;

  pthread_mutex_lock (&self->lock);
  status = self->published_status;
  pthread_mutex_unlock (&self->lock);
  return platter_mapfile_format (map, &status);
}
