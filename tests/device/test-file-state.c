// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What counts as a change of a file that is read.

#include "device/file-state.h"

#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *path;
  char *other;
  int fd;
  PlatterFileState state;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  /* Long ago, so that whatever is written now has another time, however coarse its clock is. */
  const struct timespec times[] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

  self->fd = g_file_open_tmp ("platter-file-state-XXXXXX", &self->path, NULL);
  g_assert_cmpint (self->fd, >=, 0);
  self->other = g_strconcat (self->path, ".other", NULL);
  g_assert_cmpint (write (self->fd, "0123", 4), ==, 4);
  g_assert_cmpint (futimens (self->fd, times), ==, 0);
  platter_file_state_take (&self->state, self->fd);
  g_assert_true (self->state.is_file);
  g_assert_cmpuint (self->state.size_bytes, ==, 4);
  g_assert_false (platter_file_state_has_changed (&self->state, self->fd));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  close (self->fd);
  g_unlink (self->path);
  g_unlink (self->other);
  g_free (self->path);
  g_free (self->other);
}

static void
test_written (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (pwrite (self->fd, "0123", 4, 0), ==, 4);
  g_assert_true (platter_file_state_has_changed (&self->state, self->fd));
}

/* Whoever gives it back the time that it had. */
static void
test_resized (Fixture *self, gconstpointer data)
{
  const struct timespec times[] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

  g_assert_cmpint (ftruncate (self->fd, 5), ==, 0);
  g_assert_cmpint (futimens (self->fd, times), ==, 0);
  g_assert_true (platter_file_state_has_changed (&self->state, self->fd));
}

static void
test_as_it_was (Fixture *self, gconstpointer data)
{
  char byte = 0;

  g_assert_cmpint (fchmod (self->fd, 0400), ==, 0);
  g_assert_cmpint (pread (self->fd, &byte, 1, 0), ==, 1);
  g_assert_cmpint (g_rename (self->path, self->other), ==, 0);
  g_assert_false (platter_file_state_has_changed (&self->state, self->fd));
  g_assert_cmpint (g_unlink (self->other), ==, 0);
  g_assert_false (platter_file_state_has_changed (&self->state, self->fd));
}

/* Of a pipe, a device or nothing at all there is nothing to be said. */
static void
test_no_file (void)
{
  PlatterFileState state;
  int fd = open ("/dev/null", O_RDWR | O_CLOEXEC);

  platter_file_state_take (&state, fd);
  g_assert_false (state.is_file);
  g_assert_cmpint (write (fd, "0", 1), ==, 1);
  g_assert_false (platter_file_state_has_changed (&state, fd));
  close (fd);
  platter_file_state_take (&state, -1);
  g_assert_false (platter_file_state_has_changed (&state, -1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/file-state/written", Fixture, NULL, set_up, test_written, tear_down);
  g_test_add ("/file-state/resized", Fixture, NULL, set_up, test_resized, tear_down);
  g_test_add ("/file-state/as-it-was", Fixture, NULL, set_up, test_as_it_was, tear_down);
  g_test_add_func ("/file-state/no-file", test_no_file);
  return g_test_run ();
}
