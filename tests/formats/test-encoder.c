// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Packing: what is written comes out again, of every kind and size, and what goes wrong is told.

#include "encoding.h"
#include "engine/errors.h"
#include "engine/transfer.h"
#include "formats/encoder.h"
#include "formats/packing.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <lzma.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

/* By the format's own library. Returns: how many bytes. */
static gsize
unpack_zst (const GByteArray *packed, guint8 *data, gsize length)
{
  gsize result = ZSTD_decompress (data, length, packed->data, packed->len);

  g_assert_false (ZSTD_isError (result));
  return result;
}

static gsize
unpack_xz (const GByteArray *packed, guint8 *data, gsize length)
{
  guint64 memory_limit = G_MAXUINT64;
  gsize taken = 0;
  gsize done = 0;

  g_assert_cmpint (lzma_stream_buffer_decode (&memory_limit, 0, NULL, packed->data, &taken,
                                              packed->len, data, &done, length),
                   ==, LZMA_OK);
  g_assert_cmpuint (taken, ==, packed->len);
  return done;
}

/* By zlib, which is not what packed it. */
static gsize
unpack_gz (const GByteArray *packed, guint8 *data, gsize length)
{
  g_autoptr (GConverter) converter
    = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GError) error = NULL;
  GConverterResult result = G_CONVERTER_CONVERTED;
  gsize taken = 0;
  gsize done = 0;

  while (result == G_CONVERTER_CONVERTED)
    {
      gsize n_taken = 0;
      gsize n_done = 0;

      result
        = g_converter_convert (converter, packed->data + taken, packed->len - taken, data + done,
                               length - done, G_CONVERTER_INPUT_AT_END, &n_taken, &n_done, &error);
      g_assert_no_error (error);
      taken += n_taken;
      done += n_done;
    }
  g_assert_cmpint (result, ==, G_CONVERTER_FINISHED);
  g_assert_cmpuint (taken, ==, packed->len);
  return done;
}

static gsize
unpack_raw (const GByteArray *packed, guint8 *data, gsize length)
{
  g_assert_cmpuint (packed->len, <=, length);
  memcpy (data, packed->data, packed->len);
  return packed->len;
}

static const struct
{
  const char *name;
  gsize (*unpack) (const GByteArray *packed, guint8 *data, gsize length);
} formats[] = {
  { "zst", unpack_zst },
  { "xz", unpack_xz },
  { "gz", unpack_gz },
  { "raw", unpack_raw },
};

static gsize
unpack (const char *format, const GByteArray *packed, guint8 *data, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_equal (formats[i].name, format))
      return formats[i].unpack (packed, data, length);
  g_assert_not_reached ();
}

typedef struct
{
  GByteArray *content;
  int fd; /* of the file, which the test keeps open */
  PlatterEncoder *encoder;
  PlatterTransfer *transfer;
  GError *error;
  gboolean is_good;
} Run;

static void
run_prepare (Run *self, const char *format, gsize length, int fd)
{
  g_autoptr (GPtrArray) targets
    = g_ptr_array_new_with_free_func ((GDestroyNotify)platter_endpoint_unref);
  PlatterTransferOptions options = { .kind = PLATTER_TRANSFER_COPY,
                                     .verify = TRUE,
                                     .max_repairs = 3,
                                     .digests = PLATTER_DIGEST_SHA256 };
  g_autoptr (PlatterEndpoint) source = NULL;

  *self = (Run){ .content = encoding_new_content (length), .fd = fd };
  source = platter_endpoint_new_for_fd (encoding_new_file (self->content->data, length), FALSE,
                                        NULL, &self->error);
  g_assert_no_error (self->error);
  fd = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  self->encoder
    = platter_encoder_new (platter_split_file_new_whole (fd), "it", platter_packing_new (format, 0),
                           PLATTER_DIGEST_SHA256, &self->error);
  g_assert_no_error (self->error);
  g_ptr_array_add (targets, platter_endpoint_new_for_writer (
                              fd, platter_encoder_get_writer (self->encoder), length, NULL));
  self->transfer = platter_transfer_new (source, targets, &options, &self->error);
  g_assert_no_error (self->error);
}

