// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which files of an ext2, ext3 or ext4 file system have lost something.

#pragma once

#include "damage.h"

G_BEGIN_DECLS

/**
 * platter_ext_look:
 * @partition: its number
 * @range: where it lies
 *
 * Reads it through libext2fs, inode by inode. If the superblock is lost, the first backup takes its place.
 *
 * Returns: %FALSE if it is none, or one that cannot be read; nothing is noted then.
 */
gboolean platter_ext_look (const PlatterMedium *medium,
                           guint partition,
                           const PlatterMediumRange *range,
                           PlatterDamage *damage);

G_END_DECLS
