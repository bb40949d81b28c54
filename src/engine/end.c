// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The end of a source that is unpacked as it is read: where it is shows when it is met. Until then the plan is as large
// as the smallest target, and its last MiB, where the end of a disk would be, is held back like the first.

#include "transfer-private.h"

#include <errno.h>

gboolean
platter_end_fail (PlatterTransfer *self, const PlatterIo *io)
{
  const GError *error = NULL;

  /* Only with this answer the reader's thread has left the error to us. */
  if (io->error != EBADMSG)
    return FALSE;
  error = platter_endpoint_get_reader_error (self->source);
  if (error == NULL)
    return FALSE;
  if (!g_atomic_int_get (&self->is_cancelled))
    platter_transfer_fail_source (self, error->code, io->error_offset_bytes, error->message);
  return TRUE;
}

gboolean
platter_end_meet (PlatterTransfer *self, const PlatterIo *io, PlatterSlot *slot)
{
  self->end_bytes = MIN (self->end_bytes, io->error_offset_bytes);
  slot->length_bytes = (guint32)(io->error_offset_bytes - io->offset_bytes);
  return slot->length_bytes > 0;
}

static void end_fail (PlatterTransfer *self, PlatterEngineError code, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

static void
end_fail (PlatterTransfer *self, PlatterEngineError code, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  platter_transfer_fail_source (self, code, MIN (self->end_bytes, self->size_bytes), message);
}

/* Returns: whether it is an end that the plan can live with. */
static gboolean
end_check (PlatterTransfer *self)
{
  const char *name = platter_endpoint_get_name (self->source);

  if (self->is_size_known && self->end_bytes != self->size_bytes)
    end_fail (self, PLATTER_ENGINE_ERROR_DECODE,
              "%s is damaged: it says that it holds %" G_GUINT64_FORMAT
              " bytes, but %" G_GUINT64_FORMAT " came out",
              name, self->size_bytes, self->end_bytes);
  else if (self->end_bytes == 0)
    end_fail (self, PLATTER_ENGINE_ERROR_DECODE, "%s holds nothing", name);
  else if (self->options.kind == PLATTER_TRANSFER_COMPARE && !self->options.shorter
           && self->end_bytes != self->size_bytes)
    end_fail (self, PLATTER_ENGINE_ERROR_SIZES_DIFFER,
              "%s holds %" G_GUINT64_FORMAT " bytes and %s %" G_GUINT64_FORMAT
              ", so they cannot be equal",
              name, self->end_bytes, platter_endpoint_get_name (self->targets[0].endpoint),
              self->size_bytes);
  return self->error == NULL;
}

/* Nothing behind the new end may be under way. */
static void
end_cut (PlatterTransfer *self, guint64 size_bytes)
{
  self->size_bytes = size_bytes;
  self->n_blocks = (size_bytes - 1) / PLATTER_BLOCK_BYTES + 1;
  self->next_block = MIN (self->next_block, self->n_blocks);
  if (self->table != NULL)
    platter_block_table_cut (self->table, self->n_blocks);
  if (self->digests != NULL)
    platter_digest_set_cut (self->digests, self->n_blocks);
  platter_map_cut (self->zeros, size_bytes);
  pthread_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_targets; i++)
    platter_map_cut (self->targets[i].map, size_bytes);
  pthread_mutex_unlock (&self->lock);
}

void
platter_end_set_size (PlatterTransfer *self, guint64 size_bytes)
{
  end_cut (self, size_bytes);
  self->is_size_known = TRUE;
}

guint64
platter_transfer_get_size_bytes (PlatterTransfer *self)
{
  return self->is_open && !self->is_size_known ? 0 : self->size_bytes;
}

