// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which files of a FAT file system have lost something.

#include "fat.h"

#include "fat-private.h"

/* The boot sector; FAT32 has a copy of it, as a rule in the sixth sector behind it. */
#define FAT_COPY_SECTOR 6
#define FAT_SECTOR_BYTES_FIELD 11
#define FAT_CLUSTER_SECTORS 13
#define FAT_RESERVED 14
#define FAT_N_TABLES 16
#define FAT_ROOT_ENTRIES 17
#define FAT_TOTAL_16 19
#define FAT_MEDIUM 21
#define FAT_LENGTH_16 22
#define FAT_TOTAL_32 32
#define FAT_LENGTH_32 36
#define FAT_ROOT_CLUSTER 44
#define FAT_SIGNATURE 510
#define FAT_ENTRY_BYTES 32
#define FAT_MAX_SECTOR_BYTES 4096
#define FAT_MAX_TABLES 4
#define FAT_MAX_CLUSTERS 0x0ffffff0
/* Fewer clusters than that have entries of 12 bits. */
#define FAT_MIN_CLUSTERS_16 4085

static gboolean
fat_is_power (guint value)
{
  return value != 0 && (value & (value - 1)) == 0;
}

/* A partition table has the same signature. */
static gboolean
fat_is_boot_sector (const guint8 *sector)
{
  guint sector_bytes = platter_le16 (sector + FAT_SECTOR_BYTES_FIELD);

  return platter_le16 (sector + FAT_SIGNATURE) == 0xaa55 && (sector[0] == 0xeb || sector[0] == 0xe9)
         && fat_is_power (sector_bytes) && sector_bytes >= PLATTER_FAT_SECTOR_BYTES
         && sector_bytes <= FAT_MAX_SECTOR_BYTES && fat_is_power (sector[FAT_CLUSTER_SECTORS])
         && sector[FAT_N_TABLES] > 0 && sector[FAT_N_TABLES] <= FAT_MAX_TABLES
         && platter_le16 (sector + FAT_RESERVED) > 0
         && (sector[FAT_MEDIUM] == 0xf0 || sector[FAT_MEDIUM] >= 0xf8);
}

static gboolean
fat_parse (PlatterFat *self, const guint8 *sector, guint64 available_bytes)
{
  guint64 unit = platter_le16 (sector + FAT_SECTOR_BYTES_FIELD);
  guint64 total = platter_le16 (sector + FAT_TOTAL_16);
  guint64 length = platter_le16 (sector + FAT_LENGTH_16);
  guint64 root = (guint64)platter_le16 (sector + FAT_ROOT_ENTRIES) * FAT_ENTRY_BYTES;

  self->bits = length == 0 ? 32 : 16;
  length = length != 0 ? length : platter_le32 (sector + FAT_LENGTH_32);
  total = total != 0 ? total : platter_le32 (sector + FAT_TOTAL_32);
  self->n_tables = sector[FAT_N_TABLES];
  self->cluster_bytes = (guint32)unit * sector[FAT_CLUSTER_SECTORS];
  self->root_cluster = platter_le32 (sector + FAT_ROOT_CLUSTER);
  self->size_bytes = total * unit;
  self->table_length_bytes = length * unit;
  self->table_bytes = self->offset_bytes + platter_le16 (sector + FAT_RESERVED) * unit;
  self->root_bytes = self->table_bytes + self->n_tables * self->table_length_bytes;
  self->data_bytes = self->root_bytes + (root + unit - 1) / unit * unit;
  if (self->size_bytes > available_bytes
      || self->data_bytes >= self->offset_bytes + self->size_bytes)
    return FALSE;
  self->n_clusters
    = (guint32)((self->offset_bytes + self->size_bytes - self->data_bytes) / self->cluster_bytes);
  if (self->bits == 16 && self->n_clusters < FAT_MIN_CLUSTERS_16)
    self->bits = 12;
  return self->n_clusters <= FAT_MAX_CLUSTERS
         && (guint64)(self->n_clusters + PLATTER_FAT_FIRST_CLUSTER) * self->bits / 8
              <= self->table_length_bytes
         && (self->bits != 32 || platter_fat_has_cluster (self, self->root_cluster));
}

static gboolean
fat_open (PlatterFat *self, const PlatterMediumRange *range)
{
  const guint64 places[] = { 0, FAT_COPY_SECTOR * PLATTER_FAT_SECTOR_BYTES };
  guint8 sector[PLATTER_FAT_SECTOR_BYTES];

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    if (range->length_bytes >= places[i] + sizeof sector
        && platter_medium_read (self->medium, range->offset_bytes + places[i], sector,
                                sizeof sector)
        && fat_is_boot_sector (sector) && fat_parse (self, sector, range->length_bytes)
        && (i == 0 || self->bits == 32))
      return TRUE;
  return FALSE;
}

/* What no file can have, and what the table says that no file has. */
static void
fat_settle_cb (guint place, const PlatterMediumRange *range, gpointer data)
{
  PlatterFat *self = data;
  guint64 end = range->offset_bytes + range->length_bytes;
  guint64 at = MAX (range->offset_bytes, self->data_bytes);
  PlatterMediumRange free = { at, 0 };

  while (at < end && !platter_medium_is_late (self->medium))
    {
      guint64 index = (at - self->data_bytes) / self->cluster_bytes;
      guint64 next = MIN (self->data_bytes + (index + 1) * self->cluster_bytes, end);
      guint32 value = 0;

      if (index >= self->n_clusters)
        next = end;
      else if (!platter_fat_get_entry (self, (guint32)index + PLATTER_FAT_FIRST_CLUSTER, &value))
        value = 1;
      if (value == 0 && free.length_bytes == 0)
        free.offset_bytes = at;
      if (value == 0)
        free.length_bytes += next - at;
      at = next;
    }
  platter_damage_settle (self->damage, self->partition, place, range, &free);
}

gboolean
platter_fat_look (const PlatterMedium *medium,
                  guint partition,
                  const PlatterMediumRange *range,
                  PlatterDamage *damage)
{
  PlatterFat self = {
    .medium = medium,
    .damage = damage,
    .partition = partition,
    .offset_bytes = range->offset_bytes,
  };
  PlatterMediumRange inside = *range;

  if (!fat_open (&self, range))
    return FALSE;
  inside.length_bytes = self.size_bytes;
  platter_damage_hit (damage, self.offset_bytes, self.root_bytes - self.offset_bytes);
  platter_damage_end_owner (damage, partition, PLATTER_DAMAGE_METADATA, NULL, 0);
  platter_fat_look_into_folders (&self);
  platter_damage_each_place (damage, &inside, fat_settle_cb, &self);
  platter_damage_add (damage, partition, PLATTER_DAMAGE_OUTSIDE,
                      range->offset_bytes + inside.length_bytes,
                      range->length_bytes - inside.length_bytes);
  return TRUE;
}
