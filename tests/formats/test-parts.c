// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The parts of an image, and reading only those.

#include "formats/file-reader.h"
#include "formats/parts-reader.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/errors.h"

#define IMAGE_BYTES 3000000
#define DIGEST_BYTES 32

static const struct
{
  guint64 offset_bytes;
  guint64 length_bytes;
} ranges[] = { { 0, 4096 }, { 8192, 1 }, { 8193, 70000 }, { 1500000, 1200000 }, { 2999999, 1 } };

static guint8 image_data[IMAGE_BYTES];

static void
get_digest (guint64 offset_bytes, guint64 length_bytes, guint8 *digest)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = DIGEST_BYTES;

  g_checksum_update (sum, image_data + offset_bytes, (gssize)length_bytes);
  g_checksum_get_digest (sum, digest, &length);
}

/* @wrong: the index of a part whose digest is another, or the number of all */
static PlatterParts *
new_parts (guint wrong)
{
  PlatterParts *parts = platter_parts_new (IMAGE_BYTES, "sha256");
  guint8 digest[DIGEST_BYTES];

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      get_digest (ranges[i].offset_bytes, ranges[i].length_bytes, digest);
      digest[7] ^= i == wrong ? 1 : 0;
      g_assert_true (platter_parts_add (parts, ranges[i].offset_bytes, ranges[i].length_bytes,
                                        digest, DIGEST_BYTES));
    }
  return parts;
}

static void
test_refused (void)
{
  guint8 digest[DIGEST_BYTES] = { 0 };
  g_autoptr (PlatterParts) parts = platter_parts_new (1000, "sha256");

  g_assert_null (platter_parts_new (0, "sha256"));
  g_assert_null (platter_parts_new (1000, "sha257"));
  g_assert_null (platter_parts_new (G_MAXUINT64, ""));
  g_assert_true (platter_parts_add (parts, 100, 100, digest, DIGEST_BYTES));
  g_assert_false (platter_parts_add (parts, 199, 100, digest, DIGEST_BYTES));
  g_assert_false (platter_parts_add (parts, 50, 10, digest, DIGEST_BYTES));
  g_assert_false (platter_parts_add (parts, 300, 0, digest, DIGEST_BYTES));
  g_assert_false (platter_parts_add (parts, 300, 701, digest, DIGEST_BYTES));
  g_assert_false (platter_parts_add (parts, 300, G_MAXUINT64 - 200, digest, DIGEST_BYTES));
  g_assert_false (platter_parts_add (parts, 1000, 1, digest, DIGEST_BYTES));
  g_assert_false (platter_parts_add (parts, 300, 10, digest, DIGEST_BYTES - 1));
  g_assert_false (platter_parts_add (parts, 300, 10, NULL, 0));
  g_assert_true (platter_parts_add (parts, 200, 800, digest, DIGEST_BYTES));
  g_assert_cmpuint (platter_parts_get_n (parts), ==, 2);
  g_assert_cmpuint (platter_parts_get_bytes (parts), ==, 900);
}

static void
test_packed (void)
{
  g_autoptr (PlatterParts) parts = new_parts (G_N_ELEMENTS (ranges));
  g_autoptr (GBytes) packed = platter_parts_pack (parts);
  g_autoptr (PlatterParts) again = platter_parts_unpack (packed);
  g_autoptr (PlatterMap) map = platter_parts_dup_map (again);
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (packed, &length);

  g_assert_cmpstr (platter_parts_get_digest_name (again), ==, "sha256");
  g_assert_cmpuint (platter_parts_get_n (again), ==, G_N_ELEMENTS (ranges));
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      PlatterPart part = platter_parts_get (again, i);

      g_assert_cmpuint (part.offset_bytes, ==, ranges[i].offset_bytes);
      g_assert_cmpuint (part.length_bytes, ==, ranges[i].length_bytes);
      g_assert_cmpmem (part.digest, DIGEST_BYTES, platter_parts_get (parts, i).digest,
                       DIGEST_BYTES);
    }
  g_assert_cmpuint (platter_map_count_bytes (map, PLATTER_MAP_VERIFIED), ==,
                    platter_parts_get_bytes (parts));
  /* Whatever is missing at its end, it is none. */
  for (gsize i = 0; i < length; i++)
    {
      g_autoptr (GBytes) cut = g_bytes_new (data, i);

      g_assert_null (platter_parts_unpack (cut));
    }
}

static PlatterReader *
open_reader (PlatterParts *parts, int *fd, gsize image_bytes, PlatterDigests digests)
{
  PlatterReader *file = NULL;
  PlatterPartsReader *reader = NULL;

  *fd = memfd_create ("image", MFD_CLOEXEC);
  g_assert_cmpint (ftruncate (*fd, IMAGE_BYTES + 4096), ==, 0);
  g_assert_cmpint (pwrite (*fd, image_data, IMAGE_BYTES, 0), ==, IMAGE_BYTES);
  g_assert_cmpint (ftruncate (*fd, (off_t)image_bytes), ==, 0);
  file = platter_file_reader_new (*fd, "it");
  if (digests != PLATTER_DIGEST_NONE)
    g_assert_true (file->funcs->set_digests (file, digests, NULL));
  reader = platter_parts_reader_new (file, "it");
  platter_parts_reader_take_parts (reader, parts);
  return platter_parts_reader_get_reader (reader);
}

