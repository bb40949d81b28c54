// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What writers share that store what they were given on a thread of their own.

#include "storing-writer.h"

void
platter_storing_writer_init (PlatterStoringWriter *self, const PlatterWriterFuncs *funcs)
{
  self->writer.funcs = funcs;
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->cond, NULL);
}

void
platter_storing_writer_clear (PlatterStoringWriter *self)
{
  pthread_cond_destroy (&self->cond);
  pthread_mutex_destroy (&self->lock);
}

void
platter_storing_writer_set_notify (PlatterWriter *writer,
                                   void (*notify) (gpointer),
                                   gpointer notify_data)
{
  PlatterStoringWriter *self = (PlatterStoringWriter *)writer;

  pthread_mutex_lock (&self->lock);
  self->notify = notify;
  self->notify_data = notify_data;
  pthread_mutex_unlock (&self->lock);
}

void
platter_storing_writer_get_progress (PlatterWriter *writer, PlatterWriterProgress *progress)
{
  PlatterStoringWriter *self = (PlatterStoringWriter *)writer;
  gint64 now_us = g_get_monotonic_time ();

  pthread_mutex_lock (&self->lock);
  *progress = (PlatterWriterProgress){ .alive_us = self->alive_us, .work_us = self->work_us };
  if (self->work_since_us != 0)
    {
      progress->alive_us = now_us;
      progress->work_us += MAX (now_us - self->work_since_us, 0);
    }
  pthread_mutex_unlock (&self->lock);
}

guint64
platter_storing_writer_get_stored_bytes (PlatterWriter *writer)
{
  PlatterStoringWriter *self = (PlatterStoringWriter *)writer;
  guint64 stored_bytes = 0;

  pthread_mutex_lock (&self->lock);
  stored_bytes = self->stored_bytes;
  pthread_mutex_unlock (&self->lock);
  return stored_bytes;
}

guint64
platter_storing_writer_get_durable_bytes (PlatterWriter *writer)
{
  PlatterStoringWriter *self = (PlatterStoringWriter *)writer;
  guint64 durable_bytes = 0;

  pthread_mutex_lock (&self->lock);
  durable_bytes = self->durable_bytes;
  pthread_mutex_unlock (&self->lock);
  return durable_bytes;
}

void
platter_storing_writer_settle (PlatterWriter *writer)
{
  PlatterStoringWriter *self = (PlatterStoringWriter *)writer;

  pthread_mutex_lock (&self->lock);
  self->is_settling = self->durable_bytes < self->stored_bytes;
  pthread_cond_signal (&self->cond);
  pthread_mutex_unlock (&self->lock);
}

gboolean
platter_storing_writer_stop (PlatterStoringWriter *self)
{
  gboolean is_finished = FALSE;

  pthread_mutex_lock (&self->lock);
  self->is_stopped = TRUE;
  is_finished = self->is_finished;
  pthread_cond_signal (&self->cond);
  pthread_mutex_unlock (&self->lock);
  return is_finished;
}

gboolean
platter_storing_writer_is_stopped (PlatterStoringWriter *self)
{
  gboolean is_stopped = FALSE;

  pthread_mutex_lock (&self->lock);
  is_stopped = self->is_stopped || self->error != 0;
  pthread_mutex_unlock (&self->lock);
  return is_stopped;
}

/* With the lock held. */
static int
storing_writer_get_result (PlatterStoringWriter *self, gboolean is_good)
{
  if (self->error != 0)
    return -self->error;
  return is_good ? 1 : 0;
}

int
platter_storing_writer_has_room (PlatterStoringWriter *self, guint n_pieces)
{
  int result = 0;

  pthread_mutex_lock (&self->lock);
  result = storing_writer_get_result (self, self->n_begun - self->n_stored < n_pieces);
  pthread_mutex_unlock (&self->lock);
  return result;
}

/* With the lock held. */
static void
storing_writer_wake (PlatterStoringWriter *self, const char *name, GThreadFunc thread)
{
  if (self->thread == NULL)
    self->thread = g_thread_new (name, thread, self);
  pthread_cond_signal (&self->cond);
}

void
platter_storing_writer_push (PlatterStoringWriter *self, const char *name, GThreadFunc thread)
{
  pthread_mutex_lock (&self->lock);
  self->n_pushed = self->n_begun;
  storing_writer_wake (self, name, thread);
  pthread_mutex_unlock (&self->lock);
}

int
platter_storing_writer_end (PlatterStoringWriter *self, const char *name, GThreadFunc thread)
{
  int result = 0;

  pthread_mutex_lock (&self->lock);
  self->n_pushed = self->n_begun;
  self->is_ending = TRUE;
  storing_writer_wake (self, name, thread);
  result = storing_writer_get_result (self, self->is_finished);
  pthread_mutex_unlock (&self->lock);
  return result;
}

void
platter_storing_writer_begin_work (PlatterStoringWriter *self)
{
  pthread_mutex_lock (&self->lock);
  self->work_since_us = g_get_monotonic_time ();
  pthread_mutex_unlock (&self->lock);
}

void
platter_storing_writer_end_work (PlatterStoringWriter *self)
{
  pthread_mutex_lock (&self->lock);
  self->alive_us = g_get_monotonic_time ();
  self->work_us += self->alive_us - self->work_since_us;
  self->work_since_us = 0;
  pthread_mutex_unlock (&self->lock);
}

void
platter_storing_writer_note_alive (PlatterStoringWriter *self)
{
  pthread_mutex_lock (&self->lock);
  self->alive_us = g_get_monotonic_time ();
  pthread_mutex_unlock (&self->lock);
}

void
platter_storing_writer_note (PlatterStoringWriter *self, int error)
{
  if (self->error == 0)
    self->error = error;
  if (self->notify != NULL)
    self->notify (self->notify_data);
}
