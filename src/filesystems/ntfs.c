// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which files of an NTFS file system have lost something.

#include "ntfs.h"

#include <string.h>

#include "ntfs-private.h"

#define NTFS_SECTOR_BYTES 512
#define NTFS_SIGNATURE 3
#define NTFS_SECTOR_FIELD 11
#define NTFS_CLUSTER_SECTORS 13
#define NTFS_N_SECTORS 40
#define NTFS_TABLE 48
#define NTFS_TABLE_COPY 56
#define NTFS_RECORD_SIZE 64
#define NTFS_MAX_CLUSTER_BYTES (2 * 1024 * 1024)
#define NTFS_MIN_RECORD_BYTES 1024
#define NTFS_MAX_CLUSTERS (G_GUINT64_CONSTANT (1) << 48)
#define NTFS_LOWEST 16
#define NTFS_DATA_SIZE 48
#define NTFS_INITIALIZED_SIZE 56
#define NTFS_VOLUME 3
#define NTFS_VALUE 20
#define NTFS_VOLUME_FLAGS 10
#define NTFS_IS_DIRTY 1
#define NTFS_BITMAP 6
#define NTFS_ROOT 5
/* Those before it are the file system's own. */
#define NTFS_FIRST_FILE 24

static gboolean
ntfs_parse_boot_sector (PlatterNtfs *self, const guint8 *sector, guint64 available_bytes)
{
  guint64 unit = platter_le16 (sector + NTFS_SECTOR_FIELD);
  guint8 per_cluster = sector[NTFS_CLUSTER_SECTORS];
  gint8 record = (gint8)sector[NTFS_RECORD_SIZE];
  guint64 n_sectors = platter_le64 (sector + NTFS_N_SECTORS);

  if (memcmp (sector + NTFS_SIGNATURE, "NTFS    ", 8) != 0 || unit < NTFS_SECTOR_BYTES
      || unit > 4096 || (unit & (unit - 1)) != 0 || per_cluster == 0
      || n_sectors > available_bytes / unit)
    return FALSE;
  /* Large ones are a power of two, counted backward. */
  self->cluster_bytes
    = per_cluster <= 128 ? unit * per_cluster : unit << MIN (256 - (guint)per_cluster, 20);
  if (self->cluster_bytes > NTFS_MAX_CLUSTER_BYTES
      || (self->cluster_bytes & (self->cluster_bytes - 1)) != 0)
    return FALSE;
  self->n_clusters = n_sectors * unit / self->cluster_bytes;
  self->size_bytes = MIN ((n_sectors + 1) * unit, available_bytes);
  self->record_bytes = record > 0 ? (guint)MIN ((guint64)record * self->cluster_bytes, G_MAXINT)
                                  : 1U << MIN (-record, 30);
  return self->record_bytes >= NTFS_MIN_RECORD_BYTES
         && self->record_bytes <= PLATTER_NTFS_MAX_RECORD_BYTES
         && (self->record_bytes & (self->record_bytes - 1)) == 0 && self->n_clusters > 0
         && platter_le64 (sector + NTFS_TABLE) < self->n_clusters
         && platter_le64 (sector + NTFS_TABLE_COPY) < self->n_clusters;
}

/* The content of a record, as far as it is in this one. */
static void
ntfs_get_data (PlatterNtfs *self,
               const PlatterNtfsRecord *record,
               GArray *runs,
               guint64 *size_bytes)
{
  PlatterNtfsAttribute attribute;
  guint offset = 0;

  while (platter_ntfs_next_attribute (record, &offset, &attribute))
    {
      if (attribute.type != PLATTER_NTFS_DATA || attribute.is_resident || !attribute.is_plain)
        continue;
      if (platter_le64 (attribute.data + NTFS_LOWEST) == 0 && size_bytes != NULL)
        *size_bytes = platter_le64 (attribute.data + NTFS_DATA_SIZE);
      if (!platter_ntfs_get_runs (self, &attribute, runs))
        self->damage->is_incomplete = TRUE;
    }
}

/* The table describes itself in its first record, of which there is a copy elsewhere. */
static gboolean
ntfs_open_table (PlatterNtfs *self, const guint8 *sector)
{
  const guint places[] = { NTFS_TABLE, NTFS_TABLE_COPY };
  guint64 size_bytes = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (places) && self->table->len == 0; i++)
    if (platter_medium_read (self->medium,
                             self->offset_bytes
                               + platter_le64 (sector + places[i]) * self->cluster_bytes,
                             self->first.data, self->record_bytes)
        && platter_ntfs_parse (&self->first, self->record_bytes))
      ntfs_get_data (self, &self->first, self->table, &size_bytes);
  self->n_records = MIN (size_bytes, self->n_clusters * self->cluster_bytes) / self->record_bytes;
  return self->table->len > 0;
}

