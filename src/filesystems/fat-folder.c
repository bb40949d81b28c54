// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The folders of a FAT file system, with the names in them.

#include <string.h>

#include "fat-private.h"

#define FAT_ENTRY_BYTES 32
#define FAT_NAME_BYTES 11
#define FAT_BASE_BYTES 8
#define FAT_ATTRIBUTES 11
#define FAT_CASE 12
#define FAT_CLUSTER_HIGH 20
#define FAT_CLUSTER_LOW 26
#define FAT_SIZE 28
#define FAT_IS_LABEL 0x08
#define FAT_IS_FOLDER 0x10
#define FAT_IS_LONG 0x0f
#define FAT_CASE_BASE 0x08
#define FAT_CASE_EXTENSION 0x10
#define FAT_DELETED 0xe5
#define FAT_LONG_LAST 0x40
#define FAT_LONG_CHECKSUM 13
#define FAT_LONG_UNITS 13
#define FAT_LONG_PARTS 20
#define FAT_MAX_DEPTH 64
#define FAT_MAX_PATH_BYTES 4096
/* Folders that wait to be looked into. */
#define FAT_MAX_WAITING 65536

typedef struct
{
  guint32 cluster; /* 0: the root folder in a place of its own */
  guint depth;
  char *path; /* without "/" at its end */
} FatWaiting;

/* One folder while it is read. */
typedef struct
{
  GArray *waiting; /* (element-type FatWaiting) */
  const FatWaiting *folder;
  gboolean has_ended;
  /* A long name comes in parts, the last one first, before the entry that it belongs to. */
  gunichar2 units[FAT_LONG_PARTS * FAT_LONG_UNITS + 1];
  guint next_part; /* 0: it is whole */
  guint8 checksum;
  gboolean has_long;
} FatFolder;

typedef struct
{
  guint64 size_bytes;
  gboolean is_folder;
} FatContent;

static void
fat_folder_clear_waiting (gpointer data)
{
  g_free (((FatWaiting *)data)->path);
}

static void
fat_folder_take_long (FatFolder *folder, const guint8 *entry)
{
  static const guint8 places[FAT_LONG_UNITS] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };
  guint part = entry[0] & ~(guint)FAT_LONG_LAST;

  if ((entry[0] & FAT_LONG_LAST) != 0)
    {
      memset (folder->units, 0, sizeof folder->units);
      folder->next_part = part;
      folder->checksum = entry[FAT_LONG_CHECKSUM];
      folder->has_long = part <= FAT_LONG_PARTS;
    }
  if (!folder->has_long || part == 0 || part != folder->next_part
      || entry[FAT_LONG_CHECKSUM] != folder->checksum)
    {
      folder->has_long = FALSE;
      return;
    }
  folder->next_part = part - 1;
  for (guint i = 0; i < FAT_LONG_UNITS; i++)
    folder->units[(part - 1) * FAT_LONG_UNITS + i] = platter_le16 (entry + places[i]);
}

static guint8
fat_folder_sum (const guint8 *name)
{
  guint8 sum = 0;

  for (guint i = 0; i < FAT_NAME_BYTES; i++)
    sum = (guint8)((sum >> 1) + (sum << 7) + name[i]);
  return sum;
}

static void
fat_folder_append_short (GString *name, const guint8 *bytes, guint length, gboolean is_lower)
{
  while (length > 0 && bytes[length - 1] == ' ')
    length--;
  for (guint i = 0; i < length; i++)
    /* What is behind ASCII depends on where it was written: it must not happen to be UTF-8. */
    g_string_append_c (name, (bytes[i] & 0x80) != 0 ? '\xff'
                             : is_lower             ? g_ascii_tolower ((char)bytes[i])
                                                    : (char)bytes[i]);
}

static char *
fat_folder_dup_name (FatFolder *folder, const guint8 *entry)
{
  GString *name = NULL;
  g_autofree char *long_name = NULL;

  if (folder->has_long && folder->next_part == 0 && fat_folder_sum (entry) == folder->checksum)
    long_name = g_utf16_to_utf8 (folder->units, -1, NULL, NULL, NULL);
  if (long_name != NULL)
    return g_steal_pointer (&long_name);
  name = g_string_new (NULL);
  fat_folder_append_short (name, entry, FAT_BASE_BYTES, (entry[FAT_CASE] & FAT_CASE_BASE) != 0);
  if (entry[FAT_BASE_BYTES] != ' ')
    g_string_append_c (name, '.');
  fat_folder_append_short (name, entry + FAT_BASE_BYTES, FAT_NAME_BYTES - FAT_BASE_BYTES,
                           (entry[FAT_CASE] & FAT_CASE_EXTENSION) != 0);
  return g_string_free (name, FALSE);
}

static gboolean
fat_folder_hit_cb (PlatterFat *self, guint32 index, guint32 cluster, gpointer data)
{
  const FatContent *content = data;
  guint64 offset = platter_fat_get_cluster_bytes (self, cluster);
  guint64 start = (guint64)index * self->cluster_bytes;
  guint64 length = self->cluster_bytes;

  if (!content->is_folder)
    length = start < content->size_bytes ? MIN (length, content->size_bytes - start) : 0;
  platter_damage_hit (self->damage, offset, length);
  platter_damage_spare (self->damage, offset + length, self->cluster_bytes - length);
  return TRUE;
}

