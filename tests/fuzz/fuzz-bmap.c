// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Any bytes as a block map: what is read of it is in order, inside the image, and comes through the file that the worker
// gets. The file's own checksum would keep a fuzzer from everything else, so the same is tried with the right one.

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "client/bmap.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_parts (const PlatterParts *parts)
{
  g_autoptr (GBytes) packed = platter_parts_pack (parts);
  g_autoptr (PlatterParts) again = platter_parts_unpack (packed);
  guint64 end_bytes = 0;

  g_assert_nonnull (again);
  g_assert_cmpuint (platter_parts_get_n (again), ==, platter_parts_get_n (parts));
  g_assert_cmpuint (platter_parts_get_n (parts), >, 0);
  for (guint i = 0; i < platter_parts_get_n (parts); i++)
    {
      PlatterPart part = platter_parts_get (parts, i);

      g_assert_cmpuint (part.offset_bytes, >=, end_bytes);
      g_assert_cmpuint (part.length_bytes, >, 0);
      end_bytes = part.offset_bytes + part.length_bytes;
      g_assert_cmpuint (end_bytes, <=, platter_parts_get_size_bytes (parts));
    }
}

/* Puts in what the digest of all of it with 64 zeros in its place is. */
static char *
sign (const char *text, gsize size)
{
  const char *tag = "<BmapFileChecksum>";
  char *copy = g_memdup2 (text, size + 1);
  char *place = g_strstr_len (copy, (gssize)size, tag);
  g_autofree char *hex = NULL;

  if (place == NULL || (gsize)(copy + size - place) < strlen (tag) + 64)
    return copy;
  place += strlen (tag);
  memset (place, '0', 64);
  hex = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)copy, size);
  memcpy (place, hex, 64);
  return copy;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_malloc0 (size + 1);
  g_autofree char *signed_text = NULL;

  memcpy (text, data, size);
  signed_text = sign (text, size);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PlatterParts) parts
        = platter_bmap_parse (i == 0 ? text : signed_text, size, "x.bmap", &error);

      g_assert_true ((parts != NULL) == (error == NULL));
      if (parts != NULL)
        check_parts (parts);
    }
  return 0;
}
