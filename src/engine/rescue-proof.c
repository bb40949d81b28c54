// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What can be said of a target that not all of the source is on: which ranges were read, and were proven.

#include "transfer-private.h"

#include <string.h>

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

guint64
platter_rescue_set_map (PlatterTarget *target, guint64 block, PlatterMapState state)
{
  PlatterTransfer *self = target->transfer;
  guint64 start_bytes = block * PLATTER_BLOCK_BYTES;
  guint64 end_bytes = start_bytes + platter_transfer_get_block_bytes (self, block);
  PlatterMapRange range = { start_bytes, 0, 0 };
  guint64 set_bytes = 0;

  while (platter_map_find_next (self->rescue->read, range.offset_bytes + range.length_bytes,
                                PLATTER_MAP_VERIFIED, &range)
         && range.offset_bytes < end_bytes)
    {
      guint64 from = MAX (range.offset_bytes, start_bytes);
      guint64 to = MIN (range.offset_bytes + range.length_bytes, end_bytes);

      platter_target_set_map (target, from, to - from, state);
      set_bytes += to - from;
    }
  return set_bytes;
}

/* Where an earlier run knew of smaller sectors, the least that was done to any part counts for all of them. */
static PlatterMapState
rescue_proof_get_least (const PlatterMap *map, guint64 start_bytes, guint64 end_bytes)
{
  PlatterMapState least = PLATTER_MAP_VERIFIED;

  while (start_bytes < end_bytes)
    {
      PlatterMapState state = platter_map_get (map, start_bytes);
      PlatterMapRange range = { 0, 0, 0 };

      platter_map_find_next (map, start_bytes, state, &range);
      start_bytes = range.offset_bytes + range.length_bytes;
      if (state != PLATTER_MAP_VERIFIED && (least == PLATTER_MAP_VERIFIED || state < least))
        least = state;
    }
  return least;
}

static void
rescue_proof_align (PlatterMap *map, guint sector_bytes, gboolean is_domain)
{
  guint64 size_bytes = platter_map_get_size_bytes (map);
  guint64 at = 0;

  while (at < size_bytes)
    {
      PlatterMapRange range = { 0, 0, 0 };
      guint64 start_bytes = 0;

      platter_map_find_next (map, at, platter_map_get (map, at), &range);
      at = range.offset_bytes + range.length_bytes;
      start_bytes = at / sector_bytes * sector_bytes;
      if (at % sector_bytes == 0 || at >= size_bytes)
        continue;
      at = MIN (start_bytes + sector_bytes, size_bytes);
      platter_map_set (map, start_bytes, at - start_bytes,
                       is_domain ? PLATTER_MAP_VERIFIED
                                 : rescue_proof_get_least (map, start_bytes, at));
    }
}

static void
rescue_proof_keep_edges (PlatterTransfer *self)
{
  for (guint i = 0; i < self->n_edges; i++)
    {
      guint64 start_bytes = self->edges[i].block * PLATTER_BLOCK_BYTES;
      guint64 length_bytes = platter_transfer_get_block_bytes (self, self->edges[i].block);
      PlatterMapRange range;

      self->edges[i].is_kept
        = platter_map_find_next (self->rescue->map, start_bytes, PLATTER_MAP_VERIFIED, &range)
          && range.offset_bytes < start_bytes + length_bytes;
    }
}

void
platter_transfer_set_start (PlatterTransfer *self,
                            PlatterMap *map,
                            PlatterMap *domain,
                            const PlatterMapfileStatus *status)
{
  PlatterRescue *rescue = self->rescue;

  g_assert (rescue != NULL && (map == NULL || self->n_targets == 1));
  if (domain != NULL)
    rescue_proof_align (domain, rescue->sector_bytes, TRUE);
  rescue->domain = domain;
  if (map == NULL)
    return;
  rescue_proof_align (map, rescue->sector_bytes, FALSE);
  platter_map_free (rescue->map);
  rescue->map = map;
  rescue->status = *status;
  rescue->carried_bytes = platter_map_count_bytes (map, PLATTER_MAP_VERIFIED);
  rescue_proof_keep_edges (self);
  pthread_mutex_lock (&self->lock);
  platter_map_free (self->targets[0].map);
  self->targets[0].map = platter_map_copy (map);
  platter_map_replace (self->targets[0].map, PLATTER_MAP_VERIFIED, PLATTER_MAP_DURABLE);
  self->published_status = *status;
  pthread_mutex_unlock (&self->lock);
}

static void
rescue_proof_loaded_cb (PlatterIo *io)
{
  PlatterTarget *target = io->owner;
  PlatterEdge *edge = io->item;
  PlatterTransfer *self = target->transfer;

  target->n_active--;
  if (!platter_target_is_live (target))
    return;
  if (io->error != 0 || io->is_short)
    platter_target_fail_io (target, io, PLATTER_ENGINE_ERROR_VERIFY, "read back");
  edge->mark_hash = platter_transfer_hash (self, edge->slot->data,
                                           platter_transfer_get_block_bytes (self, edge->block));
}

void
platter_rescue_load_edges (PlatterTarget *target)
{
  PlatterTransfer *self = target->transfer;

  for (guint i = 0; i < self->n_edges; i++)
    {
      PlatterEdge *edge = &self->edges[i];

      if (!edge->is_kept)
        continue;
      target->n_active++;
      platter_lane_start (
        &target->lane, PLATTER_IO_READ, edge->slot->data, edge->block * PLATTER_BLOCK_BYTES,
        platter_transfer_get_block_bytes (self, edge->block), rescue_proof_loaded_cb, target, edge);
    }
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
platter_transfer_get_carried_bytes (PlatterTransfer *self)
{
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
