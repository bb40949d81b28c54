// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Unpacking: all of it, from any place, and what is damaged in whatever way.

#include "packed.h"

#include "engine/errors.h"
#include "formats/decoder.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define CONTENT_BYTES (1200 * 1024 + 4321)
#define PIECE_BYTES (1024 * 1024)

typedef struct
{
  const PackedKind *kind;
  GByteArray *content;
  GByteArray *packed;
} Fixture;

static void
set_up (Fixture *self, gconstpointer kind)
{
  self->kind = kind;
  self->content = packed_dup_content (CONTENT_BYTES);
  self->packed = self->kind->make (self->content->data, self->content->len);
}

static void
tear_down (Fixture *self, gconstpointer kind)
{
  g_byte_array_unref (self->content);
  g_byte_array_unref (self->packed);
}

/* Returns: what comes out, in pieces of @step; with an error all that came before. */
static GByteArray *
unpack (const guint8 *packed, gsize length, gsize step, GError **error)
{
  GByteArray *content = g_byte_array_new ();
  int fd = packed_open (packed, length);
  g_autoptr (PlatterDecoder) decoder = platter_decoder_new (fd, "it");
  gssize got = -1;

  if (platter_decoder_open (decoder, error))
    do
      {
        guint before = content->len;

        g_byte_array_set_size (content, before + (guint)step);
        got = platter_decoder_read (decoder, before, content->data + before, step, error);
        g_byte_array_set_size (content, before + (guint)MAX (got, 0));
      }
    while (got == (gssize)step);
  close (fd);
  return content;
}

static void
test_whole (Fixture *self, gconstpointer kind)
{
  const gsize steps[] = { 1024 * 1024, 7777 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) content
        = unpack (self->packed->data, self->packed->len, steps[i], &error);

      g_assert_no_error (error);
      g_assert_cmpmem (content->data, content->len, self->content->data, self->content->len);
    }
}

static void
test_size (Fixture *self, gconstpointer kind)
{
  int fd = packed_open (self->packed->data, self->packed->len);
  g_autoptr (PlatterDecoder) decoder = platter_decoder_new (fd, "it");

  g_assert_true (platter_decoder_open (decoder, NULL));
  g_assert_cmpuint (platter_decoder_get_size_bytes (decoder), ==,
                    self->kind->has_size ? CONTENT_BYTES : PLATTER_PACKED_SIZE_UNKNOWN);
  close (fd);
}

static void
test_anywhere (Fixture *self, gconstpointer kind)
{
  int fd = packed_open (self->packed->data, self->packed->len);
  g_autoptr (PlatterDecoder) decoder = platter_decoder_new (fd, "it");
  guint8 data[5000];

  g_assert_true (platter_decoder_open (decoder, NULL));
  for (guint i = 0; i < 20; i++)
    {
      guint64 offset = (guint64)g_test_rand_int_range (0, CONTENT_BYTES + 5000);
      gsize expected = MIN (sizeof data, CONTENT_BYTES - MIN (offset, CONTENT_BYTES));

      g_assert_cmpint (platter_decoder_read (decoder, offset, data, sizeof data, NULL), ==,
                       expected);
      if (expected > 0)
        g_assert_cmpmem (data, expected, self->content->data + offset, expected);
    }
  close (fd);
}

/* At every point of it: no crash, no hang, never a good end. */
static void
test_truncated (Fixture *self, gconstpointer kind)
{
  for (guint i = 0; i < 20; i++)
    {
      gsize length = (gsize)self->packed->len * i / 20;
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) content = unpack (self->packed->data, length, 65536, &error);

      /* Whole frames or streams and nothing behind them are a file of their own. */
      if (error == NULL)
        {
          g_assert_cmpuint (content->len, <, self->content->len);
          g_assert_true (self->kind->has_parts);
        }
      else
        g_assert_true (
          g_error_matches (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DECODE)
          || (length < 16
              && g_error_matches (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED)));
      g_assert_cmpmem (content->data, content->len, self->content->data, content->len);
    }
}

typedef struct
{
  const GByteArray *packed;
  gsize length;
  int end;
} Feed;

