// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Any bytes as an archive: no crash, no hang, names that can be shown, no more than is told; and what is read twice is
// the same.

#include "formats/archive-look.h"
#include "formats/decoder.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of a bomb it is enough. */
#define MAX_CONTENT_BYTES (256 * 1024)

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length);

static void
fuzz_look (int fd, const guint8 *data, gsize length)
{
  g_autoptr (PlatterInput) input = platter_input_new (fd, "it");
  g_autoptr (PlatterArchiveChoice) choice
    = platter_archive_look (input, platter_format_find (data, MIN (length, 512)));

  if (choice == NULL)
    return;
  g_assert_cmpuint (choice->names->len, <=, PLATTER_ARCHIVE_MAX_NAMES);
  g_assert_true (choice->state != PLATTER_ARCHIVE_GOOD || choice->n_candidates == 1);
  for (guint i = 0; i < choice->names->len; i++)
    {
      const char *name = g_ptr_array_index (choice->names, i);

      g_assert_true (g_utf8_validate (name, -1, NULL) && strpbrk (name, "\n\r\033") == NULL);
    }
}

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
  fuzz_look (fd, data, length);
  decoder = platter_decoder_new (fd, "it");
  platter_decoder_allow_archives (decoder);
  if (platter_decoder_open (decoder, NULL))
    {
      gssize got = fuzz_read (decoder, 0, content, sizeof content);

      if (got > 0 && platter_decoder_is_archive (decoder))
        g_assert_cmpuint ((guint64)got, <=, platter_decoder_get_size_bytes (decoder));
      if (got > 2)
        {
          g_assert_cmpint (fuzz_read (decoder, 1, again, (gsize)got - 1), ==, got - 1);
          g_assert_true (memcmp (content + 1, again, (gsize)got - 1) == 0);
        }
    }
  close (fd);
  return 0;
}