static void
fat_folder_wait (PlatterFat *self, FatFolder *folder, guint32 cluster, char *path)
{
  FatWaiting waiting = { cluster, folder->folder->depth + 1, path };

  if (waiting.depth < FAT_MAX_DEPTH && strlen (path) < FAT_MAX_PATH_BYTES
      && folder->waiting->len < FAT_MAX_WAITING && platter_fat_has_cluster (self, cluster))
    {
      g_array_append_val (folder->waiting, waiting);
      return;
    }
  self->damage->is_incomplete = TRUE;
  g_free (path);
}

static void
fat_folder_take_entry (PlatterFat *self, FatFolder *folder, const guint8 *entry)
{
  FatContent content = { platter_le32 (entry + FAT_SIZE), FALSE };
  guint32 cluster = platter_le16 (entry + FAT_CLUSTER_LOW);
  g_autofree char *name = fat_folder_dup_name (folder, entry);
  char *path = g_strconcat (folder->folder->path, "/", name, NULL);

  if (self->bits == 32)
    cluster |= (guint32)platter_le16 (entry + FAT_CLUSTER_HIGH) << 16;
  if ((entry[FAT_ATTRIBUTES] & FAT_IS_FOLDER) != 0)
    {
      fat_folder_wait (self, folder, cluster, path);
      return;
    }
  if (cluster != 0 || content.size_bytes != 0)
    platter_fat_each_cluster (self, cluster, fat_folder_hit_cb, &content);
  platter_damage_end_owner (self->damage, self->partition, PLATTER_DAMAGE_FILE, path, 0);
  g_free (path);
}

static void
fat_folder_read_sector (PlatterFat *self, FatFolder *folder, guint64 offset_bytes)
{
  guint8 sector[PLATTER_FAT_SECTOR_BYTES];

  if (!platter_medium_read (self->medium, offset_bytes, sector, sizeof sector))
    {
      folder->has_long = FALSE;
      self->damage->is_incomplete = TRUE;
      return;
    }
  for (guint i = 0; i < sizeof sector && !folder->has_ended; i += FAT_ENTRY_BYTES)
    {
      const guint8 *entry = sector + i;

      if ((entry[FAT_ATTRIBUTES] & 0x3f) == FAT_IS_LONG && entry[0] != FAT_DELETED && entry[0] != 0)
        {
          fat_folder_take_long (folder, entry);
          continue;
        }
      folder->has_ended = entry[0] == 0;
      if (!folder->has_ended && entry[0] != FAT_DELETED && entry[0] != '.'
          && (entry[FAT_ATTRIBUTES] & FAT_IS_LABEL) == 0)
        fat_folder_take_entry (self, folder, entry);
      folder->has_long = FALSE;
    }
}

static void
fat_folder_read (PlatterFat *self, FatFolder *folder, guint64 offset_bytes, guint64 length_bytes)
{
  for (guint64 at = 0;
       at < length_bytes && !folder->has_ended && !platter_medium_is_late (self->medium);
       at += PLATTER_FAT_SECTOR_BYTES)
    fat_folder_read_sector (self, folder, offset_bytes + at);
}

static gboolean
fat_folder_read_cb (PlatterFat *self, guint32 index, guint32 cluster, gpointer data)
{
  FatFolder *folder = data;

  fat_folder_read (self, folder, platter_fat_get_cluster_bytes (self, cluster),
                   self->cluster_bytes);
  return !folder->has_ended;
}

/* What it has lost itself first: files follow with what they have lost. */
static void
fat_folder_look (PlatterFat *self, GArray *waiting, const FatWaiting *one)
{
  FatFolder folder = { .waiting = waiting, .folder = one };
  FatContent content = { 0, TRUE };
  guint64 root_length = self->data_bytes - self->root_bytes;

  if (one->cluster == 0)
    platter_damage_hit (self->damage, self->root_bytes, root_length);
  else
    platter_fat_each_cluster (self, one->cluster, fat_folder_hit_cb, &content);
  platter_damage_end_owner (self->damage, self->partition, PLATTER_DAMAGE_FOLDER,
                            one->path[0] != '\0' ? one->path : "/", 0);
  if (one->cluster == 0)
    fat_folder_read (self, &folder, self->root_bytes, root_length);
  else
    platter_fat_each_cluster (self, one->cluster, fat_folder_read_cb, &folder);
}

void
platter_fat_look_into_folders (PlatterFat *self)
{
  g_autoptr (GArray) waiting = g_array_new (FALSE, FALSE, sizeof (FatWaiting));
  FatWaiting root = { self->bits == 32 ? self->root_cluster : 0, 0, g_strdup ("") };

  g_array_append_val (waiting, root);
  while (waiting->len > 0 && !platter_medium_is_late (self->medium))
    {
      FatWaiting one = g_array_index (waiting, FatWaiting, waiting->len - 1);

      g_array_set_size (waiting, waiting->len - 1);
      fat_folder_look (self, waiting, &one);
      fat_folder_clear_waiting (&one);
    }
  for (guint i = 0; i < waiting->len; i++)
    fat_folder_clear_waiting (&g_array_index (waiting, FatWaiting, i));
}