static gpointer
feed_thread (gpointer data)
{
  const Feed *self = data;
  gsize at = 0;

  while (at < self->length)
    {
      gsize piece = (gsize)g_random_int_range (1, 70000);
      gssize put = write (self->end, self->packed->data + at, MIN (self->length - at, piece));

      /* Whoever has found out that it is too long reads no more of it. */

      if (put < 0)
        break;
      at += (gsize)put;
    }
  close (self->end);
  return NULL;
}

/* Only the first @length bytes come through the pipe, where @told_bytes were said to. */
static GByteArray *
unpack_piped (Fixture *self, gsize length, guint64 told_bytes, GError **error)
{
  GByteArray *content = g_byte_array_new ();
  g_autoptr (PlatterDecoder) decoder = NULL;
  Feed feed = { self->packed, length, -1 };
  GThread *thread = NULL;
  int ends[2];
  gssize got = 0;

  g_assert_cmpint (pipe (ends), ==, 0);
  feed.end = ends[1];
  thread = g_thread_new ("feed", feed_thread, &feed);
  decoder = platter_decoder_new_for_pipe (ends[0], "it", told_bytes);
  g_assert_true (platter_decoder_open (decoder, error));
  do
    {
      guint before = content->len;

      g_byte_array_set_size (content, before + PIECE_BYTES);
      got = platter_decoder_read (decoder, before, content->data + before, PIECE_BYTES, error);
      g_byte_array_set_size (content, before + (guint)MAX (got, 0));
    }
  while (got == PIECE_BYTES);
  g_clear_pointer (&decoder, platter_decoder_free);
  close (ends[0]);
  g_thread_join (thread);
  return content;
}

/* As long as it was said to be or of a length that nobody knows: all the same. Shorter or longer is never a good end. */
static void
test_piped (Fixture *self, gconstpointer kind)
{
  const guint64 told[] = { 0, self->packed->len, self->packed->len + 1, self->packed->len - 1 };

  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) content = unpack_piped (self, self->packed->len, told[i], &error);

      if (i < 2)
        {
          g_assert_no_error (error);
          g_assert_cmpmem (content->data, content->len, self->content->data, self->content->len);
        }
      else
        g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_SHORT_READ);
    }
}

static gpointer
cancel_thread (gpointer data)
{
  g_usleep (50 * 1000);
  platter_decoder_cancel (data);
  return NULL;
}

/* Nothing comes, and nobody says that nothing will. */
static void
test_piped_and_cancelled (void)
{
  int ends[2];
  guint8 data[512];
  g_autoptr (GError) error = NULL;
  PlatterDecoder *decoder = NULL;
  GThread *thread = NULL;

  g_assert_cmpint (pipe (ends), ==, 0);
  decoder = platter_decoder_new_for_pipe (ends[0], "it", 0);
  thread = g_thread_new ("cancel", cancel_thread, decoder);
  g_assert_cmpint (platter_decoder_read (decoder, 0, data, sizeof data, &error), ==, -1);
  g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED);
  g_thread_join (thread);
  platter_decoder_free (decoder);
  close (ends[0]);
  close (ends[1]);
}

static void
test_flipped (Fixture *self, gconstpointer kind)
{
  gboolean has_checksum = !g_str_equal (self->kind->name, "lzma");

  for (guint i = 0; i < 24; i++)
    {
      gsize bit = (gsize)self->packed->len * 8 * i / 24 + i % 8;
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) content = NULL;

      self->packed->data[bit / 8] ^= (guint8)(1 << bit % 8);
      content = unpack (self->packed->data, self->packed->len, 65536, &error);
      self->packed->data[bit / 8] ^= (guint8)(1 << bit % 8);
      /* Without an error it must have been a bit that is not used. */
      if (error == NULL && has_checksum)
        g_assert_cmpmem (content->data, content->len, self->content->data, self->content->len);
    }
}

static void
test_garbage (Fixture *self, gconstpointer kind)
{
  /* The last two are the beginning of what could belong there. */
  const char *const garbage[] = { "this does not belong here", "x", "L", "LZI" };
  guint length = self->packed->len;

  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) content = NULL;

      g_byte_array_set_size (self->packed, length);
      g_byte_array_append (self->packed, (const guint8 *)garbage[i], (guint)strlen (garbage[i]));
      content = unpack (self->packed->data, self->packed->len, 65536, &error);
      g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DECODE);
    }
}

