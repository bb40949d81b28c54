// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A new disk, written through a Network Block Device server: whoever copies fills one chunk, a thread has some others
// written by the server, and at the end waits for the server that reads, so that what is read back is what was stored.

#include "nbd-writer.h"

#include "engine/errors.h"
#include "nbd-readback.h"
#include "storing-writer.h"

#include <errno.h>
#include <libnbd.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whole clusters of every such format: what is packed cannot be added to. */
#define CHUNK_BYTES ((gsize)2 * 1024 * 1024)
#define N_CHUNKS 6
#define NBD_THREAD "platter-nbd"
#define SECTOR_BYTES 512
#define POLL_MS 100
/* So much at most lies in the system's memory and not in the file. */
#define SYNC_BYTES ((guint64)256 * 1024 * 1024)
#define OPEN_TIMEOUT_US ((gint64)30 * G_USEC_PER_SEC)
/* The server has flushed already. */
#define CLOSE_TIMEOUT_US ((gint64)30 * G_USEC_PER_SEC)

typedef struct
{
  guint8 *data;
  gsize length;
  gboolean is_zero; /* all of it, and @data has nothing of it */
  gint64 cookie;    /* the thread's: 0: it is not under way */
  gboolean is_done; /* the thread's */
} NbdChunk;

struct _PlatterNbdWriter
{
  PlatterStoringWriter base;
  int file;
  int socket; /* -1 once the handle has it */
  gboolean is_read_back;
  PlatterNbdReadback *readback;
  struct nbd_handle *nbd;  /* the thread's, as the next three */
  guint64 disk_bytes;      /* so much the server says there is */
  gsize block_bytes;       /* and it writes no less than that */
  guint64 unflushed_bytes; /* written since the last flush */
  int event;               /* wakes the thread */
  NbdChunk chunks[N_CHUNKS];
  NbdChunk *filling; /* (nullable): the writer's */
};