void
platter_end_settle (PlatterTransfer *self)
{
  guint64 planned_bytes = self->size_bytes;

  if (!self->is_open || self->end_bytes == G_MAXUINT64 || self->source_lane.n_in_flight > 0
      || self->error != NULL)
    return;
  self->is_open = FALSE;
  self->n_changes++;
  if (!end_check (self) || self->end_bytes == planned_bytes)
    return;
  self->cut_bytes = planned_bytes;
  self->cut_from_bytes = self->first_tail_edge * PLATTER_BLOCK_BYTES;
  end_cut (self, self->end_bytes);
  self->first_tail_edge = MIN (self->first_tail_edge, self->n_blocks);
  while (self->n_edges > 0 && self->edges[self->n_edges - 1].block >= self->n_blocks)
    self->n_edges--;
  /* What was written there in the meantime is looked at only as far as the plan goes. */
  for (guint i = 0; i < self->n_edges; i++)
    self->edges[i].mark_hash = platter_transfer_hash (
      self, self->mark->data, platter_transfer_get_block_bytes (self, self->edges[i].block));
}

static void
end_probed_cb (PlatterIo *io)
{
  PlatterTransfer *self = io->owner;
  PlatterSlot *slot = io->item;

  platter_transfer_release (self, slot);
  if (self->error != NULL || platter_end_fail (self, io))
    return;
  if (io->is_short)
    self->end_bytes = MIN (self->end_bytes, io->error_offset_bytes);
  else if (self->is_size_known)
    end_fail (self, PLATTER_ENGINE_ERROR_DECODE,
              "%s is damaged: it says that it holds %" G_GUINT64_FORMAT " bytes, but more came out",
              platter_endpoint_get_name (self->source), self->size_bytes);
  else if (self->options.kind == PLATTER_TRANSFER_COMPARE)
    end_fail (self, PLATTER_ENGINE_ERROR_SIZES_DIFFER,
              "%s holds more than the %" G_GUINT64_FORMAT " bytes of %s, %s",
              platter_endpoint_get_name (self->source), self->size_bytes,
              platter_endpoint_get_name (self->targets[0].endpoint),
              self->options.shorter ? "and all of what is packed is compared"
                                    : "so they cannot be equal");
  else
    end_fail (self, PLATTER_ENGINE_ERROR_TOO_SMALL,
              "%s holds more than the %" G_GUINT64_FORMAT " bytes that the smallest target has",
              platter_endpoint_get_name (self->source), self->size_bytes);
  platter_end_settle (self);
}

gboolean
platter_end_is_met (const PlatterTransfer *self)
{
  return self->end_bytes != G_MAXUINT64;
}

void
platter_end_probe (PlatterTransfer *self)
{
  PlatterSlot *slot = NULL;

  if (!self->is_open || self->is_probing || platter_end_is_met (self) || self->error != NULL
      || self->next_block < self->n_blocks || !platter_lane_can_start (&self->source_lane))
    return;
  slot = platter_buffer_pool_pop (self->pool);
  if (slot == NULL)
    return;
  self->is_probing = TRUE;
  platter_lane_start (&self->source_lane, PLATTER_IO_READ, slot->data, self->size_bytes, 1,
                      end_probed_cb, self, slot);
}

static void
end_wiped_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;

  if (io->error != 0 && platter_target_is_live (self))
    platter_target_fail_io (self, io, PLATTER_ENGINE_ERROR_WRITE, "write");
}

void
platter_end_wipe (PlatterTarget *self)
{
  PlatterTransfer *transfer = self->transfer;
  guint alignment_bytes = self->lane.alignment_bytes;
  guint64 plan_bytes
    = (transfer->size_bytes + alignment_bytes - 1) / alignment_bytes * alignment_bytes;
  guint64 start = MAX (plan_bytes, transfer->cut_from_bytes);

  /* Of a stream nothing was written there. */
  if (transfer->cut_bytes == 0 || self->is_end_wiped || transfer->is_stream)
    return;
  self->is_end_wiped = TRUE;
  for (; start < transfer->cut_bytes; start += PLATTER_BLOCK_BYTES)
    platter_lane_start (&self->lane, PLATTER_IO_WRITE, transfer->zero->data, start,
                        (guint32)MIN (PLATTER_BLOCK_BYTES, transfer->cut_bytes - start),
                        end_wiped_cb, self, NULL);
  platter_end_mark_wipe (self);
}
