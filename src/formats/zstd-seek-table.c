// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the table of a seekable file says of frames that are, or are not, there.

#include "zstd-seek-table.h"

#include "zstd-frame.h"

/* 4 TiB in frames of 4 MiB. */
#define MAX_FRAMES (1024 * 1024)
#define MAX_ENTRY_BYTES 12
#define MIN_ENTRY_BYTES 8

typedef struct
{
  guint32 packed_bytes;
  guint32 content_bytes;
} SeekTableFrame;

struct _PlatterZstdSeekTable
{
  GArray *frames; /* since the last table, without those that hold nothing */
  gboolean is_full;
  GByteArray *skipped; /* what may be a table */
  gboolean is_table_possible;
};

PlatterZstdSeekTable *
platter_zstd_seek_table_new (void)
{
  PlatterZstdSeekTable *self = g_new0 (PlatterZstdSeekTable, 1);

  self->frames = g_array_new (FALSE, FALSE, sizeof (SeekTableFrame));
  self->skipped = g_byte_array_new ();
  return self;
}

void
platter_zstd_seek_table_free (PlatterZstdSeekTable *self)
{
  g_array_unref (self->frames);
  g_byte_array_unref (self->skipped);
  g_free (self);
}

void
platter_zstd_seek_table_note (PlatterZstdSeekTable *self,
                              guint64 packed_bytes,
                              guint64 content_bytes)
{
  SeekTableFrame frame = { (guint32)packed_bytes, (guint32)content_bytes };

  /* No table can tell of one that is so large. */
  self->is_full
    |= self->frames->len == MAX_FRAMES || packed_bytes > G_MAXUINT32 || content_bytes > G_MAXUINT32;
  if (!self->is_full && content_bytes > 0)
    g_array_append_val (self->frames, frame);
}

void
platter_zstd_seek_table_begin_skipping (PlatterZstdSeekTable *self, guint32 length)
{
  self->is_table_possible
    = length >= PLATTER_ZSTD_SEEKABLE_FOOTER_BYTES
      && length <= MAX_FRAMES * MAX_ENTRY_BYTES + PLATTER_ZSTD_SEEKABLE_FOOTER_BYTES;
  g_byte_array_set_size (self->skipped, 0);
}

void
platter_zstd_seek_table_add (PlatterZstdSeekTable *self, const guint8 *data, gsize length)
{
  if (self->is_table_possible)
    g_byte_array_append (self->skipped, data, (guint)length);
}

/* Goes over both from their ends. */
static gboolean
zstd_seek_table_is_of_frames (PlatterZstdSeekTable *self, guint n_entries, guint entry_bytes)
{
  guint n_frames = self->frames->len;

  for (guint i = n_entries; i > 0; i--)
    {
      const guint8 *entry = self->skipped->data + (i - 1) * entry_bytes;
      guint32 content_bytes = platter_zstd_read_le32 (entry + 4);
      const SeekTableFrame *frame = NULL;

      /* Some list those that are to be skipped, too. */
      if (content_bytes == 0)
        continue;
      if (n_frames == 0)
        return FALSE;
      frame = &g_array_index (self->frames, SeekTableFrame, --n_frames);
      if (frame->content_bytes != content_bytes
          || frame->packed_bytes != platter_zstd_read_le32 (entry))
        return FALSE;
    }
  return TRUE;
}

gboolean
platter_zstd_seek_table_end_skipping (PlatterZstdSeekTable *self)
{
  guint length = self->skipped->len;
  const guint8 *footer = NULL;
  guint64 n_entries = 0;
  guint entry_bytes = 0;
  gboolean is_good = TRUE;

  if (!self->is_table_possible || length < PLATTER_ZSTD_SEEKABLE_FOOTER_BYTES)
    return TRUE;
  footer = self->skipped->data + length - PLATTER_ZSTD_SEEKABLE_FOOTER_BYTES;
  n_entries = platter_zstd_read_le32 (footer);
  entry_bytes = (footer[4] & 0x80) != 0 ? MAX_ENTRY_BYTES : MIN_ENTRY_BYTES;
  if (platter_zstd_read_le32 (footer + 5) != PLATTER_ZSTD_SEEKABLE_MAGIC
      || n_entries * entry_bytes + PLATTER_ZSTD_SEEKABLE_FOOTER_BYTES != length)
    return TRUE;
  is_good = self->is_full || zstd_seek_table_is_of_frames (self, (guint)n_entries, entry_bytes);
  g_array_set_size (self->frames, 0);
  self->is_full = FALSE;
  return is_good;
}
