// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The table of block hashes.

#include "block-table.h"

struct _PlatterBlockTable
{
  guint64 n_blocks;
  guint64 n_entries;
  guint shift;
  PlatterBlockHash *entries;
};

PlatterBlockTable *
platter_block_table_new (guint64 n_blocks, guint64 max_entries)
{
  PlatterBlockTable *self = g_new0 (PlatterBlockTable, 1);

  self->n_blocks = n_blocks;
  while (((n_blocks - 1) >> self->shift) + 1 > max_entries)
    self->shift++;
  self->n_entries = ((n_blocks - 1) >> self->shift) + 1;
  self->entries = g_new0 (PlatterBlockHash, self->n_entries);
  return self;
}

void
platter_block_table_free (PlatterBlockTable *self)
{
  if (self == NULL)
    return;
  g_free (self->entries);
  g_free (self);
}

guint
platter_block_table_get_shift (const PlatterBlockTable *self)
{
  return self->shift;
}

guint
platter_block_table_get_group_blocks (const PlatterBlockTable *self, guint64 group)
{
  return MIN ((guint64)1 << self->shift, self->n_blocks - (group << self->shift));
}

void
platter_block_table_sum_plain (PlatterBlockHash *sum, PlatterBlockHash added)
{
  unsigned __int128 total = ((unsigned __int128)sum->high << 64) | sum->low;

  total += ((unsigned __int128)added.high << 64) | added.low;
  sum->low = (guint64)total;
  sum->high = (guint64)(total >> 64);
}

void
platter_block_table_sum_piece (PlatterBlockHash *sum, guint64 offset_bytes, PlatterBlockHash hash)
{
  guint64 mixed[3] = { hash.low, hash.high, offset_bytes };

  platter_block_table_sum_plain (
    sum, platter_block_hash_baseline ((const guint8 *)mixed, sizeof (mixed)));
}

void
platter_block_table_sum (const PlatterBlockTable *self,
                         PlatterBlockHash *sum,
                         guint64 block,
                         PlatterBlockHash hash)
{
  guint64 mixed[3] = { hash.low, hash.high, block };

  if (self->shift > 0)
    hash = platter_block_hash_baseline ((const guint8 *)mixed, sizeof (mixed));
  platter_block_table_sum_plain (sum, hash);
}

void
platter_block_table_add (PlatterBlockTable *self, guint64 block, PlatterBlockHash hash)
{
  platter_block_table_sum (self, &self->entries[block >> self->shift], block, hash);
}

void
platter_block_table_add_pieces (PlatterBlockTable *self, guint64 block, PlatterBlockHash sum)
{
  platter_block_table_sum_plain (&self->entries[block >> self->shift], sum);
}

void
platter_block_table_cut (PlatterBlockTable *self, guint64 n_blocks)
{
  self->n_blocks = n_blocks;
  self->n_entries = ((n_blocks - 1) >> self->shift) + 1;
}

PlatterBlockHash
platter_block_table_get (const PlatterBlockTable *self, guint64 group)
{
  return self->entries[group];
}

gboolean
platter_block_table_find (const PlatterBlockTable *self,
                          PlatterBlockHash hash,
                          guint64 block,
                          guint64 *found)
{
  for (guint64 i = 0; self->shift == 0 && i < self->n_entries; i++)
    {
      if (i == block || !platter_block_hash_equal (self->entries[i], hash))
        continue;
      *found = i;
      return TRUE;
    }
  return FALSE;
}