static void
add_zeros (GByteArray *packed, guint n_zeros)
{
  const guint8 zero = 0;

  for (guint i = 0; i < n_zeros; i++)
    g_byte_array_append (packed, &zero, 1);
}

/* As openwrt/fwtool does. @n_zeros: at the start of the part; @said_more: than it has */
static void
add_fwtool (GByteArray *packed, guint n_zeros, const char *part, guint32 said_more)
{
  const guint32 size = GUINT32_TO_BE (n_zeros + (guint32)strlen (part) + 16 + said_more);

  add_zeros (packed, n_zeros);
  g_byte_array_append (packed, (const guint8 *)part, (guint)strlen (part));
  g_byte_array_append (packed, (const guint8 *)"FWx0\x12\x34\x56\x78\x01\0\0\0", 12);
  g_byte_array_append (packed, (const guint8 *)&size, sizeof size);
}

static void
check_fwtool (Fixture *self, guint length, gboolean is_good)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) content = unpack (self->packed->data, self->packed->len, 65536, &error);

  if (is_good)
    g_assert_no_error (error);
  else
    g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DECODE);
  if (is_good)
    g_assert_cmpmem (content->data, content->len, self->content->data, self->content->len);
  g_byte_array_set_size (self->packed, length);
}

/* What OpenWrt puts behind its images is nothing of them, and anything else there is. */
static void
test_fwtool (Fixture *self, gconstpointer kind)
{
  static const char *const info = "{ \"metadata_version\": \"1.1\" }\n";
  guint length = self->packed->len;

  add_fwtool (self->packed, 8, info, 0);
  check_fwtool (self, length, TRUE);
  add_zeros (self->packed, 3000);
  add_fwtool (self->packed, 8, info, 0);
  add_fwtool (self->packed, 0, "untrusted comment: signed by key 1\n", 0);
  check_fwtool (self, length, TRUE);
  add_fwtool (self->packed, 0, "untrusted comment: signed by key 1\n", 0);
  check_fwtool (self, length, TRUE);

  add_fwtool (self->packed, 8, info, 1);
  check_fwtool (self, length, FALSE);
  add_fwtool (self->packed, 8, info, G_MAXUINT32 - 100);
  check_fwtool (self, length, FALSE);
  add_fwtool (self->packed, 0, "x", (guint32)-2); /* shorter than its trailer */
  check_fwtool (self, length, FALSE);
  g_byte_array_append (self->packed, (const guint8 *)"x", 1);
  add_fwtool (self->packed, 8, info, 0);
  check_fwtool (self, length, FALSE);
  add_fwtool (self->packed, 8, info, 0);
  g_byte_array_append (self->packed, (const guint8 *)"x", 1);
  check_fwtool (self, length, FALSE);
  add_fwtool (self->packed, 8, info, 0);
  add_zeros (self->packed, 1);
  check_fwtool (self, length, FALSE);
  add_fwtool (self->packed, 8, info, 0);
  g_byte_array_set_size (self->packed, self->packed->len - 1);
  check_fwtool (self, length, FALSE);
}

