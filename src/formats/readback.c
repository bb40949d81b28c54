// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What was packed, unpacked again from the disk: by the decoder that reads every such file, which knows nothing of how
// this one was made. What was stored as it is, is not looked at as something packed, whatever it begins with.

#include "readback.h"

#include "decoder.h"
#include "engine/errors.h"

#include <errno.h>
#include <pthread.h>

struct _PlatterReadback
{
  PlatterReader reader;
  PlatterSplitFile *file;
  char *name;
  gboolean is_plain;
  guint64 position_bytes; /* atomic: of what is plain */
  gint64 alive_us;        /* atomic: the same */
  PlatterDigests digests;
  gboolean is_open;        /* the reader's */
  pthread_mutex_t lock;    /* of all below, while others than the reader may look */
  PlatterDecoder *decoder; /* NULL before it has begun */
  guint64 content_bytes;
  PlatterFileDigests *expected;
};

static PlatterDecoder *
readback_get_decoder (PlatterReadback *self)
{
  PlatterDecoder *decoder = NULL;

  pthread_mutex_lock (&self->lock);
  decoder = self->decoder;
  pthread_mutex_unlock (&self->lock);
  return decoder;
}

static gboolean
readback_open (PlatterReadback *self, GError **error)
{
  PlatterDecoder *decoder = readback_get_decoder (self);
  PlatterReader *reader = NULL;

  if (self->is_open)
    return TRUE;
  g_return_val_if_fail (decoder != NULL, FALSE);
  reader = platter_decoder_get_reader (decoder);
  if (self->digests != PLATTER_DIGEST_NONE
      && !reader->funcs->set_digests (reader, self->digests, error))
    return FALSE;
  self->is_open = platter_decoder_open (decoder, error);
  return self->is_open;
}

static gboolean
readback_has_digest (PlatterReadback *self, PlatterDigests digest)
{
  PlatterReader *reader = platter_decoder_get_reader (self->decoder);

  return (self->digests & digest) == 0
         || g_strcmp0 (reader->funcs->get_digest (reader, digest),
                       platter_file_digests_get_hex (self->expected, digest))
              == 0;
}

static gboolean
readback_check_end (PlatterReadback *self, GError **error)
{
  guint8 byte = 0;
  gssize more = platter_decoder_read (self->decoder, self->content_bytes, &byte, 1, error);
  gboolean is_same = more == 0;

  for (guint bit = 1; is_same && bit <= PLATTER_DIGEST_BLAKE2B; bit <<= 1)
    is_same = readback_has_digest (self, (PlatterDigests)bit);
  if (more >= 0 && !is_same)
    g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_MISMATCH,
                 "%s does not hold what was written to it", self->name);
  return is_same;
}

static gboolean
readback_fail (PlatterReadback *self, int code, GError **error)
{
  g_set_error (error, PLATTER_ENGINE_ERROR,
               platter_engine_error_from_errno (code, PLATTER_ENGINE_ERROR_READ),
               "Could not read %s: %s", self->name, g_strerror (code));
  return FALSE;
}

static gboolean
readback_check_plain_end (PlatterReadback *self, GError **error)
{
  if (platter_split_file_get_size (self->file) == self->content_bytes)
    return TRUE;
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_MISMATCH,
               "%s does not hold what was written to it", self->name);
  return FALSE;
}

/* A call is short, so that there is nothing to be cancelled. */
static gssize
readback_read_plain (
  PlatterReadback *self, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  gssize got = platter_split_file_read (self->file, offset_bytes, data, length);
  guint64 filled = got > 0 ? (guint64)got : 0;

  if (got < 0)
    {
      readback_fail (self, errno, error);
      return -1;
    }
  __atomic_store_n (&self->position_bytes, offset_bytes + filled, __ATOMIC_RELAXED);
  __atomic_store_n (&self->alive_us, g_get_monotonic_time (), __ATOMIC_RELAXED);
  if (offset_bytes + filled == self->content_bytes && !readback_check_plain_end (self, error))
    return -1;
  return got;
}

static gssize
readback_read (
  PlatterReader *reader, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  PlatterReadback *self = (PlatterReadback *)reader;
  gssize got = -1;

  if (self->is_plain)
    return readback_read_plain (self, offset_bytes, data, length, error);
  if (!readback_open (self, error))
    return -1;
  got = platter_decoder_read (self->decoder, offset_bytes, data, length, error);
  if (got > 0 && offset_bytes + (guint64)got == self->content_bytes
      && !readback_check_end (self, error))
    return -1;
  return got;
}

static void
readback_cancel (PlatterReader *reader)
{
  PlatterDecoder *decoder = readback_get_decoder ((PlatterReadback *)reader);

  if (decoder != NULL)
    platter_decoder_cancel (decoder);
}

static void
readback_get_progress (PlatterReader *reader, PlatterReaderProgress *progress)
{
  PlatterReadback *self = (PlatterReadback *)reader;
  PlatterDecoder *decoder = readback_get_decoder (self);
  PlatterReader *inner = NULL;

  *progress = (PlatterReaderProgress){
    .input_bytes = __atomic_load_n (&self->position_bytes, __ATOMIC_RELAXED),
    .alive_us = __atomic_load_n (&self->alive_us, __ATOMIC_RELAXED),
  };
  if (decoder == NULL)
    return;
  inner = platter_decoder_get_reader (decoder);
  inner->funcs->get_progress (inner, progress);
}

static const PlatterReaderFuncs readback_funcs = {
  .read = readback_read,
  .cancel = readback_cancel,
  .get_progress = readback_get_progress,
};

PlatterReadback *
platter_readback_new (PlatterSplitFile *file,
                      const char *name,
                      gboolean is_plain,
                      PlatterDigests digests)
{
  PlatterReadback *self = g_new0 (PlatterReadback, 1);

  self->reader.funcs = &readback_funcs;
  self->file = platter_split_file_ref (file);
  self->name = g_strdup (name);
  self->is_plain = is_plain;
  self->digests = digests;
  pthread_mutex_init (&self->lock, NULL);
  return self;
}

void
platter_readback_free (PlatterReadback *self)
{
  platter_decoder_free (self->decoder);
  pthread_mutex_destroy (&self->lock);
  platter_split_file_unref (self->file);
  g_free (self->name);
  g_free (self);
}

void
platter_readback_begin (PlatterReadback *self, guint64 content_bytes, PlatterFileDigests *expected)
{
  pthread_mutex_lock (&self->lock);
  self->content_bytes = content_bytes;
  self->expected = expected;
  if (!self->is_plain)
    self->decoder = platter_decoder_new_for_split (self->file, self->name);
  pthread_mutex_unlock (&self->lock);
}

PlatterReader *
platter_readback_get_reader (PlatterReadback *self)
{
  return &self->reader;
}
