// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Content that is stored as it is, in order: of a source whose end shows only when it is met.

#include "packer.h"

#include <string.h>

#define PIECE_BYTES ((gsize)1024 * 1024)

static gpointer
packer_raw_new_context (PlatterPacker *base)
{
  return g_malloc0 (1);
}

static gsize
packer_raw_get_bound (PlatterPacker *base, gsize content_bytes)
{
  return content_bytes;
}

static int
packer_raw_pack (
  PlatterPacker *base, gpointer context, const guint8 *content, guint8 *packed, PlatterPiece *piece)
{
  memcpy (packed, content, piece->content_bytes);
  piece->packed_bytes = piece->content_bytes;
  return 0;
}

static int
packer_raw_add_nothing (PlatterPacker *base, GByteArray *bytes)
{
  return 0;
}

static int
packer_raw_note (PlatterPacker *base, const PlatterPiece *piece)
{
  return 0;
}

static void
packer_raw_free (PlatterPacker *base)
{
  g_free (base);
}

static const PlatterPackerFuncs packer_raw_funcs = {
  .new_context = packer_raw_new_context,
  .free_context = g_free,
  .get_bound = packer_raw_get_bound,
  .pack = packer_raw_pack,
  .add_head = packer_raw_add_nothing,
  .note = packer_raw_note,
  .add_tail = packer_raw_add_nothing,
  .free = packer_raw_free,
};

PlatterPacker *
platter_packer_raw_new (guint level)
{
  PlatterPacker *self = g_new0 (PlatterPacker, 1);

  self->funcs = &packer_raw_funcs;
  self->piece_bytes = PIECE_BYTES;
  self->is_plain = TRUE;
  return self;
}
