// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The headers of zstd's frames and blocks.

#include "zstd-frame.h"

#define ZSTD_FRAME_MAGIC 0xfd2fb528u
#define ZSTD_SKIPPABLE_MAGIC 0x184d2a50u
#define ZSTD_BLOCK_RLE 1
#define ZSTD_BLOCK_RESERVED 3

static guint64
zstd_frame_read_le (const guint8 *data, guint n_bytes)
{
  guint64 value = 0;

  for (guint i = n_bytes; i > 0; i--)
    value = value << 8 | data[i - 1];
  return value;
}

guint32
platter_zstd_read_le32 (const guint8 *data)
{
  return (guint32)zstd_frame_read_le (data, 4);
}

gboolean
platter_zstd_is_frame (const guint8 *magic)
{
  return platter_zstd_read_le32 (magic) == ZSTD_FRAME_MAGIC;
}

gboolean
platter_zstd_is_skippable (const guint8 *magic)
{
  return (platter_zstd_read_le32 (magic) & 0xfffffff0u) == ZSTD_SKIPPABLE_MAGIC;
}

static gboolean
zstd_frame_is_single_segment (guint8 descriptor)
{
  return (descriptor & 0x20) != 0;
}

static guint
zstd_frame_dictionary_length (guint8 descriptor)
{
  static const guint lengths[] = { 0, 1, 2, 4 };

  return lengths[descriptor & 3];
}

static guint
zstd_frame_content_length (guint8 descriptor)
{
  static const guint lengths[] = { 0, 2, 4, 8 };
  guint length = lengths[descriptor >> 6];

  return length == 0 && zstd_frame_is_single_segment (descriptor) ? 1 : length;
}

guint
platter_zstd_header_length (guint8 descriptor)
{
  return PLATTER_ZSTD_MAGIC_BYTES + 1 + (zstd_frame_is_single_segment (descriptor) ? 0 : 1)
         + zstd_frame_dictionary_length (descriptor) + zstd_frame_content_length (descriptor);
}

PlatterZstdHeader
platter_zstd_header_parse (const guint8 *data)
{
  guint8 descriptor = data[PLATTER_ZSTD_MAGIC_BYTES];
  const guint8 *next = data + PLATTER_ZSTD_MAGIC_BYTES + 1;
  guint content_length = zstd_frame_content_length (descriptor);
  PlatterZstdHeader header
    = { .content_bytes = G_MAXUINT64, .has_checksum = (descriptor & 4) != 0 };

  if (!zstd_frame_is_single_segment (descriptor))
    next++; /* the window's size */
  next += zstd_frame_dictionary_length (descriptor);
  if (content_length > 0)
    header.content_bytes = zstd_frame_read_le (next, content_length);
  if (content_length == 2)
    header.content_bytes += 256;
  return header;
}

guint32
platter_zstd_block_length (const guint8 *data, gboolean *is_last)
{
  guint32 value = (guint32)zstd_frame_read_le (data, PLATTER_ZSTD_BLOCK_HEADER_BYTES);
  guint kind = value >> 1 & 3;

  *is_last = (value & 1) != 0;
  if (kind == ZSTD_BLOCK_RESERVED)
    return G_MAXUINT32;
  return kind == ZSTD_BLOCK_RLE ? 1 : value >> 3;
}