static void
run_do (Run *self)
{
  self->is_good = platter_transfer_run (self->transfer, &self->error);
}

static PlatterVerdict
run_get_verdict (Run *self)
{
  PlatterTargetProgress progress;

  platter_transfer_get_target_progress (self->transfer, 0, &progress);
  return progress.verdict;
}

static void
run_clear (Run *self)
{
  platter_transfer_free (self->transfer);
  g_byte_array_unref (self->content);
  g_clear_error (&self->error);
  close (self->fd);
}

static GByteArray *
read_file (int fd)
{
  GByteArray *bytes = g_byte_array_new ();
  off_t length = lseek (fd, 0, SEEK_END);

  g_byte_array_set_size (bytes, (guint)length);
  g_assert_cmpint (pread (fd, bytes->data, bytes->len, 0), ==, length);
  return bytes;
}

static void
test_round (gconstpointer data)
{
  const gsize lengths[] = { 512,
                            ENCODING_PIECE_BYTES - 512,
                            ENCODING_PIECE_BYTES,
                            ENCODING_PIECE_BYTES + 1,
                            3 * ENCODING_PIECE_BYTES + 77 * 512,
                            8 * ENCODING_PIECE_BYTES };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GByteArray) file = NULL;
      g_autofree guint8 *unpacked = g_malloc (lengths[i] + 1);
      g_autofree char *digest = NULL;
      PlatterTargetProgress progress;
      Run run;

      run_prepare (&run, data, lengths[i], encoding_new_file (NULL, 0));
      run_do (&run);
      g_assert_no_error (run.error);
      g_assert_cmpint (run_get_verdict (&run), ==, PLATTER_VERDICT_VERIFIED);
      platter_transfer_get_target_progress (run.transfer, 0, &progress);
      g_assert_cmpuint (progress.written_bytes, ==, lengths[i]);
      g_assert_cmpuint (progress.durable_bytes, ==, lengths[i]);
      g_assert_cmpuint (progress.verified_bytes, ==, lengths[i]);
      file = read_file (run.fd);
      g_assert_cmpmem (unpacked, unpack (data, file, unpacked, lengths[i] + 1), run.content->data,
                       run.content->len);
      g_assert_cmpuint (platter_encoder_get_packed_bytes (run.encoder), ==, file->len);
      digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, file->data, file->len);
      g_assert_cmpstr (platter_encoder_get_digest (run.encoder, PLATTER_DIGEST_SHA256), ==, digest);
      run_clear (&run);
    }
}

static guint32
read_le32 (const guint8 *data)
{
  guint32 value = 0;

  memcpy (&value, data, sizeof value);
  return GUINT32_FROM_LE (value);
}

/* The table behind the frames leads to each of them. */
static void
test_seek_table (void)
{
  const gsize length = 3 * ENCODING_PIECE_BYTES + 512;
  g_autofree guint8 *content = g_malloc (ENCODING_PIECE_BYTES);
  g_autoptr (GByteArray) file = NULL;
  gsize table = 0;
  gsize offset = 0;
  Run run;

  run_prepare (&run, "zst", length, encoding_new_file (NULL, 0));
  run_do (&run);
  g_assert_no_error (run.error);
  file = read_file (run.fd);
  g_assert_cmphex (read_le32 (file->data + file->len - 4), ==, 0x8F92EAB1);
  g_assert_cmphex (file->data[file->len - 5], ==, 0);
  g_assert_cmpuint (read_le32 (file->data + file->len - 9), ==, 4);
  table = file->len - 9 - 4 * 8;
  g_assert_cmphex (read_le32 (file->data + table - 8), ==, 0x184D2A5E);
  g_assert_cmpuint (read_le32 (file->data + table - 4), ==, 4 * 8 + 9);
  for (guint i = 0; i < 4; i++)
    {
      guint32 packed_bytes = read_le32 (file->data + table + 8 * i);
      guint32 content_bytes = read_le32 (file->data + table + 8 * i + 4);

      g_assert_cmpuint (content_bytes, ==, i < 3 ? ENCODING_PIECE_BYTES : 512);
      g_assert_cmpuint (
        ZSTD_decompress (content, ENCODING_PIECE_BYTES, file->data + offset, packed_bytes), ==,
        content_bytes);
      g_assert_cmpmem (content, content_bytes, run.content->data + i * ENCODING_PIECE_BYTES,
                       content_bytes);
      offset += packed_bytes;
    }
  g_assert_cmpuint (offset, ==, table - 8);
  run_clear (&run);
}

