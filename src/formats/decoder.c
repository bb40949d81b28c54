// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A codec over a file, that can be asked for any place.

#include "decoder.h"

#include "codec.h"
#include "engine/errors.h"
#include "packed-size.h"

/* Finding out how much a file holds must not take as long as unpacking it. */
#define MAX_SIZE_READS 16384
#define SKIP_BYTES (256 * 1024)

struct _PlatterDecoder
{
  PlatterReader reader;
  PlatterInput *input;
  PlatterFormat format;
  guint64 size_bytes;
  PlatterCodec *codec;    /* (nullable): made when it is needed */
  guint64 position_bytes; /* of the content, in front of which the codec is */
  gboolean is_at_end;
  gint64 alive_us; /* atomic */
};

gboolean
platter_decoder_open (PlatterDecoder *self, GError **error)
{
  guint8 head[PLATTER_FORMAT_HEAD_BYTES] = { 0 };
  gsize length = MIN (sizeof head, platter_input_get_size_bytes (self->input));

  if (platter_input_read_at (self->input, 0, head, length))
    self->format = platter_format_find (head, length);
  if (self->format == PLATTER_FORMAT_NONE)
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                   "%s is not packed in a way that is known", platter_input_get_name (self->input));
      return FALSE;
    }
  self->size_bytes
    = platter_packed_size_find (platter_input_get_fd (self->input), self->format, MAX_SIZE_READS);
  return TRUE;
}

guint64
platter_decoder_get_size_bytes (PlatterDecoder *self)
{
  return self->size_bytes;
}

static void
decoder_note_alive (PlatterDecoder *self)
{
  __atomic_store_n (&self->alive_us, g_get_monotonic_time (), __ATOMIC_RELAXED);
}

static PlatterCodec *
decoder_new_codec (PlatterDecoder *self, GError **error)
{
  switch (self->format)
    {
    case PLATTER_FORMAT_XZ:
    case PLATTER_FORMAT_LZMA:
    case PLATTER_FORMAT_LZIP:
      return platter_codec_xz_new (self->input, self->format, error);
    case PLATTER_FORMAT_ZSTD:
      return platter_codec_zstd_new (self->input, error);
    case PLATTER_FORMAT_GZIP:
      return platter_codec_gzip_new (self->input);
    case PLATTER_FORMAT_BZIP2:
      return platter_codec_bzip2_new (self->input);
    case PLATTER_FORMAT_LZ4:
      return platter_codec_lz4_new (self->input, error);
    default:
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                   "%s is packed in a way that is not known here",
                   platter_input_get_name (self->input));
      return NULL;
    }
}

static gboolean
decoder_start (PlatterDecoder *self, GError **error)
{
  if (self->codec != NULL)
    {
      self->codec->funcs->free (self->codec);
      platter_input_seek (self->input, 0);
    }
  self->position_bytes = 0;
  self->is_at_end = FALSE;
  self->codec = decoder_new_codec (self, error);
  return self->codec != NULL;
}

/* Returns: how many bytes, fewer only at the end; -1. */
static gssize
decoder_fill (PlatterDecoder *self, guint8 *data, gsize length, GError **error)
{
  gsize filled = 0;

  while (filled < length && !self->is_at_end)
    {
      gssize got = -1;

      if (!platter_input_is_cancelled (self->input))
        got = self->codec->funcs->read (self->codec, data + filled, length - filled, error);
      else
        g_set_error_literal (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED,
                             "Cancelled");
      if (got < 0)
        return -1;
      decoder_note_alive (self);
      self->is_at_end = got == 0;
      self->position_bytes += (guint64)got;
      filled += (gsize)got;
    }
  if (self->is_at_end)
    platter_input_finish_digests (self->input);
  return (gssize)filled;
}

static gboolean
decoder_skip (PlatterDecoder *self, guint64 offset_bytes, GError **error)
{
  g_autofree guint8 *skipped = NULL;

  while (self->position_bytes < offset_bytes && !self->is_at_end)
    {
      if (skipped == NULL)
        skipped = g_malloc (SKIP_BYTES);
      if (decoder_fill (self, skipped, MIN (SKIP_BYTES, offset_bytes - self->position_bytes), error)
          < 0)
        return FALSE;
    }
  return TRUE;
}

gssize
platter_decoder_read (
  PlatterDecoder *self, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  decoder_note_alive (self);
  if ((self->codec == NULL || offset_bytes < self->position_bytes) && !decoder_start (self, error))
    return -1;
  if (!decoder_skip (self, offset_bytes, error))
    return -1;
  return decoder_fill (self, data, length, error);
}

void
platter_decoder_cancel (PlatterDecoder *self)
{
  platter_input_cancel (self->input);
}

void
platter_decoder_free (PlatterDecoder *self)
{
  if (self == NULL)
    return;
  /* Before what it reads from. */
  if (self->codec != NULL)
    self->codec->funcs->free (self->codec);
  platter_input_free (self->input);
  g_free (self);
}

/* As a reader */

static gssize
decoder_reader_read (
  PlatterReader *reader, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  return platter_decoder_read ((PlatterDecoder *)reader, offset_bytes, data, length, error);
}

static void
decoder_reader_cancel (PlatterReader *reader)
{
  platter_decoder_cancel ((PlatterDecoder *)reader);
}

static void
decoder_reader_get_progress (PlatterReader *reader, PlatterReaderProgress *progress)
{
  PlatterDecoder *self = (PlatterDecoder *)reader;

  *progress = (PlatterReaderProgress){
    .input_bytes = platter_input_get_position_bytes (self->input),
    .total_bytes = platter_input_get_size_bytes (self->input),
    .alive_us = __atomic_load_n (&self->alive_us, __ATOMIC_RELAXED),
  };
}

static gboolean
decoder_reader_set_digests (PlatterReader *reader, PlatterDigests digests, GError **error)
{
  return platter_input_set_digests (((PlatterDecoder *)reader)->input, digests, error);
}

static const char *
decoder_reader_get_digest (PlatterReader *reader, PlatterDigests digest)
{
  return platter_input_get_digest (((PlatterDecoder *)reader)->input, digest);
}

static void
decoder_reader_free (PlatterReader *reader)
{
  platter_decoder_free ((PlatterDecoder *)reader);
}

static const PlatterReaderFuncs decoder_reader_funcs = {
  .read = decoder_reader_read,
  .cancel = decoder_reader_cancel,
  .get_progress = decoder_reader_get_progress,
  .set_digests = decoder_reader_set_digests,
  .get_digest = decoder_reader_get_digest,
  .free = decoder_reader_free,
};

PlatterDecoder *
platter_decoder_new (int fd, const char *name)
{
  PlatterDecoder *self = g_new0 (PlatterDecoder, 1);

  self->reader.funcs = &decoder_reader_funcs;
  self->input = platter_input_new (fd, name);
  self->size_bytes = PLATTER_PACKED_SIZE_UNKNOWN;
  return self;
}

PlatterReader *
platter_decoder_get_reader (PlatterDecoder *self)
{
  return &self->reader;
}
