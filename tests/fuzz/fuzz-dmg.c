// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Any bytes as an Apple disk image, and as the property list of one: what is found lies in the file and in a row, and
// each chunk is unpacked or refused. What is the size of the whole is told by the tables, and is what comes out.

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "formats/decoder.h"
#include "formats/dmg.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define MAX_READ_BYTES ((guint64)1024 * 1024)

static void
check_list (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterDmg) dmg
    = platter_dmg_parse ((const char *)data, size, 0, 0, size, "x", &error);
  guint64 at = 0;

  g_assert_true ((dmg == NULL) == (error != NULL));
  for (guint i = 0; dmg != NULL && i < dmg->chunks->len; i++)
    {
      const PlatterDmgChunk *chunk = &g_array_index (dmg->chunks, PlatterDmgChunk, i);

      g_assert_cmpuint (chunk->start, ==, at);
      g_assert_cmpuint (chunk->table, <, dmg->tables->len);
      g_assert_cmpuint (chunk->offset_bytes, <=, size);
      g_assert_cmpuint (chunk->length_bytes, <=, size - chunk->offset_bytes);
      at += chunk->n_sectors;
    }
  if (dmg != NULL)
    g_assert_cmpuint (dmg->size_bytes, ==, at * PLATTER_DMG_SECTOR_BYTES);
}

static void
read_image (PlatterDecoder *decoder)
{
  g_autofree guint8 *data = g_malloc (100000);
  gssize got = 1;

  for (guint64 at = 0; got > 0 && at < MAX_READ_BYTES; at += (guint64)got)
    {
      g_autoptr (GError) error = NULL;

      got = platter_decoder_read (decoder, at, data, 100000, &error);
      g_assert_true ((got < 0) == (error != NULL));
      if (got >= 0)
        g_assert_cmpuint (at + (guint64)got, <=, platter_decoder_get_size_bytes (decoder));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  PlatterDecoder *decoder = NULL;
  int fd = -1;

  check_list (data, size);
  if (size < PLATTER_DMG_TRAILER_BYTES
      || memcmp (data + size - PLATTER_DMG_TRAILER_BYTES, "koly", 4) != 0)
    return 0;
  fd = memfd_create ("dmg", MFD_CLOEXEC);
  g_assert_cmpint (write (fd, data, size), ==, (gssize)size);
  decoder = platter_decoder_new (fd, "x");
  if (platter_decoder_open (decoder, &error))
    read_image (decoder);
  platter_decoder_free (decoder);
  close (fd);
  return 0;
}
