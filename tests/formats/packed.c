// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Packing for tests.

#include "packed.h"

#include <bzlib.h>
#include <isa-l/igzip_lib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

/* Small, so that there are several. */
#define PART_BYTES (512 * 1024)
#define LZMA_HEADER_BYTES 13

GByteArray *
packed_dup_content (gsize length)
{
  GByteArray *content = g_byte_array_new ();
  guint64 state = 42;

  g_byte_array_set_size (content, (guint)length);
  for (gsize i = 0; i < length; i++)
    {
      guint kind = (guint)(i / 100000 % 3);

      state = state * 6364136223846793005 + 1442695040888963407;
      content->data[i] = kind == 0 ? (guint8)(state >> 56) : kind == 1 ? (guint8)(i >> 8) : 0;
    }
  return content;
}

static GByteArray *
packed_run_lzma (lzma_stream *stream, const guint8 *content, gsize length)
{
  GByteArray *packed = g_byte_array_new ();
  guint8 buffer[65536];
  lzma_ret result = LZMA_OK;

  stream->next_in = content;
  stream->avail_in = length;
  while (result == LZMA_OK)
    {
      stream->next_out = buffer;
      stream->avail_out = sizeof buffer;
      result = lzma_code (stream, LZMA_FINISH);
      g_byte_array_append (packed, buffer, (guint)(sizeof buffer - stream->avail_out));
    }
  g_assert_cmpint (result, ==, LZMA_STREAM_END);
  lzma_end (stream);
  return packed;
}

static GByteArray *
packed_make_xz (const guint8 *content, gsize length)
{
  lzma_stream stream = LZMA_STREAM_INIT;
  const lzma_mt options
    = { .threads = 2, .block_size = PART_BYTES, .preset = 0, .check = LZMA_CHECK_CRC64 };

  g_assert_cmpint (lzma_stream_encoder_mt (&stream, &options), ==, LZMA_OK);
  return packed_run_lzma (&stream, content, length);
}

/* Two streams with padding between and behind. */
static GByteArray *
packed_make_xz_streams (const guint8 *content, gsize length)
{
  static const guint8 padding[8] = { 0 };
  GByteArray *packed = packed_make_xz (content, length / 2);
  g_autoptr (GByteArray) second = packed_make_xz (content + length / 2, length - length / 2);

  g_byte_array_append (packed, padding, sizeof padding);
  g_byte_array_append (packed, second->data, second->len);
  g_byte_array_append (packed, padding, 4);
  return packed;
}

static GByteArray *
packed_make_lzma (const guint8 *content, gsize length)
{
  lzma_stream stream = LZMA_STREAM_INIT;
  lzma_options_lzma options;

  g_assert_false (lzma_lzma_preset (&options, 0));
  g_assert_cmpint (lzma_alone_encoder (&stream, &options), ==, LZMA_OK);
  return packed_run_lzma (&stream, content, length);
}

static void
packed_add_le (GByteArray *packed, guint64 value, guint n_bytes)
{
  const guint64 little = GUINT64_TO_LE (value);

  g_byte_array_append (packed, (const guint8 *)&little, n_bytes);
}

/* Two members, each of which holds the same as an .lzma file, behind another header and in front of its sums. */
static GByteArray *
packed_make_lzip (const guint8 *content, gsize length)
{
  const guint8 header[] = { 'L', 'Z', 'I', 'P', 1, 18 };
  GByteArray *packed = g_byte_array_new ();
  gsize half = length / 2;

  for (guint i = 0; i < 2; i++)
    {
      const guint8 *part = content + i * half;
      gsize part_bytes = i == 0 ? half : length - half;
      g_autoptr (GByteArray) lzma = packed_make_lzma (part, part_bytes);

      g_byte_array_remove_range (lzma, 0, LZMA_HEADER_BYTES);
      g_byte_array_append (packed, header, sizeof header);
      g_byte_array_append (packed, lzma->data, lzma->len);
      packed_add_le (packed, lzma_crc32 (part, part_bytes, 0), 4);
      packed_add_le (packed, part_bytes, 8);
      packed_add_le (packed, sizeof header + lzma->len + 20, 8);
    }
  return packed;
}

static void
packed_add_zstd (GByteArray *packed, const guint8 *content, gsize length, gboolean has_size)
{
  ZSTD_CCtx *context = ZSTD_createCCtx ();
  ZSTD_outBuffer output
    = { g_malloc (ZSTD_compressBound (length)), ZSTD_compressBound (length), 0 };
  ZSTD_inBuffer input = { content, length, 0 };

  ZSTD_CCtx_setParameter (context, ZSTD_c_checksumFlag, 1);
  if (has_size)
    ZSTD_CCtx_setPledgedSrcSize (context, length);
  else
    ZSTD_CCtx_setParameter (context, ZSTD_c_contentSizeFlag, 0);
  g_assert_cmpuint (ZSTD_compressStream2 (context, &output, &input, ZSTD_e_end), ==, 0);
  g_byte_array_append (packed, output.dst, (guint)output.pos);
  g_free (output.dst);
  ZSTD_freeCCtx (context);
}

static GByteArray *
packed_make_zstd (const guint8 *content, gsize length)
{
  GByteArray *packed = g_byte_array_new ();

  packed_add_zstd (packed, content, length, TRUE);
  return packed;
}

static GByteArray *
packed_make_zstd_unsized (const guint8 *content, gsize length)
{
  GByteArray *packed = g_byte_array_new ();

  packed_add_zstd (packed, content, length, FALSE);
  return packed;
}

