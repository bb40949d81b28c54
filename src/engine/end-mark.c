// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The end of a target that is larger than what is copied to it. Its last MiB is filled with zeros, where old tables and
// signatures are, and in its last block stands the mark until all is copied. A drive that is smaller than it says drops
// what is written there, or has it somewhere in the copy: then the copy, which comes after it, takes the mark away. So
// whether it is still there says whether anything may be written there afterwards.

#include "transfer-private.h"

#include <string.h>

static guint64
end_mark_get_place (const PlatterTarget *self)
{
  return platter_endpoint_get_size_bytes (self->endpoint) - self->lane.alignment_bytes;
}

/* Returns: where the zeros begin; G_MAXUINT64 where there is no such place. */
static guint64
end_mark_get_start (const PlatterTarget *self)
{
  guint alignment_bytes = self->lane.alignment_bytes;
  guint64 size_bytes = platter_endpoint_get_size_bytes (self->endpoint);
  guint64 plan_bytes
    = (self->transfer->size_bytes + alignment_bytes - 1) / alignment_bytes * alignment_bytes;
  guint64 start = MAX (plan_bytes, MIN (size_bytes, PLATTER_EDGE_BYTES));

  start = MAX (start, size_bytes - MIN (size_bytes, PLATTER_EDGE_BYTES));
  if (!platter_endpoint_is_block_device (self->endpoint) || start >= size_bytes)
    return G_MAXUINT64;
  return start;
}

static void
end_mark_written_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;

  self->n_active--;
  if (io->error != 0 && platter_target_is_live (self))
    platter_target_fail_io (self, io, PLATTER_ENGINE_ERROR_WRITE, "write");
}

static void
end_mark_write (
  PlatterTarget *self, PlatterSlot *slot, guint64 start, guint64 end, PlatterIoDone done)
{
  if (start == end)
    return;
  self->n_active++;
  platter_lane_start (&self->lane, PLATTER_IO_WRITE, slot->data, start, (guint32)(end - start),
                      done, self, NULL);
}

static void
end_mark_set (PlatterTarget *self, gboolean has_mark)
{
  guint64 start = end_mark_get_start (self);

  if (start == G_MAXUINT64)
    return;
  self->has_end_mark = has_mark;
  end_mark_write (self, self->transfer->zero, start, end_mark_get_place (self),
                  end_mark_written_cb);
  end_mark_write (self, has_mark ? self->transfer->mark : self->transfer->zero,
                  end_mark_get_place (self), platter_endpoint_get_size_bytes (self->endpoint),
                  end_mark_written_cb);
}

void
platter_end_mark_begin (PlatterTarget *self)
{
  gboolean has_old = platter_map_count_bytes (self->map, PLATTER_MAP_DURABLE) > 0;
  gboolean goes_on = self->n_kept_blocks > 0 || (has_old && self->transfer->options.is_resumed);

  /* It stands there since the job began; with addresses that wrap, another one would go into what was copied since. */
  if (goes_on && !self->has_old_start)
    self->has_end_mark = end_mark_get_start (self) != G_MAXUINT64;
  else
    end_mark_set (self, !has_old && !self->has_old_start);
}

void
platter_end_mark_wipe (PlatterTarget *self)
{
  end_mark_set (self, FALSE);
}

static void
end_mark_read_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  PlatterSlot *slot = io->item;

  self->n_active--;
  self->is_end_kept
    = io->error == 0 && !io->is_short
      && memcmp (slot->data, self->transfer->mark->data, self->lane.alignment_bytes) == 0;
  self->is_end_read = TRUE;
  platter_transfer_release (self->transfer, slot);
}

gboolean
platter_end_mark_pump (PlatterTarget *self)
{
  PlatterSlot *slot = NULL;

  if (!self->has_end_mark || self->is_end_read)
    return TRUE;
  if (self->n_active > 0 || !platter_lane_can_start (&self->lane)
      || platter_buffer_pool_get_n_free (self->transfer->pool) == 0)
    return FALSE;
  slot = platter_buffer_pool_pop (self->transfer->pool);
  self->n_active++;
  platter_lane_start (&self->lane, PLATTER_IO_READ, slot->data, end_mark_get_place (self),
                      self->lane.alignment_bytes, end_mark_read_cb, self, slot);
  return FALSE;
}

/* That is no part of the copy, which is as good as it was. */
static void
end_mark_cleared_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;

  self->n_active--;
  self->is_end_kept = io->error == 0;
}

gboolean
platter_end_mark_clear (PlatterTarget *self)
{
  if (!self->is_end_kept || self->is_end_cleared)
    return FALSE;
  self->is_end_cleared = TRUE;
  end_mark_write (self, self->transfer->zero, end_mark_get_place (self),
                  platter_endpoint_get_size_bytes (self->endpoint), end_mark_cleared_cb);
  return TRUE;
}

gboolean
platter_transfer_keeps_end (const PlatterTransfer *self, guint target)
{
  return !self->targets[target].has_end_mark || self->targets[target].is_end_kept;
}
