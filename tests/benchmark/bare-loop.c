// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// bare-loop [--no-verify] SOURCE TARGET: the shortest loop that copies a drive by io_uring and compares hashes of what
// it reads back, with nothing that a program for people needs: no map, no repair, no answer to an error but to end. What
// it takes is what this machine can do at most: build-aux/benchmark shows the engine beside it. Overwrites without asking.

#include "engine/block-hash.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <linux/fs.h>
#include <unistd.h>

#define BLOCK_BYTES ((guint64)1024 * 1024)
#define DEPTH 8
enum
{
  SOURCE,
  TARGET,
  N_FILES
};

typedef struct
{
  struct io_uring ring;
  guint8 *buffers;
  guint64 offsets[DEPTH];
  gboolean is_writing[DEPTH];
  guint64 next_bytes;
  guint64 size_bytes;
  PlatterBlockHashFunc hash;
  PlatterBlockHash *hashes; /* one a block; NULL: nothing is compared */
  gboolean is_second_pass;
} Loop;

G_NORETURN static void
fail (const char *what, int code)
{
  g_printerr ("%s: %s\n", what, g_strerror (code));
  exit (1);
}

static unsigned
get_length (Loop *self, guint64 offset)
{
  return (unsigned)MIN (BLOCK_BYTES, self->size_bytes - offset);
}

static void
submit (Loop *self, unsigned index, gboolean is_write)
{
  struct io_uring_sqe *entry = io_uring_get_sqe (&self->ring);
  guint64 offset = self->offsets[index];
  guint8 *buffer = self->buffers + index * BLOCK_BYTES;

  self->is_writing[index] = is_write;
  if (is_write)
    io_uring_prep_write_fixed (entry, TARGET, buffer, get_length (self, offset), offset, 0);
  else
    io_uring_prep_read_fixed (entry, self->is_second_pass ? TARGET : SOURCE, buffer,
                              get_length (self, offset), offset, 0);
  entry->flags |= IOSQE_FIXED_FILE;
  entry->user_data = index;
}

static gboolean
submit_next (Loop *self, unsigned index)
{
  if (self->next_bytes >= self->size_bytes)
    return FALSE;
  self->offsets[index] = self->next_bytes;
  self->next_bytes += BLOCK_BYTES;
  submit (self, index, FALSE);
  return TRUE;
}

static void
take_read (Loop *self, unsigned index)
{
  guint64 offset = self->offsets[index];
  PlatterBlockHash hash;

  if (self->hashes == NULL)
    return;
  hash = self->hash (self->buffers + index * BLOCK_BYTES, get_length (self, offset));
  if (!self->is_second_pass)
    self->hashes[offset / BLOCK_BYTES] = hash;
  else if (!platter_block_hash_equal (hash, self->hashes[offset / BLOCK_BYTES]))
    fail ("Comparing", EIO);
}

static void
run_pass (Loop *self, gboolean is_second)
{
  unsigned n_running = 0;

  self->is_second_pass = is_second;
  self->next_bytes = 0;
  for (unsigned i = 0; i < DEPTH; i++)
    n_running += submit_next (self, i) ? 1 : 0;
  while (n_running > 0)
    {
      struct io_uring_cqe *completion = NULL;
      int status = io_uring_submit_and_wait (&self->ring, 1);

      if (status < 0)
        fail ("Waiting", -status);
      while (io_uring_peek_cqe (&self->ring, &completion) == 0)
        {
          unsigned index = (unsigned)completion->user_data;

          if (completion->res != (int)get_length (self, self->offsets[index]))
            fail ("Copying", completion->res < 0 ? -completion->res : EIO);
          io_uring_cqe_seen (&self->ring, completion);
          if (!self->is_writing[index])
            take_read (self, index);
          if (!self->is_writing[index] && !is_second)
            submit (self, index, TRUE);
          else if (!submit_next (self, index))
            n_running--;
        }
    }
}

static int
open_drive (const char *path, int flags, guint64 *size_bytes)
{
  int fd = open (path, flags | O_DIRECT | O_CLOEXEC);

  if (fd < 0 || ioctl (fd, BLKGETSIZE64, size_bytes) < 0)
    fail (path, errno);
  return fd;
}

static void
prepare (Loop *self, const int fds[N_FILES])
{
  struct iovec all = { .iov_len = DEPTH * BLOCK_BYTES };
  int status = io_uring_queue_init (2 * DEPTH, &self->ring, 0);

  all.iov_base = mmap (NULL, all.iov_len, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (all.iov_base == MAP_FAILED)
    fail ("Memory", errno);
  self->buffers = all.iov_base;
  if (status == 0)
    status = io_uring_register_files (&self->ring, fds, N_FILES);
  if (status == 0)
    status = io_uring_register_buffers (&self->ring, &all, 1);
  if (status < 0)
    fail ("io_uring", -status);
}

int
main (int argc, char *argv[])
{
  gboolean is_verified = argc < 2 || strcmp (argv[1], "--no-verify") != 0;
  char **paths = argv + (is_verified ? 1 : 2);
  Loop self = { .hash = platter_block_hash_get_func () };
  guint64 target_bytes = 0;
  int fds[N_FILES];
  gint64 started_us = g_get_monotonic_time ();
  gint64 prepared_us;
  gint64 copied_us;
  gint64 ended_us;

  if (argc != (is_verified ? 3 : 4))
    {
      g_printerr ("bare-loop [--no-verify] SOURCE TARGET\n");
      return 2;
    }
  fds[SOURCE] = open_drive (paths[0], O_RDONLY, &self.size_bytes);
  fds[TARGET] = open_drive (paths[1], O_RDWR, &target_bytes);
  if (self.size_bytes > target_bytes)
    fail (paths[1], ENOSPC);
  if (is_verified)
    self.hashes = g_new0 (PlatterBlockHash, (self.size_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
  prepare (&self, fds);
  prepared_us = g_get_monotonic_time ();
  run_pass (&self, FALSE);
  if (fsync (fds[TARGET]) < 0)
    fail (paths[1], errno);
  copied_us = g_get_monotonic_time ();
  if (is_verified)
    run_pass (&self, TRUE);
  ended_us = g_get_monotonic_time ();
  g_print ("{\"wall_s\": %.4f, \"copy_s\": %.4f, \"verify_s\": %.4f}\n",
           (double)(ended_us - started_us) / G_USEC_PER_SEC,
           (double)(copied_us - prepared_us) / G_USEC_PER_SEC,
           is_verified ? (double)(ended_us - copied_us) / G_USEC_PER_SEC : 0);
  g_free (self.hashes);
  return 0;
}
