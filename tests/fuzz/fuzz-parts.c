// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Any bytes as what a client tells of an image's parts, and an image that is read by them in pieces of any size: what is
// none of its parts is zeros, and nothing is read beyond its end.

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "formats/file-reader.h"
#include "formats/parts-reader.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define IMAGE_BYTES 65536
#define STEP_BYTES 7000

static gboolean
is_in_a_part (const PlatterParts *parts, guint64 offset_bytes)
{
  guint index = platter_parts_find (parts, offset_bytes);

  return index < platter_parts_get_n (parts)
         && platter_parts_get (parts, index).offset_bytes <= offset_bytes;
}

static void
read_image (PlatterParts *parts, int fd)
{
  g_autoptr (GBytes) packed = platter_parts_pack (parts);
  PlatterPartsReader *reader = platter_parts_reader_new (platter_file_reader_new (fd, "x"), "x");
  PlatterReader *base = platter_parts_reader_get_reader (reader);
  g_autofree guint8 *step = g_malloc (STEP_BYTES);
  gssize got = STEP_BYTES;

  platter_parts_reader_take_parts (reader, platter_parts_unpack (packed));
  for (guint64 at = 0; at < IMAGE_BYTES && got > 0; at += (guint64)got)
    {
      g_autoptr (GError) error = NULL;
      gsize length = MIN (STEP_BYTES, platter_parts_get_size_bytes (parts) - at);

      if (at >= platter_parts_get_size_bytes (parts))
        length = 1;
      got = base->funcs->read (base, at, step, length, &error);
      g_assert_true ((got < 0) == (error != NULL));
      for (gssize i = 0; i < got; i++)
        g_assert_cmpuint (step[i], ==, is_in_a_part (parts, at + (guint64)i) ? 0x5a : 0);
    }
  base->funcs->free (base);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (PlatterParts) parts = platter_parts_unpack (bytes);
  g_autofree guint8 *image = NULL;
  int fd = -1;

  if (parts == NULL)
    return 0;
  image = g_malloc (IMAGE_BYTES);
  memset (image, 0x5a, IMAGE_BYTES);
  fd = memfd_create ("image", MFD_CLOEXEC);
  g_assert_cmpint (write (fd, image, IMAGE_BYTES), ==, IMAGE_BYTES);
  read_image (parts, fd);
  close (fd);
  return 0;
}
