// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// XXH3-128 of blocks, by the fastest code that the processor has.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 low;
  guint64 high;
} PlatterBlockHash;

typedef PlatterBlockHash (*PlatterBlockHashFunc) (const guint8 *data, gsize length);

/** platter_block_hash_get_func: Returns: the fastest of the functions below that can run here. */
PlatterBlockHashFunc platter_block_hash_get_func (void);

PlatterBlockHash platter_block_hash_baseline (const guint8 *data, gsize length);
#ifdef __x86_64__
/** platter_block_hash_avx2: Only where the processor has AVX2. */
PlatterBlockHash platter_block_hash_avx2 (const guint8 *data, gsize length);
#endif

static inline gboolean
platter_block_hash_equal (PlatterBlockHash a, PlatterBlockHash b)
{
  return a.low == b.low && a.high == b.high;
}

/** platter_block_is_zero: Whether all bytes are zero; ends at the first that is not. */
gboolean platter_block_is_zero (const guint8 *data, gsize length);

G_END_DECLS
