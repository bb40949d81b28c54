// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The body of the hash functions: compiled once for each instruction set.

#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "block-hash.h"

static inline PlatterBlockHash
platter_block_hash_kernel (const guint8 *data, gsize length)
{
  XXH128_hash_t hash = XXH3_128bits (data, length);

  return (PlatterBlockHash){ hash.low64, hash.high64 };
}
