// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The table that a FAT file system has its name from: which cluster follows on which.

#include "fat-private.h"

/* From this value on, of 28 bits, there is none that follows. */
#define FAT_END 0x0ffffff8

/* The same sector of one copy of the table or another. */
static gboolean
fat_table_read_sector (PlatterFat *self, guint64 index)
{
  guint64 offset = index * PLATTER_FAT_SECTOR_BYTES;

  if (self->is_sector_known && self->sector_index == index)
    return TRUE;
  self->is_sector_known = FALSE;
  self->sector_index = index;
  for (guint i = 0; i < self->n_tables && !self->is_sector_known; i++)
    self->is_sector_known = platter_medium_read (
      self->medium, self->table_bytes + i * self->table_length_bytes + offset, self->sector,
      sizeof self->sector);
  return self->is_sector_known;
}

static gboolean
fat_table_read_bytes (PlatterFat *self, guint64 offset, guint n_bytes, guint32 *value)
{
  *value = 0;
  for (guint i = 0; i < n_bytes; i++)
    {
      if (!fat_table_read_sector (self, (offset + i) / PLATTER_FAT_SECTOR_BYTES))
        return FALSE;
      *value |= (guint32)self->sector[(offset + i) % PLATTER_FAT_SECTOR_BYTES] << 8 * i;
    }
  return TRUE;
}

gboolean
platter_fat_get_entry (PlatterFat *self, guint32 cluster, guint32 *value)
{
  switch (self->bits)
    {
    case 12:
      if (!fat_table_read_bytes (self, (guint64)cluster * 3 / 2, 2, value))
        return FALSE;
      *value = cluster % 2 == 0 ? *value & 0xfff : *value >> 4;
      /* All sizes have their last values in common. */
      *value |= *value >= 0xff7 ? 0x0ffff000 : 0;
      return TRUE;
    case 16:
      if (!fat_table_read_bytes (self, (guint64)cluster * 2, 2, value))
        return FALSE;
      *value |= *value >= 0xfff7 ? 0x0fff0000 : 0;
      return TRUE;
    default:
      if (!fat_table_read_bytes (self, (guint64)cluster * 4, 4, value))
        return FALSE;
      *value &= 0x0fffffff;
      return TRUE;
    }
}

gboolean
platter_fat_has_cluster (const PlatterFat *self, guint32 cluster)
{
  return cluster >= PLATTER_FAT_FIRST_CLUSTER
         && cluster - PLATTER_FAT_FIRST_CLUSTER < self->n_clusters;
}

guint64
platter_fat_get_cluster_bytes (const PlatterFat *self, guint32 cluster)
{
  return self->data_bytes + (guint64)(cluster - PLATTER_FAT_FIRST_CLUSTER) * self->cluster_bytes;
}

void
platter_fat_each_cluster (PlatterFat *self, guint32 first, PlatterFatFunc func, gpointer data)
{
  guint32 cluster = first;

  /* A chain that is longer than the table goes in circles. */
  for (guint32 i = 0; i < self->n_clusters && platter_fat_has_cluster (self, cluster)
                      && !platter_medium_is_late (self->medium);
       i++)
    {
      if (!func (self, i, cluster, data))
        return;
      if (!platter_fat_get_entry (self, cluster, &cluster))
        break;
      if (cluster >= FAT_END)
        return;
    }
  self->damage->is_incomplete = TRUE;
}
