// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What liblzma unpacks: .xz on all processors, .lzma and .lz.

#include "codec.h"

#include <lzma.h>

typedef struct
{
  PlatterCodec base;
  lzma_stream stream;
  PlatterFormat format;
  gboolean has_ended;
} CodecXz;

static gssize
codec_xz_fail (CodecXz *self, lzma_ret result, gboolean is_at_end, GError **error)
{
  switch (result)
    {
    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR:
      return platter_codec_fail_memory (&self->base, error);
    case LZMA_OPTIONS_ERROR:
      return platter_codec_fail_unsupported (&self->base, "it uses an unknown kind of filter",
                                             error);
    case LZMA_UNSUPPORTED_CHECK:
      return platter_codec_fail_unsupported (&self->base, "it uses an unknown kind of checksum",
                                             error);
    case LZMA_FORMAT_ERROR:
      return platter_codec_fail_garbage (&self->base, error);
    default:
      return is_at_end ? platter_codec_fail_short (&self->base, error)
                       : platter_codec_fail_damaged (&self->base, error);
    }
}

static lzma_ret
codec_xz_start (CodecXz *self)
{
  const lzma_mt options = {
    .flags = LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK,
    .threads = MIN (g_get_num_processors (), 16),
    .memlimit_threading = PLATTER_CODEC_PARALLEL_BYTES,
    .memlimit_stop = PLATTER_CODEC_MAX_MEMORY_BYTES,
  };

  if (self->format == PLATTER_FORMAT_LZMA)
    return lzma_alone_decoder (&self->stream, PLATTER_CODEC_MAX_MEMORY_BYTES);
  if (self->format == PLATTER_FORMAT_LZIP)
    return lzma_lzip_decoder (&self->stream, PLATTER_CODEC_MAX_MEMORY_BYTES, 0);
  return lzma_stream_decoder_mt (&self->stream, &options);
}

/* One member of an .lz file after the other: left to itself, liblzma takes what does not begin as a member for the end,
   and a little of that which does for nothing. */
static gboolean
codec_xz_start_member (CodecXz *self, GError **error)
{
  const guint8 *data = NULL;
  gsize length = 0;
  lzma_ret result = LZMA_OK;

  if (!platter_input_peek (self->base.input, &data, &length, error))
    return FALSE;
  self->has_ended = length == 0;
  if (!self->has_ended)
    result = codec_xz_start (self);
  if (result != LZMA_OK)
    codec_xz_fail (self, result, FALSE, error);
  return result == LZMA_OK;
}

static gboolean
codec_xz_end (CodecXz *self, GError **error)
{
  if (self->format == PLATTER_FORMAT_LZIP)
    return codec_xz_start_member (self, error);
  self->has_ended = TRUE;
  return platter_codec_check_end (&self->base, error);
}

static gssize
codec_xz_read (PlatterCodec *base, guint8 *data, gsize length, GError **error)
{
  CodecXz *self = (CodecXz *)base;

  self->stream.next_out = data;
  self->stream.avail_out = length;
  while (self->stream.avail_out == length && !self->has_ended)
    {
      gsize available = 0;
      gboolean is_at_end = FALSE;
      lzma_ret result = LZMA_OK;

      if (!platter_input_peek (base->input, &self->stream.next_in, &available, error))
        return -1;
      is_at_end = available == 0;
      self->stream.avail_in = available;
      result = lzma_code (&self->stream, is_at_end ? LZMA_FINISH : LZMA_RUN);
      platter_input_take (base->input, available - self->stream.avail_in);
      if (result == LZMA_STREAM_END && !codec_xz_end (self, error))
        return -1;
      /* All that came out before is good, and the next call says the same again. */
      if (result != LZMA_OK && result != LZMA_STREAM_END && self->stream.avail_out == length)
        return codec_xz_fail (self, result, is_at_end, error);
    }
  return (gssize)(length - self->stream.avail_out);
}

static void
codec_xz_free (PlatterCodec *base)
{
  CodecXz *self = (CodecXz *)base;

  lzma_end (&self->stream);
  g_free (self);
}

static const PlatterCodecFuncs codec_xz_funcs = { codec_xz_read, codec_xz_free };

PlatterCodec *
platter_codec_xz_new (PlatterInput *input, PlatterFormat format, GError **error)
{
  CodecXz *self = g_new0 (CodecXz, 1);
  lzma_ret result = LZMA_OK;

  self->base.funcs = &codec_xz_funcs;
  self->base.input = input;
  self->format = format;
  self->stream = (lzma_stream)LZMA_STREAM_INIT;
  result = codec_xz_start (self);
  if (result == LZMA_OK)
    return &self->base;
  codec_xz_fail (self, result, FALSE, error);
  codec_xz_free (&self->base);
  return NULL;
}
