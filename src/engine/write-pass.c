// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Writing single blocks of a target from memory or from the source, read once more: the mark before
// a copy, the edges after it, repairs.

#include "transfer-private.h"

static void
write_pass_done_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  PlatterSlot *slot = io->item;
  guint64 block = io->offset_bytes / PLATTER_BLOCK_BYTES;

  self->n_active--;
  if (slot != NULL)
    platter_transfer_release (self->transfer, slot);
  if (!platter_target_is_live (self))
    return;
  if (io->error != 0)
    {
      PlatterEngineError code
        = platter_engine_error_from_errno (io->error, PLATTER_ENGINE_ERROR_WRITE);

      /* A repair that cannot be written is seen when it is checked. */
      if (self->step == PLATTER_STEP_REPAIR && code == PLATTER_ENGINE_ERROR_WRITE)
        return;
      platter_target_fail_io (self, io, PLATTER_ENGINE_ERROR_WRITE, "write");
      return;
    }
  if (self->step == PLATTER_STEP_TAIL || self->step == PLATTER_STEP_HEAD)
    {
      guint32 length_bytes = platter_transfer_get_block_bytes (self->transfer, block);

      self->finished_bytes += length_bytes;
      if (platter_rescue_is_active (self->transfer))
        {
          self->written_bytes += platter_rescue_set_map (self, block, PLATTER_MAP_COPIED);
          return;
        }
      self->written_bytes += length_bytes;
      platter_target_set_map (self, io->offset_bytes, length_bytes, PLATTER_MAP_COPIED);
    }
}

/* Before the head is marked: what lies behind a short plan in the first MiB goes as well. */
static guint32
write_pass_get_mark_bytes (PlatterTarget *self, guint64 block)
{
  guint32 length_bytes = platter_transfer_get_block_bytes (self->transfer, block);

  if (block > 0 || !platter_endpoint_is_block_device (self->endpoint))
    return length_bytes;
  return (guint32)MIN (platter_endpoint_get_size_bytes (self->endpoint), PLATTER_EDGE_BYTES);
}

static void
write_pass_write_edge (PlatterTarget *self, const PlatterEdge *edge)
{
  guint8 *data = self->has_final_edges ? edge->slot->data : self->transfer->mark->data;
  guint32 length_bytes = self->has_final_edges
                           ? platter_transfer_get_block_bytes (self->transfer, edge->block)
                           : write_pass_get_mark_bytes (self, edge->block);

  platter_lane_start (&self->lane, PLATTER_IO_WRITE, data, edge->block * PLATTER_BLOCK_BYTES,
                      length_bytes, write_pass_done_cb, self, NULL);
}

static void
write_pass_source_read_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  PlatterSlot *slot = io->item;
  PlatterTransfer *transfer = self->transfer;
  PlatterWrong *wrong = NULL;
  PlatterBlockHash hash = { 0, 0 };

  if (io->error != 0 || io->is_short || !platter_target_is_live (self))
    {
      /* Without the source there is no repair; the check that follows says so. */
      self->n_active--;
      platter_transfer_release (transfer, slot);
      return;
    }
  wrong = &g_array_index (self->wrong, PlatterWrong, slot->wrong);
  hash = platter_transfer_hash (transfer, slot->data, slot->length_bytes);
  if (!wrong->has_expected)
    {
      wrong->has_expected = TRUE;
      wrong->expected = hash;
    }
  if (!platter_block_hash_equal (hash, wrong->expected))
    {
      wrong->is_unstable = TRUE;
      self->n_active--;
      platter_transfer_release (transfer, slot);
      return;
    }
  platter_transfer_pad (slot);
  platter_lane_start (&self->lane, PLATTER_IO_WRITE, slot->data, io->offset_bytes,
                      slot->length_bytes, write_pass_done_cb, self, slot);
}

static void
write_pass_write_again (PlatterTarget *self, guint64 block, gint wrong)
{
  PlatterTransfer *transfer = self->transfer;
  PlatterSlot *slot = platter_buffer_pool_pop (transfer->pool);

  slot->block = block;
  slot->wrong = wrong;
  slot->length_bytes = platter_transfer_get_block_bytes (transfer, block);
  platter_lane_start (&transfer->source_lane, PLATTER_IO_READ, slot->data,
                      block * PLATTER_BLOCK_BYTES, slot->length_bytes, write_pass_source_read_cb,
                      self, slot);
}

gboolean
platter_write_pass_pump (PlatterTarget *self)
{
  PlatterTransfer *transfer = self->transfer;
  guint64 block = 0;
  gint wrong = -1;

  while (
    self->n_active < transfer->quota && platter_lane_can_start (&self->lane)
    && (platter_pass_is_of_edges (self) || platter_buffer_pool_get_n_free (transfer->pool) > 0))
    {
      PlatterEdge *edge = NULL;

      if (!platter_pass_next (self, &block, &wrong))
        return self->n_active == 0;
      self->n_active++;
      edge = platter_transfer_get_edge (transfer, block);
      if (wrong >= 0)
        g_array_index (self->wrong, PlatterWrong, wrong).mismatch.repair_attempts++;
      if (edge != NULL && platter_rescue_keeps_edge (self, edge) && !self->has_final_edges)
        self->n_active--;
      else if (edge != NULL)
        write_pass_write_edge (self, edge);
      else
        write_pass_write_again (self, block, wrong);
    }
  return FALSE;
}
