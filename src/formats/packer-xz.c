// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One .xz stream of many blocks, so that they can be packed and unpacked side by side, and the index of them at its
// end: The .xz File Format, version 1.1.0.

#include "packer.h"

#include <errno.h>
#include <lzma.h>

#define MIB (1024 * 1024)
#define PIECE_BYTES (4 * MIB)
#define CHECK LZMA_CHECK_CRC64

typedef struct
{
  PlatterPacker base;
  lzma_options_lzma options;
  lzma_index *index;
} PackerXz;

/* The library makes and forgets what it needs with each block. */
static gpointer
packer_xz_new_context (PlatterPacker *base)
{
  return base;
}

static void
packer_xz_free_context (gpointer context)
{
}

static gsize
packer_xz_get_bound (PlatterPacker *base, gsize content_bytes)
{
  return lzma_block_buffer_bound (content_bytes);
}

static int
packer_xz_get_errno (lzma_ret result)
{
  if (result == LZMA_OK)
    return 0;
  return result == LZMA_MEM_ERROR ? ENOMEM : EIO;
}

static int
packer_xz_pack (
  PlatterPacker *base, gpointer context, const guint8 *content, guint8 *packed, PlatterPiece *piece)
{
  PackerXz *self = (PackerXz *)base;
  lzma_filter filters[] = { { LZMA_FILTER_LZMA2, &self->options }, { LZMA_VLI_UNKNOWN, NULL } };
  lzma_block block = { .check = CHECK, .filters = filters };
  gsize length = 0;
  lzma_ret result
    = lzma_block_buffer_encode (&block, NULL, content, piece->content_bytes, packed, &length,
                                lzma_block_buffer_bound (piece->content_bytes));

  piece->packed_bytes = length;
  piece->tag = lzma_block_unpadded_size (&block);
  return packer_xz_get_errno (result);
}

static int
packer_xz_add_head (PlatterPacker *base, GByteArray *bytes)
{
  const lzma_stream_flags flags = { .check = CHECK };

  g_byte_array_set_size (bytes, LZMA_STREAM_HEADER_SIZE);
  return packer_xz_get_errno (lzma_stream_header_encode (&flags, bytes->data));
}

static int
packer_xz_note (PlatterPacker *base, const PlatterPiece *piece)
{
  PackerXz *self = (PackerXz *)base;

  return packer_xz_get_errno (
    lzma_index_append (self->index, NULL, piece->tag, piece->content_bytes));
}

static int
packer_xz_add_tail (PlatterPacker *base, GByteArray *bytes)
{
  PackerXz *self = (PackerXz *)base;
  lzma_stream_flags flags = { .check = CHECK, .backward_size = lzma_index_size (self->index) };
  gsize length = 0;
  lzma_ret result = LZMA_OK;

  g_byte_array_set_size (bytes, (guint)flags.backward_size + LZMA_STREAM_HEADER_SIZE);
  result = lzma_index_buffer_encode (self->index, bytes->data, &length, bytes->len);
  if (result == LZMA_OK)
    result = lzma_stream_footer_encode (&flags, bytes->data + length);
  return packer_xz_get_errno (result);
}

static void
packer_xz_free (PlatterPacker *base)
{
  PackerXz *self = (PackerXz *)base;

  lzma_index_end (self->index, NULL);
  g_free (self);
}

static const PlatterPackerFuncs packer_xz_funcs = {
  .new_context = packer_xz_new_context,
  .free_context = packer_xz_free_context,
  .get_bound = packer_xz_get_bound,
  .pack = packer_xz_pack,
  .add_head = packer_xz_add_head,
  .note = packer_xz_note,
  .add_tail = packer_xz_add_tail,
  .free = packer_xz_free,
};

PlatterPacker *
platter_packer_xz_new (guint level)
{
  PackerXz *self = g_new0 (PackerXz, 1);
  lzma_filter filters[] = { { LZMA_FILTER_LZMA2, &self->options }, { LZMA_VLI_UNKNOWN, NULL } };

  self->base.funcs = &packer_xz_funcs;
  self->base.piece_bytes = PIECE_BYTES;
  lzma_lzma_preset (&self->options, level);
  /* More than a piece is never looked back. */
  self->options.dict_size = MIN (self->options.dict_size, PIECE_BYTES);
  self->base.context_bytes = (gsize)lzma_raw_encoder_memusage (filters);
  self->index = lzma_index_init (NULL);
  return &self->base;
}
