// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A rescue that was cut off and goes on by itself, or into an image file: nobody has said that the map is still true, or is
// that of this very drive. So a few sectors that it calls finished are compared with the source; and a drive must begin as one
// that was not finished does.

#include "transfer-private.h"

#include <string.h>

/* Single sectors: a failing source is not to be read twice. */
#define N_SAMPLES 5
/* Where in a slot the source's sector comes to lie beside the target's. */
#define SOURCE_AT (PLATTER_BLOCK_BYTES / 2)

static void
rescue_check_differ (PlatterTarget *self, guint64 offset_bytes)
{
  platter_target_fail (self, PLATTER_ENGINE_ERROR_CHANGED, offset_bytes,
                       "%s does not hold at byte %" G_GUINT64_FORMAT
                       " what the rescue that goes on had left there",
                       platter_endpoint_get_name (self->endpoint), offset_bytes);
}

static void
rescue_check_end (PlatterTarget *self, PlatterSlot *slot)
{
  self->n_active--;
  platter_transfer_release (self->transfer, slot);
}

static void
rescue_check_source_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  PlatterSlot *slot = io->item;

  /* A sector that came once need not come again. */
  if (io->error == 0 && !io->is_short
      && memcmp (slot->data, slot->data + SOURCE_AT, io->needed_bytes) != 0)
    rescue_check_differ (self, io->offset_bytes);
  rescue_check_end (self, slot);
}

static void
rescue_check_target_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  PlatterSlot *slot = io->item;

  if (io->error == 0 && !io->is_short && platter_target_is_live (self))
    {
      platter_lane_start (&self->transfer->source_lane, PLATTER_IO_READ, slot->data + SOURCE_AT,
                          io->offset_bytes, io->needed_bytes, rescue_check_source_cb, self, slot);
      return;
    }
  if (platter_target_is_live (self))
    platter_target_fail_io (self, io, PLATTER_ENGINE_ERROR_VERIFY, "read back");
  rescue_check_end (self, slot);
}

static void
rescue_check_mark_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  PlatterSlot *slot = io->item;

  if (platter_target_is_live (self) && (io->error != 0 || io->is_short))
    platter_target_fail_io (self, io, PLATTER_ENGINE_ERROR_VERIFY, "read back");
  else if (memcmp (slot->data, self->transfer->mark->data, io->needed_bytes) != 0)
    rescue_check_differ (self, 0);
  rescue_check_end (self, slot);
}

static void
rescue_check_start (PlatterTarget *self, guint64 offset_bytes, guint32 length, PlatterIoDone done)
{
  PlatterSlot *slot = platter_buffer_pool_pop (self->transfer->pool);

  self->n_active++;
  platter_lane_start (&self->lane, PLATTER_IO_READ, slot->data, offset_bytes, length, done, self,
                      slot);
}

/* Of an edge one target has the data, and the others the mark. */
static gboolean
rescue_check_is_elsewhere (PlatterTarget *self, guint64 offset_bytes)
{
  const PlatterEdge *edge
    = platter_transfer_get_edge (self->transfer, offset_bytes / PLATTER_BLOCK_BYTES);

  return edge != NULL && !platter_rescue_keeps_edge (self, edge);
}

/* The sector that so many finished bytes lie before. */
static void
rescue_check_sample (PlatterTarget *self, guint64 before_bytes)
{
  const PlatterRescue *rescue = self->transfer->rescue;
  PlatterMapRange range = { 0, 0, 0 };

  while (platter_map_find_next (rescue->map, range.offset_bytes + range.length_bytes,
                                PLATTER_MAP_VERIFIED, &range))
    {
      guint64 at = range.offset_bytes + before_bytes / rescue->sector_bytes * rescue->sector_bytes;
      guint64 end = range.offset_bytes + range.length_bytes;

      if (before_bytes < range.length_bytes)
        {
          if (!rescue_check_is_elsewhere (self, at))
            rescue_check_start (self, at, (guint32)MIN (rescue->sector_bytes, end - at),
                                rescue_check_target_cb);
          return;
        }
      before_bytes -= range.length_bytes;
    }
}

static void
rescue_check_next (PlatterTarget *self, guint sample)
{
  guint64 carried_bytes = platter_transfer_get_carried_bytes (self->transfer);

  if (sample < N_SAMPLES && carried_bytes > 0)
    rescue_check_sample (self, carried_bytes / N_SAMPLES * sample + carried_bytes / N_SAMPLES / 2);
  /* Where an earlier rescue had come to its end, its data is there in place of the mark. */
  if (sample == N_SAMPLES && !self->has_old_start && self->transfer->options.is_resumed)
    rescue_check_start (self, 0, platter_transfer_get_block_bytes (self->transfer, 0),
                        rescue_check_mark_cb);
}

gboolean
platter_rescue_pump_check (PlatterTarget *self)
{
  if (!self->transfer->options.is_resumed && platter_endpoint_is_block_device (self->endpoint))
    return TRUE;
  /* Other targets take buffers, too. */
  while (self->n_samples <= N_SAMPLES && platter_lane_can_start (&self->lane)
         && platter_buffer_pool_get_n_free (self->transfer->pool) > 0)
    rescue_check_next (self, self->n_samples++);
  return self->n_samples > N_SAMPLES;
}
