// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A ring of chunks that are asked for ahead of whoever reads, so that the server always has something to do.

#include "nbd-reader.h"

#include <libnbd.h>
#include <string.h>
#include <unistd.h>

#include "content.h"
#include "engine/errors.h"
#include "file-digests.h"
#include "input.h"
#include "nbd-extents.h"

#define CHUNK_BYTES ((guint64)1024 * 1024)
#define N_CHUNKS 8
#define MIN_CHUNK_BYTES 512
#define ADVICE "get it as a file, and choose that"
/* After so long it looks whether it is cancelled. */
#define POLL_MS 100
#define LEAVE_TIMEOUT_US ((gint64)2 * G_USEC_PER_SEC)
#define OPEN_TIMEOUT_US ((gint64)30 * G_USEC_PER_SEC)

typedef struct
{
  guint8 *data;
  gsize length;
  gint64 cookie; /* of the request that fills it; 0: it is filled */
} NbdChunk;

struct _PlatterNbdReader
{
  PlatterReader reader;
  char *name;
  char *export_name;
  int socket; /* -1: libnbd has it */
  struct nbd_handle *nbd;
  PlatterNbdExtents *extents;
  guint64 size_bytes;
  guint64 chunk_bytes;
  /* Chunk n of the content lies at n modulo N_CHUNKS: n_ahead of them from the first on have been asked for. */
  NbdChunk chunks[N_CHUNKS];
  guint64 first;
  guint64 n_ahead;
  PlatterInput *file; /* (nullable) */
  gboolean is_anything_allowed;
  gboolean is_file_digested;   /* on the way */
  PlatterFileDigests *content; /* (nullable): where there is no file */
  guint64 content_bytes;       /* so many are digested */
  gboolean has_content;        /* all of them; atomic */
  GError *failure;             /* (nullable): told again by each read that comes after it */
  gint is_cancelled;           /* atomic */
  guint64 position_bytes;      /* atomic, as the next */
  gint64 alive_us;
};

static gboolean
nbd_reader_fail (PlatterNbdReader *self, const char *what, GError **error)
{
  /* libnbd's own words are for its developers. */
  g_debug ("%s: %s: %s", self->name, what, nbd_get_error ());
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ, "%s %s", self->name, what);
  return FALSE;
}

static gboolean
nbd_reader_check_cancelled (PlatterNbdReader *self, GError **error)
{
  if (!g_atomic_int_get (&self->is_cancelled))
    return TRUE;
  g_set_error_literal (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED, "Cancelled");
  return FALSE;
}

static void
nbd_reader_note_alive (PlatterNbdReader *self)
{
  __atomic_store_n (&self->alive_us, g_get_monotonic_time (), __ATOMIC_RELAXED);
}

static gboolean
nbd_reader_check_connected (PlatterNbdReader *self, GError **error)
{
  return (!nbd_aio_is_dead (self->nbd) && !nbd_aio_is_closed (self->nbd))
         || nbd_reader_fail (self,
                             "is no longer there: the program that reads it for Platter, or the "
                             "server, has ended",
                             error);
}

/* Waits a little for whatever comes. */
static gboolean
nbd_reader_poll (PlatterNbdReader *self, GError **error)
{
  if (!nbd_reader_check_cancelled (self, error))
    return FALSE;
  if (nbd_poll (self->nbd, POLL_MS) > 0)
    nbd_reader_note_alive (self);
  return nbd_reader_check_connected (self, error);
}

/* Returns: %FALSE without @error if the server has refused it. */
static gboolean
nbd_reader_await (PlatterNbdReader *self, gint64 cookie, GError **error)
{
  int result = 0;

  while ((result = nbd_aio_command_completed (self->nbd, (uint64_t)cookie)) == 0)
    if (!nbd_reader_poll (self, error))
      return FALSE;
  if (result < 0)
    nbd_reader_check_connected (self, error);
  return result > 0;
}

static gboolean
nbd_reader_negotiate (PlatterNbdReader *self, GError **error)
{
  gint64 deadline_us = g_get_monotonic_time () + OPEN_TIMEOUT_US;
  int socket = self->socket;

  self->socket = -1;
  self->nbd = nbd_create ();
  if (self->nbd == NULL)
    {
      close (socket);
      return nbd_reader_fail (self, "cannot be read: libnbd does not start", error);
    }
  if (nbd_set_export_name (self->nbd, self->export_name) != 0
      || nbd_add_meta_context (self->nbd, LIBNBD_CONTEXT_BASE_ALLOCATION) != 0
      || nbd_aio_connect_socket (self->nbd, socket) != 0)
    return nbd_reader_fail (self, "cannot be read: its server is not understood", error);
  while (!nbd_aio_is_ready (self->nbd))
    {
      if (g_get_monotonic_time () >= deadline_us)
        return nbd_reader_fail (self, "cannot be read: its server does not answer", error);
      if (!nbd_reader_poll (self, error))
        return FALSE;
    }
  return TRUE;
}