/* As a transfer does: what no part is in is skipped, if there is a step of it. Returns: how far it came. */
static guint64
read_all (PlatterReader *reader, PlatterParts *parts, gsize step, GError **error)
{
  g_autofree guint8 *data = g_malloc (step);
  guint64 at = 0;

  while (at < IMAGE_BYTES)
    {
      gsize length = MIN (step, IMAGE_BYTES - at);
      guint index = platter_parts_find (parts, at);
      gssize got = 0;

      if (platter_parts_get (parts, index).offset_bytes >= at + length)
        {
          at += length;
          continue;
        }
      got = reader->funcs->read (reader, at, data, length, error);
      if (got < 0)
        return at;
      g_assert_cmpint (got, ==, length);
      for (gsize i = 0; i < length; i++)
        {
          guint part = platter_parts_find (parts, at + i);
          gboolean is_in = platter_parts_get (parts, part).offset_bytes <= at + i;

          g_assert_cmpuint (data[i], ==, is_in ? image_data[at + i] : 0);
        }
      at += length;
    }
  return reader->funcs->read (reader, at, data, 1, error) == 0 ? at : at - 1;
}

static void
test_read (void)
{
  const gsize steps[] = { 1024 * 1024, 65536, 4097 };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (steps); i++)
    {
      PlatterParts *parts = new_parts (G_N_ELEMENTS (ranges));
      PlatterDigests digests = i % 2 == 0 ? PLATTER_DIGEST_NONE : PLATTER_DIGEST_SHA256;
      g_autofree char *hex
        = g_compute_checksum_for_data (G_CHECKSUM_SHA256, image_data, IMAGE_BYTES);
      g_autoptr (GError) error = NULL;
      int fd = -1;
      PlatterReader *reader = open_reader (parts, &fd, IMAGE_BYTES, digests);

      g_assert_cmpuint (read_all (reader, parts, steps[i / 2], &error), ==, IMAGE_BYTES);
      g_assert_no_error (error);
      /* All of the file counts for it, also what nobody asked for. */
      if (digests != PLATTER_DIGEST_NONE)
        g_assert_cmpstr (reader->funcs->get_digest (reader, digests), ==, hex);
      reader->funcs->free (reader);
      close (fd);
    }
}

static void
test_damaged (void)
{
  for (guint wrong = 0; wrong < G_N_ELEMENTS (ranges); wrong++)
    {
      PlatterParts *parts = new_parts (wrong);
      g_autofree char *named = g_strdup_printf (
        "its bytes %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, ranges[wrong].offset_bytes,
        ranges[wrong].offset_bytes + ranges[wrong].length_bytes - 1);
      g_autoptr (GError) error = NULL;
      int fd = -1;
      PlatterReader *reader = open_reader (parts, &fd, IMAGE_BYTES, PLATTER_DIGEST_NONE);

      g_assert_cmpuint (read_all (reader, parts, 65536, &error), <, IMAGE_BYTES);
      g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DIGEST);
      g_assert_nonnull (strstr (error->message, named));
      reader->funcs->free (reader);
      close (fd);
    }
}

static void
test_other_size (void)
{
  const gsize sizes[] = { IMAGE_BYTES - 1, IMAGE_BYTES + 1, IMAGE_BYTES / 2, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      PlatterParts *parts = new_parts (G_N_ELEMENTS (ranges));
      g_autoptr (GError) error = NULL;
      int fd = -1;
      PlatterReader *reader = open_reader (parts, &fd, sizes[i], PLATTER_DIGEST_NONE);

      g_assert_cmpuint (read_all (reader, parts, 65536, &error), <, IMAGE_BYTES);
      g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DECODE);
      reader->funcs->free (reader);
      close (fd);
    }
}

/* Where not all was read, the end is not told. */
static void
test_unread (void)
{
  g_autoptr (GError) error = NULL;
  guint8 data[4096];
  int fd = -1;
  PlatterReader *reader
    = open_reader (new_parts (G_N_ELEMENTS (ranges)), &fd, IMAGE_BYTES, PLATTER_DIGEST_NONE);

  g_assert_cmpint (reader->funcs->read (reader, 0, data, sizeof data, NULL), ==, sizeof data);
  g_assert_cmpint (reader->funcs->read (reader, IMAGE_BYTES, data, 1, &error), ==, -1);
  g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DIGEST);
  reader->funcs->free (reader);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < IMAGE_BYTES; i++)
    image_data[i] = (guint8)(i * 2654435761u >> 13);
  g_test_add_func ("/parts/refused", test_refused);
  g_test_add_func ("/parts/packed", test_packed);
  g_test_add_func ("/parts/read", test_read);
  g_test_add_func ("/parts/damaged", test_damaged);
  g_test_add_func ("/parts/other-size", test_other_size);
  g_test_add_func ("/parts/unread", test_unread);
  return g_test_run ();
}
