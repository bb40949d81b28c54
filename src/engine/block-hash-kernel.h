// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The body of one hash function: included once for each instruction set, under another name.

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "block-hash.h"

PlatterBlockHash
PLATTER_BLOCK_HASH_NAME (const guint8 *data, gsize length)
{
  XXH128_hash_t hash = XXH3_128bits (data, length);

  return (PlatterBlockHash) { hash.low64, hash.high64 };
}
