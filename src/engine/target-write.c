// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a target takes of what was read, and writes while it is copied to.

#include "transfer-private.h"

static PlatterTodo
target_pop_todo (PlatterTarget *self)
{
  PlatterTodo todo = self->todo[self->todo_first];

  self->todo_first = (self->todo_first + 1) % self->n_places;
  self->n_todo--;
  return todo;
}

/* A stream takes what follows and nothing else. Returns: without a slot if that has not been read yet */
static PlatterTodo
target_pop_next (PlatterTarget *self)
{
  if (!self->transfer->is_stream)
    return target_pop_todo (self);
  for (guint i = 0; i < self->n_todo; i++)
    {
      PlatterTodo *found = &self->todo[(self->todo_first + i) % self->n_places];
      PlatterTodo todo = *found;

      if (todo.slot->block != self->next_todo)
        continue;
      *found = self->todo[self->todo_first];
      self->todo[self->todo_first] = todo;
      self->next_todo++;
      return target_pop_todo (self);
    }
  return (PlatterTodo){ NULL, 0, 0 };
}

void
platter_target_count_written (PlatterTarget *self, guint64 length_bytes)
{
  PlatterWriter *writer = platter_endpoint_get_writer (self->endpoint);

  if (writer != NULL)
    self->written_bytes = writer->funcs->get_stored_bytes (writer);
  else
    self->written_bytes += length_bytes;
}

void
platter_target_take (PlatterTarget *self,
                     PlatterSlot *slot,
                     guint32 start_bytes,
                     guint32 length_bytes)
{
  if (!platter_target_is_live (self))
    return;
  if (platter_resume_keeps (self, slot->block))
    {
      self->written_bytes += length_bytes;
      self->epoch_written_bytes += length_bytes;
      platter_target_set_map (self, slot->block * PLATTER_BLOCK_BYTES + start_bytes, length_bytes,
                              PLATTER_MAP_COPIED);
      return;
    }
  g_assert (self->n_todo < self->n_places);
  self->todo[(self->todo_first + self->n_todo++) % self->n_places]
    = (PlatterTodo){ slot, start_bytes, length_bytes };
  slot->refs++;
}

static void target_write (PlatterTarget *self, const PlatterTodo *todo, PlatterIoOp op);

static void
target_written_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  PlatterSlot *slot = io->item;
  /* What is written is rounded up; what counts is not. */
  PlatterTodo todo
    = { slot, (guint32)(io->offset_bytes % PLATTER_BLOCK_BYTES),
        (guint32)MIN (io->needed_bytes, self->transfer->size_bytes - io->offset_bytes) };

  if (io->error != 0 && io->op == PLATTER_IO_ZERO && platter_target_is_live (self))
    {
      /* The device has no such command after all, or it does not work: then plain zeros. */
      self->can_zero = FALSE;
      target_write (self, &todo, PLATTER_IO_WRITE);
      return;
    }
  if (io->error != 0 && platter_target_is_live (self))
    {
      platter_target_set_map (self, io->offset_bytes, todo.length_bytes,
                              platter_rescue_get_unstored (self->transfer));
      platter_target_fail_io (self, io, PLATTER_ENGINE_ERROR_WRITE, "write");
    }
  else if (io->error == 0)
    {
      platter_target_count_written (self, todo.length_bytes);
      self->moved_bytes += todo.length_bytes;
      platter_target_set_map (self, io->offset_bytes, todo.length_bytes, PLATTER_MAP_COPIED);
    }
  platter_transfer_release (self->transfer, slot);
}

static void
target_write (PlatterTarget *self, const PlatterTodo *todo, PlatterIoOp op)
{
  platter_lane_start (&self->lane, op, todo->slot->data + todo->start_bytes,
                      todo->slot->block * PLATTER_BLOCK_BYTES + todo->start_bytes,
                      todo->length_bytes, target_written_cb, self, todo->slot);
}

void
platter_target_write_todo (PlatterTarget *self)
{
  while (self->n_todo > 0 && platter_lane_can_start (&self->lane))
    {
      PlatterTodo todo = target_pop_next (self);
      gboolean is_zero = todo.slot != NULL && todo.slot->is_zero && self->can_zero;

      if (todo.slot == NULL)
        break;
      target_write (self, &todo, is_zero ? PLATTER_IO_ZERO : PLATTER_IO_WRITE);
    }
}

void
platter_target_drop_todo (PlatterTarget *self)
{
  while (self->n_todo > 0)
    platter_transfer_release (self->transfer, target_pop_todo (self).slot);
}
