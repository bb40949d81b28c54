// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How libext2fs reads a part of a disk that is open already.

#include "ext-io.h"

#include <string.h>

/* What it begins with, until it has seen the superblock. */
#define EXT_IO_FIRST_BLOCK_BYTES 1024

static errcode_t
ext_io_close (io_channel channel)
{
  ext2fs_free_mem (&channel->name);
  ext2fs_free_mem (&channel);
  return 0;
}

static errcode_t
ext_io_set_blksize (io_channel channel, int block_bytes)
{
  channel->block_size = block_bytes;
  return 0;
}

/* A negative count is one of bytes. */
static errcode_t
ext_io_read_blk64 (io_channel channel, unsigned long long block, int count, void *data)
{
  PlatterExtIo *self = channel->private_data;
  gsize length = count < 0 ? (gsize) - (gint64)count : (gsize)count * (gsize)channel->block_size;
  guint64 offset = 0;
  gboolean is_read = FALSE;

  if (g_uint64_checked_mul (&offset, block, (guint64)channel->block_size)
      && length <= self->length_bytes && offset <= self->length_bytes - length)
    is_read
      = self->is_lenient
          ? platter_medium_read_around (self->medium, self->offset_bytes + offset, data, length)
          : platter_medium_read (self->medium, self->offset_bytes + offset, data, length);
  if (is_read)
    return 0;
  memset (data, 0, length);
  self->has_failed = TRUE;
  return EXT2_ET_SHORT_READ;
}

static errcode_t
ext_io_read_blk (io_channel channel, unsigned long block, int count, void *data)
{
  return ext_io_read_blk64 (channel, block, count, data);
}

static errcode_t
ext_io_write_blk64 (io_channel channel, unsigned long long block, int count, const void *data)
{
  return EXT2_ET_RO_FILSYS;
}

static errcode_t
ext_io_write_blk (io_channel channel, unsigned long block, int count, const void *data)
{
  return EXT2_ET_RO_FILSYS;
}

static errcode_t
ext_io_flush (io_channel channel)
{
  return 0;
}

static errcode_t ext_io_open (const char *name, int flags, io_channel *channel);

static const struct struct_io_manager ext_io_manager = {
  .magic = EXT2_ET_MAGIC_IO_MANAGER,
  .name = "platter",
  .open = ext_io_open,
  .close = ext_io_close,
  .set_blksize = ext_io_set_blksize,
  .read_blk = ext_io_read_blk,
  .write_blk = ext_io_write_blk,
  .flush = ext_io_flush,
  .read_blk64 = ext_io_read_blk64,
  .write_blk64 = ext_io_write_blk64,
};

/* All that libext2fs hands on is a name: it is the address of our side. */
static errcode_t
ext_io_open (const char *name, int flags, io_channel *channel)
{
  io_channel io = NULL;
  errcode_t code = ext2fs_get_memzero (sizeof *io, &io);

  if (code != 0)
    return code;
  io->magic = EXT2_ET_MAGIC_IO_CHANNEL;
  io->manager = (io_manager)&ext_io_manager;
  io->block_size = EXT_IO_FIRST_BLOCK_BYTES;
  io->refcount = 1;
  io->private_data = (gpointer)(guintptr)g_ascii_strtoull (name, NULL, 16);
  *channel = io;
  return 0;
}

errcode_t
platter_ext_io_open (PlatterExtIo *self, int superblock, guint block_bytes, ext2_filsys *fs)
{
  g_autofree char *name = g_strdup_printf ("%" G_GINTPTR_MODIFIER "x", (guintptr)self);

  return ext2fs_open2 (name, NULL, EXT2_FLAG_64BITS | EXT2_FLAG_SKIP_MMP, superblock, block_bytes,
                       (io_manager)&ext_io_manager, fs);
}
