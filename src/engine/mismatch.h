// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a block that came back wrong looks like.

#pragma once

#include "transfer.h"

G_BEGIN_DECLS

/**
 * platter_mismatch_describe:
 * @offset_bytes: where the block begins
 *
 * Finds the first and the last differing byte, how many differ, and the class as far as the two
 * buffers tell it (WRAPPED takes knowledge of other blocks).
 *
 * Returns: %FALSE if nothing differs; then @mismatch is the whole block, of class OTHER.
 */
gboolean platter_mismatch_describe (PlatterMismatch *mismatch,
                                    guint64 offset_bytes,
                                    const guint8 *expected,
                                    const guint8 *actual,
                                    gsize length);

G_END_DECLS