/* The thread's own functions return an errno. Waits for the server, or for whoever has something to be done. */
static int
nbd_writer_poll (PlatterNbdWriter *self)
{
  unsigned int direction = nbd_aio_get_direction (self->nbd);
  struct pollfd fds[] = {
    { nbd_aio_get_fd (self->nbd), 0, 0 },
    { self->event, POLLIN, 0 },
  };
  guint64 count = 0;

  if ((direction & LIBNBD_AIO_DIRECTION_READ) != 0)
    fds[0].events |= POLLIN;
  if ((direction & LIBNBD_AIO_DIRECTION_WRITE) != 0)
    fds[0].events |= POLLOUT;
  if (poll (fds, G_N_ELEMENTS (fds), POLL_MS) < 0 && errno != EINTR)
    return errno;
  if ((fds[1].revents & POLLIN) != 0 && read (self->event, &count, sizeof count) < 0)
    return errno;
  if ((fds[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0
      && (direction & LIBNBD_AIO_DIRECTION_READ) != 0)
    nbd_aio_notify_read (self->nbd);
  else if ((fds[0].revents & (POLLOUT | POLLHUP | POLLERR)) != 0)
    nbd_aio_notify_write (self->nbd);
  if (fds[0].revents != 0)
    platter_nbd_readback_note_alive (self->readback);
  if (platter_storing_writer_is_stopped (&self->base))
    return ECANCELED;
  return nbd_aio_is_dead (self->nbd) != 0 || nbd_aio_is_closed (self->nbd) != 0 ? EPIPE : 0;
}

static int
nbd_writer_connect (PlatterNbdWriter *self)
{
  gint64 deadline_us = g_get_monotonic_time () + OPEN_TIMEOUT_US;
  gint64 size_bytes = 0;
  gint64 least = 0;
  int error = 0;

  self->nbd = nbd_create ();
  if (self->nbd == NULL)
    return ENOMEM;
  if (nbd_aio_connect_socket (self->nbd, g_steal_fd (&self->socket)) != 0)
    return EPIPE;
  while (error == 0 && nbd_aio_is_ready (self->nbd) == 0)
    error = g_get_monotonic_time () >= deadline_us ? ETIMEDOUT : nbd_writer_poll (self);
  if (error != 0)
    return error;
  size_bytes = nbd_get_size (self->nbd);
  if (size_bytes < 0 || nbd_is_read_only (self->nbd) != 0 || nbd_can_flush (self->nbd) != 1)
    return EROFS;
  self->disk_bytes = (guint64)size_bytes;
  least = nbd_get_block_size (self->nbd, LIBNBD_SIZE_MINIMUM);
  self->block_bytes = least > SECTOR_BYTES ? (gsize)least : SECTOR_BYTES;
  return CHUNK_BYTES % self->block_bytes == 0 ? 0 : EOPNOTSUPP;
}

/* Returns: an errno; 0 without an answer yet: @is_done tells. */
static int
nbd_writer_check (PlatterNbdWriter *self, gint64 cookie, gboolean *is_done)
{
  int result = nbd_aio_command_completed (self->nbd, (uint64_t)cookie);
  int code = result < 0 ? nbd_get_errno () : 0;

  *is_done = result != 0;
  return result < 0 && code == 0 ? EIO : code;
}

static int
nbd_writer_flush (PlatterNbdWriter *self)
{
  gint64 cookie = nbd_aio_flush (self->nbd, NBD_NULL_COMPLETION, 0);
  gboolean is_done = FALSE;
  int error = cookie > 0 ? 0 : EPIPE;

  while (error == 0 && !is_done)
    {
      error = nbd_writer_check (self, cookie, &is_done);
      if (error == 0 && !is_done)
        error = nbd_writer_poll (self);
    }
  self->unflushed_bytes = 0;
  return error;
}

/* What is not a whole number of the server's blocks is filled up with zeros. */
static int
nbd_writer_start_chunk (PlatterNbdWriter *self, guint64 index)
{
  NbdChunk *chunk = &self->chunks[index % N_CHUNKS];
  guint64 offset_bytes = index * CHUNK_BYTES;
  gsize length = (chunk->length + self->block_bytes - 1) / self->block_bytes * self->block_bytes;

  if (offset_bytes + length > self->disk_bytes)
    return ENOSPC;
  chunk->is_done = chunk->is_zero;
  if (chunk->is_zero)
    return 0;
  memset (chunk->data + chunk->length, 0, length - chunk->length);
  chunk->cookie
    = nbd_aio_pwrite (self->nbd, chunk->data, length, offset_bytes, NBD_NULL_COMPLETION, 0);
  self->unflushed_bytes += length;
  return chunk->cookie > 0 ? 0 : EPIPE;
}

static int
nbd_writer_look_at_chunk (PlatterNbdWriter *self, guint64 index)
{
  NbdChunk *chunk = &self->chunks[index % N_CHUNKS];
  int error = 0;

  if (!chunk->is_done)
    error = nbd_writer_check (self, chunk->cookie, &chunk->is_done);
  return error;
}

/* Has the server write those from @n_started to @n_pushed. */
static int
nbd_writer_start_chunks (PlatterNbdWriter *self, guint64 *n_started, guint64 n_pushed)
{
  int error = 0;

  while (error == 0 && *n_started < n_pushed)
    error = nbd_writer_start_chunk (self, (*n_started)++);
  return error;
}

/* Returns: how many of the first ones are done. */
static guint64
nbd_writer_count_done (PlatterNbdWriter *self, guint64 n_stored, guint64 n_started, int *error)
{
  while (n_stored < n_started && *error == 0)
    {
      *error = nbd_writer_look_at_chunk (self, n_stored);
      if (*error != 0 || !self->chunks[n_stored % N_CHUNKS].is_done)
        break;
      n_stored++;
    }
  return n_stored;
}

/* One round. With the lock held, but while it works. */
static void
nbd_writer_work (PlatterNbdWriter *self, guint64 *n_started)
{
  guint64 n_pushed = self->base.n_pushed;
  guint64 n_stored = self->base.n_stored;
  int error = 0;

  pthread_mutex_unlock (&self->base.lock);
  error = nbd_writer_start_chunks (self, n_started, n_pushed);
  n_stored = nbd_writer_count_done (self, n_stored, *n_started, &error);
  if (error == 0 && self->unflushed_bytes >= SYNC_BYTES && n_stored == *n_started)
    error = nbd_writer_flush (self);
  else if (error == 0 && n_stored < *n_started)
    {
      error = nbd_writer_poll (self);
      n_stored = nbd_writer_count_done (self, n_stored, *n_started, &error);
    }
  pthread_mutex_lock (&self->base.lock);
  if (n_stored > self->base.n_stored || error != 0)
    {
      for (; self->base.n_stored < n_stored; self->base.n_stored++)
        self->base.stored_bytes += self->chunks[self->base.n_stored % N_CHUNKS].length;
      platter_storing_writer_note (&self->base, error);
    }
}

/* The server closes the disk only after its client has gone. */
static int
nbd_writer_disconnect (PlatterNbdWriter *self)
{
  gint64 deadline_us = g_get_monotonic_time () + CLOSE_TIMEOUT_US;
  int error = nbd_aio_disconnect (self->nbd, 0) == 0 ? 0 : EPIPE;

  /* That it is gone is what is wanted: whether it has closed the disk well is seen by whoever started it. */
  while (error == 0)
    error = g_get_monotonic_time () >= deadline_us ? ETIMEDOUT : nbd_writer_poll (self);
  nbd_close (self->nbd);
  self->nbd = NULL;
  return error == EPIPE ? 0 : error;
}

static int
nbd_writer_open_readback (PlatterNbdWriter *self, guint64 content_bytes)
{
  g_autoptr (GError) error = NULL;

  if (platter_nbd_readback_open (self->readback, content_bytes, self->is_read_back, &error))
    return 0;
  g_debug ("The new disk cannot be read back: %s", error->message);
  return platter_storing_writer_is_stopped (&self->base) ? ECANCELED : EPIPE;
}

/* The end. With the lock held, but while it works. */
static void
nbd_writer_end (PlatterNbdWriter *self)
{
  guint64 content_bytes = self->base.stored_bytes;
  int error = 0;

  pthread_mutex_unlock (&self->base.lock);
  error = nbd_writer_flush (self);
  if (error == 0)
    error = nbd_writer_disconnect (self);
  if (error == 0)
    error = nbd_writer_open_readback (self, content_bytes);
  pthread_mutex_lock (&self->base.lock);
  self->base.is_finished = error == 0;
  platter_storing_writer_note (&self->base, error);
}

static gpointer
nbd_writer_thread (gpointer data)
{
  PlatterNbdWriter *self = data;
  guint64 n_started = 0;
  int error = nbd_writer_connect (self);

  pthread_mutex_lock (&self->base.lock);
  platter_storing_writer_note (&self->base, error);
  while (!self->base.is_stopped)
    if (self->base.error == 0 && self->base.n_stored < self->base.n_pushed)
      nbd_writer_work (self, &n_started);
    else if (self->base.error == 0 && self->base.is_ending && !self->base.is_finished)
      nbd_writer_end (self);
    else
      pthread_cond_wait (&self->base.cond, &self->base.lock);
  pthread_mutex_unlock (&self->base.lock);
  return NULL;
}

/* It may be waiting for the server. */
static void
nbd_writer_wake (PlatterNbdWriter *self)
{
  guint64 one = 1;

  if (write (self->event, &one, sizeof one) < 0)
    g_debug ("No event: %s", g_strerror (errno));
}

static void
nbd_writer_push (PlatterNbdWriter *self)
{
  self->filling = NULL;
  platter_storing_writer_push (&self->base, NBD_THREAD, nbd_writer_thread);
  nbd_writer_wake (self);
}

static void
nbd_writer_begin_chunk (PlatterNbdWriter *self)
{
  self->filling = &self->chunks[self->base.n_begun++ % N_CHUNKS];
  self->filling->length = 0;
  self->filling->is_zero = TRUE;
  self->filling->cookie = 0;
  self->filling->is_done = FALSE;
}

static void
nbd_writer_fill (NbdChunk *chunk, const guint8 *data, gsize length)
{
  if (data != NULL && chunk->is_zero)
    memset (chunk->data, 0, chunk->length);
  if (data != NULL)
    memcpy (chunk->data + chunk->length, data, length);
  else if (!chunk->is_zero)
    memset (chunk->data + chunk->length, 0, length);
  chunk->is_zero = chunk->is_zero && data == NULL;
  chunk->length += length;
}

static gssize
nbd_writer_write (PlatterWriter *writer, const guint8 *data, gsize length)
{
  PlatterNbdWriter *self = (PlatterNbdWriter *)writer;
  int state = platter_storing_writer_has_room (&self->base, N_CHUNKS);

  if (state < 0 || (state == 0 && self->filling == NULL))
    return state;
  if (self->filling == NULL)
    nbd_writer_begin_chunk (self);
  length = MIN (length, CHUNK_BYTES - self->filling->length);
  nbd_writer_fill (self->filling, data, length);
  if (self->filling->length == CHUNK_BYTES)
    nbd_writer_push (self);
  return (gssize)length;
}

static int
nbd_writer_finish (PlatterWriter *writer)
{
  PlatterNbdWriter *self = (PlatterNbdWriter *)writer;

  if (self->filling != NULL)
    nbd_writer_push (self);
  return platter_storing_writer_end (&self->base, NBD_THREAD, nbd_writer_thread);
}

/* The thread may be waiting for the server that reads. */
static void
nbd_writer_cancel (PlatterWriter *writer)
{
  PlatterNbdWriter *self = (PlatterNbdWriter *)writer;
  PlatterReader *reader = platter_nbd_readback_get_reader (self->readback);

  if (!platter_storing_writer_stop (&self->base))
    reader->funcs->cancel (reader);
}

static PlatterReader *
nbd_writer_get_reader (PlatterWriter *writer)
{
  return platter_nbd_readback_get_reader (((PlatterNbdWriter *)writer)->readback);
}

static void
nbd_writer_free (PlatterWriter *writer)
{
  platter_nbd_writer_free ((PlatterNbdWriter *)writer);
}

static const PlatterWriterFuncs nbd_writer_funcs = {
  .set_notify = platter_storing_writer_set_notify,
  .write = nbd_writer_write,
  .finish = nbd_writer_finish,
  .get_stored_bytes = platter_storing_writer_get_stored_bytes,
  .cancel = nbd_writer_cancel,
  .get_reader = nbd_writer_get_reader,
  .free = nbd_writer_free,
};

guint64
platter_nbd_writer_get_file_bytes (PlatterNbdWriter *self)
{
  struct stat status;

  return fstat (self->file, &status) == 0 ? (guint64)status.st_size : 0;
}

const char *
platter_nbd_writer_get_digest (PlatterNbdWriter *self)
{
  return platter_nbd_readback_get_digest (self->readback);
}

PlatterWriter *
platter_nbd_writer_get_writer (PlatterNbdWriter *self)
{
  return &self->base.writer;
}

void
platter_nbd_writer_free (PlatterNbdWriter *self)
{
  if (self == NULL)
    return;
  if (self->base.thread != NULL)
    nbd_writer_cancel (&self->base.writer);
  g_clear_pointer (&self->base.thread, g_thread_join);
  /* Before the memory that it sends. */
  nbd_close (self->nbd);
  platter_nbd_readback_free (self->readback);
  for (guint i = 0; i < N_CHUNKS; i++)
    g_free (self->chunks[i].data);
  if (self->socket >= 0)
    close (self->socket);
  if (self->event >= 0)
    close (self->event);
  platter_storing_writer_clear (&self->base);
  g_free (self);
}

PlatterNbdWriter *
platter_nbd_writer_new (int write_socket,
                        int read_socket,
                        int file,
                        const char *name,
                        gboolean is_read_back,
                        GError **error)
{
  g_autoptr (PlatterNbdWriter) self = g_new0 (PlatterNbdWriter, 1);

  platter_storing_writer_init (&self->base, &nbd_writer_funcs);
  self->file = file;
  self->socket = write_socket;
  self->is_read_back = is_read_back;
  self->readback = platter_nbd_readback_new (read_socket, file, name, error);
  for (guint i = 0; i < N_CHUNKS; i++)
    self->chunks[i].data = g_malloc (CHUNK_BYTES);
  self->event = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->event >= 0)
    return self->readback != NULL ? g_steal_pointer (&self) : NULL;
  if (self->readback != NULL)
    g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FAILED,
                 "No event descriptor: %s", g_strerror (errno));
  return NULL;
}
