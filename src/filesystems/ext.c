// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which files of an ext2, ext3 or ext4 file system have lost something.

#include "ext.h"

#include "ext-private.h"

#include <string.h>

#define EXT_SUPERBLOCK_OFFSET 1024
#define EXT_MAGIC 0xef53
#define EXT_MAX_LOG_BLOCK 6
/* One of 16 TiB in blocks of 4 KiB has 8 MiB. */
#define EXT_MAX_DESCRIPTOR_BYTES (32 * 1024 * 1024)
#define EXT_MIN_BLOCKS_PER_GROUP 256
/* The usual first one that is not the file system's own is 11. */
#define EXT_MAX_FIRST_INODE 1024

/* Where it is: the first one, or its copy in the second group for each usual size of blocks. */
static const struct
{
  int block;
  guint block_bytes;
} ext_superblocks[] = { { 0, 0 }, { 32768, 4096 }, { 8193, 1024 }, { 16384, 2048 } };

/* libext2fs takes memory for what it says; so it has to make sense first. */
static gboolean
ext_is_sane (const PlatterMedium *medium, const PlatterMediumRange *range, int block, guint bytes)
{
  guint64 offset = block == 0 ? EXT_SUPERBLOCK_OFFSET : (guint64)block * bytes;
  struct ext2_super_block super;
  guint64 n_blocks = 0;
  guint64 block_bytes = 0;
  guint32 per_group = 0;

  if (range->length_bytes < offset + sizeof super
      || !platter_medium_read (medium, range->offset_bytes + offset, &super, sizeof super)
      || GUINT16_FROM_LE (super.s_magic) != EXT_MAGIC
      || GUINT32_FROM_LE (super.s_log_block_size) > EXT_MAX_LOG_BLOCK)
    return FALSE;
  block_bytes = EXT2_MIN_BLOCK_SIZE << GUINT32_FROM_LE (super.s_log_block_size);
  n_blocks = GUINT32_FROM_LE (super.s_blocks_count);
  if ((GUINT32_FROM_LE (super.s_feature_incompat) & EXT4_FEATURE_INCOMPAT_64BIT) != 0)
    n_blocks |= (guint64)GUINT32_FROM_LE (super.s_blocks_count_hi) << 32;
  per_group = GUINT32_FROM_LE (super.s_blocks_per_group);
  return (block == 0 || block_bytes == bytes)
         && GUINT32_FROM_LE (super.s_first_ino) <= EXT_MAX_FIRST_INODE
         && n_blocks <= range->length_bytes / block_bytes && per_group >= EXT_MIN_BLOCKS_PER_GROUP
         && n_blocks / per_group <= EXT_MAX_DESCRIPTOR_BYTES / EXT2_MIN_DESC_SIZE_64BIT;
}

static errcode_t
ext_read_inode_cb (ext2_filsys fs, ext2_ino_t number, struct ext2_inode *inode)
{
  PlatterExt *self = fs->priv_data;

  if (number != self->inode_number)
    return EXT2_ET_CALLBACK_NOTHANDLED;
  *inode = self->inode;
  return 0;
}

static gboolean
ext_open (PlatterExt *self, const PlatterMediumRange *range)
{
  gboolean is_first_known = platter_medium_is_known (
    self->io.medium, range->offset_bytes + SUPERBLOCK_OFFSET, SUPERBLOCK_SIZE);

  /* The copies are those of a file system which may be gone, unless the first one was lost. */
  for (gsize i = 0; i < G_N_ELEMENTS (ext_superblocks) && self->fs == NULL; i++)
    if (i > 0 && is_first_known)
      break;
    else if (ext_is_sane (self->io.medium, range, ext_superblocks[i].block,
                          ext_superblocks[i].block_bytes)
             && platter_ext_io_open (&self->io, ext_superblocks[i].block,
                                     ext_superblocks[i].block_bytes, &self->fs)
                  != 0)
      self->fs = NULL;
    else if (self->fs != NULL && i > 0)
      self->damage->is_incomplete = TRUE;
  if (self->fs == NULL)
    return FALSE;
  self->fs->priv_data = self;
  self->fs->read_inode = ext_read_inode_cb;
  self->block_bytes = self->fs->blocksize;
  /* The journal has newer metadata, which nobody has brought to their places. */
  if (ext2fs_has_feature_journal_needs_recovery (self->fs->super))
    self->damage->is_incomplete = TRUE;
  return TRUE;
}

static void
ext_hit_blocks (PlatterExt *self, guint64 block, guint64 n_blocks)
{
  guint64 n_all = ext2fs_blocks_count (self->fs->super);

  if (block < n_all)
    platter_damage_hit (self->damage, self->io.offset_bytes + block * self->block_bytes,
                        MIN (n_blocks, n_all - block) * self->block_bytes);
}

