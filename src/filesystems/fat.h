// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which files of a FAT file system have lost something.

#pragma once

#include "damage.h"

G_BEGIN_DECLS

/**
 * platter_fat_look:
 * @partition: its number
 * @range: where it lies
 *
 * FAT12, FAT16 and FAT32 with long names, as in Microsoft's "FAT: General Overview of On-Disk Format", 1.03. Where a
 * sector of the table is lost, the second copy takes its place; where the boot sector is, that of FAT32.
 *
 * Returns: %FALSE if it is none; nothing is noted then.
 */
gboolean platter_fat_look (const PlatterMedium *medium,
                           guint partition,
                           const PlatterMediumRange *range,
                           PlatterDamage *damage);

G_END_DECLS
