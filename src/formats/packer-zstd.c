// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Independent zstd frames, so that they can be packed and unpacked side by side, and behind them the table of where
// they are: zstd's contrib/seekable_format/zstd_seekable_compression_format.md, version 0.1.0.

#include "packer.h"
#include "zstd-frame.h"

#include <errno.h>
#include <string.h>
#include <zstd.h>

#define PIECE_BYTES (4 * 1024 * 1024)
#define DEFAULT_LEVEL 3
#define SKIPPABLE_MAGIC 0x184D2A5E
#define ENTRY_BYTES 8
/* Beyond 32 TiB there is no table, which has to be kept in memory: frames are then found one after the other. */
#define MAX_FRAMES (8 * 1024 * 1024)
/* What a level takes at most for pieces of this size. */
#define MIB (1024 * 1024)

typedef struct
{
  PlatterPacker base;
  guint level;
  GArray *entries; /* PackerZstdEntry */
} PackerZstd;

typedef struct
{
  guint32 packed_bytes;
  guint32 content_bytes;
} PackerZstdEntry;

/* A frame that knows nothing of those before it is larger than one of all would be. With a window of the whole piece
   and a longer table of the shorter matches (16 and 17 bits instead of 17 and 16) it is not, and takes no longer:
   docs/benchmarks.md. */
static void
packer_zstd_tune (ZSTD_CCtx *context)
{
  ZSTD_CCtx_setParameter (context, ZSTD_c_windowLog, 22);
  ZSTD_CCtx_setParameter (context, ZSTD_c_hashLog, 16);
  ZSTD_CCtx_setParameter (context, ZSTD_c_chainLog, 17);
}

static gpointer
packer_zstd_new_context (PlatterPacker *base)
{
  PackerZstd *self = (PackerZstd *)base;
  ZSTD_CCtx *context = ZSTD_createCCtx ();

  if (context == NULL)
    return NULL;
  ZSTD_CCtx_setParameter (context, ZSTD_c_compressionLevel, (int)self->level);
  ZSTD_CCtx_setParameter (context, ZSTD_c_checksumFlag, 1);
  if (self->level == DEFAULT_LEVEL)
    packer_zstd_tune (context);
  return context;
}

static void
packer_zstd_free_context (gpointer context)
{
  ZSTD_freeCCtx (context);
}

static gsize
packer_zstd_get_bound (PlatterPacker *base, gsize content_bytes)
{
  return ZSTD_compressBound (content_bytes);
}

static int
packer_zstd_pack (
  PlatterPacker *base, gpointer context, const guint8 *content, guint8 *packed, PlatterPiece *piece)
{
  gsize length = ZSTD_compress2 (context, packed, ZSTD_compressBound (piece->content_bytes),
                                 content, piece->content_bytes);

  if (ZSTD_isError (length))
    return ENOMEM;
  piece->packed_bytes = length;
  return 0;
}

static int
packer_zstd_add_head (PlatterPacker *base, GByteArray *bytes)
{
  return 0;
}

static int
packer_zstd_note (PlatterPacker *base, const PlatterPiece *piece)
{
  PackerZstd *self = (PackerZstd *)base;
  PackerZstdEntry entry = { (guint32)piece->packed_bytes, (guint32)piece->content_bytes };

  if (self->entries->len <= MAX_FRAMES)
    g_array_append_val (self->entries, entry);
  return 0;
}

static void
packer_zstd_add_le32 (GByteArray *bytes, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);

  g_byte_array_append (bytes, (const guint8 *)&little, sizeof little);
}

static int
packer_zstd_add_tail (PlatterPacker *base, GByteArray *bytes)
{
  PackerZstd *self = (PackerZstd *)base;
  /* No checksum for each frame: they have their own. */
  const guint8 descriptor = 0;

  if (self->entries->len > MAX_FRAMES)
    return 0;
  packer_zstd_add_le32 (bytes, SKIPPABLE_MAGIC);
  packer_zstd_add_le32 (bytes,
                        self->entries->len * ENTRY_BYTES + PLATTER_ZSTD_SEEKABLE_FOOTER_BYTES);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const PackerZstdEntry *entry = &g_array_index (self->entries, PackerZstdEntry, i);

      packer_zstd_add_le32 (bytes, entry->packed_bytes);
      packer_zstd_add_le32 (bytes, entry->content_bytes);
    }
  packer_zstd_add_le32 (bytes, self->entries->len);
  g_byte_array_append (bytes, &descriptor, 1);
  packer_zstd_add_le32 (bytes, PLATTER_ZSTD_SEEKABLE_MAGIC);
  return 0;
}

static void
packer_zstd_free (PlatterPacker *base)
{
  PackerZstd *self = (PackerZstd *)base;

  g_array_unref (self->entries);
  g_free (self);
}

static const PlatterPackerFuncs packer_zstd_funcs = {
  .new_context = packer_zstd_new_context,
  .free_context = packer_zstd_free_context,
  .get_bound = packer_zstd_get_bound,
  .pack = packer_zstd_pack,
  .add_head = packer_zstd_add_head,
  .note = packer_zstd_note,
  .add_tail = packer_zstd_add_tail,
  .free = packer_zstd_free,
};

/* ZSTD_sizeof_CCtx() says so of version 1.5. */
static gsize
packer_zstd_get_context_bytes (guint level)
{
  if (level <= 4)
    return 3 * MIB;
  return level <= 9 ? 13 * MIB : 65 * MIB;
}

PlatterPacker *
platter_packer_zstd_new (guint level)
{
  PackerZstd *self = g_new0 (PackerZstd, 1);

  self->base.funcs = &packer_zstd_funcs;
  self->base.piece_bytes = PIECE_BYTES;
  self->base.context_bytes = packer_zstd_get_context_bytes (level);
  self->level = level;
  self->entries = g_array_new (FALSE, FALSE, sizeof (PackerZstdEntry));
  return &self->base;
}