/* A file that cannot grow beyond what it has. */
static void
test_no_room (gconstpointer data)
{
  int fd = encoding_new_file (NULL, 0);
  Run run;

  g_assert_cmpint (ftruncate (fd, ENCODING_MIB), ==, 0);
  g_assert_cmpint (fcntl (fd, F_ADD_SEALS, F_SEAL_GROW), ==, 0);
  run_prepare (&run, data, 6 * ENCODING_PIECE_BYTES, fd);
  run_do (&run);
  g_assert_false (run.is_good);
  g_assert_error (run.error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_WRITE);
  g_assert_cmpint (run_get_verdict (&run), ==, PLATTER_VERDICT_FAILED);
  g_assert_null (platter_encoder_get_digest (run.encoder, PLATTER_DIGEST_SHA256));
  run_clear (&run);
}

static void
test_cancelled (gconstpointer data)
{
  Run run;

  run_prepare (&run, data, 6 * ENCODING_PIECE_BYTES, encoding_new_file (NULL, 0));
  platter_transfer_cancel (run.transfer);
  run_do (&run);
  g_assert_error (run.error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED);
  g_assert_cmpint (run_get_verdict (&run), ==, PLATTER_VERDICT_CANCELLED);
  run_clear (&run);
}

/* Without a transfer */

/* In place of the system's. */
static gint n_synced;
static gint is_sync_broken;

int
fdatasync (int fd)
{
  g_atomic_int_inc (&n_synced);
  errno = EIO;
  return g_atomic_int_get (&is_sync_broken) ? -1 : 0;
}

/* Whatever byte of the file is another one than was stored, or missing, or too much: reading it back says so. */
static void
test_damage (gconstpointer data)
{
  g_autoptr (GByteArray) content = encoding_new_content (ENCODING_PIECE_BYTES + 512);

  /* So that it is packed soon. */
  memset (content->data + ENCODING_MIB / 4, 0x11, content->len - ENCODING_MIB / 2);
  for (guint i = 0; i < 14; i++)
    {
      int fd = encoding_new_file (NULL, 0);
      g_autoptr (PlatterEncoder) encoder = encoding_pack (data, 0, fd, content);
      g_autoptr (GError) error = NULL;
      off_t length = lseek (fd, 0, SEEK_END);
      off_t place = i < 8 ? length - 1 - (off_t)i : length / 4 * (off_t)(i - 8);
      guint8 byte = 0;

      if (i == 13)
        g_assert_cmpint (ftruncate (fd, length - 1), ==, 0);
      else if (i == 12)
        g_assert_cmpint (pwrite (fd, "\0\0\0\0", 4, length), ==, 4);
      else
        {
          g_assert_cmpint (pread (fd, &byte, 1, place), ==, 1);
          byte ^= 0x10;
          g_assert_cmpint (pwrite (fd, &byte, 1, place), ==, 1);
        }
      g_assert_false (encoding_comes_back (encoder, content, &error));
      g_clear_pointer (&encoder, platter_encoder_free);
      close (fd);
    }
}

/* A second file of the same format behind the first is unpacked as well, and no digest is there to tell that there is more
   than was written. */
static void
test_more_behind (gconstpointer format)
{
  g_autoptr (GByteArray) content = encoding_new_content (ENCODING_PIECE_BYTES + 512);
  int fd = encoding_new_file (NULL, 0);
  g_autoptr (PlatterEncoder) encoder
    = platter_encoder_new (platter_split_file_new_whole (fd), "it", platter_packing_new (format, 0),
                           PLATTER_DIGEST_NONE, NULL);
  g_autoptr (GByteArray) file = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (encoding_feed (platter_encoder_get_writer (encoder), content), ==, 1);
  file = read_file (fd);
  g_assert_cmpint (pwrite (fd, file->data, file->len, file->len), ==, (gssize)file->len);
  g_assert_false (encoding_comes_back (encoder, content, &error));
  g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_MISMATCH);
  g_clear_pointer (&encoder, platter_encoder_free);
  close (fd);
}

