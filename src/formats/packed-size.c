// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Sizes that packed files record.

#include "packed-size.h"

#include "zstd-frame.h"

#include <errno.h>
#include <lzma.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW_BYTES (64 * 1024)
/* As much as is read where the next place to look at is likely to lie behind a whole window. */
#define GLANCE_BYTES 4096
/* Where each read takes long, as over a network, its size is not worth more: the content can be read without. */
#define PATIENCE_US (20 * G_USEC_PER_SEC)
/* Of an .xz file with very many blocks; 80 TiB in blocks of 24 MiB have as much. */
#define MAX_INDEX_BYTES (64 * 1024 * 1024)
#define LZMA_HEADER_BYTES 13
#define SKIPPABLE_HEADER_BYTES 8

/* A window on a file, moved where something is asked for. */
typedef struct
{
  int fd;
  guint64 file_bytes;
  guint n_reads_left;
  gint64 deadline_us;
  guint64 start_bytes;
  gsize length;
  guint8 data[WINDOW_BYTES];
} PackedWindow;

static gboolean
packed_size_move (PackedWindow *self, guint64 offset_bytes)
{
  gboolean is_far = offset_bytes > self->start_bytes + WINDOW_BYTES;
  gssize got = 0;

  if (self->n_reads_left == 0 || offset_bytes > G_MAXINT64
      || g_get_monotonic_time () > self->deadline_us)
    return FALSE;
  self->n_reads_left--;
  do
    got = pread (self->fd, self->data, is_far ? GLANCE_BYTES : WINDOW_BYTES, (off_t)offset_bytes);
  while (got < 0 && errno == EINTR);
  self->start_bytes = offset_bytes;
  self->length = got > 0 ? (gsize)got : 0;
  return got >= 0;
}

/* Returns: (nullable): so many bytes of the file, if it has them. */
static const guint8 *
packed_size_look (PackedWindow *self, guint64 offset_bytes, gsize length)
{
  gboolean is_inside = offset_bytes >= self->start_bytes
                       && offset_bytes - self->start_bytes + length <= self->length;

  if (!is_inside && !packed_size_move (self, offset_bytes))
    return NULL;
  return offset_bytes - self->start_bytes + length <= self->length
           ? self->data + (offset_bytes - self->start_bytes)
           : NULL;
}

static guint64
packed_size_of_xz (PackedWindow *self)
{
  lzma_stream stream = LZMA_STREAM_INIT;
  lzma_index *index = NULL;
  lzma_ret result = lzma_file_info_decoder (&stream, &index, MAX_INDEX_BYTES, self->file_bytes);
  guint64 position_bytes = 0;
  guint64 size_bytes = PLATTER_PACKED_SIZE_UNKNOWN;

  while (result == LZMA_OK || result == LZMA_SEEK_NEEDED)
    {
      if (result == LZMA_SEEK_NEEDED)
        {
          position_bytes = stream.seek_pos;
          stream.avail_in = 0;
        }
      if (stream.avail_in == 0)
        {
          if (!packed_size_move (self, position_bytes))
            break;
          stream.next_in = self->data;
          stream.avail_in = self->length;
          position_bytes += self->length;
        }
      result = lzma_code (&stream, self->length == 0 ? LZMA_FINISH : LZMA_RUN);
    }
  if (result == LZMA_STREAM_END)
    {
      size_bytes = lzma_index_uncompressed_size (index);
      lzma_index_end (index, NULL);
    }
  lzma_end (&stream);
  return size_bytes;
}

static guint64
packed_size_of_lzma (PackedWindow *self)
{
  const guint8 *header = packed_size_look (self, 0, LZMA_HEADER_BYTES);
  guint64 size_bytes = 0;

  for (guint i = LZMA_HEADER_BYTES; header != NULL && i > LZMA_HEADER_BYTES - 8; i--)
    size_bytes = size_bytes << 8 | header[i - 1];
  return header != NULL ? size_bytes : PLATTER_PACKED_SIZE_UNKNOWN;
}

/* Goes over the blocks of a frame. Returns: where it ends; 0 if that cannot be found. */
static guint64
packed_size_find_frame_end (PackedWindow *self, guint64 offset_bytes, gboolean has_checksum)
{
  gboolean is_last = FALSE;

  while (!is_last)
    {
      const guint8 *header = packed_size_look (self, offset_bytes, PLATTER_ZSTD_BLOCK_HEADER_BYTES);
      guint32 length = header != NULL ? platter_zstd_block_length (header, &is_last) : G_MAXUINT32;

      if (length == G_MAXUINT32)
        return 0;
      offset_bytes += PLATTER_ZSTD_BLOCK_HEADER_BYTES + (guint64)length;
    }
  return offset_bytes + (has_checksum ? PLATTER_ZSTD_CHECKSUM_BYTES : 0);
}

