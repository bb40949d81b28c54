// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What was packed, unpacked again from the disk; or what was stored as it is.

#pragma once

#include "engine/reader.h"
#include "file-digests.h"
#include "split-file.h"

G_BEGIN_DECLS

typedef struct _PlatterReadback PlatterReadback;

/** platter_readback_new: @file: (transfer none); @name: for messages; @is_plain: nothing is packed; @digests: of the file, if it is */
PlatterReadback *platter_readback_new (PlatterSplitFile *file,
                                       const char *name,
                                       gboolean is_plain,
                                       PlatterDigests digests);
void platter_readback_free (PlatterReadback *self);

/**
 * platter_readback_begin:
 * @content_bytes: what was packed
 * @expected: (nullable): of what was stored, finished; stays the caller's
 *
 * When all is in the file. From any thread, once.
 */
void
platter_readback_begin (PlatterReadback *self, guint64 content_bytes, PlatterFileDigests *expected);

/**
 * platter_readback_get_reader:
 *
 * To be read after it has begun. The read that ends with the content also fails if something follows, or if the file
 * has other bytes than were stored.
 *
 * Returns: (transfer none):
 */
PlatterReader *platter_readback_get_reader (PlatterReadback *self);

G_END_DECLS
