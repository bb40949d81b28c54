// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What bzip2 has packed, stream after stream, by libbz2.

#include "codec.h"

#include <bzlib.h>

typedef struct
{
  PlatterCodec base;
  bz_stream stream;
  gboolean is_open; /* inside a stream */
  gboolean has_stream;
} CodecBzip2;

/* Begins the next stream. Returns: whether there is one; else maybe an error. */
static gboolean
codec_bzip2_start_stream (CodecBzip2 *self, GError **error)
{
  const guint8 *data = NULL;
  gsize length = 0;

  if (!platter_input_peek (self->base.input, &data, &length, error) || length == 0)
    return FALSE;
  if (data[0] != 'B')
    {
      platter_codec_fail_garbage (&self->base, error);
      return FALSE;
    }
  self->stream = (bz_stream){ 0 };
  if (BZ2_bzDecompressInit (&self->stream, 0, FALSE) != BZ_OK)
    {
      platter_codec_fail_memory (&self->base, error);
      return FALSE;
    }
  self->is_open = TRUE;
  return TRUE;
}

static gssize
codec_bzip2_fail (CodecBzip2 *self, int result, GError **error)
{
  if (result == BZ_MEM_ERROR)
    return platter_codec_fail_memory (&self->base, error);
  if (result == BZ_DATA_ERROR_MAGIC && self->has_stream)
    return platter_codec_fail_garbage (&self->base, error);
  return platter_codec_fail_damaged (&self->base, error);
}

/* Returns: how many bytes; maybe 0. */
static gssize
codec_bzip2_decompress (CodecBzip2 *self, guint8 *data, gsize length, GError **error)
{
  const guint8 *next = NULL;
  gsize available = 0;
  gsize got = 0;
  int result = BZ_OK;

  if (!platter_input_peek (self->base.input, &next, &available, error))
    return -1;
  self->stream.next_in = (char *)next;
  self->stream.avail_in = (unsigned int)available;
  self->stream.next_out = (char *)data;
  self->stream.avail_out = (unsigned int)MIN (length, G_MAXINT32);
  result = BZ2_bzDecompress (&self->stream);
  got = (gsize)(self->stream.next_out - (char *)data);
  platter_input_take (self->base.input, available - self->stream.avail_in);
  if (result == BZ_STREAM_END)
    {
      BZ2_bzDecompressEnd (&self->stream);
      self->is_open = FALSE;
      self->has_stream = TRUE;
    }
  else if (result != BZ_OK)
    return codec_bzip2_fail (self, result, error);
  else if (available == 0 && got == 0)
    return platter_codec_fail_short (&self->base, error);
  return (gssize)got;
}

static gssize
codec_bzip2_read (PlatterCodec *base, guint8 *data, gsize length, GError **error)
{
  CodecBzip2 *self = (CodecBzip2 *)base;
  g_autoptr (GError) local_error = NULL;
  gssize got = 0;

  while (got == 0)
    {
      if (!self->is_open && !codec_bzip2_start_stream (self, &local_error))
        {
          if (local_error == NULL)
            return 0;
          g_propagate_error (error, g_steal_pointer (&local_error));
          return -1;
        }
      got = codec_bzip2_decompress (self, data, length, error);
    }
  return got;
}

static void
codec_bzip2_free (PlatterCodec *base)
{
  CodecBzip2 *self = (CodecBzip2 *)base;

  if (self->is_open)
    BZ2_bzDecompressEnd (&self->stream);
  g_free (self);
}

static const PlatterCodecFuncs codec_bzip2_funcs = { codec_bzip2_read, codec_bzip2_free };

PlatterCodec *
platter_codec_bzip2_new (PlatterInput *input)
{
  CodecBzip2 *self = g_new0 (CodecBzip2, 1);

  self->base.funcs = &codec_bzip2_funcs;
  self->base.input = input;
  return &self->base;
}
