// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The disk in an Apple disk image, chunk after chunk, with the check sum of each of its tables.

#include "codec.h"

#include <bzlib.h>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <lzma.h>
#include <string.h>

#include "engine/errors.h"

/* What an xz of at most 64 MiB may ask for. */
#define XZ_MEMORY_BYTES ((guint64)PLATTER_CODEC_MAX_MEMORY_BYTES)

typedef struct
{
  PlatterCodec base;
  const PlatterDmg *dmg;
  guint index;            /* of the chunk that comes next, or is being given out */
  guint64 given_bytes;    /* of it */
  guint64 position_bytes; /* of the file, in front of which the input is */
  guint8 *packed;
  guint8 *chunk; /* what came out */
  gboolean is_there;
  guint32 *checksums; /* of each table, so far */
  guint32 *n_left;    /* chunks of each table */
} CodecDmg;

static gssize
codec_dmg_fail (CodecDmg *self, GError **error)
{
  const PlatterDmgChunk *chunk = &g_array_index (self->dmg->chunks, PlatterDmgChunk, self->index);

  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DECODE,
               "%s is damaged: what it holds from sector %" G_GUINT64_FORMAT
               " on (at byte %" G_GUINT64_FORMAT " of the file) cannot be unpacked. Get it again",
               platter_input_get_name (self->base.input), chunk->start, chunk->offset_bytes);
  return -1;
}

/* What lies between two chunks is read as well: the digest is of all of the file. */
static gboolean
codec_dmg_go_to (CodecDmg *self, guint64 offset_bytes, GError **error)
{
  if (offset_bytes < self->position_bytes)
    {
      platter_input_seek (self->base.input, offset_bytes);
      self->position_bytes = offset_bytes;
    }
  while (self->position_bytes < offset_bytes)
    {
      const guint8 *data = NULL;
      gsize length = 0;

      if (!platter_input_peek (self->base.input, &data, &length, error))
        return FALSE;
      if (length == 0)
        return platter_codec_fail_short (&self->base, error) >= 0;
      length = (gsize)MIN (length, offset_bytes - self->position_bytes);
      platter_input_take (self->base.input, length);
      self->position_bytes += length;
    }
  return TRUE;
}

static gboolean
codec_dmg_read_file (CodecDmg *self, guint8 *data, gsize length, GError **error)
{
  gssize got = platter_input_read (self->base.input, data, length, error);

  if (got < 0)
    return FALSE;
  self->position_bytes += (guint64)got;
  return (gsize)got == length || platter_codec_fail_short (&self->base, error) >= 0;
}

static gboolean
codec_dmg_unpack_zlib (const guint8 *packed, gsize packed_length, guint8 *data, gsize length)
{
  struct inflate_state state;

  isal_inflate_init (&state);
  state.crc_flag = ISAL_ZLIB;
  state.next_in = (guint8 *)packed;
  state.avail_in = (guint32)packed_length;
  state.next_out = data;
  state.avail_out = (guint32)length;
  return isal_inflate (&state) == ISAL_DECOMP_OK && state.block_state == ISAL_BLOCK_FINISH
         && state.avail_out == 0;
}

static gboolean
codec_dmg_unpack_bzip2 (const guint8 *packed, gsize packed_length, guint8 *data, gsize length)
{
  unsigned int got = (unsigned int)length;

  return BZ2_bzBuffToBuffDecompress ((char *)data, &got, (char *)packed,
                                     (unsigned int)packed_length, 0, 0)
           == BZ_OK
         && got == length;
}

static gboolean
codec_dmg_unpack_xz (const guint8 *packed, gsize packed_length, guint8 *data, gsize length)
{
  guint64 memory_bytes = XZ_MEMORY_BYTES;
  gsize in = 0;
  gsize out = 0;

  return lzma_stream_buffer_decode (&memory_bytes, 0, NULL, packed, &in, packed_length, data, &out,
                                    length)
           == LZMA_OK
         && out == length;
}

