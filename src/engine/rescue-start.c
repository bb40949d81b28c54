// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a rescue begins with where an earlier one has stopped: a map for each target, and what of the source is wanted.

#include "transfer-private.h"

/* Where an earlier run knew of smaller sectors, the least that was done to any part counts for all of them. */
static PlatterMapState
rescue_start_get_least (const PlatterMap *map, guint64 start_bytes, guint64 end_bytes)
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
rescue_start_align (PlatterMap *map, guint sector_bytes, gboolean is_domain)
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
                                 : rescue_start_get_least (map, start_bytes, at));
    }
}

/* What one target lacks is to be read again, whatever the others have. */
static void
rescue_start_merge (PlatterMap *into, const PlatterMap *map)
{
  PlatterMapRange lacking = { 0, 0, 0 };

  while (platter_map_find_other (map, lacking.offset_bytes + lacking.length_bytes,
                                 PLATTER_MAP_VERIFIED, &lacking))
    {
      guint64 end_bytes = lacking.offset_bytes + lacking.length_bytes;
      PlatterMapRange range = { lacking.offset_bytes, 0, 0 };

      while (platter_map_find_next (into, range.offset_bytes + range.length_bytes,
                                    PLATTER_MAP_VERIFIED, &range)
             && range.offset_bytes < end_bytes)
        {
          range.offset_bytes = MAX (range.offset_bytes, lacking.offset_bytes);
          range.length_bytes
            = MIN (range.offset_bytes + range.length_bytes, end_bytes) - range.offset_bytes;
          platter_map_set (into, range.offset_bytes, range.length_bytes, lacking.state);
        }
    }
}

static gboolean
rescue_start_has_any (const PlatterMap *map, guint64 start_bytes, guint64 length_bytes)
{
  PlatterMapRange range;

  return platter_map_find_next (map, start_bytes, PLATTER_MAP_VERIFIED, &range)
         && range.offset_bytes < start_bytes + length_bytes;
}

/* These are written as a whole, from memory: what the first target that has any of one holds there is taken for all. */
static void
rescue_start_keep_edge (PlatterTransfer *self, PlatterEdge *edge, PlatterMap **maps)
{
  guint64 start_bytes = edge->block * PLATTER_BLOCK_BYTES;
  guint64 end_bytes = start_bytes + platter_transfer_get_block_bytes (self, edge->block);
  guint64 at = start_bytes;

  edge->is_kept = FALSE;
  for (guint i = 0; i < self->n_targets && !edge->is_kept; i++)
    {
      edge->is_kept = rescue_start_has_any (maps[i], start_bytes, end_bytes - start_bytes);
      edge->keeper = i;
    }
  while (edge->is_kept && at < end_bytes)
    {
      PlatterMapState state = platter_map_get (maps[edge->keeper], at);
      PlatterMapRange range = { 0, 0, 0 };
      guint64 next_bytes = 0;

      platter_map_find_next (maps[edge->keeper], at, state, &range);
      next_bytes = MIN (range.offset_bytes + range.length_bytes, end_bytes);
      platter_map_set (self->rescue->map, at, next_bytes - at, state);
      at = next_bytes;
    }
}

/* On the others it becomes the mark again, until all of it is written. */
static void
rescue_start_set_target (PlatterTarget *target, PlatterMap *map)
{
  PlatterTransfer *self = target->transfer;

  target->has_old_start = rescue_start_has_any (map, 0, platter_transfer_get_block_bytes (self, 0));
  for (guint i = 0; i < self->n_edges; i++)
    if (!platter_rescue_keeps_edge (target, &self->edges[i]))
      platter_map_set (map, self->edges[i].block * PLATTER_BLOCK_BYTES,
                       platter_transfer_get_block_bytes (self, self->edges[i].block),
                       PLATTER_MAP_UNTOUCHED);
  platter_map_replace (map, PLATTER_MAP_VERIFIED, PLATTER_MAP_DURABLE);
  platter_map_free (target->map);
  target->map = map;
}

/* What was tried and could not be read is lost for every target that does not have it; nobody tries it anew. */
static void
rescue_start_set_lost (PlatterTarget *target)
{
  const PlatterMap *map = target->transfer->rescue->map;
  PlatterMapRange range = { 0, 0, 0 };

  while (platter_map_find_other (map, range.offset_bytes + range.length_bytes, PLATTER_MAP_VERIFIED,
                                 &range))
    platter_target_set_unread (target, range.offset_bytes, range.length_bytes, range.state);
}