static void
test_undamaged (gconstpointer data)
{
  g_autoptr (GByteArray) content = encoding_new_content (2 * ENCODING_PIECE_BYTES + 512);
  int fd = encoding_new_file (NULL, 0);
  g_autoptr (PlatterEncoder) encoder = encoding_pack (data, 0, fd, content);
  g_autoptr (GError) error = NULL;

  g_assert_true (encoding_comes_back (encoder, content, &error));
  g_assert_no_error (error);
  g_clear_pointer (&encoder, platter_encoder_free);
  close (fd);
}

static void
test_levels (gconstpointer data)
{
  g_autoptr (GByteArray) content = encoding_new_content (ENCODING_MIB);

  for (guint level = 1; level <= PLATTER_PACKING_MAX_LEVEL; level += 6)
    {
      int fd = encoding_new_file (NULL, 0);
      g_autoptr (PlatterEncoder) encoder = encoding_pack (data, level, fd, content);

      g_assert_true (encoding_comes_back (encoder, content, NULL));
      g_clear_pointer (&encoder, platter_encoder_free);
      close (fd);
    }
}

/* So much of it that it is stored in the middle as well, and packing makes no less of it. */
static GByteArray *
new_large_content (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  GByteArray *content = g_byte_array_new ();

  g_byte_array_set_size (content, 34 * ENCODING_PIECE_BYTES);
  for (gsize i = 0; i < ENCODING_PIECE_BYTES; i++)
    content->data[i] = (guint8)g_rand_int (random);
  for (gsize i = ENCODING_PIECE_BYTES; i < content->len; i += ENCODING_PIECE_BYTES)
    memcpy (content->data + i, content->data, ENCODING_PIECE_BYTES);
  return content;
}

static void
test_synced_in_the_middle (void)
{
  g_autoptr (GByteArray) content = new_large_content ();
  int fd = encoding_new_file (NULL, 0);
  g_autoptr (PlatterEncoder) encoder = NULL;

  g_atomic_int_set (&n_synced, 0);
  encoder = encoding_pack ("zst", 1, fd, content);
  g_assert_cmpint (g_atomic_int_get (&n_synced), ==, 2);
  g_clear_pointer (&encoder, platter_encoder_free);
  close (fd);
}

/* The system says it once, and then that all is well: what was lost stays lost. */
static void
test_sync_fails (void)
{
  g_autoptr (GByteArray) content = new_large_content ();
  int fd = encoding_new_file (NULL, 0);
  g_autoptr (PlatterEncoder) encoder
    = platter_encoder_new (platter_split_file_new_whole (fd), "it", platter_packing_new ("zst", 1),
                           PLATTER_DIGEST_NONE, NULL);
  PlatterWriter *writer = platter_encoder_get_writer (encoder);

  g_atomic_int_set (&is_sync_broken, TRUE);
  g_assert_cmpint (encoding_feed (writer, content), ==, -EIO);
  g_atomic_int_set (&is_sync_broken, FALSE);
  g_assert_cmpint (writer->funcs->write (writer, content->data, 1), ==, -EIO);
  g_assert_cmpint (writer->funcs->finish (writer), ==, -EIO);
  g_clear_pointer (&encoder, platter_encoder_free);
  close (fd);
}

static void
add (const char *what, const char *format, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/encoder/%s/%s", format, what);

  g_test_add_data_func (path, format, function);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      add ("round", formats[i].name, test_round);
      add ("no-room", formats[i].name, test_no_room);
      add ("cancelled", formats[i].name, test_cancelled);
      add ("undamaged", formats[i].name, test_undamaged);
      add ("damage", formats[i].name, test_damage);
      add ("more-behind", formats[i].name, test_more_behind);
      add ("levels", formats[i].name, test_levels);
    }
  g_test_add_func ("/encoder/seek-table", test_seek_table);
  g_test_add_func ("/encoder/synced-in-the-middle", test_synced_in_the_middle);
  g_test_add_func ("/encoder/sync-fails", test_sync_fails);
  return g_test_run ();
}
