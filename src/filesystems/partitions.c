// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where the partitions of a disk lie, whatever is left of its table.

#include "partitions.h"

#include <string.h>

#include "gpt-table.h"

#define MBR_BYTES 512
#define MBR_ENTRIES 446
#define MBR_ENTRY_BYTES 16
#define MBR_N_ENTRIES 4
#define MBR_TYPE 4
#define MBR_FIRST 8
#define MBR_LENGTH 12
#define MBR_SIGNATURE 510
#define MBR_TYPE_GPT 0xee
/* The first logical partition has this number. */
#define MBR_FIRST_LOGICAL 5

typedef struct
{
  const PlatterMedium *medium;
  GArray *partitions;
  gboolean is_lost;   /* not all that there are */
  guint next_logical; /* number */
} Partitions;

static void
partitions_add (Partitions *self, guint number, guint64 first, guint64 length, guint block_bytes)
{
  guint64 size_blocks = self->medium->size_bytes / block_bytes;
  PlatterPartition partition = { number, first * block_bytes, 0 };

  if (length == 0)
    return;
  if (first >= size_blocks || self->partitions->len >= PLATTER_PARTITIONS_MAX)
    {
      self->is_lost = TRUE;
      return;
    }
  /* One that reaches beyond the end has what is before that: its file system says how large it is. */
  partition.length_bytes = MIN (length, size_blocks - first) * block_bytes;
  g_array_append_val (self->partitions, partition);
}

static gboolean
partitions_read_gpt_at (Partitions *self, guint64 lba, guint block_bytes)
{
  g_autofree guint8 *block = g_malloc0 (block_bytes);
  g_autofree guint8 *entries = NULL;
  PlatterGptTable table;
  guint64 offset_bytes = 0;

  if (!g_uint64_checked_mul (&offset_bytes, lba, block_bytes)
      || !platter_medium_read (self->medium, offset_bytes, block, block_bytes)
      || !platter_gpt_table_parse (&table, block, block_bytes, NULL) || table.my_lba != lba
      || !g_uint64_checked_mul (&offset_bytes, table.entries_lba, block_bytes))
    return FALSE;
  entries = g_malloc (platter_gpt_table_get_entries_bytes (&table));
  if (!platter_medium_read (self->medium, offset_bytes, entries,
                            platter_gpt_table_get_entries_bytes (&table))
      || !platter_gpt_table_check_entries (&table, entries, NULL))
    return FALSE;
  for (guint i = 0; i < table.n_entries; i++)
    {
      guint64 first = 0;
      guint64 last = 0;

      if (platter_gpt_table_get_entry (&table, entries, i, &first, &last))
        partitions_add (self, i + 1, first, last - first + 1, block_bytes);
    }
  return TRUE;
}

static gboolean
partitions_read_gpt (Partitions *self, guint block_bytes)
{
  guint64 n_blocks = self->medium->size_bytes / block_bytes;

  return partitions_read_gpt_at (self, 1, block_bytes)
         || (n_blocks > 1 && partitions_read_gpt_at (self, n_blocks - 1, block_bytes));
}

static gboolean
partitions_is_extended (guint8 type)
{
  return type == 0x05 || type == 0x0f || type == 0x85;
}

/* A chain of tables with two entries: the partition, relative to its table, and the next table, relative to the first. */
static gboolean
partitions_read_logical (Partitions *self, guint64 first)
{
  guint block_bytes = self->medium->block_bytes;
  guint64 table = first;
  guint8 sector[MBR_BYTES];

  for (guint i = 0; i < PLATTER_PARTITIONS_MAX; i++)
    {
      const guint8 *entry = sector + MBR_ENTRIES;
      const guint8 *next = entry + MBR_ENTRY_BYTES;

      if (!platter_medium_read (self->medium, table * block_bytes, sector, sizeof sector)
          || platter_le16 (sector + MBR_SIGNATURE) != 0xaa55)
        return FALSE;
      /* As Linux counts them: one that is none has no number. */
      if (platter_le32 (entry + MBR_LENGTH) > 0)
        partitions_add (self, self->next_logical++, table + platter_le32 (entry + MBR_FIRST),
                        platter_le32 (entry + MBR_LENGTH), block_bytes);
      if (!partitions_is_extended (next[MBR_TYPE]))
        return TRUE;
      table = first + platter_le32 (next + MBR_FIRST);
    }
  return FALSE;
}

/* The boot sector of a file system has the same signature, and code where a table would be. */
static gboolean
partitions_is_mbr (const Partitions *self, const guint8 *sector)
{
  guint64 n_blocks = self->medium->size_bytes / self->medium->block_bytes;
  guint n_used = 0;

  if (platter_le16 (sector + MBR_SIGNATURE) != 0xaa55)
    return FALSE;
  for (guint i = 0; i < MBR_N_ENTRIES; i++)
    {
      const guint8 *entry = sector + MBR_ENTRIES + (gsize)i * MBR_ENTRY_BYTES;

      if ((entry[0] & 0x7f) != 0)
        return FALSE;
      if (entry[MBR_TYPE] == 0)
        continue;
      if (platter_le32 (entry + MBR_FIRST) == 0 || platter_le32 (entry + MBR_FIRST) >= n_blocks)
        return FALSE;
      n_used++;
    }
  return n_used > 0;
}

static void
partitions_read_mbr (Partitions *self, const guint8 *sector)
{
  for (guint i = 0; i < MBR_N_ENTRIES; i++)
    {
      const guint8 *entry = sector + MBR_ENTRIES + (gsize)i * MBR_ENTRY_BYTES;
      guint64 first = platter_le32 (entry + MBR_FIRST);

      if (entry[MBR_TYPE] == MBR_TYPE_GPT)
        self->is_lost = TRUE; /* or it would have been found */
      else if (!partitions_is_extended (entry[MBR_TYPE]) && entry[MBR_TYPE] != 0)
        partitions_add (self, i + 1, first, platter_le32 (entry + MBR_LENGTH),
                        self->medium->block_bytes);
      else if (entry[MBR_TYPE] != 0 && !partitions_read_logical (self, first))
        self->is_lost = TRUE;
    }
}

/* Whether it leaves the disk to a GPT. */
static gboolean
partitions_is_protective (const guint8 *sector)
{
  for (guint i = 0; i < MBR_N_ENTRIES; i++)
    if (sector[MBR_ENTRIES + (gsize)i * MBR_ENTRY_BYTES + MBR_TYPE] == MBR_TYPE_GPT)
      return TRUE;
  return FALSE;
}

PlatterPartitionTable
platter_partitions_find (const PlatterMedium *medium, GArray *partitions)
{
  Partitions self = { medium, partitions, FALSE, MBR_FIRST_LOGICAL };
  guint8 sector[MBR_BYTES];
  gboolean is_known = platter_medium_read (medium, 0, sector, sizeof sector);
  gboolean is_mbr = is_known && partitions_is_mbr (&self, sector);
  gboolean is_found = FALSE;

  /* What a GPT has left behind at the end is no table any more. */
  if (!is_mbr || partitions_is_protective (sector))
    is_found = partitions_read_gpt (&self, medium->block_bytes)
               || (medium->block_bytes != MBR_BYTES && partitions_read_gpt (&self, MBR_BYTES));
  if (!is_found && !is_mbr)
    return is_known ? PLATTER_PARTITION_TABLE_NONE : PLATTER_PARTITION_TABLE_LOST;
  if (!is_found)
    partitions_read_mbr (&self, sector);
  return self.is_lost ? PLATTER_PARTITION_TABLE_LOST : PLATTER_PARTITION_TABLE_READ;
}