static void
test_nothing (Fixture *self, gconstpointer kind)
{
  g_autoptr (GByteArray) packed = self->kind->make (self->content->data, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) content = NULL;

  if (packed->len == 0)
    return;
  content = unpack (packed->data, packed->len, 65536, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (content->len, ==, 0);
}

static void
test_digest (Fixture *self, gconstpointer kind)
{
  int fd = packed_open (self->packed->data, self->packed->len);
  g_autoptr (PlatterDecoder) decoder = platter_decoder_new (fd, "it");
  PlatterReader *reader = platter_decoder_get_reader (decoder);
  g_autofree char *expected
    = g_compute_checksum_for_data (G_CHECKSUM_SHA256, self->packed->data, self->packed->len);
  g_autofree guint8 *data = g_malloc (CONTENT_BYTES + 1);

  g_assert_true (
    reader->funcs->set_digests (reader, PLATTER_DIGEST_SHA256 | PLATTER_DIGEST_MD5, NULL));
  g_assert_true (platter_decoder_open (decoder, NULL));
  g_assert_cmpint (platter_decoder_read (decoder, 0, data, 1000, NULL), ==, 1000);
  g_assert_cmpint (platter_decoder_read (decoder, 1000, data, CONTENT_BYTES, NULL), ==,
                   CONTENT_BYTES - 1000);
  g_assert_cmpstr (reader->funcs->get_digest (reader, PLATTER_DIGEST_SHA256), ==, expected);
  /* What is read again is not digested again. */
  g_assert_cmpint (platter_decoder_read (decoder, 5, data, CONTENT_BYTES + 1, NULL), ==,
                   CONTENT_BYTES - 5);
  g_assert_cmpstr (reader->funcs->get_digest (reader, PLATTER_DIGEST_SHA256), ==, expected);
  g_assert_null (reader->funcs->get_digest (reader, PLATTER_DIGEST_SHA512));
  close (fd);
}

/* A file that ends where a piece that is read ahead does, so that its end is met by a read of nothing. */
static void
test_digest_of_whole_pieces (Fixture *self, gconstpointer kind)
{
  gsize length = (self->packed->len / PIECE_BYTES + 1) * PIECE_BYTES;
  g_autofree guint8 *padded = g_malloc0 (length);
  g_autofree guint8 *data = g_malloc (CONTENT_BYTES + 1);
  g_autoptr (PlatterDecoder) decoder = NULL;
  g_autofree char *expected = NULL;
  PlatterReader *reader = NULL;
  int fd = -1;

  memcpy (padded, self->packed->data, self->packed->len);
  expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, padded, length);
  fd = packed_open (padded, length);
  decoder = platter_decoder_new (fd, "it");
  reader = platter_decoder_get_reader (decoder);
  g_assert_true (reader->funcs->set_digests (reader, PLATTER_DIGEST_SHA256, NULL));
  g_assert_true (platter_decoder_open (decoder, NULL));
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (platter_decoder_read (decoder, 0, data, CONTENT_BYTES + 1, NULL), ==,
                       CONTENT_BYTES);
      g_assert_cmpstr (reader->funcs->get_digest (reader, PLATTER_DIGEST_SHA256), ==, expected);
    }
  close (fd);
}

static void
test_cancel (Fixture *self, gconstpointer kind)
{
  int fd = packed_open (self->packed->data, self->packed->len);
  g_autoptr (PlatterDecoder) decoder = platter_decoder_new (fd, "it");
  g_autoptr (GError) error = NULL;
  guint8 data[100];

  g_assert_true (platter_decoder_open (decoder, NULL));
  g_assert_cmpint (platter_decoder_read (decoder, 0, data, sizeof data, NULL), ==, sizeof data);
  platter_decoder_cancel (decoder);
  g_assert_cmpint (platter_decoder_read (decoder, 100, data, sizeof data, &error), ==, -1);
  g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED);
  close (fd);
}

static void
test_not_packed (void)
{
  const char *const texts[]
    = { "", "x", "This is a text and nothing else, so it is not packed.\n" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) content
        = unpack ((const guint8 *)texts[i], strlen (texts[i]), 100, &error);

      g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED);
    }
}

static void
add (const PackedKind *kind, const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/decoder/%s/%s", kind->name, name);

  g_test_add (path, Fixture, kind, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  for (const PackedKind *kind = packed_get_kinds (); kind->name != NULL; kind++)
    {
      add (kind, "whole", test_whole);
      add (kind, "size", test_size);
      add (kind, "anywhere", test_anywhere);
      add (kind, "piped", test_piped);
      add (kind, "truncated", test_truncated);
      add (kind, "flipped", test_flipped);
      add (kind, "garbage", test_garbage);
      add (kind, "nothing", test_nothing);
      add (kind, "digest", test_digest);
      if (kind->can_be_padded)
        add (kind, "digest-of-whole-pieces", test_digest_of_whole_pieces);
      if (g_str_equal (kind->name, "gzip"))
        add (kind, "fwtool", test_fwtool);
      add (kind, "cancel", test_cancel);
    }
  g_test_add_func ("/decoder/not-packed", test_not_packed);
  g_test_add_func ("/decoder/piped-and-cancelled", test_piped_and_cancelled);
  return g_test_run ();
}
