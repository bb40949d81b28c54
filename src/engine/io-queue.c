// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The part of the I/O queue that io_uring and threads share: requests are carried to their ends.

#include "io-queue.h"

#include <errno.h>

/* What the system has no means for now it is asked for again so often, so long after: for half a minute. */
#define MAX_TRIES 3000
#define PAUSE_US (10 * 1000)

struct _PlatterIoQueue
{
  PlatterIoBackend *backend;
  PlatterIoRequest *first; /* ended, in order */
  PlatterIoRequest *last;
  PlatterIoRequest *refused; /* to be made again */
  gint64 again_us;           /* then */
};

static void
io_queue_end (PlatterIoQueue *self, PlatterIoRequest *request, int error)
{
  request->error = error;
  request->next = NULL;
  if (self->last != NULL)
    self->last->next = request;
  else
    self->first = request;
  self->last = request;
}

static void
io_queue_put_off (PlatterIoQueue *self, PlatterIoRequest *request)
{
  request->refused_us = g_get_monotonic_time ();
  if (self->refused == NULL)
    self->again_us = request->refused_us + PAUSE_US;
  request->next = self->refused;
  self->refused = request;
}

static void
io_queue_make_again (PlatterIoQueue *self)
{
  PlatterIoRequest *request = g_steal_pointer (&self->refused);

  while (request != NULL)
    {
      PlatterIoRequest *next = request->next;

      self->backend->submit (self->backend, request);
      request = next;
    }
}

static void
io_queue_fail (PlatterIoQueue *self, PlatterIoRequest *request, int error)
{
  gboolean can_retry = request->op == PLATTER_IO_READ || request->op == PLATTER_IO_WRITE;

  /* A flush is never repeated: the kernel reports an error once. */
  if (can_retry && (error == EINTR || error == EAGAIN || error == ENOMEM)
      && ++request->n_tries < MAX_TRIES)
    io_queue_put_off (self, request);
  else
    io_queue_end (self, request, error);
}

static void
io_queue_sink_cb (gpointer sink_data, PlatterIoRequest *request, gssize result)
{
  PlatterIoQueue *self = sink_data;
  gboolean is_whole = request->op == PLATTER_IO_FLUSH || request->op == PLATTER_IO_ZERO;

  if (result < 0)
    {
      io_queue_fail (self, request, (int)-result);
      return;
    }
  request->done_bytes += is_whole ? request->length_bytes : (guint32)result;
  if (is_whole || request->done_bytes >= request->needed_bytes)
    io_queue_end (self, request, 0);
  else if (result == 0)
    io_queue_end (self, request, request->op == PLATTER_IO_WRITE ? EIO : 0);
  else if (request->op == PLATTER_IO_READ && request->done_bytes % 512 != 0)
    io_queue_end (self, request, 0); /* only the end of a file is so short */
  else
    {
      request->n_tries = 0;
      self->backend->submit (self->backend, request);
    }
}

PlatterIoBackend *
platter_io_backend_new (PlatterQueueKind kind, const PlatterIoSetup *setup, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  PlatterIoBackend *backend = NULL;

  if (kind == PLATTER_QUEUE_THREADS)
    return platter_thread_backend_new (setup, NULL, NULL);
  backend = platter_io_uring_backend_new (setup, &local_error);
  if (backend == NULL && kind == PLATTER_QUEUE_AUTO)
    return platter_thread_backend_new (setup, NULL, NULL);
  if (backend == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return backend;
}

PlatterIoQueue *
platter_io_queue_new (PlatterIoBackend *backend)
{
  PlatterIoQueue *self = g_new0 (PlatterIoQueue, 1);

  self->backend = backend;
  backend->sink = io_queue_sink_cb;
  backend->sink_data = self;
  return self;
}

void
platter_io_queue_free (PlatterIoQueue *self)
{
  if (self == NULL)
    return;
  self->backend->free (self->backend);
  g_free (self);
}

const char *
platter_io_queue_get_name (const PlatterIoQueue *self)
{
  return self->backend->name;
}

void
platter_io_queue_submit (PlatterIoQueue *self, PlatterIoRequest *request)
{
  request->done_bytes = 0;
  request->error = 0;
  request->n_tries = 0;
  request->refused_us = 0;
  self->backend->submit (self->backend, request);
}

void
platter_io_queue_cancel (PlatterIoQueue *self, PlatterIoRequest *request)
{
  PlatterIoRequest **link = &self->refused;

  while (*link != NULL && *link != request)
    link = &(*link)->next;
  if (*link == NULL)
    {
      self->backend->cancel (self->backend, request);
      return;
    }
  *link = request->next;
  io_queue_end (self, request, ECANCELED);
}

void
platter_io_queue_wait (PlatterIoQueue *self, gint64 timeout_us)
{
  if (self->refused != NULL)
    timeout_us = CLAMP (self->again_us - g_get_monotonic_time (), 0, timeout_us);
  self->backend->wait (self->backend, self->first != NULL ? 0 : timeout_us);
  if (self->refused != NULL && g_get_monotonic_time () >= self->again_us)
    io_queue_make_again (self);
}

PlatterIoRequest *
platter_io_queue_pop (PlatterIoQueue *self)
{
  PlatterIoRequest *request = self->first;

  if (request == NULL)
    return NULL;
  self->first = request->next;
  if (self->first == NULL)
    self->last = NULL;
  return request;
}

void
platter_io_queue_wake (PlatterIoQueue *self)
{
  self->backend->wake (self->backend);
}
