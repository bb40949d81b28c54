// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where what is in an image file ends by its own account.

#include "end.h"

#include <string.h>
#include <unistd.h>

#include "filesystems/gpt-table.h"

#define ISO_DESCRIPTOR_OFFSET (16 * 2048)
#define ISO_MAGIC "\1CD001"
#define ISO_BLOCKS 80
#define ISO_BLOCK_BYTES 128
/* The largest cylinder that an MBR can count in. */
#define CYLINDER_BYTES ((guint64)255 * 63 * 512)

void
platter_look_end_extend (PlatterLookEnd *self, guint64 bytes, guint partition)
{
  if (bytes <= self->bytes || bytes > G_MAXINT64)
    return;
  self->bytes = bytes;
  self->partition = partition;
}

static gboolean
end_pread (int fd, guint64 offset_bytes, guint8 *buffer, gsize length)
{
  return offset_bytes <= G_MAXINT64
         && pread (fd, buffer, length, (off_t)offset_bytes) == (gssize)length;
}

static void
end_read_gpt (PlatterLookEnd *self, int fd, guint block_bytes)
{
  g_autofree guint8 *block = g_malloc0 (block_bytes);
  g_autofree guint8 *entries = NULL;
  PlatterGptTable table;
  guint64 offset_bytes = 0;

  if (!end_pread (fd, block_bytes, block, block_bytes)
      || !platter_gpt_table_parse (&table, block, block_bytes, NULL) || table.my_lba != 1
      || !g_uint64_checked_mul (&offset_bytes, table.entries_lba, block_bytes))
    return;
  entries = g_malloc (platter_gpt_table_get_entries_bytes (&table));
  if (!end_pread (fd, offset_bytes, entries, platter_gpt_table_get_entries_bytes (&table))
      || !platter_gpt_table_check_entries (&table, entries, NULL))
    return;
  for (guint i = 0; i < table.n_entries; i++)
    {
      guint64 first = 0;
      guint64 last = 0;
      guint64 bytes = 0;

      if (platter_gpt_table_get_entry (&table, entries, i, &first, &last) && last < G_MAXINT64
          && g_uint64_checked_mul (&bytes, last + 1, block_bytes))
        platter_look_end_extend (self, bytes, i + 1);
    }
}

/* Returns: 0 if it is no ISO image. */
static guint64
end_get_iso_bytes (int fd)
{
  guint8 descriptor[ISO_BLOCK_BYTES + 2];
  guint32 n_blocks = 0;
  guint16 block_bytes = 0;

  if (!end_pread (fd, ISO_DESCRIPTOR_OFFSET, descriptor, sizeof descriptor)
      || memcmp (descriptor, ISO_MAGIC, strlen (ISO_MAGIC)) != 0)
    return 0;
  memcpy (&n_blocks, descriptor + ISO_BLOCKS, sizeof n_blocks);
  memcpy (&block_bytes, descriptor + ISO_BLOCK_BYTES, sizeof block_bytes);
  return (guint64)GUINT32_FROM_LE (n_blocks) * GUINT16_FROM_LE (block_bytes);
}

void
platter_look_end_read (PlatterLookEnd *self, int fd)
{
  guint64 iso_bytes = end_get_iso_bytes (fd);

  end_read_gpt (self, fd, 512);
  end_read_gpt (self, fd, 4096);
  if (iso_bytes == 0)
    return;
  self->bytes -= MIN (self->bytes, CYLINDER_BYTES);
  platter_look_end_extend (self, iso_bytes, 0);
}