/* A table in too many pieces for its first record goes on in others, which lie in its first pieces. */
static void
ntfs_extend_table (PlatterNtfs *self, const PlatterNtfsRecord *record)
{
  const PlatterNtfsRun *last = &g_array_index (self->table, PlatterNtfsRun, self->table->len - 1);
  guint64 end = last->virtual + last->length;
  guint first = self->table->len;

  if (!record->is_part || record->base != 0)
    return;
  ntfs_get_data (self, record, self->table, NULL);
  if (self->table->len > first && g_array_index (self->table, PlatterNtfsRun, first).virtual != end)
    {
      g_array_set_size (self->table, first);
      self->damage->is_incomplete = TRUE;
    }
}

/* Of one that was not unmounted, some of what is new is in its journal only. */
static gboolean
ntfs_is_clean (PlatterNtfs *self)
{
  PlatterNtfsRecord record;
  PlatterNtfsAttribute attribute;
  guint offset = 0;

  if (!platter_ntfs_read_record (self, NTFS_VOLUME, &record))
    return FALSE;
  while (platter_ntfs_next_attribute (&record, &offset, &attribute))
    {
      guint value = attribute.is_resident ? platter_le16 (attribute.data + NTFS_VALUE) : 0;

      if (attribute.type == PLATTER_NTFS_VOLUME_INFORMATION && attribute.is_resident
          && value + NTFS_VOLUME_FLAGS + 2 <= attribute.length)
        return (platter_le16 (attribute.data + value + NTFS_VOLUME_FLAGS) & NTFS_IS_DIRTY) == 0;
    }
  return FALSE;
}

static gboolean
ntfs_open (PlatterNtfs *self, const PlatterMediumRange *range)
{
  const guint64 places[] = { 0, range->length_bytes - NTFS_SECTOR_BYTES };
  guint8 sector[NTFS_SECTOR_BYTES];
  PlatterNtfsRecord record;

  /* The copy is that of a file system which may be gone, unless the first one was lost. */
  for (gsize i = 0; i < G_N_ELEMENTS (places) && self->table->len == 0; i++)
    if (range->length_bytes >= NTFS_SECTOR_BYTES
        && (i == 0
            || !platter_medium_is_known (self->medium, range->offset_bytes, NTFS_SECTOR_BYTES))
        && platter_medium_read (self->medium, range->offset_bytes + places[i], sector,
                                sizeof sector)
        && ntfs_parse_boot_sector (self, sector, range->length_bytes))
      ntfs_open_table (self, sector);
  if (self->table->len == 0)
    return FALSE;
  if (platter_ntfs_read_record (self, NTFS_BITMAP, &record))
    ntfs_get_data (self, &record, self->bitmap, NULL);
  if (!ntfs_is_clean (self))
    self->damage->is_incomplete = TRUE;
  return TRUE;
}

/* How much of an attribute's clusters is content that was ever written. */
static guint64
ntfs_get_content_bytes (const PlatterNtfsAttribute *attribute)
{
  if (attribute->type != PLATTER_NTFS_DATA || !attribute->is_plain
      || platter_le64 (attribute->data + NTFS_LOWEST) != 0)
    return G_MAXUINT64;
  return MIN (platter_le64 (attribute->data + NTFS_DATA_SIZE),
              platter_le64 (attribute->data + NTFS_INITIALIZED_SIZE));
}

static void
ntfs_hit_runs (PlatterNtfs *self, const GArray *runs, guint64 content_bytes)
{
  for (guint i = 0; i < runs->len && !platter_medium_is_late (self->medium); i++)
    {
      const PlatterNtfsRun *run = &g_array_index (runs, PlatterNtfsRun, i);
      guint64 start = run->virtual * self->cluster_bytes;
      guint64 length = run->length * self->cluster_bytes;
      guint64 offset = self->offset_bytes + run->physical * self->cluster_bytes;
      guint64 content = start < content_bytes ? MIN (length, content_bytes - start) : 0;

      if (run->physical == PLATTER_NTFS_HOLE)
        continue;
      platter_damage_hit (self->damage, offset, content);
      platter_damage_spare (self->damage, offset + content, length - content);
    }
}

static void
ntfs_hit_record (PlatterNtfs *self, const PlatterNtfsRecord *record)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (PlatterNtfsRun));
  PlatterNtfsAttribute attribute;
  guint offset = 0;

  while (platter_ntfs_next_attribute (record, &offset, &attribute))
    {
      if (attribute.is_resident)
        continue;
      g_array_set_size (runs, 0);
      if (!platter_ntfs_get_runs (self, &attribute, runs))
        self->damage->is_incomplete = TRUE;
      ntfs_hit_runs (self, runs, ntfs_get_content_bytes (&attribute));
    }
}

