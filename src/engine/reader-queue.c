// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An I/O backend in front of the real one that serves the requests to one file by its reader.

#include "reader-queue.h"

#include <errno.h>
#include <pthread.h>

typedef struct
{
  PlatterIoRequest *request;
  gssize result;
} ReaderAnswer;

typedef struct
{
  PlatterIoBackend base;
  PlatterIoBackend *inner;
  PlatterEndpoint *endpoint;
  guint file;
  gint ref_count;       /* atomic: the thread may outlive the backend */
  pthread_mutex_t lock; /* of all below */
  pthread_cond_t cond;
  GPtrArray *waiting; /* PlatterIoRequest */
  GArray *answers;    /* ReaderAnswer */
  gboolean has_thread;
  gboolean is_stopped;
} ReaderBackend;

static void
reader_queue_unref (ReaderBackend *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  platter_endpoint_unref (self->endpoint);
  g_ptr_array_unref (self->waiting);
  g_array_unref (self->answers);
  pthread_cond_destroy (&self->cond);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

static guint64
reader_queue_get_offset (const PlatterIoRequest *request)
{
  return request->offset_bytes + request->done_bytes;
}

/* In order, and going back at most once for all that wait: what was ahead of the last read, as of a sample, would come before what it
   follows on. With the lock held. */
static PlatterIoRequest *
reader_queue_take (ReaderBackend *self)
{
  guint first = 0;

  for (guint i = 1; i < self->waiting->len; i++)
    if (reader_queue_get_offset (self->waiting->pdata[i])
        < reader_queue_get_offset (self->waiting->pdata[first]))
      first = i;
  return g_ptr_array_remove_index (self->waiting, first);
}

static gssize
reader_queue_read (ReaderBackend *self, const PlatterIoRequest *request)
{
  PlatterReader *reader = platter_endpoint_get_reader (self->endpoint);
  g_autoptr (GError) error = NULL;
  gssize got = reader->funcs->read (reader, reader_queue_get_offset (request),
                                    request->data + request->done_bytes,
                                    request->length_bytes - request->done_bytes, &error);

  if (got >= 0)
    return got;
  platter_endpoint_set_reader_error (self->endpoint, error);
  return -EBADMSG;
}

static gpointer
reader_queue_thread (gpointer data)
{
  ReaderBackend *self = data;

  pthread_mutex_lock (&self->lock);
  while (!self->is_stopped)
    {
      ReaderAnswer answer = { NULL, 0 };
      PlatterIoRequest request;

      if (self->waiting->len == 0)
        {
          pthread_cond_wait (&self->cond, &self->lock);
          continue;
        }
      answer.request = reader_queue_take (self);
      /* A request that is given up may be gone while it is still served. */
      request = *answer.request;
      pthread_mutex_unlock (&self->lock);
      answer.result = reader_queue_read (self, &request);
      pthread_mutex_lock (&self->lock);
      g_array_append_val (self->answers, answer);
      if (!self->is_stopped)
        self->inner->wake (self->inner);
    }
  pthread_mutex_unlock (&self->lock);
  reader_queue_unref (self);
  return NULL;
}

/* With the lock held. */
static void
reader_queue_start_thread (ReaderBackend *self)
{
  g_autoptr (GThread) thread = NULL;

  if (self->has_thread)
    return;
  self->has_thread = TRUE;
  g_atomic_int_inc (&self->ref_count);
  thread = g_thread_new ("platter-reader", reader_queue_thread, self);
}

static void
reader_queue_submit (PlatterIoBackend *base, PlatterIoRequest *request)
{
  ReaderBackend *self = (ReaderBackend *)base;

  if (request->file != self->file)
    {
      self->inner->submit (self->inner, request);
      return;
    }
  g_assert (request->op == PLATTER_IO_READ);
  pthread_mutex_lock (&self->lock);
  g_ptr_array_add (self->waiting, request);
  reader_queue_start_thread (self);
  pthread_cond_signal (&self->cond);
  pthread_mutex_unlock (&self->lock);
}

/* Returns: whether there were any. */
static gboolean
reader_queue_give_answers (ReaderBackend *self)
{
  g_autoptr (GArray) answers = NULL;

  pthread_mutex_lock (&self->lock);
  if (self->answers->len > 0)
    {
      answers = g_steal_pointer (&self->answers);
      self->answers = g_array_new (FALSE, FALSE, sizeof (ReaderAnswer));
    }
  pthread_mutex_unlock (&self->lock);
  for (guint i = 0; answers != NULL && i < answers->len; i++)
    {
      ReaderAnswer *answer = &g_array_index (answers, ReaderAnswer, i);

      self->base.sink (self->base.sink_data, answer->request, answer->result);
    }
  return answers != NULL;
}

static void
reader_queue_wait (PlatterIoBackend *base, gint64 timeout_us)
{
  ReaderBackend *self = (ReaderBackend *)base;

  self->inner->wait (self->inner, reader_queue_give_answers (self) ? 0 : timeout_us);
  reader_queue_give_answers (self);
}

static void
reader_queue_wake (PlatterIoBackend *base)
{
  ReaderBackend *self = (ReaderBackend *)base;

  self->inner->wake (self->inner);
}

/* What is being read goes on, and is answered in any case, if it ever ends. */
static void
reader_queue_cancel (PlatterIoBackend *base, PlatterIoRequest *request)
{
  ReaderBackend *self = (ReaderBackend *)base;
  ReaderAnswer answer = { request, -ECANCELED };

  if (request->file != self->file)
    {
      self->inner->cancel (self->inner, request);
      return;
    }
  pthread_mutex_lock (&self->lock);
  if (g_ptr_array_remove (self->waiting, request))
    g_array_append_val (self->answers, answer);
  pthread_mutex_unlock (&self->lock);
}

static void
reader_queue_free (PlatterIoBackend *base)
{
  ReaderBackend *self = (ReaderBackend *)base;
  PlatterReader *reader = platter_endpoint_get_reader (self->endpoint);

  reader->funcs->cancel (reader);
  pthread_mutex_lock (&self->lock);
  self->is_stopped = TRUE;
  pthread_cond_signal (&self->cond);
  pthread_mutex_unlock (&self->lock);
  /* After this the thread does not wake it any more. */
  self->inner->free (self->inner);
  reader_queue_unref (self);
}

static void
reader_queue_sink_cb (gpointer sink_data, PlatterIoRequest *request, gssize result)
{
  ReaderBackend *self = sink_data;

  self->base.sink (self->base.sink_data, request, result);
}

PlatterIoBackend *
platter_reader_backend_new (PlatterIoBackend *inner, PlatterEndpoint *endpoint, guint file)
{
  ReaderBackend *self = g_new0 (ReaderBackend, 1);

  self->base.submit = reader_queue_submit;
  self->base.wait = reader_queue_wait;
  self->base.wake = reader_queue_wake;
  self->base.cancel = reader_queue_cancel;
  self->base.free = reader_queue_free;
  self->base.name = inner->name;
  self->inner = inner;
  self->inner->sink = reader_queue_sink_cb;
  self->inner->sink_data = self;
  self->endpoint = platter_endpoint_ref (endpoint);
  self->file = file;
  g_atomic_int_set (&self->ref_count, 1);
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->cond, NULL);
  self->waiting = g_ptr_array_new ();
  self->answers = g_array_new (FALSE, FALSE, sizeof (ReaderAnswer));
  return &self->base;
}