/* Adds a frame's content to the sum. Returns: where the frame ends; 0 if it cannot be told. */
static guint64
packed_size_add_frame (PackedWindow *self, guint64 offset_bytes, guint64 *sum_bytes)
{
  const guint8 *data = packed_size_look (self, offset_bytes, SKIPPABLE_HEADER_BYTES);
  PlatterZstdHeader header;
  guint length = 0;

  if (data == NULL)
    return 0;
  if (platter_zstd_is_skippable (data))
    return offset_bytes + SKIPPABLE_HEADER_BYTES
           + platter_zstd_read_le32 (data + PLATTER_ZSTD_MAGIC_BYTES);
  if (!platter_zstd_is_frame (data))
    return 0;
  length = platter_zstd_header_length (data[PLATTER_ZSTD_MAGIC_BYTES]);
  data = packed_size_look (self, offset_bytes, length);
  if (data == NULL)
    return 0;
  header = platter_zstd_header_parse (data);
  if (header.content_bytes == G_MAXUINT64
      || !g_uint64_checked_add (sum_bytes, *sum_bytes, header.content_bytes))
    return 0;
  return packed_size_find_frame_end (self, offset_bytes + length, header.has_checksum);
}

static guint64
packed_size_of_frames (PackedWindow *self)
{
  guint64 offset_bytes = 0;
  guint64 sum_bytes = 0;

  while (offset_bytes < self->file_bytes)
    {
      offset_bytes = packed_size_add_frame (self, offset_bytes, &sum_bytes);
      if (offset_bytes == 0)
        return PLATTER_PACKED_SIZE_UNKNOWN;
    }
  return offset_bytes == self->file_bytes ? sum_bytes : PLATTER_PACKED_SIZE_UNKNOWN;
}

/* Adds up the entries, which must stand for the whole file (zstd, contrib/seekable_format). */
static guint64
packed_size_sum_table (PackedWindow *self, guint64 table_bytes, guint32 n_frames, guint entry_bytes)
{
  guint64 packed_bytes = 0;
  guint64 sum_bytes = 0;
  guint64 offset_bytes = self->file_bytes - table_bytes + SKIPPABLE_HEADER_BYTES;

  for (guint32 i = 0; i < n_frames; i++, offset_bytes += entry_bytes)
    {
      const guint8 *entry = packed_size_look (self, offset_bytes, entry_bytes);

      if (entry == NULL)
        return PLATTER_PACKED_SIZE_UNKNOWN;
      packed_bytes += platter_zstd_read_le32 (entry);
      sum_bytes += platter_zstd_read_le32 (entry + 4);
    }
  return packed_bytes + table_bytes == self->file_bytes ? sum_bytes : PLATTER_PACKED_SIZE_UNKNOWN;
}

static guint64
packed_size_of_seek_table (PackedWindow *self)
{
  const guint8 *footer = NULL;
  guint32 n_frames = 0;
  guint entry_bytes = 0;
  guint64 table_bytes = 0;

  if (self->file_bytes < SKIPPABLE_HEADER_BYTES + PLATTER_ZSTD_SEEKABLE_FOOTER_BYTES)
    return PLATTER_PACKED_SIZE_UNKNOWN;
  footer = packed_size_look (self, self->file_bytes - PLATTER_ZSTD_SEEKABLE_FOOTER_BYTES,
                             PLATTER_ZSTD_SEEKABLE_FOOTER_BYTES);
  if (footer == NULL || platter_zstd_read_le32 (footer + 5) != PLATTER_ZSTD_SEEKABLE_MAGIC)
    return PLATTER_PACKED_SIZE_UNKNOWN;
  n_frames = platter_zstd_read_le32 (footer);
  entry_bytes = (footer[4] & 0x80) != 0 ? 12 : 8;
  table_bytes
    = SKIPPABLE_HEADER_BYTES + (guint64)n_frames * entry_bytes + PLATTER_ZSTD_SEEKABLE_FOOTER_BYTES;
  if (table_bytes > self->file_bytes)
    return PLATTER_PACKED_SIZE_UNKNOWN;
  return packed_size_sum_table (self, table_bytes, n_frames, entry_bytes);
}

static guint64
packed_size_of_zstd (PackedWindow *self)
{
  guint64 size_bytes = packed_size_of_seek_table (self);

  return size_bytes != PLATTER_PACKED_SIZE_UNKNOWN ? size_bytes : packed_size_of_frames (self);
}

guint64
platter_packed_size_find (int fd, PlatterFormat format, guint max_reads)
{
  g_autofree PackedWindow *window = g_new0 (PackedWindow, 1);
  struct stat info;

  if (fstat (fd, &info) != 0 || info.st_size <= 0)
    return PLATTER_PACKED_SIZE_UNKNOWN;
  window->fd = fd;
  window->file_bytes = (guint64)info.st_size;
  window->n_reads_left = max_reads;
  window->deadline_us = g_get_monotonic_time () + PATIENCE_US;
  switch (format)
    {
    case PLATTER_FORMAT_XZ:
      return packed_size_of_xz (window);
    case PLATTER_FORMAT_LZMA:
      return packed_size_of_lzma (window);
    case PLATTER_FORMAT_ZSTD:
      return packed_size_of_zstd (window);
    default:
      return PLATTER_PACKED_SIZE_UNKNOWN;
    }
}