/* How much of a stretch lies before the end of the file. What is behind it, or not written, is not lost. */
static guint64
ext_get_content_bytes (PlatterExt *self, guint64 logical, guint64 n_blocks, gboolean is_unwritten)
{
  guint64 start = 0;
  guint64 size_bytes = EXT2_I_SIZE (&self->inode);
  guint64 length = n_blocks * self->block_bytes;

  if (logical == G_MAXUINT64 || !LINUX_S_ISREG (self->inode.i_mode))
    return length;
  /* Behind the end of such a file there is the tree of hashes without which it is not read. */
  if ((self->inode.i_flags & EXT4_VERITY_FL) != 0 && !is_unwritten)
    return length;
  if (is_unwritten || !g_uint64_checked_mul (&start, logical, self->block_bytes)
      || start >= size_bytes)
    return 0;
  return MIN (length, size_bytes - start);
}

static gboolean
ext_stretch_cb (PlatterExt *self,
                guint64 logical,
                guint64 physical,
                guint64 n_blocks,
                gboolean is_unwritten,
                gpointer data)
{
  guint64 n_all = ext2fs_blocks_count (self->fs->super);
  guint64 offset = self->io.offset_bytes + physical * self->block_bytes;
  guint64 content = 0;

  if (physical >= n_all || n_blocks > n_all - physical)
    {
      self->damage->is_incomplete = TRUE;
      return TRUE;
    }
  content = ext_get_content_bytes (self, logical, n_blocks, is_unwritten);
  platter_damage_hit (self->damage, offset, content);
  platter_damage_spare (self->damage, offset + content, n_blocks * self->block_bytes - content);
  return TRUE;
}

static void
ext_look_into_inode (PlatterExt *self)
{
  guint64 attributes = ext2fs_file_acl_block (self->fs, &self->inode);

  platter_ext_each_stretch (self, ext_stretch_cb, NULL);
  if (attributes != 0)
    ext_hit_blocks (self, attributes, 1);
}

/* Files of its own beyond the reserved ones: the quotas of projects, and what is to be removed. Nobody sees them. */
static gboolean
ext_is_own (const PlatterExt *self, ext2_ino_t number)
{
  const struct ext2_super_block *super = self->fs->super;

  return number != 0 && (number == super->s_prj_quota_inum || number == super->s_orphan_file_inum);
}

static void
ext_look_into_files (PlatterExt *self)
{
  ext2_inode_scan scan = NULL;
  ext2_ino_t number = 0;

  if (ext2fs_open_inode_scan (self->fs, 0, &scan) != 0)
    {
      self->damage->is_incomplete = TRUE;
      return;
    }
  while ((number = platter_ext_next (self, scan)) != 0)
    if ((number >= EXT2_FIRST_INO (self->fs->super) || number == EXT2_ROOT_INO)
        && !ext_is_own (self, number))
      {
        ext_look_into_inode (self);
        platter_damage_end_owner (self->damage, self->partition,
                                  LINUX_S_ISDIR (self->inode.i_mode) ? PLATTER_DAMAGE_FOLDER
                                                                     : PLATTER_DAMAGE_FILE,
                                  NULL, number);
      }
  ext2fs_close_inode_scan (scan);
}

static void
ext_hit_group (PlatterExt *self, dgrp_t group)
{
  ext2_filsys fs = self->fs;
  blk64_t super = 0;
  blk64_t old_descriptors = 0;
  blk64_t new_descriptors = 0;
  guint64 n_old
    = ext2fs_has_feature_meta_bg (fs->super) ? fs->super->s_first_meta_bg : fs->desc_blocks;

  ext2fs_super_and_bgd_loc2 (fs, group, &super, &old_descriptors, &new_descriptors, NULL);
  if (super != 0 || group == 0)
    ext_hit_blocks (self, super, 1);
  if (old_descriptors != 0)
    ext_hit_blocks (self, old_descriptors, n_old);
  if (new_descriptors != 0)
    ext_hit_blocks (self, new_descriptors, 1);
  ext_hit_blocks (self, ext2fs_block_bitmap_loc (fs, group), 1);
  ext_hit_blocks (self, ext2fs_inode_bitmap_loc (fs, group), 1);
  ext_hit_blocks (self, ext2fs_inode_table_loc (fs, group), fs->inode_blocks_per_group);
}

