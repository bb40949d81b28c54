// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Packing that goes on with what another encoder, which was cut off, has left.

#include "encoding.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* In place of the system's. */
static gsize n_written;
static gsize n_failed_reads;
static gsize n_short_reads;

ssize_t
pwrite (int fd, const void *data, size_t length, off_t offset)
{
  __atomic_add_fetch (&n_written, length, __ATOMIC_RELAXED);
  return syscall (SYS_pwrite64, fd, data, length, offset);
}

ssize_t
pread (int fd, void *data, size_t length, off_t offset)
{
  ssize_t got = syscall (SYS_pread64, fd, data, length, offset);

  if (got < 0)
    __atomic_add_fetch (&n_failed_reads, 1, __ATOMIC_RELAXED);
  else if ((size_t)got < length)
    __atomic_add_fetch (&n_short_reads, 1, __ATOMIC_RELAXED);
  return got;
}

static GByteArray *
new_copy_of_file (int fd)
{
  GByteArray *data = g_byte_array_new ();

  g_byte_array_set_size (data, (guint)lseek (fd, 0, SEEK_END));
  g_assert_cmpint (pread (fd, data->data, data->len, 0), ==, (gssize)data->len);
  return data;
}

static GByteArray *
new_packed_once (const char *format, GByteArray *content)
{
  int fd = encoding_new_file (NULL, 0);
  g_autoptr (PlatterEncoder) encoder = encoding_pack (format, 0, fd, content);
  GByteArray *packed = new_copy_of_file (fd);

  platter_encoder_free (g_steal_pointer (&encoder));
  close (fd);
  return packed;
}

/* Returns: what packing comes to where nothing was left. Nothing could go on with what never comes twice. */
static GByteArray *
new_packed (const char *format, GByteArray *content)
{
  GByteArray *packed = new_packed_once (format, content);
  g_autoptr (GByteArray) same = new_packed_once (format, content);

  g_assert_cmpmem (same->data, same->len, packed->data, packed->len);
  return packed;
}

/* Packs again into what is left of @packed, up to a place; @expected is to come of it. Returns: how much was written */
static gsize
pack_again (const char *format,
            GByteArray *packed,
            gsize left_bytes,
            GByteArray *content,
            GByteArray *expected)
{
  int fd = encoding_new_file (packed->data, left_bytes);
  g_autoptr (PlatterEncoder) encoder = NULL;
  g_autoptr (GByteArray) result = NULL;
  g_autofree char *digest = NULL;
  gsize n_bytes = 0;

  __atomic_store_n (&n_written, 0, __ATOMIC_RELAXED);
  __atomic_store_n (&n_failed_reads, 0, __ATOMIC_RELAXED);
  __atomic_store_n (&n_short_reads, 0, __ATOMIC_RELAXED);
  encoder = encoding_pack (format, 0, fd, content);
  n_bytes = __atomic_load_n (&n_written, __ATOMIC_RELAXED);
  g_test_message ("Of %" G_GSIZE_FORMAT " bytes %" G_GSIZE_FORMAT " were left, and %" G_GSIZE_FORMAT
                  " were written; %" G_GSIZE_FORMAT " reads were short",
                  (gsize)expected->len, left_bytes, n_bytes,
                  __atomic_load_n (&n_short_reads, __ATOMIC_RELAXED));
  g_assert_cmpuint (__atomic_load_n (&n_failed_reads, __ATOMIC_RELAXED), ==, 0);
  result = new_copy_of_file (fd);
  g_assert_cmpmem (result->data, result->len, expected->data, expected->len);
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, result->data, result->len);
  g_assert_cmpstr (platter_encoder_get_digest (encoder, PLATTER_DIGEST_SHA256), ==, digest);
  g_assert_true (encoding_comes_back (encoder, content, NULL));
  platter_encoder_free (g_steal_pointer (&encoder));
  close (fd);
  return n_bytes;
}

/* What was left by one that was cut off is kept as far as it is right, and nothing that is wrong stays: nothing of another
   content, nothing behind the end. */
static void
test_goes_on (gconstpointer format)
{
  g_autoptr (GByteArray) content
    = encoding_new_content (3 * ENCODING_PIECE_BYTES + 5 * ENCODING_MIB / 2);
  g_autoptr (GByteArray) packed = new_packed (format, content);
  g_autoptr (GByteArray) longer = NULL;
  g_autoptr (GByteArray) other = NULL;
  gsize n_bytes = 0;

  n_bytes = pack_again (format, packed, 0, content, packed);
  for (guint i = 1; i <= 4; i++)
    {
      gsize n_before = n_bytes;

      n_bytes = pack_again (format, packed, packed->len / 4 * i, content, packed);
      g_assert_cmpuint (n_bytes, <=, n_before);
    }
  g_assert_cmpuint (n_bytes, <, ENCODING_MIB);
  longer = g_byte_array_new ();
  g_byte_array_append (longer, packed->data, packed->len);
  g_byte_array_append (longer, packed->data, packed->len);
  pack_again (format, longer, longer->len, content, packed);
  for (guint i = 0; i < 3; i++)
    memset (content->data + i * ENCODING_PIECE_BYTES + 77, i == 2 ? 0 : 0x5a, ENCODING_MIB);
  other = new_packed (format, content);
  pack_again (format, longer, longer->len, content, other);
  longer->data[longer->len / 4] ^= 1;
  pack_again (format, longer, longer->len, content, other);
}

int
main (int argc, char **argv)
{
  static const char *const formats[] = { "zst", "xz", "gz", "raw" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *path = g_strdup_printf ("/encoder-again/%s", formats[i]);

      g_test_add_data_func (path, formats[i], test_goes_on);
    }
  return g_test_run ();
}
