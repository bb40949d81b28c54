// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// In which order a reader is asked.

#include "engine/reader-queue.h"

#include <fcntl.h>
#include <pthread.h>

#define N_REQUESTS 9
#define BLOCK_BYTES 4096

/* Its first read takes until the others wait. */
typedef struct
{
  PlatterReader base;
  pthread_mutex_t lock;
  pthread_cond_t cond;
  gboolean has_begun;
  gboolean may_go_on;
  GArray *offsets; /* (element-type guint64) */
} SlowReader;

static gssize
slow_reader_read (
  PlatterReader *reader, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  SlowReader *self = (SlowReader *)reader;

  pthread_mutex_lock (&self->lock);
  g_array_append_val (self->offsets, offset_bytes);
  self->has_begun = TRUE;
  pthread_cond_broadcast (&self->cond);
  while (!self->may_go_on)
    pthread_cond_wait (&self->cond, &self->lock);
  pthread_mutex_unlock (&self->lock);
  return (gssize)length;
}

static void
slow_reader_cancel (PlatterReader *reader)
{
}

static void
slow_reader_free (PlatterReader *reader)
{
  SlowReader *self = (SlowReader *)reader;

  g_array_unref (self->offsets);
  pthread_mutex_destroy (&self->lock);
  pthread_cond_destroy (&self->cond);
  g_free (self);
}

static void
slow_reader_wait_for (SlowReader *self)
{
  pthread_mutex_lock (&self->lock);
  while (!self->has_begun)
    pthread_cond_wait (&self->cond, &self->lock);
  pthread_mutex_unlock (&self->lock);
}

static void
slow_reader_let_go_on (SlowReader *self)
{
  pthread_mutex_lock (&self->lock);
  self->may_go_on = TRUE;
  pthread_cond_broadcast (&self->cond);
  pthread_mutex_unlock (&self->lock);
}

static void
sink_cb (gpointer data, PlatterIoRequest *request, gssize result)
{
  guint *n_answers = data;

  g_assert_cmpint (result, ==, BLOCK_BYTES);
  (*n_answers)++;
}

static void
submit (PlatterIoBackend *backend, PlatterIoRequest *request, guint64 block, guint8 *data)
{
  *request = (PlatterIoRequest){
    .op = PLATTER_IO_READ,
    .data = data,
    .offset_bytes = block * BLOCK_BYTES,
    .length_bytes = BLOCK_BYTES,
    .needed_bytes = BLOCK_BYTES,
  };
  backend->submit (backend, request);
}

/* The last sample of a job that goes on was of the fifth block, and then all are read. */
static void
test_in_order (void)
{
  static const PlatterReaderFuncs funcs
    = { .read = slow_reader_read, .cancel = slow_reader_cancel, .free = slow_reader_free };
  SlowReader *reader = g_new0 (SlowReader, 1);
  PlatterIoRequest requests[N_REQUESTS];
  guint8 data[BLOCK_BYTES];
  int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  PlatterIoSetup setup = {
    .fds = &fd, .n_fds = 1, .memory = data, .memory_bytes = sizeof data, .max_requests = N_REQUESTS
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterEndpoint) endpoint = NULL;
  PlatterIoBackend *backend = NULL;
  guint n_answers = 0;

  reader->base.funcs = &funcs;
  reader->offsets = g_array_new (FALSE, FALSE, sizeof (guint64));
  pthread_mutex_init (&reader->lock, NULL);
  pthread_cond_init (&reader->cond, NULL);
  endpoint = platter_endpoint_new_for_reader (fd, &reader->base, NULL);
  backend = platter_io_backend_new (PLATTER_QUEUE_THREADS, &setup, &error);
  g_assert_no_error (error);
  backend = platter_reader_backend_new (backend, endpoint, 0);
  backend->sink = sink_cb;
  backend->sink_data = &n_answers;
  submit (backend, &requests[0], 5, data);
  slow_reader_wait_for (reader);
  for (guint block = N_REQUESTS - 1; block > 0; block--)
    submit (backend, &requests[block], block, data);
  slow_reader_let_go_on (reader);
  while (n_answers < N_REQUESTS)
    backend->wait (backend, G_USEC_PER_SEC);
  for (guint block = 1; block < N_REQUESTS; block++)
    g_assert_cmpuint (g_array_index (reader->offsets, guint64, block), ==, block * BLOCK_BYTES);
  backend->free (backend);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reader-queue/in-order", test_in_order);
  return g_test_run ();
}
