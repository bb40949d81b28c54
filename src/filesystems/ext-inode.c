// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One inode of an ext file system after the other, and where its content lies.

#include "ext-private.h"

typedef struct
{
  PlatterExt *self;
  PlatterExtFunc func;
  gpointer data;
} ExtIterator;

static void
ext_inode_each_extent (PlatterExt *self, PlatterExtFunc func, gpointer data)
{
  ext2_extent_handle_t handle = NULL;
  struct ext2fs_extent extent;
  int operation = EXT2_EXTENT_ROOT;
  errcode_t code = ext2fs_extent_open2 (self->fs, self->inode_number, &self->inode, &handle);
  gboolean goes_on = TRUE;

  if (code != 0)
    {
      self->damage->is_incomplete = TRUE;
      return;
    }
  while (goes_on && (code = ext2fs_extent_get (handle, operation, &extent)) == 0)
    {
      gboolean is_leaf = (extent.e_flags & EXT2_EXTENT_FLAGS_LEAF) != 0;

      operation = EXT2_EXTENT_NEXT;
      if ((extent.e_flags & EXT2_EXTENT_FLAGS_SECOND_VISIT) != 0)
        continue;
      goes_on = func (self, is_leaf ? extent.e_lblk : G_MAXUINT64, extent.e_pblk,
                      is_leaf ? extent.e_len : 1,
                      is_leaf && (extent.e_flags & EXT2_EXTENT_FLAGS_UNINIT) != 0, data)
                && !platter_medium_is_late (self->io.medium);
    }
  if (goes_on && code != EXT2_ET_EXTENT_NO_NEXT)
    self->damage->is_incomplete = TRUE;
  ext2fs_extent_free (handle);
}

static int
ext_inode_block_cb (ext2_filsys fs,
                    blk64_t *block,
                    e2_blkcnt_t logical,
                    blk64_t reference,
                    int reference_offset,
                    void *data)
{
  ExtIterator *iterator = data;
  PlatterExt *self = iterator->self;

  return iterator->func (self, logical >= 0 ? (guint64)logical : G_MAXUINT64, *block, 1, FALSE,
                         iterator->data)
             && !platter_medium_is_late (self->io.medium)
           ? 0
           : BLOCK_ABORT;
}

void
platter_ext_each_stretch (PlatterExt *self, PlatterExtFunc func, gpointer data)
{
  ExtIterator iterator = { self, func, data };

  if ((self->inode.i_flags & EXT4_INLINE_DATA_FL) != 0
      || !ext2fs_inode_has_valid_blocks2 (self->fs, &self->inode))
    return;
  if ((self->inode.i_flags & EXT4_EXTENTS_FL) != 0)
    ext_inode_each_extent (self, func, data);
  else if (ext2fs_block_iterate3 (self->fs, self->inode_number, BLOCK_FLAG_READ_ONLY, NULL,
                                  ext_inode_block_cb, &iterator)
           != 0)
    self->damage->is_incomplete = TRUE;
}

static gboolean
ext_inode_is_used (const struct ext2_inode *inode)
{
  return inode->i_links_count > 0 && inode->i_mode != 0;
}

gboolean
platter_ext_load (PlatterExt *self, ext2_ino_t number)
{
  errcode_t code = 0;

  /* Its neighbours may be lost; it is then zeros, if it is. */
  self->inode_number = 0;
  self->io.is_lenient = TRUE;
  code = ext2fs_read_inode (self->fs, number, &self->inode);
  self->io.is_lenient = FALSE;
  self->inode_number = number;
  if (code != 0)
    self->damage->is_incomplete = TRUE;
  return code == 0 && ext_inode_is_used (&self->inode);
}

ext2_ino_t
platter_ext_next (PlatterExt *self, ext2_inode_scan scan)
{
  ext2_ino_t number = 0;
  errcode_t code = 0;

  do
    {
      self->io.is_lenient = TRUE;
      code = ext2fs_get_next_inode (scan, &number, &self->inode);
      self->io.is_lenient = FALSE;
      /* Only a wrong checksum lets it go on. */
      if (code != 0)
        self->damage->is_incomplete = TRUE;
      if (code != 0 && code != EXT2_ET_INODE_CSUM_INVALID)
        return 0;
    }
  while (number != 0 && (code != 0 || !ext_inode_is_used (&self->inode))
         && !platter_medium_is_late (self->io.medium));
  self->inode_number = number;
  return platter_medium_is_late (self->io.medium) ? 0 : number;
}
