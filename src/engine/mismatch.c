// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Describing the difference between what was written and what came back.

#include "mismatch.h"

#include "block-hash.h"

#include <string.h>

/* More flipped bits than this in one block are not "a few". */
#define MAX_BITS 64
#define SECTOR_BYTES 512

typedef struct
{
  gsize first;
  gsize last;
  guint64 bytes;
  guint64 bits;
} Difference;

static Difference
mismatch_measure (const guint8 *expected, const guint8 *actual, gsize length)
{
  Difference result = { length, 0, 0, 0 };

  for (gsize i = 0; i < length; i++)
    {
      guint8 flipped = expected[i] ^ actual[i];

      if (flipped == 0)
        continue;
      result.first = MIN (result.first, i);
      result.last = i;
      result.bytes++;
      result.bits += __builtin_popcount (flipped);
    }
  return result;
}

static gboolean
mismatch_is_uniform (const guint8 *data, gsize length)
{
  return length < 2 || memcmp (data, data + 1, length - 1) == 0;
}

/* A sector in which nothing of what was written is left, but for what looks the same anyway. */
static gboolean
mismatch_is_foreign (const guint8 *expected, const guint8 *actual, gsize length)
{
  gsize n_equal = 0;

  for (gsize i = 0; i < length; i++)
    n_equal += expected[i] == actual[i];
  return n_equal <= length / 2 || (n_equal == length && mismatch_is_uniform (actual, length));
}

static gboolean
mismatch_is_old_data (const guint8 *expected, const guint8 *actual, const Difference *difference)
{
  gsize offset = difference->first / SECTOR_BYTES * SECTOR_BYTES;

  for (; offset <= difference->last; offset += SECTOR_BYTES)
    {
      gsize start = MAX (offset, difference->first);
      gsize end = MIN (offset + SECTOR_BYTES, difference->last + 1);

      if (!mismatch_is_foreign (expected + start, actual + start, end - start))
        return FALSE;
    }
  return TRUE;
}

static PlatterMismatchClass
mismatch_classify (const guint8 *expected, const guint8 *actual, const Difference *difference)
{
  gsize length = difference->last - difference->first + 1;

  /* A byte that became zero is a few bits; a sector that became zero was not stored. */
  if (length >= SECTOR_BYTES / 2 && platter_block_is_zero (actual + difference->first, length))
    return PLATTER_MISMATCH_ZEROS;
  if (difference->bits <= MAX_BITS)
    return PLATTER_MISMATCH_BITS;
  if (length >= SECTOR_BYTES / 2 && mismatch_is_old_data (expected, actual, difference))
    return PLATTER_MISMATCH_OLD_DATA;
  return PLATTER_MISMATCH_OTHER;
}

gboolean
platter_mismatch_describe (PlatterMismatch *mismatch,
                           guint64 offset_bytes,
                           const guint8 *expected,
                           const guint8 *actual,
                           gsize length)
{
  Difference difference = mismatch_measure (expected, actual, length);

  *mismatch = (PlatterMismatch){
    .offset_bytes = offset_bytes,
    .length_bytes = length,
    .kind = PLATTER_MISMATCH_OTHER,
  };
  if (difference.bytes == 0)
    return FALSE;
  mismatch->offset_bytes = offset_bytes + difference.first;
  mismatch->length_bytes = difference.last - difference.first + 1;
  mismatch->differing_bytes = difference.bytes;
  mismatch->kind = mismatch_classify (expected, actual, &difference);
  if (mismatch->kind == PLATTER_MISMATCH_BITS)
    mismatch->bits = (guint)difference.bits;
  return TRUE;
}
