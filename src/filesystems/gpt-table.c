// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One header of a GUID partition table with its entries, read from memory and distrusted.

#include "gpt-table.h"

#include <string.h>

#define GPT_SIGNATURE "EFI PART"
#define GPT_HEADER_BYTES 92
#define GPT_ENTRY_BYTES 128
#define GPT_MAX_ENTRY_BYTES 4096
#define GPT_GUID_BYTES 16

/* As it lies on the disk, little-endian. */
typedef struct
{
  char signature[8];
  guint32 revision;
  guint32 header_bytes;
  guint32 header_crc;
  guint32 reserved;
  guint64 my_lba;
  guint64 alternate_lba;
  guint64 first_usable_lba;
  guint64 last_usable_lba;
  guint8 disk_guid[GPT_GUID_BYTES];
  guint64 entries_lba;
  guint32 n_entries;
  guint32 entry_bytes;
  guint32 entries_crc;
} __attribute__ ((packed)) GptTableHeader;

typedef struct
{
  guint8 type_guid[GPT_GUID_BYTES];
  guint8 guid[GPT_GUID_BYTES];
  guint64 first_lba;
  guint64 last_lba;
} __attribute__ ((packed)) GptTableEntry;

G_STATIC_ASSERT (sizeof (GptTableHeader) == GPT_HEADER_BYTES);

static gboolean
gpt_table_fail (GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "The partition table is damaged: %s. Repair it with a partitioning program.", what);
  return FALSE;
}

guint32
platter_gpt_crc32 (const guint8 *data, gsize length)
{
  guint32 crc = G_MAXUINT32;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= data[i];
      for (int bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1u)));
    }
  return ~crc;
}

gboolean
platter_gpt_has_signature (const guint8 *block)
{
  return memcmp (block, GPT_SIGNATURE, strlen (GPT_SIGNATURE)) == 0;
}

gboolean
platter_gpt_table_parse (PlatterGptTable *self,
                         const guint8 *block,
                         gsize block_bytes,
                         GError **error)
{
  g_autofree guint8 *copy = NULL;
  GptTableHeader header;

  if (block_bytes < sizeof header || !platter_gpt_has_signature (block))
    return gpt_table_fail (error, "a header has no signature");
  memcpy (&header, block, sizeof header);

  guint32 header_bytes = GUINT32_FROM_LE (header.header_bytes);
  if (header_bytes < sizeof header || header_bytes > block_bytes)
    return gpt_table_fail (error, "a header has an impossible size");
  copy = g_memdup2 (block, header_bytes);
  memset (copy + G_STRUCT_OFFSET (GptTableHeader, header_crc), 0, sizeof header.header_crc);
  if (platter_gpt_crc32 (copy, header_bytes) != GUINT32_FROM_LE (header.header_crc))
    return gpt_table_fail (error, "a header has a wrong checksum");

  self->my_lba = GUINT64_FROM_LE (header.my_lba);
  self->alternate_lba = GUINT64_FROM_LE (header.alternate_lba);
  self->first_usable_lba = GUINT64_FROM_LE (header.first_usable_lba);
  self->last_usable_lba = GUINT64_FROM_LE (header.last_usable_lba);
  self->entries_lba = GUINT64_FROM_LE (header.entries_lba);
  self->n_entries = GUINT32_FROM_LE (header.n_entries);
  self->entry_bytes = GUINT32_FROM_LE (header.entry_bytes);
  self->entries_crc = GUINT32_FROM_LE (header.entries_crc);
  if (self->entry_bytes < GPT_ENTRY_BYTES || self->entry_bytes > GPT_MAX_ENTRY_BYTES
      || self->entry_bytes % GPT_ENTRY_BYTES != 0 || self->n_entries == 0
      || self->n_entries > PLATTER_GPT_MAX_ENTRIES_BYTES / self->entry_bytes)
    return gpt_table_fail (error, "it claims an impossible number of partitions");
  return TRUE;
}

gsize
platter_gpt_table_get_entries_bytes (const PlatterGptTable *self)
{
  return (gsize)self->n_entries * self->entry_bytes;
}

const guint8 *
platter_gpt_table_find_entries (const PlatterGptTable *self,
                                guint64 block_bytes,
                                const guint8 *area,
                                gsize area_bytes,
                                guint64 area_offset_bytes)
{
  gsize length = platter_gpt_table_get_entries_bytes (self);
  guint64 offset = 0;

  if (!g_uint64_checked_mul (&offset, self->entries_lba, block_bytes) || offset < area_offset_bytes)
    return NULL;
  offset -= area_offset_bytes;
  if (length > area_bytes || offset > area_bytes - length)
    return NULL;
  return area + offset;
}

gboolean
platter_gpt_table_get_entry (const PlatterGptTable *self,
                             const guint8 *entries,
                             guint index,
                             guint64 *first_lba,
                             guint64 *last_lba)
{
  const guint8 unused[GPT_GUID_BYTES] = { 0 };
  GptTableEntry entry;

  memcpy (&entry, entries + (gsize)index * self->entry_bytes, sizeof entry);
  *first_lba = GUINT64_FROM_LE (entry.first_lba);
  *last_lba = GUINT64_FROM_LE (entry.last_lba);
  return memcmp (entry.type_guid, unused, sizeof unused) != 0;
}

gboolean
platter_gpt_table_check_entries (const PlatterGptTable *self, const guint8 *entries, GError **error)
{
  if (platter_gpt_crc32 (entries, platter_gpt_table_get_entries_bytes (self)) != self->entries_crc)
    return gpt_table_fail (error, "the list of partitions has a wrong checksum");
  for (guint32 i = 0; i < self->n_entries; i++)
    {
      guint64 first = 0;
      guint64 last = 0;

      if (platter_gpt_table_get_entry (self, entries, i, &first, &last)
          && (first < self->first_usable_lba || last > self->last_usable_lba || first > last))
        return gpt_table_fail (error, "a partition lies outside the disk");
    }
  return TRUE;
}
