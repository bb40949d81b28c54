// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One gzip member, as some tools read only the first of several: blocks that end on a byte and look back at nothing
// before them (RFC 1951), packed side by side by ISA-L, and one checksum for all of them (RFC 1952).

#include "packer.h"

#include <errno.h>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#define PIECE_BYTES (4 * 1024 * 1024)
#define FULL_FLUSH_BYTES 64
/* What a stored block has in front, and how much is in one at most. */
#define STORED_HEAD_BYTES 5
#define STORED_BYTES 32768

/* The checksum's polynomial, the lowest power in the highest bit, and so 1 and x^8. */
#define POLYNOMIAL 0xEDB88320u
#define ONE 0x80000000u
#define BYTE 0x00800000u

typedef struct
{
  PlatterPacker base;
  guint level;
  guint32 crc;
  guint64 content_bytes;
} PackerGz;

static guint32
packer_gz_get_buffer_bytes (guint level)
{
  static const guint32 bytes[]
    = { 0, ISAL_DEF_LVL1_DEFAULT, ISAL_DEF_LVL2_DEFAULT, ISAL_DEF_LVL3_DEFAULT };

  return bytes[MIN (level, G_N_ELEMENTS (bytes) - 1)];
}

static gpointer
packer_gz_new_context (PlatterPacker *base)
{
  return g_try_malloc (packer_gz_get_buffer_bytes (((PackerGz *)base)->level));
}

static gsize
packer_gz_get_bound (PlatterPacker *base, gsize content_bytes)
{
  return content_bytes + (content_bytes / STORED_BYTES + 1) * STORED_HEAD_BYTES + FULL_FLUSH_BYTES;
}

static int
packer_gz_pack (
  PlatterPacker *base, gpointer context, const guint8 *content, guint8 *packed, PlatterPiece *piece)
{
  PackerGz *self = (PackerGz *)base;
  struct isal_zstream stream;

  isal_deflate_stateless_init (&stream);
  stream.level = self->level;
  stream.level_buf = context;
  stream.level_buf_size = packer_gz_get_buffer_bytes (self->level);
  stream.flush = FULL_FLUSH;
  stream.next_in = (guint8 *)content;
  stream.avail_in = (guint32)piece->content_bytes;
  stream.next_out = packed;
  stream.avail_out = (guint32)packer_gz_get_bound (base, piece->content_bytes);
  if (isal_deflate_stateless (&stream) != COMP_OK)
    return EIO;
  piece->packed_bytes = stream.total_out;
  piece->tag = crc32_gzip_refl (0, content, piece->content_bytes);
  return 0;
}

static int
packer_gz_add_head (PlatterPacker *base, GByteArray *bytes)
{
  /* Deflate, no flags, no time, nothing said of the level, made on Unix. */
  static const guint8 head[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };

  g_byte_array_append (bytes, head, sizeof head);
  return 0;
}

/* Two polynomials, modulo that of the checksum. */
static guint32
packer_gz_multiply (guint32 a, guint32 b)
{
  guint32 product = 0;

  for (guint32 bit = ONE; bit != 0; bit >>= 1)
    {
      if ((a & bit) != 0)
        product ^= b;
      b = (b & 1) != 0 ? (b >> 1) ^ POLYNOMIAL : b >> 1;
    }
  return product;
}

/* The checksum of what @crc is of and @n_bytes behind it is that of the first moved by so much, and the other's. */
static guint32
packer_gz_move (guint32 crc, guint64 n_bytes)
{
  guint32 power = ONE;
  guint32 square = BYTE;

  for (; n_bytes > 0; n_bytes >>= 1)
    {
      if ((n_bytes & 1) != 0)
        power = packer_gz_multiply (power, square);
      square = packer_gz_multiply (square, square);
    }
  return packer_gz_multiply (power, crc);
}

static int
packer_gz_note (PlatterPacker *base, const PlatterPiece *piece)
{
  PackerGz *self = (PackerGz *)base;

  self->crc = packer_gz_move (self->crc, piece->content_bytes) ^ (guint32)piece->tag;
  self->content_bytes += piece->content_bytes;
  return 0;
}

static int
packer_gz_add_tail (PlatterPacker *base, GByteArray *bytes)
{
  PackerGz *self = (PackerGz *)base;
  /* An empty block that is the last one. */
  static const guint8 last[] = { 3, 0 };
  const guint32 trailer[]
    = { GUINT32_TO_LE (self->crc), GUINT32_TO_LE ((guint32)self->content_bytes) };

  g_byte_array_append (bytes, last, sizeof last);
  g_byte_array_append (bytes, (const guint8 *)trailer, sizeof trailer);
  return 0;
}

static void
packer_gz_free (PlatterPacker *base)
{
  g_free (base);
}

static const PlatterPackerFuncs packer_gz_funcs = {
  .new_context = packer_gz_new_context,
  .free_context = g_free,
  .get_bound = packer_gz_get_bound,
  .pack = packer_gz_pack,
  .add_head = packer_gz_add_head,
  .note = packer_gz_note,
  .add_tail = packer_gz_add_tail,
  .free = packer_gz_free,
};

PlatterPacker *
platter_packer_gz_new (guint level)
{
  PackerGz *self = g_new0 (PackerGz, 1);

  self->base.funcs = &packer_gz_funcs;
  self->base.piece_bytes = PIECE_BYTES;
  self->base.context_bytes = packer_gz_get_buffer_bytes (level);
  self->level = level;
  return &self->base;
}
