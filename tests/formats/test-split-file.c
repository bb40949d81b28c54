// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A file in pieces is read and written as if it were in one.

#include "formats/split-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_PIECES 3
#define PIECE_BYTES 1000

static int
open_empty (void)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("platter-XXXXXX", &path, NULL);

  g_remove (path);
  return fd;
}

static PlatterSplitFile *
new_file (int *fds)
{
  int own[N_PIECES];

  for (guint i = 0; i < N_PIECES; i++)
    {
      own[i] = open_empty ();
      fds[i] = fcntl (own[i], F_DUPFD_CLOEXEC, 0);
    }
  return platter_split_file_new (own, N_PIECES, PIECE_BYTES);
}

static void
write_all (PlatterSplitFile *file, guint64 offset_bytes, const guint8 *data, gsize length)
{
  gsize done = 0;

  while (done < length)
    {
      gssize written
        = platter_split_file_write (file, offset_bytes + done, data + done, length - done);

      g_assert_cmpint (written, >, 0);
      done += (gsize)written;
    }
}

static guint64
get_size (int fd)
{
  struct stat status;

  g_assert_cmpint (fstat (fd, &status), ==, 0);
  return (guint64)status.st_size;
}

static void
test_split (void)
{
  int fds[N_PIECES];
  guint8 data[2500];
  guint8 read_back[4000] = { 0 };
  g_autoptr (PlatterSplitFile) file = new_file (fds);

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8)g_random_int ();
  write_all (file, 0, data, sizeof data);
  g_assert_cmpint (platter_split_file_sync_data (file, 500, 1500), ==, 0);
  g_assert_cmpint (platter_split_file_finish (file, sizeof data), ==, 0);
  g_assert_cmpuint (platter_split_file_get_size (file), ==, sizeof data);
  for (guint i = 0; i < N_PIECES; i++)
    {
      g_assert_cmpuint (get_size (fds[i]), ==, i < 2 ? 1000 : 500);
      g_assert_cmpint (pread (fds[i], read_back, PIECE_BYTES, 0), ==, i < 2 ? 1000 : 500);
      g_assert_cmpmem (read_back, i < 2 ? 1000 : 500, data + i * PIECE_BYTES, i < 2 ? 1000 : 500);
      close (fds[i]);
    }
  g_assert_cmpint (platter_split_file_read (file, 0, read_back, sizeof read_back), ==, 2500);
  g_assert_cmpmem (read_back, 2500, data, 2500);
  g_assert_cmpint (platter_split_file_read (file, 999, read_back, 1002), ==, 1002);
  g_assert_cmpmem (read_back, 1002, data + 999, 1002);
  g_assert_cmpint (platter_split_file_read (file, 2500, read_back, 10), ==, 0);
  g_assert_cmpint (platter_split_file_read (file, 99999, read_back, 10), ==, 0);
}

/* Only a hole has made the pieces before as long as they are to be. */
static void
test_holes (void)
{
  int fds[N_PIECES];
  guint8 read_back[2100] = { 0 };
  guint8 zeros[2099] = { 0 };
  g_autoptr (PlatterSplitFile) file = new_file (fds);

  write_all (file, 2099, (const guint8 *)"x", 1);
  g_assert_cmpint (platter_split_file_finish (file, 2100), ==, 0);
  for (guint i = 0; i < N_PIECES; i++)
    {
      g_assert_cmpuint (get_size (fds[i]), ==, i < 2 ? 1000 : 100);
      close (fds[i]);
    }
  g_assert_cmpint (platter_split_file_read (file, 0, read_back, sizeof read_back), ==, 2100);
  g_assert_cmpmem (read_back, 2099, zeros, 2099);
  g_assert_cmpint (read_back[2099], ==, 'x');
}

