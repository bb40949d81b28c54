// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What looking into an ext file system and finding its names have in common.

#pragma once

#include "damage.h"
#include "ext-io.h"

G_BEGIN_DECLS

typedef struct
{
  PlatterExtIo io;
  ext2_filsys fs;
  PlatterDamage *damage;
  guint partition;
  guint block_bytes;
  /* The inode that is looked at, which libext2fs then need not read. */
  ext2_ino_t inode_number;
  struct ext2_inode inode;
} PlatterExt;

/**
 * PlatterExtFunc: a stretch of blocks of an inode.
 * @logical: where in the file it begins, in blocks; %G_MAXUINT64: it does not hold content, but says where that is
 * @is_unwritten: only kept for content
 *
 * Returns: whether to go on.
 */
typedef gboolean (*PlatterExtFunc) (PlatterExt *self,
                                    guint64 logical,
                                    guint64 physical,
                                    guint64 n_blocks,
                                    gboolean is_unwritten,
                                    gpointer data);

/** platter_ext_each_stretch: Of the inode that is looked at. Notes in the damage if not all could be found. */
void platter_ext_each_stretch (PlatterExt *self, PlatterExtFunc func, gpointer data);

/** platter_ext_load: From now on this inode is looked at. Returns: %FALSE if it is lost or not in use. */
gboolean platter_ext_load (PlatterExt *self, ext2_ino_t number);

/** platter_ext_next: The same for the next one that is in use; @number is 0 at the end. */
ext2_ino_t platter_ext_next (PlatterExt *self, ext2_inode_scan scan);

/** platter_ext_find_names: Gives names to all owners of this file system from @first on. */
void platter_ext_find_names (PlatterExt *self, guint first);

G_END_DECLS
