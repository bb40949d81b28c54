// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Reading a packed file ahead: a thread fills a ring of pieces, and digests them when they are on offer.

#include "input.h"

#include "engine/errors.h"
#include "file-digests.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#define PIECE_BYTES (1024 * 1024)
#define N_PIECES 4
/* After so long whoever waits for a pipe looks whether it is to end. */
#define POLL_MS 100

struct _PlatterInput
{
  int fd;                 /* of a pipe */
  PlatterSplitFile *file; /* (nullable): of anything else */
  char *name;
  guint64 size_bytes;
  gboolean is_pipe;
  gint64 alive_us;   /* atomic; of a pipe */
  gint is_cancelled; /* atomic, as the next */
  gint is_ending;
  GThread *thread;
  PlatterFileDigests *digests; /* the thread's, until they are complete */
  guint64 digested_bytes;      /* the thread's */
  pthread_mutex_t lock;        /* of all below */
  pthread_cond_t cond;
  guint8 *pieces[N_PIECES];
  gsize lengths[N_PIECES];
  guint64 n_filled; /* since the last seek, as the next */
  guint64 n_taken;
  gsize taken_bytes; /* of the piece that is being taken */
  guint64 start_bytes;
  guint generation; /* grows with each seek */
  gboolean is_at_end;
  gboolean is_idle;              /* the thread has nothing to do */
  gboolean are_digests_complete; /* set by the thread only */
  gboolean is_stopped;
  int error; /* an errno */
  guint64 error_bytes;
};

static PlatterInput *
input_new (const char *name)
{
  PlatterInput *self = g_new0 (PlatterInput, 1);

  self->fd = -1;
  self->name = g_strdup (name);
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->cond, NULL);
  return self;
}

PlatterInput *
platter_input_new_for_split (PlatterSplitFile *file, const char *name)
{
  PlatterInput *self = input_new (name);
  int fd = -1;

  self->file = platter_split_file_ref (file);
  self->size_bytes = platter_split_file_get_size (file);
  for (guint i = 0; (fd = platter_split_file_get_fd (file, i)) >= 0; i++)
    posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return self;
}

PlatterInput *
platter_input_new (int fd, const char *name)
{
  g_autoptr (PlatterSplitFile) file = platter_split_file_new_whole (fd);

  return platter_input_new_for_split (file, name);
}

PlatterInput *
platter_input_new_for_pipe (int fd, const char *name, guint64 size_bytes)
{
  PlatterInput *self = input_new (name);

  self->fd = fd;
  self->is_pipe = TRUE;
  self->size_bytes = size_bytes;
  self->alive_us = g_get_monotonic_time ();
  return self;
}

void
platter_input_free (PlatterInput *self)
{
  if (self == NULL)
    return;
  g_atomic_int_set (&self->is_ending, TRUE);
  pthread_mutex_lock (&self->lock);
  self->is_stopped = TRUE;
  pthread_cond_broadcast (&self->cond);
  pthread_mutex_unlock (&self->lock);
  g_clear_pointer (&self->thread, g_thread_join);
  for (guint i = 0; i < N_PIECES; i++)
    g_free (self->pieces[i]);
  platter_file_digests_free (self->digests);
  platter_split_file_unref (self->file);
  pthread_cond_destroy (&self->cond);
  pthread_mutex_destroy (&self->lock);
  g_free (self->name);
  g_free (self);
}

/* Returns: whether there is something to be read, or the end; else with errno. */
static gboolean
input_wait (PlatterInput *self)
{
  struct pollfd pipe = { self->fd, POLLIN, 0 };
  int n_ready = 0;

  while (n_ready == 0)
    {
      errno = ECANCELED;
      if (platter_input_is_cancelled (self) || g_atomic_int_get (&self->is_ending))
        return FALSE;
      n_ready = poll (&pipe, 1, POLL_MS);
      if (n_ready < 0 && errno == EINTR)
        n_ready = 0;
    }
  return n_ready > 0;
}

/* The same as platter_split_file_read() of a pipe. One that has another end than it should have is cut off, or not what it was said
   to be. */
static gssize
input_fill_from_pipe (PlatterInput *self, guint64 offset_bytes, guint8 *data, gsize length)
{
  gsize filled = 0;

  while (filled < length)
    {
      gssize got = input_wait (self) ? read (self->fd, data + filled, length - filled) : -1;

      if (got == 0)
        break;
      /* Somebody else may have made it one that does not wait. */
      if (got < 0 && errno != EINTR && errno != EAGAIN)
        return -1;
      filled += got > 0 ? (gsize)got : 0;
      __atomic_store_n (&self->alive_us, g_get_monotonic_time (), __ATOMIC_RELAXED);
    }
  if (self->size_bytes > 0
      && (offset_bytes + filled > self->size_bytes
          || (filled < length && offset_bytes + filled < self->size_bytes)))
    {
      errno = ENODATA;
      return -1;
    }
  return (gssize)filled;
}

