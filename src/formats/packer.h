// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One way of packing: pieces that are packed apart from each other, and what stands before and behind them.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** PlatterPiece: what a piece came to. */
typedef struct
{
  gsize content_bytes;
  gsize packed_bytes;
  guint64 tag; /* the packer's own: a checksum, a size */
} PlatterPiece;

typedef struct _PlatterPacker PlatterPacker;
typedef struct
{
  /* Returns: (nullable): what one thread needs for itself. */
  gpointer (*new_context) (PlatterPacker *self);
  void (*free_context) (gpointer context);
  /* Returns: the most that a piece of @content_bytes can become. */
  gsize (*get_bound) (PlatterPacker *self, gsize content_bytes);
  /* Packs @content into @packed, which has the bound's room, and fills in @piece. On any thread. Returns: an errno. */
  int (*pack) (PlatterPacker *self,
               gpointer context,
               const guint8 *content,
               guint8 *packed,
               PlatterPiece *piece);
  /* Appends what stands before the first piece. Returns: an errno. */
  int (*add_head) (PlatterPacker *self, GByteArray *bytes);
  /* Each piece, in order, when it is stored. Returns: an errno. */
  int (*note) (PlatterPacker *self, const PlatterPiece *piece);
  /* Appends what stands behind the last piece. Returns: an errno. */
  int (*add_tail) (PlatterPacker *self, GByteArray *bytes);
  void (*free) (PlatterPacker *self);
} PlatterPackerFuncs;

struct _PlatterPacker
{
  const PlatterPackerFuncs *funcs;
  gsize piece_bytes;   /* of content, but for the last one */
  gsize context_bytes; /* about what a context takes */
  gboolean is_plain;   /* nothing is packed: zeros may be holes, and it is read back as it is */
};

/** platter_packer_raw_new: The content as it is. @level: has no meaning */
PlatterPacker *platter_packer_raw_new (guint level);

/** platter_packer_zstd_new: Frames, with the seek table of zstd's contrib/seekable_format. @level: 1 to 19 */
PlatterPacker *platter_packer_zstd_new (guint level);

/** platter_packer_gz_new: Blocks of one gzip member, by ISA-L. @level: 1 to 3 */
PlatterPacker *platter_packer_gz_new (guint level);

/** platter_packer_xz_new: Blocks of one .xz stream. @level: 1 to 9 */
PlatterPacker *platter_packer_xz_new (guint level);

G_END_DECLS