static void
packed_add_skippable (GByteArray *packed)
{
  const guint8 frame[] = { 0x5e, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 'h', 'e', 'l', 'l', 'o' };

  g_byte_array_append (packed, frame, sizeof frame);
}

/* With what is to be skipped between, and every third without its size. */
static GByteArray *
packed_make_zstd_mixed (const guint8 *content, gsize length)
{
  GByteArray *packed = g_byte_array_new ();

  packed_add_skippable (packed);
  for (gsize start = 0; start < length; start += PART_BYTES)
    {
      packed_add_zstd (packed, content + start, MIN (PART_BYTES, length - start),
                       start / PART_BYTES % 3 != 1);
      packed_add_skippable (packed);
    }
  packed_add_zstd (packed, content, 0, TRUE);
  return packed;
}

static GByteArray *
packed_make_zstd_frames (const guint8 *content, gsize length)
{
  GByteArray *packed = g_byte_array_new ();

  for (gsize start = 0; start < length; start += PART_BYTES)
    packed_add_zstd (packed, content + start, MIN (PART_BYTES, length - start), TRUE);
  return packed;
}

static void
packed_add_gzip (GByteArray *packed, const guint8 *content, gsize length)
{
  g_autofree guint8 *level = g_malloc (ISAL_DEF_LVL1_DEFAULT);
  guint before = packed->len;
  struct isal_zstream stream;

  isal_deflate_init (&stream);
  stream.level = 1;
  stream.level_buf = level;
  stream.level_buf_size = ISAL_DEF_LVL1_DEFAULT;
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  stream.next_in = (guint8 *)content;
  stream.avail_in = (guint32)length;
  g_byte_array_set_size (packed, before + (guint)length * 2 + 1024);
  stream.next_out = packed->data + before;
  stream.avail_out = packed->len - before;
  g_assert_cmpint (isal_deflate (&stream), ==, COMP_OK);
  g_byte_array_set_size (packed, packed->len - stream.avail_out);
}

GByteArray *
packed_make_gzip_member (const guint8 *content, gsize length)
{
  GByteArray *packed = g_byte_array_new ();

  packed_add_gzip (packed, content, length);
  return packed;
}

/* Two members. */
static GByteArray *
packed_make_gzip (const guint8 *content, gsize length)
{
  GByteArray *packed = packed_make_gzip_member (content, length / 2);

  packed_add_gzip (packed, content + length / 2, length - length / 2);
  return packed;
}

static GByteArray *
packed_make_bzip2 (const guint8 *content, gsize length)
{
  GByteArray *packed = g_byte_array_new ();
  gsize half = length / 2;

  for (guint i = 0; i < 2; i++)
    {
      guint before = packed->len;
      gsize part = i == 0 ? half : length - half;
      unsigned int got = (unsigned int)part * 2 + 1024;

      g_byte_array_set_size (packed, before + got);
      g_assert_cmpint (BZ2_bzBuffToBuffCompress ((char *)packed->data + before, &got,
                                                 (char *)content + i * half, (unsigned int)part, 1,
                                                 0, 0),
                       ==, BZ_OK);
      g_byte_array_set_size (packed, before + got);
    }
  return packed;
}

static GByteArray *
packed_make_lz4 (const guint8 *content, gsize length)
{
  GByteArray *packed = g_byte_array_new ();
  const LZ4F_preferences_t preferences
    = { .frameInfo = { .contentChecksumFlag = LZ4F_contentChecksumEnabled } };
  gsize half = length / 2;

  for (guint i = 0; i < 2; i++)
    {
      guint before = packed->len;
      gsize part = i == 0 ? half : length - half;
      gsize bound = LZ4F_compressFrameBound (part, &preferences);

      g_byte_array_set_size (packed, before + (guint)bound);
      bound
        = LZ4F_compressFrame (packed->data + before, bound, content + i * half, part, &preferences);
      g_assert_false (LZ4F_isError (bound));
      g_byte_array_set_size (packed, before + (guint)bound);
    }
  return packed;
}

static const PackedKind packed_kinds[] = {
  { "xz", packed_make_xz, TRUE, FALSE, TRUE },
  { "xz-streams", packed_make_xz_streams, TRUE, TRUE, TRUE },
  { "lzma", packed_make_lzma, FALSE, FALSE, FALSE },
  { "lzip", packed_make_lzip, FALSE, TRUE, FALSE },
  { "zstd", packed_make_zstd, TRUE, FALSE, FALSE },
  { "zstd-unsized", packed_make_zstd_unsized, FALSE, FALSE, FALSE },
  { "zstd-mixed", packed_make_zstd_mixed, FALSE, TRUE, FALSE },
  { "zstd-frames", packed_make_zstd_frames, TRUE, TRUE, FALSE },
  { "gzip", packed_make_gzip, FALSE, TRUE, TRUE },
  { "bzip2", packed_make_bzip2, FALSE, TRUE, FALSE },
  { "lz4", packed_make_lz4, FALSE, TRUE, FALSE },
  { NULL, NULL, FALSE, FALSE, FALSE },
};

const PackedKind *
packed_get_kinds (void)
{
  return packed_kinds;
}

int
packed_open (const guint8 *data, gsize length)
{
  int fd = memfd_create ("packed", MFD_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  while (length > 0)
    {
      gssize written = write (fd, data, length);

      g_assert_cmpint (written, >, 0);
      data += written;
      length -= (gsize)written;
    }
  return fd;
}
