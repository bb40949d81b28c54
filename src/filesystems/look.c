// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// To whom what is lost of a disk belongs.

#include "look.h"

#include "ext.h"
#include "fat.h"
#include "ntfs.h"
#include "partitions.h"

static void
look_into_partition (const PlatterMedium *medium,
                     PlatterDamage *damage,
                     const PlatterPartition *partition)
{
  PlatterMediumRange range = { partition->offset_bytes, partition->length_bytes };

  if (!platter_damage_touches (damage, range.offset_bytes, range.length_bytes)
      || platter_ext_look (medium, partition->number, &range, damage)
      || platter_fat_look (medium, partition->number, &range, damage)
      || platter_ntfs_look (medium, partition->number, &range, damage))
    return;
  platter_damage_add (damage, partition->number, PLATTER_DAMAGE_UNKNOWN, range.offset_bytes,
                      range.length_bytes);
}

static int
look_compare (gconstpointer left, gconstpointer right)
{
  guint64 first = ((const PlatterPartition *)left)->offset_bytes;
  guint64 second = ((const PlatterPartition *)right)->offset_bytes;

  return first < second ? -1 : first > second;
}

/* Of partitions that overlap the first counts. */
static void
look_into_partitions (const PlatterMedium *medium,
                      PlatterDamage *damage,
                      GArray *partitions,
                      PlatterDamageKind outside)
{
  guint64 at = 0;

  g_array_sort (partitions, look_compare);
  for (guint i = 0; i < partitions->len; i++)
    {
      const PlatterPartition *partition = &g_array_index (partitions, PlatterPartition, i);
      guint64 end = partition->offset_bytes + partition->length_bytes;

      if (partition->offset_bytes < at)
        {
          if (end > at)
            platter_damage_add (damage, partition->number, PLATTER_DAMAGE_UNKNOWN, at, end - at);
          at = MAX (at, end);
          continue;
        }
      platter_damage_add (damage, 0, outside, at, partition->offset_bytes - at);
      look_into_partition (medium, damage, partition);
      at = end;
    }
  platter_damage_add (damage, 0, outside, at, medium->size_bytes - at);
}

void
platter_look (const PlatterMedium *medium, PlatterDamage *damage)
{
  g_autoptr (GArray) partitions = g_array_new (FALSE, FALSE, sizeof (PlatterPartition));
  PlatterPartitionTable table = platter_partitions_find (medium, partitions);
  PlatterPartition whole = { 0, 0, medium->size_bytes };

  /* Without a table one file system may have all of the disk. */
  if (partitions->len == 0 && table != PLATTER_PARTITION_TABLE_READ)
    g_array_append_val (partitions, whole);
  look_into_partitions (medium, damage, partitions,
                        table == PLATTER_PARTITION_TABLE_READ ? PLATTER_DAMAGE_OUTSIDE
                                                              : PLATTER_DAMAGE_UNKNOWN);
  for (guint i = 0; i < damage->owners->len; i++)
    if (g_array_index (damage->owners, PlatterDamageOwner, i).kind == PLATTER_DAMAGE_UNKNOWN)
      damage->is_incomplete = TRUE;
  damage->is_late = platter_medium_is_late (medium);
}