/* Only what comes in the file's own order, each byte once, and the end once: where it is met again, nothing follows
   that would tell it from the first time. After a seek a piece may begin with what was there already. */
static void
input_digest (PlatterInput *self, guint64 offset_bytes, const guint8 *data, gsize length)
{
  gboolean is_end = length < PIECE_BYTES;
  gsize known = 0;

  if (self->digests == NULL || self->are_digests_complete || offset_bytes > self->digested_bytes
      || offset_bytes + length < self->digested_bytes)
    return;
  known = (gsize)(self->digested_bytes - offset_bytes);
  platter_file_digests_add (self->digests, data + known, length - known);
  self->digested_bytes += length - known;
  if (!is_end)
    return;
  platter_file_digests_finish (self->digests);
  pthread_mutex_lock (&self->lock);
  self->are_digests_complete = TRUE;
  pthread_cond_broadcast (&self->cond);
  pthread_mutex_unlock (&self->lock);
}

/* With the lock held. */
static void
input_note (PlatterInput *self, gssize got, int code, guint64 offset_bytes)
{
  if (got < 0)
    {
      self->error = code;
      self->error_bytes = offset_bytes;
    }
  else
    self->lengths[self->n_filled++ % N_PIECES] = (gsize)got;
  self->is_at_end = got < PIECE_BYTES;
  pthread_cond_broadcast (&self->cond);
}

/* Fills one piece. With the lock held, but while it reads. */
static void
input_read_piece (PlatterInput *self)
{
  guint generation = self->generation;
  guint64 offset_bytes = self->start_bytes + self->n_filled * PIECE_BYTES;
  guint8 *piece = self->pieces[self->n_filled % N_PIECES];
  gssize got = 0;
  int code = 0;

  pthread_mutex_unlock (&self->lock);
  got = self->is_pipe ? input_fill_from_pipe (self, offset_bytes, piece, PIECE_BYTES)
                      : platter_split_file_read (self->file, offset_bytes, piece, PIECE_BYTES);
  code = errno;
  pthread_mutex_lock (&self->lock);
  if (generation != self->generation)
    return;
  input_note (self, got, code, offset_bytes);
  pthread_mutex_unlock (&self->lock);
  if (got >= 0)
    input_digest (self, offset_bytes, piece, (gsize)got);
  pthread_mutex_lock (&self->lock);
}

static gpointer
input_thread (gpointer data)
{
  PlatterInput *self = data;

  pthread_mutex_lock (&self->lock);
  while (!self->is_stopped)
    {
      /* The piece that is being looked at is one of them. */
      if (!self->is_at_end && self->n_filled - self->n_taken < N_PIECES)
        {
          input_read_piece (self);
          continue;
        }
      self->is_idle = TRUE;
      pthread_cond_broadcast (&self->cond);
      pthread_cond_wait (&self->cond, &self->lock);
      self->is_idle = FALSE;
    }
  pthread_mutex_unlock (&self->lock);
  return NULL;
}

static void
input_start (PlatterInput *self)
{
  if (self->thread != NULL)
    return;
  /* All of them now: later, whoever unpacks may have taken what memory there is. */
  for (guint i = 0; i < N_PIECES; i++)
    self->pieces[i] = g_malloc (PIECE_BYTES);
  self->thread = g_thread_new ("platter-input", input_thread, self);
}

gboolean
platter_input_set_digests (PlatterInput *self, PlatterDigests digests, GError **error)
{
  g_assert (self->thread == NULL && self->digests == NULL);
  self->digests = platter_file_digests_new (digests, error);
  return self->digests != NULL;
}

void
platter_input_finish_digests (PlatterInput *self)
{
  if (self->digests == NULL)
    return;
  pthread_mutex_lock (&self->lock);
  while (!self->are_digests_complete && !(self->is_at_end && self->is_idle)
         && !platter_input_is_cancelled (self))
    pthread_cond_wait (&self->cond, &self->lock);
  pthread_mutex_unlock (&self->lock);
}

const char *
platter_input_get_digest (PlatterInput *self, PlatterDigests digest)
{
  gboolean are_complete = FALSE;

  pthread_mutex_lock (&self->lock);
  are_complete = self->are_digests_complete;
  pthread_mutex_unlock (&self->lock);
  return are_complete ? platter_file_digests_get_hex (self->digests, digest) : NULL;
}

