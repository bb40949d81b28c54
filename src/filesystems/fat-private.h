// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the parts of the reader of FAT have in common.

#pragma once

#include "damage.h"

G_BEGIN_DECLS

/* The least that a sector has. */
#define PLATTER_FAT_SECTOR_BYTES 512
/* The first one that content can lie in. */
#define PLATTER_FAT_FIRST_CLUSTER 2

typedef struct
{
  const PlatterMedium *medium;
  PlatterDamage *damage;
  guint partition;
  guint bits; /* of an entry of the table: 12, 16 or 32 */
  guint n_tables;
  guint32 cluster_bytes;
  guint32 n_clusters;
  guint32 root_cluster; /* of FAT32 */
  guint64 size_bytes;
  /* Places on the disk. */
  guint64 offset_bytes;
  guint64 table_bytes; /* where the first table begins */
  guint64 table_length_bytes;
  guint64 root_bytes; /* where the root folder begins, which has a place of its own before FAT32 */
  guint64 data_bytes; /* where the first cluster begins */
  /* The sector of the table that was read last. */
  guint8 sector[PLATTER_FAT_SECTOR_BYTES];
  guint64 sector_index;
  gboolean is_sector_known;
} PlatterFat;

/** PlatterFatFunc: @index: which cluster of the chain it is. Returns: whether to go on. */
typedef gboolean (*PlatterFatFunc) (PlatterFat *self,
                                    guint32 index,
                                    guint32 cluster,
                                    gpointer data);

/** platter_fat_get_entry: What the table says of a cluster. Returns: %FALSE if that is lost. */
gboolean platter_fat_get_entry (PlatterFat *self, guint32 cluster, guint32 *value);

/** Returns: whether there is such a cluster. */
gboolean platter_fat_has_cluster (const PlatterFat *self, guint32 cluster);

/** Returns: where on the disk it lies. */
guint64 platter_fat_get_cluster_bytes (const PlatterFat *self, guint32 cluster);

/** platter_fat_each_cluster: All clusters of a chain. Notes in the damage if its end was not found. */
void platter_fat_each_cluster (PlatterFat *self, guint32 first, PlatterFatFunc func, gpointer data);

/** platter_fat_look_into_folders: All folders, beginning with the root, and the files in them. */
void platter_fat_look_into_folders (PlatterFat *self);

G_END_DECLS
