// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where a zstd frame ends and what it says that it holds, without unpacking it (RFC 8878, section 3.1).

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PLATTER_ZSTD_MAGIC_BYTES 4
#define PLATTER_ZSTD_MAX_HEADER_BYTES 18
#define PLATTER_ZSTD_BLOCK_HEADER_BYTES 3
#define PLATTER_ZSTD_CHECKSUM_BYTES 4
/* The table of where frames are ends with this (zstd's contrib/seekable_format). */
#define PLATTER_ZSTD_SEEKABLE_MAGIC 0x8F92EAB1u
#define PLATTER_ZSTD_SEEKABLE_FOOTER_BYTES 9

typedef struct
{
  guint64 content_bytes; /* G_MAXUINT64: it does not say */
  gboolean has_checksum;
} PlatterZstdHeader;

gboolean platter_zstd_is_frame (const guint8 *magic);
/** platter_zstd_is_skippable: Its size comes next, in four bytes. */
gboolean platter_zstd_is_skippable (const guint8 *magic);
guint32 platter_zstd_read_le32 (const guint8 *data);

/** platter_zstd_header_length: @descriptor: the byte after the magic. Returns: of the whole header. */
guint platter_zstd_header_length (guint8 descriptor);
/** platter_zstd_header_parse: @data: all of the header, with the magic */
PlatterZstdHeader platter_zstd_header_parse (const guint8 *data);

/**
 * platter_zstd_block_length:
 * @data: a block's header
 * @is_last: (out): whether the frame has no further block
 *
 * Returns: how many bytes follow it; G_MAXUINT32 if there is no such block.
 */
guint32 platter_zstd_block_length (const guint8 *data, gboolean *is_last);

G_END_DECLS