/* A server may want fewer bytes at a time, or never less than so many. */
static gboolean
nbd_reader_choose_chunks (PlatterNbdReader *self, GError **error)
{
  gint64 least = nbd_get_block_size (self->nbd, LIBNBD_SIZE_MINIMUM);
  gint64 most = nbd_get_block_size (self->nbd, LIBNBD_SIZE_MAXIMUM);

  self->chunk_bytes = CHUNK_BYTES;
  while (most > 0 && self->chunk_bytes > (guint64)most)
    self->chunk_bytes /= 2;
  if (self->chunk_bytes >= MIN_CHUNK_BYTES
      && (least <= 0 || self->chunk_bytes % (guint64)least == 0))
    return TRUE;
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
               "%s cannot be read: its server takes requests of odd sizes only", self->name);
  return FALSE;
}

gboolean
platter_nbd_reader_open (PlatterNbdReader *self, GError **error)
{
  gint64 size_bytes = 0;

  g_return_val_if_fail (self->nbd == NULL, FALSE);
  nbd_reader_note_alive (self);
  if (!nbd_reader_negotiate (self, error) || !nbd_reader_choose_chunks (self, error))
    return FALSE;
  size_bytes = nbd_get_size (self->nbd);
  if (size_bytes < 0)
    return nbd_reader_fail (self, "cannot be read: its server does not tell its size", error);
  self->size_bytes = (guint64)size_bytes;
  self->extents = platter_nbd_extents_new (self->nbd, self->size_bytes);
  for (guint i = 0; i < N_CHUNKS; i++)
    self->chunks[i].data = g_malloc (self->chunk_bytes);
  return TRUE;
}

guint64
platter_nbd_reader_get_size_bytes (PlatterNbdReader *self)
{
  return self->size_bytes;
}

/* Has the server look up what is zeros from @offset_bytes on. */
static gboolean
nbd_reader_look_up (PlatterNbdReader *self, guint64 offset_bytes, gsize length, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gint64 cookie = 0;

  if (platter_nbd_extents_is_known (self->extents, offset_bytes))
    return TRUE;
  cookie = platter_nbd_extents_ask (self->extents, offset_bytes);
  if (cookie > 0 && !nbd_reader_await (self, cookie, &local_error) && local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  /* A server that does not tell is read. */
  if (!platter_nbd_extents_is_known (self->extents, offset_bytes))
    platter_nbd_extents_add (self->extents, length, FALSE);
  return TRUE;
}

static gboolean
nbd_reader_ask_next (PlatterNbdReader *self, GError **error)
{
  guint64 index = self->first + self->n_ahead;
  guint64 offset_bytes = index * self->chunk_bytes;
  NbdChunk *chunk = &self->chunks[index % N_CHUNKS];

  chunk->length = (gsize)MIN (self->chunk_bytes, self->size_bytes - offset_bytes);
  chunk->cookie = 0;
  if (!nbd_reader_look_up (self, offset_bytes, chunk->length, error))
    return FALSE;
  self->n_ahead++;
  if (platter_nbd_extents_are_zeros (self->extents, offset_bytes, chunk->length))
    {
      memset (chunk->data, 0, chunk->length);
      return TRUE;
    }
  chunk->cookie
    = nbd_aio_pread (self->nbd, chunk->data, chunk->length, offset_bytes, NBD_NULL_COMPLETION, 0);
  return chunk->cookie > 0
         || (nbd_reader_check_connected (self, error)
             && nbd_reader_fail (self, "cannot be asked for more", error));
}

static gboolean
nbd_reader_await_chunk (PlatterNbdReader *self, guint64 index, GError **error)
{
  NbdChunk *chunk = &self->chunks[index % N_CHUNKS];
  gint64 cookie = chunk->cookie;
  g_autoptr (GError) local_error = NULL;

  if (cookie == 0)
    return TRUE;
  if (nbd_reader_await (self, cookie, &local_error))
    {
      chunk->cookie = 0;
      return TRUE;
    }
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ,
                 "Could not read %s at byte %" G_GUINT64_FORMAT ": %s", self->name,
                 index * self->chunk_bytes, g_strerror (nbd_get_errno ()));
  return FALSE;
}

/* What has been asked for comes in any case, and into memory that is ours until then. */
static gboolean
nbd_reader_drop (PlatterNbdReader *self, guint64 n_chunks, GError **error)
{
  for (guint64 i = 0; i < n_chunks; i++)
    {
      if (!nbd_reader_await_chunk (self, self->first, error))
        return FALSE;
      self->first++;
      self->n_ahead--;
    }
  return TRUE;
}