/* Its own files, like the journal, and all that describes it. Without this others can be missed. */
static void
ext_look_into_metadata (PlatterExt *self)
{
  const struct ext2_super_block *super = self->fs->super;
  const ext2_ino_t others[] = { super->s_prj_quota_inum, super->s_orphan_file_inum };

  for (ext2_ino_t number = EXT2_BAD_INO; number < EXT2_FIRST_INO (super); number++)
    if (number != EXT2_ROOT_INO && platter_ext_load (self, number))
      ext_look_into_inode (self);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (others[i] >= EXT2_FIRST_INO (super) && platter_ext_load (self, others[i]))
      ext_look_into_inode (self);
  /* The boot block of blocks of 1 KiB. */
  ext_hit_blocks (self, 0, self->fs->super->s_first_data_block);
  for (dgrp_t group = 0;
       group < self->fs->group_desc_count && !platter_medium_is_late (self->io.medium); group++)
    ext_hit_group (self, group);
  if (self->damage->hits.length_bytes > 0)
    self->damage->is_incomplete = TRUE;
  platter_damage_end_owner (self->damage, self->partition, PLATTER_DAMAGE_METADATA, NULL, 0);
}

/* Returns: whether it is there; else nobody knows what is free. */
static gboolean
ext_read_bitmap (PlatterExt *self, dgrp_t group, guint8 *bitmap)
{
  /* That of a group that nothing was put into was never written. */
  if (ext2fs_has_group_desc_csum (self->fs)
      && ext2fs_bg_flags_test (self->fs, group, EXT2_BG_BLOCK_UNINIT))
    {
      memset (bitmap, 0, self->block_bytes);
      return TRUE;
    }
  return io_channel_read_blk64 (self->fs->io, ext2fs_block_bitmap_loc (self->fs, group), 1, bitmap)
         == 0;
}

/* Adds up what is free of a part of a lost place that lies in one group. */
static void
ext_count_free (PlatterExt *self,
                dgrp_t group,
                const PlatterMediumRange *part,
                PlatterMediumRange *free)
{
  g_autofree guint8 *bitmap = g_malloc (self->block_bytes);
  guint64 first = ext2fs_group_first_block2 (self->fs, group);
  guint64 end_bytes = part->offset_bytes + part->length_bytes;
  guint64 ratio_bits = (guint64)self->fs->cluster_ratio_bits;

  if (!ext_read_bitmap (self, group, bitmap))
    return;
  for (guint64 block = part->offset_bytes / self->block_bytes;
       block * self->block_bytes < end_bytes; block++)
    {
      guint64 bit = (block - first) >> ratio_bits;
      guint64 start = MAX (block * self->block_bytes, part->offset_bytes);

      if (bit >= 8 * (guint64)self->block_bytes || (bitmap[bit / 8] & (1 << bit % 8)) != 0)
        continue;
      if (free->length_bytes == 0)
        free->offset_bytes = self->io.offset_bytes + start;
      free->length_bytes += MIN ((block + 1) * self->block_bytes, end_bytes) - start;
    }
}

static void
ext_settle_cb (guint place, const PlatterMediumRange *range, gpointer data)
{
  PlatterExt *self = data;
  guint64 at = range->offset_bytes - self->io.offset_bytes;
  guint64 end = at + range->length_bytes;
  PlatterMediumRange free = { range->offset_bytes, 0 };

  /* What lies before the first group is metadata. */
  at = MAX (at, (guint64)self->fs->super->s_first_data_block * self->block_bytes);
  while (at < end && !platter_medium_is_late (self->io.medium))
    {
      dgrp_t group = ext2fs_group_of_blk2 (self->fs, at / self->block_bytes);
      guint64 next = (ext2fs_group_last_block2 (self->fs, group) + 1) * self->block_bytes;
      PlatterMediumRange part = { at, MIN (end, next) - at };

      ext_count_free (self, group, &part, &free);
      at = next;
    }
  platter_damage_settle (self->damage, self->partition, place, range, &free);
}

gboolean
platter_ext_look (const PlatterMedium *medium,
                  guint partition,
                  const PlatterMediumRange *range,
                  PlatterDamage *damage)
{
  PlatterExt self = {
    .io = { medium, range->offset_bytes, range->length_bytes, FALSE, FALSE },
    .damage = damage,
    .partition = partition,
  };
  guint first_owner = damage->owners->len;
  PlatterMediumRange inside = *range;

  if (!ext_open (&self, range))
    return FALSE;
  inside.length_bytes = ext2fs_blocks_count (self.fs->super) * self.block_bytes;
  ext_look_into_metadata (&self);
  ext_look_into_files (&self);
  platter_ext_find_names (&self, first_owner);
  platter_damage_each_place (damage, &inside, ext_settle_cb, &self);
  platter_damage_add (damage, partition, PLATTER_DAMAGE_OUTSIDE,
                      range->offset_bytes + inside.length_bytes,
                      range->length_bytes - inside.length_bytes);
  ext2fs_close_free (&self.fs);
  return TRUE;
}
