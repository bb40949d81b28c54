// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Reading a packed file ahead: its digest, and members of gzip whose headers do not come in one piece.

#include "packed.h"

#include "formats/decoder.h"
#include "formats/input.h"

#include <string.h>
#include <unistd.h>

#define PIECE_BYTES (1024 * 1024)
#define GZIP_HEADER_BYTES 10
#define GZIP_FLAGS 3
#define GZIP_EXTRA 4
#define GZIP_NAME 8

/* Whoever goes back, and not to where a piece of the file begins, reads some bytes of it once more. */
static void
test_digest_after_going_back (void)
{
  const guint64 places[] = { 0, 65536, PIECE_BYTES, PIECE_BYTES + 4097, 2 * PIECE_BYTES + 12345 };
  g_autoptr (GByteArray) content = packed_dup_content (5 * PIECE_BYTES + 4321);
  g_autofree guint8 *read = g_malloc (content->len);
  g_autofree char *expected
    = g_compute_checksum_for_data (G_CHECKSUM_SHA256, content->data, content->len);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      int fd = packed_open (content->data, content->len);
      PlatterInput *input = platter_input_new (fd, "it");
      gsize rest = content->len - places[i];

      g_assert_true (platter_input_set_digests (input, PLATTER_DIGEST_SHA256, NULL));
      g_assert_cmpint (platter_input_read (input, read, 3 * PIECE_BYTES, NULL), ==,
                       3 * PIECE_BYTES);
      platter_input_seek (input, places[i]);
      g_assert_cmpint (platter_input_read (input, read, content->len, NULL), ==, rest);
      g_assert_cmpmem (read, rest, content->data + places[i], rest);
      platter_input_finish_digests (input);
      g_assert_cmpstr (platter_input_get_digest (input, PLATTER_DIGEST_SHA256), ==, expected);
      platter_input_free (input);
      close (fd);
    }
}

/* What cannot be packed: so its size is known. */
static GByteArray *
dup_noise (gsize length)
{
  GByteArray *noise = g_byte_array_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  g_byte_array_set_size (noise, (guint)length);
  for (gsize i = 0; i < length; i++)
    noise->data[i] = (guint8)g_rand_int (random);
  return noise;
}

/* Another header in front of what is packed: with a field of @extra_bytes, and a name. */
static void
add_member (GByteArray *file, const GByteArray *member, guint16 extra_bytes)
{
  const guint8 length[] = { (guint8)extra_bytes, (guint8)(extra_bytes >> 8) };
  g_autofree guint8 *extra = g_malloc (extra_bytes);
  guint start = file->len;

  memset (extra, 0xff, extra_bytes);
  g_byte_array_append (file, member->data, GZIP_HEADER_BYTES);
  g_assert_cmpint (file->data[start + GZIP_FLAGS], ==, 0);
  file->data[start + GZIP_FLAGS] = GZIP_EXTRA | GZIP_NAME;
  g_byte_array_append (file, length, sizeof length);
  g_byte_array_append (file, extra, extra_bytes);
  g_byte_array_append (file, (const guint8 *)"disk.img", 9);
  g_byte_array_append (file, member->data + GZIP_HEADER_BYTES, member->len - GZIP_HEADER_BYTES);
}

/* As those of bgzip, and of everybody who packs with several threads: there are thousands in a file. */
static void
test_header_in_two_pieces (void)
{
  g_autoptr (GByteArray) content = dup_noise (PIECE_BYTES - 40000);
  g_autoptr (GByteArray) member = packed_make_gzip_member (content->data, content->len);
  const guint more_bytes = 2 + 9;
  const guint extra_bytes = 6;

  for (guint before = 0; before <= GZIP_HEADER_BYTES + more_bytes + extra_bytes; before++)
    {
      g_autoptr (GByteArray) file = g_byte_array_new ();
      g_autofree guint8 *read = g_malloc (2 * content->len + 1);
      g_autoptr (GError) error = NULL;
      PlatterDecoder *decoder = NULL;
      int fd = -1;

      g_assert_cmpuint (member->len + more_bytes + before, <, PIECE_BYTES);
      add_member (file, member, (guint16)(PIECE_BYTES - member->len - more_bytes - before));
      g_assert_cmpuint (file->len, ==, PIECE_BYTES - before);
      add_member (file, member, extra_bytes);
      fd = packed_open (file->data, file->len);
      decoder = platter_decoder_new (fd, "it");
      g_assert_true (platter_decoder_open (decoder, &error));
      g_assert_cmpint (platter_decoder_read (decoder, 0, read, 2 * content->len + 1, &error), ==,
                       2 * content->len);
      g_assert_no_error (error);
      g_assert_cmpmem (read, content->len, content->data, content->len);
      g_assert_cmpmem (read + content->len, content->len, content->data, content->len);
      platter_decoder_free (decoder);
      close (fd);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/input/digest-after-going-back", test_digest_after_going_back);
  g_test_add_func ("/input/header-in-two-pieces", test_header_in_two_pieces);
  return g_test_run ();
}
