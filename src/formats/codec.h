// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One way of packing, undone from the file's first byte on; what the decoder is made of.

#pragma once

#include "archive-choice.h"
#include "dmg.h"
#include "format.h"
#include "input.h"

G_BEGIN_DECLS

/** What a decoder may take for the dictionaries and windows that a file asks for, in bytes. */
#define PLATTER_CODEC_MAX_MEMORY_BYTES (136 * 1024 * 1024)
/** What it may take to have several parts of a file unpacked at once, in bytes. */
#define PLATTER_CODEC_PARALLEL_BYTES (96 * 1024 * 1024)

typedef struct _PlatterCodec PlatterCodec;
typedef struct
{
  /* Unpacks some more. Returns: at least one byte; 0 at the end of the content, which is the end of the file, too;
     -1 with an error. */
  gssize (*read) (PlatterCodec *self, guint8 *data, gsize length, GError **error);
  void (*free) (PlatterCodec *self);
} PlatterCodecFuncs;

struct _PlatterCodec
{
  const PlatterCodecFuncs *funcs;
  PlatterInput *input; /* not owned */
};

/* Each begins where @input is. */
PlatterCodec *platter_codec_xz_new (PlatterInput *input, PlatterFormat format, GError **error);
PlatterCodec *platter_codec_zstd_new (PlatterInput *input, GError **error);
PlatterCodec *platter_codec_gzip_new (PlatterInput *input);
PlatterCodec *platter_codec_bzip2_new (PlatterInput *input);
PlatterCodec *platter_codec_lz4_new (PlatterInput *input, GError **error);
/** platter_codec_archive_new: @format: that of the file; where it is no archive itself, one is packed in it */
PlatterCodec *platter_codec_archive_new (PlatterInput *input,
                                         PlatterFormat format,
                                         const PlatterArchiveChoice *choice,
                                         GError **error);

/** platter_codec_dmg_new: @dmg: stays the caller's */
PlatterCodec *platter_codec_dmg_new (PlatterInput *input, const PlatterDmg *dmg);

/** platter_codec_new: One of the above, but for archives. Returns: (transfer full): or %NULL with an error. */
PlatterCodec *platter_codec_new (PlatterInput *input, PlatterFormat format, GError **error);
void platter_codec_free (PlatterCodec *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterCodec, platter_codec_free)

/* codec.c: what goes wrong with all of them; each sets the error and returns -1. */
gssize platter_codec_fail_damaged (PlatterCodec *self, GError **error);
gssize platter_codec_fail_short (PlatterCodec *self, GError **error);
gssize platter_codec_fail_garbage (PlatterCodec *self, GError **error);
gssize platter_codec_fail_memory (PlatterCodec *self, GError **error);
gssize platter_codec_fail_unsupported (PlatterCodec *self, const char *what, GError **error);

/** platter_codec_check_end: Returns: whether there is nothing more in the file. */
gboolean platter_codec_check_end (PlatterCodec *self, GError **error);

G_END_DECLS