static gboolean
input_check (PlatterInput *self, GError **error)
{
  if (platter_input_is_cancelled (self))
    g_set_error_literal (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED, "Cancelled");
  else if (self->error == ENODATA && self->is_pipe)
    g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_SHORT_READ,
                 "%s did not come whole: it has another end than its %" G_GUINT64_FORMAT " bytes",
                 self->name, self->size_bytes);
  else if (self->error != 0)
    g_set_error (error, PLATTER_ENGINE_ERROR,
                 platter_engine_error_from_errno (self->error, PLATTER_ENGINE_ERROR_READ),
                 "Could not read %s at byte %" G_GUINT64_FORMAT ": %s", self->name,
                 self->error_bytes, g_strerror (self->error));
  else
    return TRUE;
  return FALSE;
}

gboolean
platter_input_peek (PlatterInput *self, const guint8 **data, gsize *length, GError **error)
{
  gboolean is_there = FALSE;
  guint slot = 0;

  input_start (self);
  *data = NULL;
  *length = 0;
  pthread_mutex_lock (&self->lock);
  while (self->n_filled == self->n_taken && !self->is_at_end && self->error == 0
         && !platter_input_is_cancelled (self))
    pthread_cond_wait (&self->cond, &self->lock);
  is_there = self->n_filled > self->n_taken && !platter_input_is_cancelled (self);
  if (is_there)
    {
      slot = (guint)(self->n_taken % N_PIECES);
      *data = self->pieces[slot] + self->taken_bytes;
      *length = self->lengths[slot] - self->taken_bytes;
    }
  pthread_mutex_unlock (&self->lock);
  return is_there || input_check (self, error);
}

void
platter_input_take (PlatterInput *self, gsize length)
{
  pthread_mutex_lock (&self->lock);
  self->taken_bytes += length;
  if (self->taken_bytes == PIECE_BYTES)
    {
      self->taken_bytes = 0;
      self->n_taken++;
      pthread_cond_broadcast (&self->cond);
    }
  pthread_mutex_unlock (&self->lock);
}

gssize
platter_input_read (PlatterInput *self, guint8 *data, gsize length, GError **error)
{
  gsize filled = 0;

  while (filled < length)
    {
      const guint8 *next = NULL;
      gsize available = 0;

      if (!platter_input_peek (self, &next, &available, error))
        return -1;
      if (available == 0)
        break;
      available = MIN (available, length - filled);
      memcpy (data + filled, next, available);
      platter_input_take (self, available);
      filled += available;
    }
  return (gssize)filled;
}

void
platter_input_seek (PlatterInput *self, guint64 offset_bytes)
{
  g_assert (!self->is_pipe);
  pthread_mutex_lock (&self->lock);
  self->generation++;
  self->n_filled = 0;
  self->n_taken = 0;
  self->taken_bytes = 0;
  self->start_bytes = offset_bytes;
  self->is_at_end = FALSE;
  self->error = 0;
  pthread_cond_broadcast (&self->cond);
  pthread_mutex_unlock (&self->lock);
}

gboolean
platter_input_read_at (PlatterInput *self, guint64 offset_bytes, guint8 *data, gsize length)
{
  return offset_bytes <= G_MAXINT64 && !self->is_pipe
         && platter_split_file_read (self->file, offset_bytes, data, length) == (gssize)length;
}

void
platter_input_cancel (PlatterInput *self)
{
  g_atomic_int_set (&self->is_cancelled, TRUE);
  pthread_mutex_lock (&self->lock);
  pthread_cond_broadcast (&self->cond);
  pthread_mutex_unlock (&self->lock);
}

gboolean
platter_input_is_cancelled (PlatterInput *self)
{
  return g_atomic_int_get (&self->is_cancelled);
}

guint64
platter_input_get_position_bytes (PlatterInput *self)
{
  guint64 position = 0;

  pthread_mutex_lock (&self->lock);
  position = self->start_bytes + self->n_taken * PIECE_BYTES + self->taken_bytes;
  pthread_mutex_unlock (&self->lock);
  return position;
}

guint64
platter_input_get_size_bytes (PlatterInput *self)
{
  return self->size_bytes;
}

gint64
platter_input_get_alive_us (PlatterInput *self)
{
  return __atomic_load_n (&self->alive_us, __ATOMIC_RELAXED);
}

gboolean
platter_input_is_pipe (PlatterInput *self)
{
  return self->is_pipe;
}

int
platter_input_get_fd (PlatterInput *self)
{
  if (self->is_pipe || platter_split_file_get_fd (self->file, 1) >= 0)
    return -1;
  return platter_split_file_get_fd (self->file, 0);
}

const char *
platter_input_get_name (PlatterInput *self)
{
  return self->name;
}
