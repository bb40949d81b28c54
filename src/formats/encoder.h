// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Content that is packed as it is written.

#pragma once

#include "engine/writer.h"
#include "packer.h"
#include "split-file.h"

G_BEGIN_DECLS

/** What an encoder takes for pieces and contexts at most, in bytes, if two threads can do with it. */
#define PLATTER_ENCODER_MEMORY_BYTES (128 * 1024 * 1024)

/**
 * PlatterEncoder:
 *
 * A #PlatterWriter for an endpoint, which then owns it. Pieces are packed on as many threads as there are processors
 * and memory allows, and stored in their order. When it has finished, its reader unpacks the file again, from the disk.
 *
 * What an encoder that was cut off has left in the file, it goes on with: all is packed anew, and what is there already,
 * to the byte, is not written again; behind the first difference nothing is kept.
 */
typedef struct _PlatterEncoder PlatterEncoder;

/**
 * platter_encoder_new:
 * @file: (transfer full): empty, or as one that was cut off has left it
 * @packer: (transfer full)
 * @digests: of the file, not of its content
 *
 * Returns: (transfer full): or %NULL with a #PlatterEngineError.
 */
PlatterEncoder *platter_encoder_new (PlatterSplitFile *file,
                                     const char *name,
                                     PlatterPacker *packer,
                                     PlatterDigests digests,
                                     GError **error);
void platter_encoder_free (PlatterEncoder *self);
/** Returns: (transfer none): the encoder as a writer. */
PlatterWriter *platter_encoder_get_writer (PlatterEncoder *self);

/** Returns: how large the file is by now; from any thread. */
guint64 platter_encoder_get_packed_bytes (PlatterEncoder *self);
/** Returns: (nullable): in hexadecimal, of what was stored, when it has finished. */
const char *platter_encoder_get_digest (PlatterEncoder *self, PlatterDigests digest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterEncoder, platter_encoder_free)

G_END_DECLS