/* Unpacks the chunk that comes next, unless it is given out as it lies there. */
static gboolean
codec_dmg_load (CodecDmg *self, const PlatterDmgChunk *chunk, GError **error)
{
  gsize length = (gsize)(chunk->n_sectors * PLATTER_DMG_SECTOR_BYTES);
  gsize packed_length = (gsize)chunk->length_bytes;
  gboolean is_good = FALSE;

  self->is_there = TRUE;
  if (chunk->type == PLATTER_DMG_ZERO || chunk->type == PLATTER_DMG_IGNORED)
    return TRUE;
  if (!codec_dmg_go_to (self, chunk->offset_bytes, error))
    return FALSE;
  if (chunk->type == PLATTER_DMG_RAW)
    return TRUE;
  self->packed = g_realloc (self->packed, MAX (packed_length, 1));
  self->chunk = g_realloc (self->chunk, length);
  if (!codec_dmg_read_file (self, self->packed, packed_length, error))
    return FALSE;
  if (chunk->type == PLATTER_DMG_ZLIB)
    is_good = codec_dmg_unpack_zlib (self->packed, packed_length, self->chunk, length);
  else if (chunk->type == PLATTER_DMG_BZIP2)
    is_good = codec_dmg_unpack_bzip2 (self->packed, packed_length, self->chunk, length);
  else
    is_good = codec_dmg_unpack_xz (self->packed, packed_length, self->chunk, length);
  return is_good || codec_dmg_fail (self, error) >= 0;
}

/* Behind the last of its chunks each table has to have the right check sum. */
static gboolean
codec_dmg_finish_chunk (CodecDmg *self, const PlatterDmgChunk *chunk, GError **error)
{
  const PlatterDmgTable *table = &g_array_index (self->dmg->tables, PlatterDmgTable, chunk->table);

  self->n_left[chunk->table]--;
  if (table->has_checksum && self->n_left[chunk->table] == 0
      && self->checksums[chunk->table] != table->checksum)
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DECODE,
                   "%s is damaged: its part that ends with sector %" G_GUINT64_FORMAT
                   " has the check sum %08x, but its table says %08x. Get it again",
                   platter_input_get_name (self->base.input), chunk->start + chunk->n_sectors - 1,
                   self->checksums[chunk->table], table->checksum);
      return FALSE;
    }
  self->index++;
  self->given_bytes = 0;
  self->is_there = FALSE;
  return TRUE;
}

static gssize
codec_dmg_read (PlatterCodec *base, guint8 *data, gsize length, GError **error)
{
  CodecDmg *self = (CodecDmg *)base;
  const PlatterDmgChunk *chunk = NULL;
  guint64 chunk_bytes = 0;

  if (self->index == self->dmg->chunks->len)
    return codec_dmg_go_to (self, platter_input_get_size_bytes (base->input), error) ? 0 : -1;
  chunk = &g_array_index (self->dmg->chunks, PlatterDmgChunk, self->index);
  chunk_bytes = chunk->n_sectors * PLATTER_DMG_SECTOR_BYTES;
  if (!self->is_there && !codec_dmg_load (self, chunk, error))
    return -1;
  length = (gsize)MIN (length, chunk_bytes - self->given_bytes);
  if (chunk->type == PLATTER_DMG_ZERO || chunk->type == PLATTER_DMG_IGNORED)
    memset (data, 0, length);
  else if (chunk->type != PLATTER_DMG_RAW)
    memcpy (data, self->chunk + self->given_bytes, length);
  else if (!codec_dmg_read_file (self, data, length, error))
    return -1;
  if (chunk->type != PLATTER_DMG_IGNORED)
    self->checksums[chunk->table] = crc32_gzip_refl (self->checksums[chunk->table], data, length);
  self->given_bytes += length;
  if (self->given_bytes == chunk_bytes && !codec_dmg_finish_chunk (self, chunk, error))
    return -1;
  return (gssize)length;
}

static void
codec_dmg_free (PlatterCodec *base)
{
  CodecDmg *self = (CodecDmg *)base;

  g_free (self->packed);
  g_free (self->chunk);
  g_free (self->checksums);
  g_free (self->n_left);
  g_free (self);
}

static const PlatterCodecFuncs codec_dmg_funcs = { codec_dmg_read, codec_dmg_free };

PlatterCodec *
platter_codec_dmg_new (PlatterInput *input, const PlatterDmg *dmg)
{
  CodecDmg *self = g_new0 (CodecDmg, 1);

  self->base.funcs = &codec_dmg_funcs;
  self->base.input = input;
  self->dmg = dmg;
  self->checksums = g_new0 (guint32, dmg->tables->len);
  self->n_left = g_new0 (guint32, dmg->tables->len);
  for (guint i = 0; i < dmg->tables->len; i++)
    self->n_left[i] = g_array_index (dmg->tables, PlatterDmgTable, i).n_chunks;
  return &self->base;
}
