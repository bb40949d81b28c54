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
  gboolean is_alone; /* .lzma: liblzma does not look at what follows */
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

static gssize
codec_xz_end (CodecXz *self, gsize length, GError **error)
{
  self->has_ended = TRUE;
  if (self->is_alone && !platter_codec_check_end (&self->base, error))
    return -1;
  return (gssize)(length - self->stream.avail_out);
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
      if (result == LZMA_STREAM_END)
        return codec_xz_end (self, length, error);
      /* All that came out before is good, and the next call says the same again. */
      if (result != LZMA_OK && self->stream.avail_out == length)
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

static lzma_ret
codec_xz_start (CodecXz *self, PlatterFormat format)
{
  const lzma_mt options = {
    .flags = LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK,
    .threads = MIN (g_get_num_processors (), 16),
    .memlimit_threading = PLATTER_CODEC_PARALLEL_BYTES,
    .memlimit_stop = PLATTER_CODEC_MAX_MEMORY_BYTES,
  };

  if (format == PLATTER_FORMAT_LZMA)
    return lzma_alone_decoder (&self->stream, PLATTER_CODEC_MAX_MEMORY_BYTES);
  if (format == PLATTER_FORMAT_LZIP)
    return lzma_lzip_decoder (&self->stream, PLATTER_CODEC_MAX_MEMORY_BYTES, LZMA_CONCATENATED);
  return lzma_stream_decoder_mt (&self->stream, &options);
}

PlatterCodec *
platter_codec_xz_new (PlatterInput *input, PlatterFormat format, GError **error)
{
  CodecXz *self = g_new0 (CodecXz, 1);
  lzma_ret result = LZMA_OK;

  self->base.funcs = &codec_xz_funcs;
  self->base.input = input;
  self->is_alone = format == PLATTER_FORMAT_LZMA;
  self->stream = (lzma_stream)LZMA_STREAM_INIT;
  result = codec_xz_start (self, format);
  if (result == LZMA_OK)
    return &self->base;
  codec_xz_fail (self, result, FALSE, error);
  codec_xz_free (&self->base);
  return NULL;
}
