// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where the partitions of a disk lie, whatever is left of its table.

#pragma once

#include "medium.h"

G_BEGIN_DECLS

/** More of them than that are not looked at. */
#define PLATTER_PARTITIONS_MAX 64

typedef struct
{
  guint number; /* as Linux counts them, from 1 on */
  guint64 offset_bytes;
  guint64 length_bytes;
} PlatterPartition;

/**
 * PlatterPartitionTable:
 * @PLATTER_PARTITION_TABLE_NONE: there is none
 * @PLATTER_PARTITION_TABLE_READ: it was read
 * @PLATTER_PARTITION_TABLE_LOST: it cannot be known whether there is one, or it cannot be read whole
 */
typedef enum
{
  PLATTER_PARTITION_TABLE_NONE,
  PLATTER_PARTITION_TABLE_READ,
  PLATTER_PARTITION_TABLE_LOST,
} PlatterPartitionTable;

/**
 * platter_partitions_find:
 * @partitions: (element-type PlatterPartition): appended to; each lies on the disk
 *
 * A GPT (UEFI 2.10, 5.3), its backup if the first one is lost or wrong, or the partitions and logical partitions of an
 * MBR (5.2.1).
 */
PlatterPartitionTable platter_partitions_find (const PlatterMedium *medium, GArray *partitions);

G_END_DECLS