/* The file's bytes are looked at in step with the content, so that not all of them are left for the end. */
static gboolean
nbd_reader_digest_file (PlatterNbdReader *self, gboolean is_end, GError **error)
{
  const guint8 *data = NULL;
  gsize length = 1;

  while (self->is_file_digested && length > 0)
    {
      if (!platter_input_peek (self->file, &data, &length, error))
        return FALSE;
      platter_input_take (self->file, length);
      nbd_reader_note_alive (self);
      if (!is_end)
        return TRUE;
    }
  if (self->is_file_digested)
    platter_input_finish_digests (self->file);
  return TRUE;
}

/* Returns: (nullable): the chunk, filled. */
static NbdChunk *
nbd_reader_get_chunk (PlatterNbdReader *self, guint64 index, GError **error)
{
  gboolean is_ahead = index >= self->first && index < self->first + self->n_ahead;

  if (!nbd_reader_drop (self, is_ahead ? index - self->first : self->n_ahead, error))
    return NULL;
  if (!is_ahead)
    self->first = index;
  while (self->n_ahead < N_CHUNKS
         && (self->first + self->n_ahead) * self->chunk_bytes < self->size_bytes)
    if (!nbd_reader_ask_next (self, error))
      return NULL;
  return nbd_reader_await_chunk (self, index, error) ? &self->chunks[index % N_CHUNKS] : NULL;
}

/* Returns: how many bytes of the content @data was given, all of them in one chunk; 0 on failure. */
static gsize
nbd_reader_copy (
  PlatterNbdReader *self, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  gsize start = (gsize)(offset_bytes % self->chunk_bytes);
  NbdChunk *chunk = nbd_reader_get_chunk (self, offset_bytes / self->chunk_bytes, error);
  gsize n_bytes = 0;

  if (chunk == NULL)
    return 0;
  n_bytes = MIN (length, chunk->length - start);
  memcpy (data, chunk->data + start, n_bytes);
  __atomic_store_n (&self->position_bytes, offset_bytes + n_bytes, __ATOMIC_RELAXED);
  if (start + n_bytes == chunk->length && !nbd_reader_digest_file (self, FALSE, error))
    return 0;
  return n_bytes;
}

static void
nbd_reader_digest (PlatterNbdReader *self, guint64 offset_bytes, const guint8 *data, gsize length)
{
  guint64 end_bytes = offset_bytes + length;

  if (self->content == NULL || offset_bytes > self->content_bytes
      || end_bytes <= self->content_bytes)
    return;
  data += self->content_bytes - offset_bytes;
  platter_file_digests_add (self->content, data, (gsize)(end_bytes - self->content_bytes));
  self->content_bytes = end_bytes;
  if (end_bytes < self->size_bytes)
    return;
  platter_file_digests_finish (self->content);
  __atomic_store_n (&self->has_content, TRUE, __ATOMIC_RELEASE);
}

/* A server may have a file as it is that somebody took for a disk. What QEMU serves of a file is the disk in it. */
static gboolean
nbd_reader_check (
  PlatterNbdReader *self, guint64 offset_bytes, const guint8 *data, gsize length, GError **error)
{
  PlatterContentEnd end = { .length = 0 };

  if (self->is_anything_allowed)
    return TRUE;
  if (offset_bytes == 0
      && !platter_content_check_beginning (data, length, self->name, ADVICE, error))
    return FALSE;
  if (offset_bytes + length == self->size_bytes)
    platter_content_end_add (&end, data, length);
  return platter_content_check_end (&end, self->name, ADVICE, error);
}

static gssize
nbd_reader_fill (
  PlatterNbdReader *self, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  gsize filled = 0;

  if (offset_bytes >= self->size_bytes)
    return nbd_reader_digest_file (self, TRUE, error) ? 0 : -1;
  length = (gsize)MIN (length, self->size_bytes - offset_bytes);
  while (filled < length)
    {
      gsize got
        = nbd_reader_copy (self, offset_bytes + filled, data + filled, length - filled, error);

      if (got == 0)
        return -1;
      nbd_reader_digest (self, offset_bytes + filled, data + filled, got);
      filled += got;
    }
  return nbd_reader_check (self, offset_bytes, data, filled, error) ? (gssize)filled : -1;
}

/* A digest is one of all data: what a reader leaves out is read nevertheless, where it is of the content. */
static gboolean
nbd_reader_catch_up (
  PlatterNbdReader *self, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  while (self->content != NULL && self->content_bytes < MIN (offset_bytes, self->size_bytes))
    {
      gsize step = (gsize)MIN (length, offset_bytes - self->content_bytes);

      if (nbd_reader_fill (self, self->content_bytes, data, step, error) < 0)
        return FALSE;
    }
  return TRUE;
}