/* What has too many pieces for one record has more of them, which name the first. */
static void
ntfs_end_file (PlatterNtfs *self, guint64 number, const PlatterNtfsRecord *record)
{
  PlatterNtfsRecord base;
  g_autofree char *path = NULL;
  PlatterDamageKind kind = PLATTER_DAMAGE_FILE;

  if (self->damage->hits.length_bytes == 0)
    return;
  if (record->is_part)
    {
      number = record->base;
      record = platter_ntfs_read_record (self, number, &base) ? &base : NULL;
    }
  if (record == NULL)
    self->damage->is_incomplete = TRUE;
  else if (number < NTFS_ROOT || platter_ntfs_is_extension (record))
    kind = PLATTER_DAMAGE_METADATA;
  else if (number == NTFS_ROOT)
    path = g_strdup ("/");
  else
    path = platter_ntfs_dup_path (self, record);
  if (record != NULL && record->is_folder)
    kind = PLATTER_DAMAGE_FOLDER;
  platter_damage_end_owner (self->damage, self->partition, kind, path, number);
}

static void
ntfs_look_into_metadata (PlatterNtfs *self, const PlatterMediumRange *range)
{
  guint64 end = self->n_clusters * self->cluster_bytes;
  PlatterNtfsRecord record;

  ntfs_hit_record (self, &self->first);
  for (guint64 i = 1; i < MIN (self->n_records, NTFS_FIRST_FILE); i++)
    if (i == NTFS_ROOT)
      continue;
    else if (!platter_ntfs_read_record (self, i, &record))
      self->damage->is_incomplete |= !record.is_blank;
    else if (record.is_used)
      {
        ntfs_extend_table (self, &record);
        ntfs_hit_record (self, &record);
      }
  /* The copy of the boot sector. */
  platter_damage_hit (self->damage, range->offset_bytes + end, self->size_bytes - end);
  platter_damage_end_owner (self->damage, self->partition, PLATTER_DAMAGE_METADATA, NULL, 0);
}

static void
ntfs_look_into_files (PlatterNtfs *self)
{
  PlatterNtfsRecord record;

  for (guint64 i = NTFS_ROOT; i < self->n_records && !platter_medium_is_late (self->medium);
       i = i == NTFS_ROOT ? NTFS_FIRST_FILE : i + 1)
    {
      if (!platter_ntfs_read_record (self, i, &record))
        {
          self->damage->is_incomplete |= !record.is_blank;
          continue;
        }
      if (!record.is_used)
        continue;
      ntfs_extend_table (self, &record);
      ntfs_hit_record (self, &record);
      ntfs_end_file (self, i, &record);
    }
}

static gboolean
ntfs_is_free (PlatterNtfs *self, guint64 cluster, guint64 *piece, guint8 *bits)
{
  guint64 wanted = cluster / 8 / NTFS_SECTOR_BYTES;

  if (*piece != wanted
      && !platter_ntfs_read (self, self->bitmap, wanted * NTFS_SECTOR_BYTES, bits,
                             NTFS_SECTOR_BYTES))
    memset (bits, 0xff, NTFS_SECTOR_BYTES);
  *piece = wanted;
  return (bits[cluster / 8 % NTFS_SECTOR_BYTES] & (1 << cluster % 8)) == 0;
}

static void
ntfs_settle_cb (guint place, const PlatterMediumRange *range, gpointer data)
{
  PlatterNtfs *self = data;
  guint64 end = range->offset_bytes + range->length_bytes;
  guint64 at = range->offset_bytes;
  PlatterMediumRange free = { at, 0 };
  guint8 bits[NTFS_SECTOR_BYTES];
  guint64 piece = G_MAXUINT64;

  while (at < end && !platter_medium_is_late (self->medium))
    {
      guint64 cluster = (at - self->offset_bytes) / self->cluster_bytes;
      guint64 next = MIN (self->offset_bytes + (cluster + 1) * self->cluster_bytes, end);

      if (cluster < self->n_clusters && ntfs_is_free (self, cluster, &piece, bits))
        {
          free.offset_bytes = free.length_bytes == 0 ? at : free.offset_bytes;
          free.length_bytes += next - at;
        }
      at = next;
    }
  platter_damage_settle (self->damage, self->partition, place, range, &free);
}

gboolean
platter_ntfs_look (const PlatterMedium *medium,
                   guint partition,
                   const PlatterMediumRange *range,
                   PlatterDamage *damage)
{
  g_autoptr (GArray) table = g_array_new (FALSE, FALSE, sizeof (PlatterNtfsRun));
  g_autoptr (GArray) bitmap = g_array_new (FALSE, FALSE, sizeof (PlatterNtfsRun));
  PlatterNtfs self = {
    .medium = medium,
    .damage = damage,
    .partition = partition,
    .offset_bytes = range->offset_bytes,
    .table = table,
    .bitmap = bitmap,
  };
  PlatterMediumRange inside = *range;

  if (!ntfs_open (&self, range))
    return FALSE;
  inside.length_bytes = self.size_bytes;
  ntfs_look_into_metadata (&self, range);
  ntfs_look_into_files (&self);
  platter_damage_each_place (damage, &inside, ntfs_settle_cb, &self);
  platter_damage_add (damage, partition, PLATTER_DAMAGE_OUTSIDE,
                      range->offset_bytes + inside.length_bytes,
                      range->length_bytes - inside.length_bytes);
  return TRUE;
}