static void
test_too_large (void)
{
  int fds[N_PIECES];
  guint8 data[PIECE_BYTES] = { 0 };
  g_autoptr (PlatterSplitFile) file = new_file (fds);

  g_assert_cmpint (platter_split_file_write (file, 2990, data, 20), ==, 10);
  g_assert_cmpint (platter_split_file_write (file, 3000, data, 10), ==, -1);
  g_assert_cmpint (errno, ==, EFBIG);
  for (guint i = 0; i < N_PIECES; i++)
    close (fds[i]);
}

static void
test_whole (void)
{
  int fd = open_empty ();
  guint8 byte = 0;
  PlatterSplitFile *file = platter_split_file_new_whole (fd);

  write_all (file, G_GUINT64_CONSTANT (1) << 33, (const guint8 *)"x", 1);
  g_assert_cmpint (platter_split_file_read (file, G_GUINT64_CONSTANT (1) << 33, &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, 'x');
  g_assert_cmpint (platter_split_file_get_fd (file, 0), ==, fd);
  g_assert_cmpint (platter_split_file_get_fd (file, 1), ==, -1);
  platter_split_file_unref (file);
  g_assert_cmpint (fcntl (fd, F_GETFD), >=, 0);
  close (fd);
}

/* In place of the system's. */
static int synced[2 * N_PIECES];
static guint n_synced;
static guint n_before_error; /* 0: none */

static int
note_sync (int fd)
{
  if (n_synced < G_N_ELEMENTS (synced))
    synced[n_synced++] = fd;
  errno = EIO;
  return n_before_error > 0 && --n_before_error == 0 ? -1 : 0;
}

int
fdatasync (int fd)
{
  return note_sync (fd);
}

int
fsync (int fd)
{
  return note_sync (fd);
}

static gboolean
was_synced (int fd)
{
  for (guint i = 0; i < n_synced; i++)
    if (synced[i] == fd)
      return TRUE;
  return FALSE;
}

static void
check_synced (PlatterSplitFile *file, guint from, guint n_pieces)
{
  g_assert_cmpuint (n_synced, ==, n_pieces);
  for (guint i = 0; i < n_pieces; i++)
    g_assert_true (was_synced (platter_split_file_get_fd (file, from + i)));
  n_synced = 0;
}

/* What is called durable is flushed in each of the pieces that it lies in, and at the end all of them are. */
static void
test_synced (void)
{
  static const struct
  {
    guint64 start_bytes;
    guint64 end_bytes;
    guint from;
    guint n_pieces;
  } stretches[] = {
    { 0, 3000, 0, 3 },    { 500, 2500, 0, 3 },  { 999, 1001, 0, 2 },  { 0, 1000, 0, 1 },
    { 1000, 2000, 1, 1 }, { 1999, 2001, 1, 2 }, { 2000, 9999, 2, 1 },
  };
  int fds[N_PIECES];
  g_autoptr (PlatterSplitFile) file = new_file (fds);

  n_synced = 0;
  for (guint i = 0; i < G_N_ELEMENTS (stretches); i++)
    {
      g_assert_cmpint (
        platter_split_file_sync_data (file, stretches[i].start_bytes, stretches[i].end_bytes), ==,
        0);
      check_synced (file, stretches[i].from, stretches[i].n_pieces);
    }
  g_assert_cmpint (platter_split_file_finish (file, 2500), ==, 0);
  check_synced (file, 0, N_PIECES);
  for (guint i = 1; i <= N_PIECES; i++)
    {
      n_before_error = i;
      g_assert_cmpint (platter_split_file_sync_data (file, 0, 3000), ==, EIO);
      n_synced = 0;
      n_before_error = i;
      g_assert_cmpint (platter_split_file_finish (file, 2500), ==, EIO);
      n_synced = 0;
    }
  for (guint i = 0; i < N_PIECES; i++)
    close (fds[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/split-file/split", test_split);
  g_test_add_func ("/split-file/holes", test_holes);
  g_test_add_func ("/split-file/too-large", test_too_large);
  g_test_add_func ("/split-file/whole", test_whole);
  g_test_add_func ("/split-file/synced", test_synced);
  return g_test_run ();
}
