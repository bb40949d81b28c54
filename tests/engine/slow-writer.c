// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A writer that takes its time, for tests.

#include "slow-writer.h"

static gpointer
slow_thread (gpointer data)
{
  SlowWriter *self = data;

  while (!g_atomic_int_get (&self->is_stopped))
    {
      g_usleep (self->slow_ms * 1000UL / 4);
      self->notify (self->notify_data);
    }
  return NULL;
}

static void
slow_stop (SlowWriter *self)
{
  g_atomic_int_set (&self->is_stopped, TRUE);
  g_clear_pointer (&self->thread, g_thread_join);
}

static void
slow_set_notify (PlatterWriter *base, void (*notify) (gpointer), gpointer notify_data)
{
  SlowWriter *self = (SlowWriter *)base;

  if (notify == NULL)
    slow_stop (self);
  self->notify = notify;
  self->notify_data = notify_data;
  self->begun_us = g_get_monotonic_time ();
  if (notify != NULL && self->slow_ms > 0)
    self->thread = g_thread_new ("slow-writer", slow_thread, self);
}

static gssize
slow_write (PlatterWriter *base, const guint8 *data, gsize length)
{
  SlowWriter *self = (SlowWriter *)base;
  gint64 now_us = g_get_monotonic_time ();

  if (self->n_refusals > 0)
    {
      self->n_refusals--;
      if (self->refused.func != NULL)
        self->refused.func (self->refused.data);
      self->refused.func = NULL;
      self->notify (self->notify_data);
      return 0;
    }
  if (now_us < self->ready_us)
    return 0;
  self->ready_us = now_us + self->slow_ms * 1000LL;
  return (gssize)length;
}

static int
slow_finish (PlatterWriter *base)
{
  return 1;
}

static void
slow_get_progress (PlatterWriter *base, PlatterWriterProgress *progress)
{
  SlowWriter *self = (SlowWriter *)base;

  gint64 now_us = g_get_monotonic_time ();

  *progress = (PlatterWriterProgress){ 0 };
  if (self->is_working)
    *progress = (PlatterWriterProgress){ .alive_us = now_us, .work_us = now_us - self->begun_us };
}

static guint64
slow_get_stored_bytes (PlatterWriter *base)
{
  return 0;
}

static void
slow_cancel (PlatterWriter *base)
{
}

static PlatterReader *
slow_get_reader (PlatterWriter *base)
{
  return &((SlowWriter *)base)->reader->base;
}

static void
slow_free (PlatterWriter *base)
{
  SlowWriter *self = (SlowWriter *)base;

  slow_stop (self);
  self->reader->base.funcs->free (&self->reader->base);
  g_free (self);
}

static const PlatterWriterFuncs slow_funcs = {
  .set_notify = slow_set_notify,
  .write = slow_write,
  .finish = slow_finish,
  .get_progress = slow_get_progress,
  .get_stored_bytes = slow_get_stored_bytes,
  .cancel = slow_cancel,
  .get_reader = slow_get_reader,
  .free = slow_free,
};

SlowWriter *
slow_writer_new (gboolean is_working)
{
  SlowWriter *self = g_new0 (SlowWriter, 1);

  self->base.funcs = &slow_funcs;
  self->reader = memory_reader_new (NULL, 0);
  self->is_working = is_working;
  return self;
}