static void
rescue_start_set_maps (PlatterTransfer *self, PlatterMap **maps)
{
  PlatterRescue *rescue = self->rescue;

  for (guint i = 0; i < self->n_targets; i++)
    rescue_start_align (maps[i], rescue->sector_bytes, FALSE);
  platter_map_free (rescue->map);
  rescue->map = platter_map_copy (maps[0]);
  for (guint i = 1; i < self->n_targets; i++)
    rescue_start_merge (rescue->map, maps[i]);
  for (guint i = 0; i < self->n_edges; i++)
    rescue_start_keep_edge (self, &self->edges[i], maps);
  rescue->carried_bytes = platter_map_count_bytes (rescue->map, PLATTER_MAP_VERIFIED);
}

void
platter_transfer_set_start (PlatterTransfer *self,
                            PlatterMap **maps,
                            PlatterMap *domain,
                            const PlatterMapfileStatus *status)
{
  g_assert (self->rescue != NULL);
  if (domain != NULL)
    rescue_start_align (domain, self->rescue->sector_bytes, TRUE);
  self->rescue->domain = domain;
  if (maps == NULL)
    return;
  rescue_start_set_maps (self, maps);
  self->rescue->status = *status;
  /* That of a map from elsewhere may lie within a sector. */
  self->rescue->status.position_bytes -= status->position_bytes % self->rescue->sector_bytes;
  pthread_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_targets; i++)
    rescue_start_set_target (&self->targets[i], maps[i]);
  self->published_status = self->rescue->status;
  pthread_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->n_targets; i++)
    rescue_start_set_lost (&self->targets[i]);
}

gboolean
platter_rescue_keeps_edge (const PlatterTarget *target, const PlatterEdge *edge)
{
  return edge->is_kept && edge->keeper == target->index;
}

static void
rescue_start_loaded_cb (PlatterIo *io)
{
  PlatterTarget *target = io->owner;
  PlatterEdge *edge = io->item;
  PlatterTransfer *self = target->transfer;

  target->n_active--;
  if (!platter_target_is_live (target))
    return;
  if (io->error != 0 || io->is_short)
    platter_target_fail_io (target, io, PLATTER_ENGINE_ERROR_VERIFY, "read back");
  edge->kept_hash = platter_transfer_hash (self, edge->slot->data,
                                           platter_transfer_get_block_bytes (self, edge->block));
}

void
platter_rescue_load_edges (PlatterTarget *target)
{
  PlatterTransfer *self = target->transfer;

  for (guint i = 0; i < self->n_edges; i++)
    {
      PlatterEdge *edge = &self->edges[i];

      if (!platter_rescue_keeps_edge (target, edge))
        continue;
      target->n_active++;
      platter_lane_start (
        &target->lane, PLATTER_IO_READ, edge->slot->data, edge->block * PLATTER_BLOCK_BYTES,
        platter_transfer_get_block_bytes (self, edge->block), rescue_start_loaded_cb, target, edge);
    }
}

/* A target that does not answer may still write into the memory, which is left to it. Returns: whether there is other memory. */
static gboolean
rescue_start_forget_edge (PlatterTransfer *self, PlatterEdge *edge)
{
  const PlatterLane *lane = &self->targets[edge->keeper].lane;

  if (lane->n_in_flight > 0 && platter_buffer_pool_get_n_free (self->pool) == 0)
    return FALSE;
  if (lane->n_in_flight > 0)
    edge->slot = platter_buffer_pool_pop (self->pool);
  edge->is_kept = FALSE;
  platter_map_set (self->rescue->map, edge->block * PLATTER_BLOCK_BYTES,
                   platter_transfer_get_block_bytes (self, edge->block), PLATTER_MAP_UNTOUCHED);
  self->rescue->carried_bytes = platter_map_count_bytes (self->rescue->map, PLATTER_MAP_VERIFIED);
  return TRUE;
}

gboolean
platter_rescue_settle_edges (PlatterTransfer *self)
{
  for (guint i = 0; i < self->n_edges; i++)
    {
      PlatterEdge *edge = &self->edges[i];
      const PlatterTarget *keeper = &self->targets[edge->keeper];

      if (!edge->is_kept || platter_target_is_live (keeper))
        continue;
      if (keeper->lane.n_in_flight > 0 && !keeper->lane.is_given_up)
        return FALSE;
      if (!rescue_start_forget_edge (self, edge))
        return FALSE;
    }
  return TRUE;
}
