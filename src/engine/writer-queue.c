// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An I/O backend in front of the real one that hands the writes to one file to its writer.

#include "writer-queue.h"

#include <errno.h>

typedef struct
{
  PlatterIoBackend base;
  PlatterIoBackend *inner;
  PlatterEndpoint *endpoint;
  PlatterWriter *writer; /* the endpoint's */
  guint file;
  GQueue waiting;      /* PlatterIoRequest, in the order in which they came */
  GQueue cancelled;    /* PlatterIoRequest */
  guint32 taken_bytes; /* of the first that waits */
} WriterBackend;

static void
writer_queue_answer (WriterBackend *self, PlatterIoRequest *request, gssize result)
{
  self->base.sink (self->base.sink_data, request, result);
}

/* Returns: what the first request that waits has come to: a result, or 0 if it has to wait on. */
static gssize
writer_queue_serve (WriterBackend *self, const PlatterIoRequest *request)
{
  while (request->op != PLATTER_IO_FLUSH && self->taken_bytes < request->length_bytes)
    {
      const guint8 *data
        = request->op == PLATTER_IO_ZERO ? NULL : request->data + self->taken_bytes;
      gssize taken = self->writer->funcs->write (self->writer, data,
                                                 request->length_bytes - self->taken_bytes);

      if (taken <= 0)
        return taken;
      self->taken_bytes += (guint32)taken;
    }
  if (request->op == PLATTER_IO_FLUSH)
    return self->writer->funcs->finish (self->writer);
  return request->length_bytes;
}

/* Returns: whether any were answered. */
static gboolean
writer_queue_pump (WriterBackend *self)
{
  PlatterIoRequest *request = NULL;
  gboolean has_answered = FALSE;

  while ((request = g_queue_pop_head (&self->cancelled)) != NULL)
    {
      has_answered = TRUE;
      writer_queue_answer (self, request, -ECANCELED);
    }
  while ((request = g_queue_peek_head (&self->waiting)) != NULL)
    {
      gssize result = writer_queue_serve (self, request);

      if (result == 0)
        break;
      g_queue_pop_head (&self->waiting);
      self->taken_bytes = 0;
      has_answered = TRUE;
      writer_queue_answer (self, request, result);
    }
  return has_answered;
}

static void
writer_queue_submit (PlatterIoBackend *base, PlatterIoRequest *request)
{
  WriterBackend *self = (WriterBackend *)base;

  if (request->file == self->file && request->op != PLATTER_IO_READ)
    g_queue_push_tail (&self->waiting, request);
  else
    self->inner->submit (self->inner, request);
}

static void
writer_queue_wait (PlatterIoBackend *base, gint64 timeout_us)
{
  WriterBackend *self = (WriterBackend *)base;

  self->inner->wait (self->inner, writer_queue_pump (self) ? 0 : timeout_us);
  writer_queue_pump (self);
}

static void
writer_queue_wake (PlatterIoBackend *base)
{
  WriterBackend *self = (WriterBackend *)base;

  self->inner->wake (self->inner);
}

static void
writer_queue_notify_cb (gpointer data)
{
  WriterBackend *self = data;

  self->inner->wake (self->inner);
}

static void
writer_queue_cancel (PlatterIoBackend *base, PlatterIoRequest *request)
{
  WriterBackend *self = (WriterBackend *)base;

  if (g_queue_peek_head (&self->waiting) == request)
    self->taken_bytes = 0;
  if (g_queue_remove (&self->waiting, request))
    g_queue_push_tail (&self->cancelled, request);
  else
    self->inner->cancel (self->inner, request);
}

static void
writer_queue_free (PlatterIoBackend *base)
{
  WriterBackend *self = (WriterBackend *)base;

  /* After this no thread of the writer notifies any more. */
  self->writer->funcs->cancel (self->writer);
  self->writer->funcs->set_notify (self->writer, NULL, NULL);
  self->inner->free (self->inner);
  g_queue_clear (&self->waiting);
  g_queue_clear (&self->cancelled);
  platter_endpoint_unref (self->endpoint);
  g_free (self);
}

static void
writer_queue_sink_cb (gpointer sink_data, PlatterIoRequest *request, gssize result)
{
  writer_queue_answer (sink_data, request, result);
}

PlatterIoBackend *
platter_writer_backend_new (PlatterIoBackend *inner, PlatterEndpoint *endpoint, guint file)
{
  WriterBackend *self = g_new0 (WriterBackend, 1);

  self->base.submit = writer_queue_submit;
  self->base.wait = writer_queue_wait;
  self->base.wake = writer_queue_wake;
  self->base.cancel = writer_queue_cancel;
  self->base.free = writer_queue_free;
  self->base.name = inner->name;
  self->inner = inner;
  self->inner->sink = writer_queue_sink_cb;
  self->inner->sink_data = self;
  self->endpoint = platter_endpoint_ref (endpoint);
  self->writer = platter_endpoint_get_writer (endpoint);
  self->file = file;
  g_queue_init (&self->waiting);
  g_queue_init (&self->cancelled);
  self->writer->funcs->set_notify (self->writer, writer_queue_notify_cb, self);
  return &self->base;
}
