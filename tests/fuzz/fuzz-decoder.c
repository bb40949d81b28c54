// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Any bytes as a packed image: no crash, no hang, no end without all of it; and what is read twice is the same.

#include "formats/decoder.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of a bomb it is enough. */
#define MAX_CONTENT_BYTES (512 * 1024)

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length);

static gssize
fuzz_read (PlatterDecoder *decoder, guint64 offset_bytes, guint8 *data, gsize length)
{
  g_autoptr (GError) error = NULL;
  gssize got = platter_decoder_read (decoder, offset_bytes, data, length, &error);

  g_assert_true ((got < 0) == (error != NULL));
  g_assert_cmpint (got, <=, (gssize)length);
  return got;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize length)
{
  static guint8 content[MAX_CONTENT_BYTES];
  static guint8 again[MAX_CONTENT_BYTES];
  int fd = memfd_create ("fuzz", MFD_CLOEXEC);
  g_autoptr (PlatterDecoder) decoder = NULL;

  g_assert_true (fd >= 0 && write (fd, data, length) == (gssize)length);
  decoder = platter_decoder_new (fd, "it");
  if (platter_decoder_open (decoder, NULL))
    {
      gssize got = fuzz_read (decoder, 0, content, sizeof content);

      if (got > 2)
        {
          g_assert_cmpint (fuzz_read (decoder, 1, again, (gsize)got - 1), ==, got - 1);
          g_assert_true (memcmp (content + 1, again, (gsize)got - 1) == 0);
        }
    }
  close (fd);
  return 0;
}
