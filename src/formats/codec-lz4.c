// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What lz4 has packed, frame after frame, by liblz4.

#include "codec.h"

#include <lz4frame.h>

typedef struct
{
  PlatterCodec base;
  LZ4F_dctx *context;
  gboolean is_inside; /* a frame */
  gboolean has_frame;
} CodecLz4;

static gssize
codec_lz4_fail (CodecLz4 *self, gboolean is_start, GError **error)
{
  if (is_start && self->has_frame)
    return platter_codec_fail_garbage (&self->base, error);
  return platter_codec_fail_damaged (&self->base, error);
}

static gssize
codec_lz4_read (PlatterCodec *base, guint8 *data, gsize length, GError **error)
{
  CodecLz4 *self = (CodecLz4 *)base;
  gsize got = 0;

  while (got == 0)
    {
      const guint8 *next = NULL;
      gsize available = 0;
      gsize taken = 0;
      gsize hint = 0;
      gboolean is_start = !self->is_inside;

      if (!platter_input_peek (base->input, &next, &available, error))
        return -1;
      if (available == 0 && is_start)
        return 0;
      taken = available;
      got = length;
      hint = LZ4F_decompress (self->context, data, &got, next, &taken, NULL);
      if (LZ4F_isError (hint))
        return codec_lz4_fail (self, is_start, error);
      platter_input_take (base->input, taken);
      self->is_inside = hint != 0;
      self->has_frame |= hint == 0;
      if (available == 0 && got == 0 && self->is_inside)
        return platter_codec_fail_short (base, error);
    }
  return (gssize)got;
}

static void
codec_lz4_free (PlatterCodec *base)
{
  CodecLz4 *self = (CodecLz4 *)base;

  LZ4F_freeDecompressionContext (self->context);
  g_free (self);
}

static const PlatterCodecFuncs codec_lz4_funcs = { codec_lz4_read, codec_lz4_free };

PlatterCodec *
platter_codec_lz4_new (PlatterInput *input, GError **error)
{
  CodecLz4 *self = g_new0 (CodecLz4, 1);

  self->base.funcs = &codec_lz4_funcs;
  self->base.input = input;
  if (!LZ4F_isError (LZ4F_createDecompressionContext (&self->context, LZ4F_VERSION)))
    return &self->base;
  platter_codec_fail_memory (&self->base, error);
  g_free (self);
  return NULL;
}
