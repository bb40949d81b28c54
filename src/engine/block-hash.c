// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The hash function compiled for any processor, and the choice between it and a faster one.

#include "block-hash-kernel.h"

#include <string.h>

PlatterBlockHash
platter_block_hash_baseline (const guint8 *data, gsize length)
{
  return platter_block_hash_kernel (data, length);
}

PlatterBlockHashFunc
platter_block_hash_get_func (void)
{
#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx2"))
    return platter_block_hash_avx2;
#endif
  return platter_block_hash_baseline;
}

gboolean
platter_block_is_zero (const guint8 *data, gsize length)
{
  static const guint8 zeros[64];
  gsize head = MIN (length, sizeof (zeros));

  /* All equal to what lies 64 bytes before, and the first 64 are zero: memcmp is fast and ends early. */
  return memcmp (data, zeros, head) == 0 && memcmp (data, data + head, length - head) == 0;
}
