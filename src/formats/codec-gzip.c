// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What gzip has packed, member after member, by ISA-L (RFC 1952).

#include "codec.h"

#include <isa-l/igzip_lib.h>
#include <string.h>

#include "fwtool.h"

typedef struct
{
  PlatterCodec base;
  struct inflate_state state;
  struct isal_gzip_header header; /* of a member: the file may be read up to its middle */
  gboolean is_between;            /* behind a member, or in front of the first */
  gboolean has_member;            /* there was one */
  gboolean has_ended;
} CodecGzip;

/* What OpenWrt adds to its images, and gzip(1) ignores as any other rubbish. */
static gboolean
codec_gzip_skip_fwtool (CodecGzip *self, guint64 n_zeros, GError **error)
{
  g_autofree guint8 *rest = g_malloc (PLATTER_FWTOOL_MAX_BYTES + 1);
  gssize length = platter_input_read (self->base.input, rest, PLATTER_FWTOOL_MAX_BYTES + 1, error);

  if (length < 0)
    return FALSE;
  if (length > PLATTER_FWTOOL_MAX_BYTES || !platter_fwtool_is_all (rest, (gsize)length, n_zeros))
    {
      platter_codec_fail_garbage (&self->base, error);
      return FALSE;
    }
  self->has_ended = TRUE;
  return TRUE;
}

/* A tape's padding: zeros up to the end, or to what else may be there. */
static gboolean
codec_gzip_skip_zeros (CodecGzip *self, GError **error)
{
  const guint8 *data = NULL;
  gsize length = 0;
  guint64 all_zeros = 0;

  do
    {
      gsize n_zeros = 0;

      if (!platter_input_peek (self->base.input, &data, &length, error))
        return FALSE;
      while (n_zeros < length && data[n_zeros] == 0)
        n_zeros++;
      platter_input_take (self->base.input, n_zeros);
      all_zeros += n_zeros;
      if (n_zeros < length)
        return codec_gzip_skip_fwtool (self, all_zeros, error);
    }
  while (length > 0);
  self->has_ended = TRUE;
  return TRUE;
}

/* Begins the next member, or finds that there is none. */
static gboolean
codec_gzip_start_member (CodecGzip *self, GError **error)
{
  const guint8 *data = NULL;
  gsize length = 0;

  if (!platter_input_peek (self->base.input, &data, &length, error))
    return FALSE;
  if (length == 0 || (self->has_member && data[0] == 0))
    return codec_gzip_skip_zeros (self, error);
  if (data[0] != 0x1f)
    return codec_gzip_skip_fwtool (self, 0, error);
  isal_inflate_reset (&self->state);
  self->state.crc_flag = ISAL_GZIP;
  /* isal_gzip_header_init() of ISA-L 2.30 leaves out the flags. */
  memset (&self->header, 0, sizeof self->header);
  self->is_between = FALSE;
  return TRUE;
}

static gssize
codec_gzip_fail (CodecGzip *self, int result, GError **error)
{
  /* After a good member, something that is none. */
  if (self->has_member && self->state.total_out == 0
      && (result == ISAL_INVALID_WRAPPER || result == ISAL_UNSUPPORTED_METHOD))
    return platter_codec_fail_garbage (&self->base, error);
  return platter_codec_fail_damaged (&self->base, error);
}

/* Returns: how many bytes; maybe 0. */
static gssize
codec_gzip_inflate (CodecGzip *self, guint8 *data, gsize length, GError **error)
{
  const guint8 *next = NULL;
  gsize available = 0;
  gsize got = 0;
  int result = ISAL_DECOMP_OK;

  if (!platter_input_peek (self->base.input, &next, &available, error))
    return -1;
  self->state.next_in = (guint8 *)next;
  self->state.avail_in = (guint32)available;
  self->state.next_out = data;
  self->state.avail_out = (guint32)MIN (length, G_MAXINT32);
  /* isal_inflate() would read it as well, but forget what it had read of it where the data end. */
  if (!self->state.wrapper_flag)
    result = isal_read_gzip_header (&self->state, &self->header);
  if (result == ISAL_DECOMP_OK)
    result = isal_inflate (&self->state);
  got = (gsize)(self->state.next_out - data);
  platter_input_take (self->base.input, available - self->state.avail_in);
  if (result < 0)
    return codec_gzip_fail (self, result, error);
  if (self->state.block_state == ISAL_BLOCK_FINISH)
    {
      self->is_between = TRUE;
      self->has_member = TRUE;
    }
  else if (available == 0 && got == 0)
    return platter_codec_fail_short (&self->base, error);
  return (gssize)got;
}

static gssize
codec_gzip_read (PlatterCodec *base, guint8 *data, gsize length, GError **error)
{
  CodecGzip *self = (CodecGzip *)base;
  gssize got = 0;

  while (got == 0)
    {
      if (self->is_between && !self->has_ended && !codec_gzip_start_member (self, error))
        return -1;
      if (self->has_ended)
        return 0;
      got = codec_gzip_inflate (self, data, length, error);
    }
  return got;
}

static void
codec_gzip_free (PlatterCodec *base)
{
  g_free (base);
}

static const PlatterCodecFuncs codec_gzip_funcs = { codec_gzip_read, codec_gzip_free };

PlatterCodec *
platter_codec_gzip_new (PlatterInput *input)
{
  CodecGzip *self = g_new0 (CodecGzip, 1);

  self->base.funcs = &codec_gzip_funcs;
  self->base.input = input;
  self->is_between = TRUE;
  isal_inflate_init (&self->state);
  return &self->base;
}
