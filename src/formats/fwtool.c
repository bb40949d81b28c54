// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What OpenWrt puts behind the end of its images: what they are for, and a signature.

#include "fwtool.h"

#include <string.h>

/* "FWx0", a checksum, a type, zeros up to a multiple of four, and the size of the part and its trailer, big-endian. */
#define TRAILER_BYTES 16
#define TRAILER_ZEROS_AT 9
#define TRAILER_SIZE_AT 12

/* Returns: 0 if there is no trailer at the end */
static guint32
fwtool_get_part_bytes (const guint8 *data, gsize length)
{
  const guint8 *trailer = NULL;
  guint32 size = 0;

  if (length < TRAILER_BYTES)
    return 0;
  trailer = data + length - TRAILER_BYTES;
  if (memcmp (trailer, "FWx0", 4) != 0 || memcmp (trailer + TRAILER_ZEROS_AT, "\0\0", 3) != 0)
    return 0;
  memcpy (&size, trailer + TRAILER_SIZE_AT, sizeof size);
  size = GUINT32_FROM_BE (size);
  return size >= TRAILER_BYTES ? size : 0;
}

gboolean
platter_fwtool_is_all (const guint8 *data, gsize length, guint64 n_zeros)
{
  while (length > 0)
    {
      guint32 part_bytes = fwtool_get_part_bytes (data, length);

      if (part_bytes == 0)
        return FALSE;
      /* The first part may begin with zeros. */
      if (part_bytes > length)
        return part_bytes - length <= n_zeros;
      length -= part_bytes;
    }
  return TRUE;
}
