// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A pipe as a reader: in order, and no way back.

#include "pipe-reader.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "content.h"
#include "engine/errors.h"
#include "file-digests.h"

/* After so long it looks whether it is cancelled. */
#define POLL_MS 100
#define ADVICE "save it as a file, and choose that"

struct _PlatterPipeReader
{
  PlatterReader reader;
  int fd;
  char *name;
  PlatterFileDigests *digests; /* (nullable) */
  gboolean is_at_end;
  PlatterContentEnd end; /* so far */
  gboolean has_digests;  /* atomic: they are finished */
  gint is_cancelled;     /* atomic */
  /* Atomic, too. */
  guint64 position_bytes;
  gint64 alive_us;
};

static gssize
pipe_reader_fail (PlatterPipeReader *self,
                  PlatterEngineError code,
                  const char *what,
                  GError **error)
{
  g_set_error (error, PLATTER_ENGINE_ERROR, code, "%s %s", self->name, what);
  return -1;
}

/* Returns: whether there is something to be read, or the end. */
static gboolean
pipe_reader_wait (PlatterPipeReader *self, GError **error)
{
  struct pollfd pipe = { self->fd, POLLIN, 0 };
  int n_ready = 0;

  while (n_ready == 0)
    {
      if (g_atomic_int_get (&self->is_cancelled))
        {
          g_set_error_literal (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED,
                               "Cancelled");
          return FALSE;
        }
      n_ready = poll (&pipe, 1, POLL_MS);
      if (n_ready < 0 && errno == EINTR)
        n_ready = 0;
    }
  return n_ready > 0
         || pipe_reader_fail (self, PLATTER_ENGINE_ERROR_READ, "cannot be waited for", error) == 0;
}

static void
pipe_reader_end (PlatterPipeReader *self)
{
  self->is_at_end = TRUE;
  if (self->digests == NULL)
    return;
  platter_file_digests_finish (self->digests);
  __atomic_store_n (&self->has_digests, TRUE, __ATOMIC_RELEASE);
}

/* Returns: how many bytes came; 0 at the end; -1 */
static gssize
pipe_reader_read_some (PlatterPipeReader *self, guint8 *data, gsize length, GError **error)
{
  gssize got = -1;

  do
    {
      if (!pipe_reader_wait (self, error))
        return -1;
      got = read (self->fd, data, length);
    }
  /* Somebody else may have made it one that does not wait. */
  while (got < 0 && (errno == EINTR || errno == EAGAIN));
  if (got < 0)
    return pipe_reader_fail (self, PLATTER_ENGINE_ERROR_READ, g_strerror (errno), error);
  if (got == 0)
    pipe_reader_end (self);
  else if (self->digests != NULL)
    platter_file_digests_add (self->digests, data, (gsize)got);
  __atomic_store_n (&self->position_bytes, self->position_bytes + (guint64)got, __ATOMIC_RELAXED);
  __atomic_store_n (&self->alive_us, g_get_monotonic_time (), __ATOMIC_RELAXED);
  return got;
}

/* Of what comes in order there was no more than a short look at its first bytes before. */
static gboolean
pipe_reader_check (
  PlatterPipeReader *self, gboolean is_begin, const guint8 *data, gsize length, GError **error)
{
  platter_content_end_add (&self->end, data, length);
  return (!is_begin || platter_content_check_beginning (data, length, self->name, ADVICE, error))
         && (!self->is_at_end || platter_content_check_end (&self->end, self->name, ADVICE, error));
}

static gssize
pipe_reader_read (
  PlatterReader *reader, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  PlatterPipeReader *self = (PlatterPipeReader *)reader;
  gboolean is_begin = self->position_bytes == 0;
  gsize filled = 0;
  gssize got = 1;

  __atomic_store_n (&self->alive_us, g_get_monotonic_time (), __ATOMIC_RELAXED);
  if (offset_bytes < self->position_bytes
      || (offset_bytes > self->position_bytes && !self->is_at_end))
    return pipe_reader_fail (self, PLATTER_ENGINE_ERROR_READ, "cannot be read a second time",
                             error);
  while (filled < length && !self->is_at_end && got > 0)
    {
      got = pipe_reader_read_some (self, data + filled, length - filled, error);
      if (got < 0)
        return -1;
      filled += (gsize)got;
    }
  return pipe_reader_check (self, is_begin, data, filled, error) ? (gssize)filled : -1;
}

static void
pipe_reader_cancel (PlatterReader *reader)
{
  g_atomic_int_set (&((PlatterPipeReader *)reader)->is_cancelled, TRUE);
}

static void
pipe_reader_get_progress (PlatterReader *reader, PlatterReaderProgress *progress)
{
  PlatterPipeReader *self = (PlatterPipeReader *)reader;

  progress->input_bytes = __atomic_load_n (&self->position_bytes, __ATOMIC_RELAXED);
  progress->total_bytes = 0;
  progress->alive_us = __atomic_load_n (&self->alive_us, __ATOMIC_RELAXED);
}

static gboolean
pipe_reader_set_digests (PlatterReader *reader, PlatterDigests digests, GError **error)
{
  PlatterPipeReader *self = (PlatterPipeReader *)reader;

  self->digests = platter_file_digests_new (digests, error);
  return self->digests != NULL;
}

static const char *
pipe_reader_get_digest (PlatterReader *reader, PlatterDigests digest)
{
  PlatterPipeReader *self = (PlatterPipeReader *)reader;

  return __atomic_load_n (&self->has_digests, __ATOMIC_ACQUIRE)
           ? platter_file_digests_get_hex (self->digests, digest)
           : NULL;
}

static void
pipe_reader_free (PlatterReader *reader)
{
  PlatterPipeReader *self = (PlatterPipeReader *)reader;

  g_clear_pointer (&self->digests, platter_file_digests_free);
  g_free (self->name);
  g_free (self);
}

static const PlatterReaderFuncs pipe_reader_funcs = {
  .read = pipe_reader_read,
  .cancel = pipe_reader_cancel,
  .get_progress = pipe_reader_get_progress,
  .set_digests = pipe_reader_set_digests,
  .get_digest = pipe_reader_get_digest,
  .free = pipe_reader_free,
};

PlatterPipeReader *
platter_pipe_reader_new (int fd, const char *name)
{
  PlatterPipeReader *self = g_new0 (PlatterPipeReader, 1);

  self->reader.funcs = &pipe_reader_funcs;
  self->reader.is_once = TRUE;
  self->fd = fd;
  self->name = g_strdup (name);
  return self;
}

PlatterReader *
platter_pipe_reader_get_reader (PlatterPipeReader *self)
{
  return &self->reader;
}
