// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which files of an NTFS file system have lost something.

#pragma once

#include "damage.h"

G_BEGIN_DECLS

/**
 * platter_ntfs_look:
 * @partition: its number
 * @range: where it lies
 *
 * Goes through the master file table record by record; names and folders are in the same records. The layout is that of
 * the Linux-NTFS project's documentation and of linux/fs/ntfs3/ntfs.h. If the boot sector or the table's first record is
 * lost, its copy takes its place.
 *
 * Returns: %FALSE if it is none; nothing is noted then.
 */
gboolean platter_ntfs_look (const PlatterMedium *medium,
                            guint partition,
                            const PlatterMediumRange *range,
                            PlatterDamage *damage);

G_END_DECLS