static gssize
nbd_reader_read (
  PlatterReader *reader, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  PlatterNbdReader *self = (PlatterNbdReader *)reader;
  gssize got = -1;

  nbd_reader_note_alive (self);
  if (self->failure == NULL
      && nbd_reader_catch_up (self, offset_bytes, data, length, &self->failure))
    got = nbd_reader_fill (self, offset_bytes, data, length, &self->failure);
  if (got < 0)
    g_propagate_error (error, g_error_copy (self->failure));
  return got;
}

static void
nbd_reader_cancel (PlatterReader *reader)
{
  PlatterNbdReader *self = (PlatterNbdReader *)reader;

  g_atomic_int_set (&self->is_cancelled, TRUE);
  if (self->file != NULL)
    platter_input_cancel (self->file);
}

static void
nbd_reader_get_progress (PlatterReader *reader, PlatterReaderProgress *progress)
{
  PlatterNbdReader *self = (PlatterNbdReader *)reader;

  *progress = (PlatterReaderProgress){
    .input_bytes = __atomic_load_n (&self->position_bytes, __ATOMIC_RELAXED),
    .total_bytes = self->size_bytes,
    .alive_us = __atomic_load_n (&self->alive_us, __ATOMIC_RELAXED),
  };
}

static gboolean
nbd_reader_set_digests (PlatterReader *reader, PlatterDigests digests, GError **error)
{
  PlatterNbdReader *self = (PlatterNbdReader *)reader;

  if (self->file == NULL)
    {
      self->content = platter_file_digests_new (digests, error);
      return self->content != NULL;
    }
  self->is_file_digested = platter_input_set_digests (self->file, digests, error);
  return self->is_file_digested;
}

static const char *
nbd_reader_get_digest (PlatterReader *reader, PlatterDigests digest)
{
  PlatterNbdReader *self = (PlatterNbdReader *)reader;

  if (self->file != NULL)
    return platter_input_get_digest (self->file, digest);
  return __atomic_load_n (&self->has_content, __ATOMIC_ACQUIRE)
           ? platter_file_digests_get_hex (self->content, digest)
           : NULL;
}

static void
nbd_reader_free (PlatterReader *reader)
{
  platter_nbd_reader_free ((PlatterNbdReader *)reader);
}

static const PlatterReaderFuncs nbd_reader_funcs = {
  .read = nbd_reader_read,
  .cancel = nbd_reader_cancel,
  .get_progress = nbd_reader_get_progress,
  .set_digests = nbd_reader_set_digests,
  .get_digest = nbd_reader_get_digest,
  .free = nbd_reader_free,
};

PlatterNbdReader *
platter_nbd_reader_new (int socket, int file, const char *name, const char *export_name)
{
  PlatterNbdReader *self = g_new0 (PlatterNbdReader, 1);

  self->reader.funcs = &nbd_reader_funcs;
  self->socket = socket;
  self->name = g_strdup (name);
  self->export_name = g_strdup (export_name != NULL ? export_name : "");
  self->file = file >= 0 ? platter_input_new (file, name) : NULL;
  self->is_anything_allowed = self->file != NULL;
  return self;
}

void
platter_nbd_reader_allow_anything (PlatterNbdReader *self)
{
  self->is_anything_allowed = TRUE;
}

/* Some servers do not survive a client that leaves without a word, and they have other clients: what was asked for is
   waited for, but not for long. */
static void
nbd_reader_take_leave (PlatterNbdReader *self)
{
  gint64 deadline_us = g_get_monotonic_time () + LEAVE_TIMEOUT_US;
  gboolean has_said = FALSE;

  while (self->nbd != NULL && g_get_monotonic_time () < deadline_us)
    {
      if (!has_said && nbd_aio_is_ready (self->nbd) == 1 && nbd_aio_in_flight (self->nbd) == 0)
        has_said = nbd_aio_disconnect (self->nbd, 0) == 0;
      if (nbd_aio_is_dead (self->nbd) != 0 || nbd_aio_is_closed (self->nbd) != 0
          || nbd_poll (self->nbd, POLL_MS) < 0)
        return;
    }
}

void
platter_nbd_reader_free (PlatterNbdReader *self)
{
  if (self == NULL)
    return;
  nbd_reader_take_leave (self);
  /* Before the memory that it fills. */
  nbd_close (self->nbd);
  if (self->socket >= 0)
    close (self->socket);
  for (guint i = 0; i < N_CHUNKS; i++)
    g_free (self->chunks[i].data);
  platter_nbd_extents_free (self->extents);
  platter_input_free (self->file);
  platter_file_digests_free (self->content);
  g_clear_error (&self->failure);
  g_free (self->name);
  g_free (self->export_name);
  g_free (self);
}

PlatterReader *
platter_nbd_reader_get_reader (PlatterNbdReader *self)
{
  return &self->reader;
}
