// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What was packed, unpacked again from the disk: by the decoder that reads every such file, which knows nothing of how
// this one was made.

#include "readback.h"

#include "decoder.h"
#include "engine/errors.h"

#include <pthread.h>

struct _PlatterReadback
{
  PlatterReader reader;
  int fd;
  char *name;
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

static gssize
readback_read (
  PlatterReader *reader, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  PlatterReadback *self = (PlatterReadback *)reader;
  gssize got = -1;

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
  PlatterDecoder *decoder = readback_get_decoder ((PlatterReadback *)reader);
  PlatterReader *inner = NULL;

  *progress = (PlatterReaderProgress){ 0 };
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
platter_readback_new (int fd, const char *name, PlatterDigests digests)
{
  PlatterReadback *self = g_new0 (PlatterReadback, 1);

  self->reader.funcs = &readback_funcs;
  self->fd = fd;
  self->name = g_strdup (name);
  self->digests = digests;
  pthread_mutex_init (&self->lock, NULL);
  return self;
}

void
platter_readback_free (PlatterReadback *self)
{
  platter_decoder_free (self->decoder);
  pthread_mutex_destroy (&self->lock);
  g_free (self->name);
  g_free (self);
}

void
platter_readback_begin (PlatterReadback *self, guint64 content_bytes, PlatterFileDigests *expected)
{
  pthread_mutex_lock (&self->lock);
  self->content_bytes = content_bytes;
  self->expected = expected;
  self->decoder = platter_decoder_new (self->fd, self->name);
  pthread_mutex_unlock (&self->lock);
}

PlatterReader *
platter_readback_get_reader (PlatterReadback *self)
{
  return &self->reader;
}
