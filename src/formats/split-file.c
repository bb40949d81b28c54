// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A file that may lie in pieces, each in a file of its own.

#include "split-file.h"

#include "engine/block-hash.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* No file system has larger blocks, of those that have holes at all. */
#define HOLE_BYTES (64 * 1024)

struct _PlatterSplitFile
{
  gint ref_count; /* atomic */
  int *fds;
  guint n_fds;
  guint64 piece_bytes;
  gboolean is_owner;
  gboolean has_holes;
};

gboolean
platter_split_file_has_holes (int fd)
{
  struct stat status;
  off_t start = fstat (fd, &status) == 0 ? status.st_size / HOLE_BYTES * HOLE_BYTES : 0;

  /* Behind its end there is nothing that could be lost. */
  return fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, start + HOLE_BYTES, HOLE_BYTES)
           == 0
         || (errno != EOPNOTSUPP && errno != ENOSYS);
}

static PlatterSplitFile *
split_file_new (const int *fds, guint n_fds, guint64 piece_bytes, gboolean is_owner)
{
  PlatterSplitFile *self = g_new0 (PlatterSplitFile, 1);

  self->ref_count = 1;
  self->fds = g_memdup2 (fds, n_fds * sizeof *fds);
  self->n_fds = n_fds;
  self->piece_bytes = piece_bytes;
  self->is_owner = is_owner;
  self->has_holes = n_fds > 0 && platter_split_file_has_holes (fds[0]);
  return self;
}

PlatterSplitFile *
platter_split_file_new_whole (int fd)
{
  return split_file_new (&fd, 1, G_MAXINT64, FALSE);
}

PlatterSplitFile *
platter_split_file_new (const int *fds, guint n_fds, guint64 piece_bytes)
{
  return split_file_new (fds, n_fds, piece_bytes, TRUE);
}

PlatterSplitFile *
platter_split_file_ref (PlatterSplitFile *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
platter_split_file_unref (PlatterSplitFile *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  for (guint i = 0; i < self->n_fds && self->is_owner; i++)
    close (self->fds[i]);
  g_free (self->fds);
  g_free (self);
}

int
platter_split_file_get_fd (const PlatterSplitFile *self, guint index)
{
  return index < self->n_fds ? self->fds[index] : -1;
}

guint64
platter_split_file_get_size (const PlatterSplitFile *self)
{
  guint64 size_bytes = 0;
  struct stat status;

  for (guint i = 0; i < self->n_fds; i++)
    size_bytes += fstat (self->fds[i], &status) == 0 ? (guint64)status.st_size : 0;
  return size_bytes;
}

/* Returns: the descriptor of the piece in which it lies, and how much of it at most; -1 behind the last one. */
static int
split_file_find (const PlatterSplitFile *self, guint64 offset_bytes, off_t *at, gsize *length)
{
  guint64 index = offset_bytes / self->piece_bytes;

  *at = (off_t)(offset_bytes % self->piece_bytes);
  *length = (gsize)MIN (*length, self->piece_bytes - (guint64)*at);
  return index < self->n_fds ? self->fds[index] : -1;
}

gssize
platter_split_file_read (const PlatterSplitFile *self,
                         guint64 offset_bytes,
                         guint8 *data,
                         gsize length)
{
  gsize filled = 0;
  gssize got = 1;

  while (filled < length && got != 0)
    {
      gsize wanted = length - filled;
      off_t at = 0;
      int fd = split_file_find (self, offset_bytes + filled, &at, &wanted);

      got = fd >= 0 ? pread (fd, data + filled, wanted, at) : 0;
      if (got < 0 && errno != EINTR)
        return -1;
      filled += got > 0 ? (gsize)got : 0;
    }
  return (gssize)filled;
}

gssize
platter_split_file_write (const PlatterSplitFile *self,
                          guint64 offset_bytes,
                          const guint8 *data,
                          gsize length)
{
  off_t at = 0;
  int fd = split_file_find (self, offset_bytes, &at, &length);

  if (fd >= 0)
    return pwrite (fd, data, length, at);
  errno = EFBIG;
  return -1;
}

/* Returns: how many bytes of the beginning are zeros, or are none, as @is_zero has it; of whole holes. */
static gsize
split_file_count (const guint8 *data, gsize length, gboolean is_zero)
{
  gsize n_bytes = 0;

  while (n_bytes < length
         && platter_block_is_zero (data + n_bytes, MIN (HOLE_BYTES, length - n_bytes)) == is_zero)
    n_bytes += MIN (HOLE_BYTES, length - n_bytes);
  return n_bytes;
}

gssize
platter_split_file_write_new (const PlatterSplitFile *self,
                              guint64 offset_bytes,
                              const guint8 *data,
                              gsize length)
{
  gsize zero_bytes = 0;

  if (!self->has_holes)
    return platter_split_file_write (self, offset_bytes, data, length);
  zero_bytes = split_file_count (data, length, TRUE);
  if (zero_bytes > 0)
    return (gssize)zero_bytes;
  return platter_split_file_write (self, offset_bytes, data,
                                   split_file_count (data, length, FALSE));
}

int
platter_split_file_sync_data (const PlatterSplitFile *self, guint64 start_bytes, guint64 end_bytes)
{
  for (guint64 i = start_bytes / self->piece_bytes;
       i < self->n_fds && i * self->piece_bytes < end_bytes; i++)
    if (fdatasync (self->fds[i]) != 0)
      return errno;
  return 0;
}

int
platter_split_file_cut (const PlatterSplitFile *self, guint64 size_bytes)
{
  struct stat status;

  for (guint i = 0; i < self->n_fds; i++)
    {
      guint64 start_bytes = i * self->piece_bytes;
      guint64 length = size_bytes - MIN (size_bytes, start_bytes);

      if (fstat (self->fds[i], &status) != 0
          || ((guint64)status.st_size > length && ftruncate (self->fds[i], (off_t)length) != 0))
        return errno;
    }
  return 0;
}

int
platter_split_file_finish (const PlatterSplitFile *self, guint64 size_bytes)
{
  for (guint i = 0; i < self->n_fds; i++)
    {
      guint64 start_bytes = i * self->piece_bytes;
      guint64 length = size_bytes - MIN (size_bytes, start_bytes);

      if (ftruncate (self->fds[i], (off_t)MIN (length, self->piece_bytes)) != 0
          || fsync (self->fds[i]) != 0)
        return errno;
    }
  return 0;
}
