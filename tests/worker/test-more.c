// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What waits in a socket for whoever writes an image: taken as it should be, and nothing else.

#include "dbus/errors.h"
#include "dbus/wire.h"
#include "worker/more.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_MANY 36

typedef struct
{
  int files[N_MANY]; /* empty, for reading and writing */
  int stream[2];
  int full;
  int read_only;
  int folder;
  int pipe[2];
  int packets[2]; /* what is sent goes into the first */
  gboolean is_again;
} Fixture;

static int
open_file (int flags, const char *content)
{
  g_autofree char *path = NULL;
  int made = g_file_open_tmp ("platter-XXXXXX", &path, NULL);
  int fd = open (path, flags | O_CLOEXEC);

  g_assert_cmpint (write (made, content, strlen (content)), ==, (gssize)strlen (content));
  close (made);
  g_remove (path);
  return fd;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < N_MANY; i++)
    self->files[i] = open_file (O_RDWR, "");
  self->full = open_file (O_RDWR, "x");
  self->read_only = open_file (O_RDONLY, "");
  self->folder = open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, self->stream), ==, 0);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, self->packets), ==, 0);
  g_assert_cmpint (pipe2 (self->pipe, O_CLOEXEC), ==, 0);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < N_MANY; i++)
    close (self->files[i]);
  for (guint i = 0; i < 2; i++)
    {
      close (self->stream[i]);
      close (self->pipe[i]);
    }
  close (self->full);
  close (self->read_only);
  close (self->folder);
  if (self->packets[0] >= 0)
    close (self->packets[0]);
}

static void
send_message (Fixture *self, const char *name, guint64 size_bytes, const int *fds, guint n_fds)
{
  GVariantDict content;

  g_variant_dict_init (&content, NULL);
  if (size_bytes > 0)
    g_variant_dict_insert (&content, "size", "t", size_bytes);
  g_assert_true (
    platter_wire_send (self->packets[0], name, g_variant_dict_end (&content), fds, n_fds, NULL));
}

static void
send_pieces (Fixture *self, int fd)
{
  send_message (self, "pieces", 1024 * 1024, &fd, 1);
}

/* The other end is closed first, but if @is_open. */
static gboolean
receive (Fixture *self, PlatterMore *more, gboolean is_open)
{
  g_autoptr (GError) error = NULL;
  gboolean is_good = FALSE;

  if (!is_open)
    close (g_steal_fd (&self->packets[0]));
  is_good = platter_more_receive (more, self->packets[1], self->is_again, &error);
  if (!is_good)
    g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS);
  return is_good;
}

static void
test_disk (Fixture *self, gconstpointer data)
{
  g_auto (PlatterMore) more = PLATTER_MORE_NONE;

  send_message (self, "disk", 0, self->stream, 2);
  g_assert_true (receive (self, &more, FALSE));
  g_assert_cmpint (more.write_socket, >=, 0);
  g_assert_cmpint (more.read_socket, >=, 0);
  g_assert_null (more.pieces);
}

static gboolean
is_same_file (int first, int second)
{
  struct stat a;
  struct stat b;

  return fstat (first, &a) == 0 && fstat (second, &b) == 0 && a.st_ino == b.st_ino;
}

static void
test_pieces (Fixture *self, gconstpointer data)
{
  g_auto (PlatterMore) more = PLATTER_MORE_NONE;

  send_message (self, "pieces", 4096 * 1024, self->files, N_MANY - 1);
  send_message (self, "pieces", 4096 * 1024, self->files + N_MANY - 1, 1);
  g_assert_true (receive (self, &more, FALSE));
  g_assert_cmpint (more.write_socket, ==, -1);
  g_assert_cmpuint (more.piece_bytes, ==, 4096 * 1024);
  g_assert_cmpuint (more.pieces->len, ==, N_MANY);
  for (guint i = 0; i < N_MANY; i++)
    g_assert_true (is_same_file (g_array_index (more.pieces, int, i), self->files[i]));
}

/* What a job that was cut off has left need not be empty; all else is as it was. */
static void
test_pieces_again (Fixture *self, gconstpointer data)
{
  g_auto (PlatterMore) more = PLATTER_MORE_NONE;

  self->is_again = TRUE;
  send_pieces (self, self->full);
  g_assert_true (receive (self, &more, FALSE));
  g_assert_true (is_same_file (g_array_index (more.pieces, int, 0), self->full));
}

static void
test_other_again (Fixture *self, gconstpointer data)
{
  g_auto (PlatterMore) more = PLATTER_MORE_NONE;

  self->is_again = TRUE;
  send_pieces (self, self->read_only);
  g_assert_false (receive (self, &more, FALSE));
}

static void
test_no_disk (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "nothing", "one", "three", "file", "content", "twice" };
  const guint which = GPOINTER_TO_UINT (data);
  const int three[] = { self->stream[0], self->stream[1], self->stream[0] };
  const int file[] = { self->stream[0], self->files[0] };
  g_auto (PlatterMore) more = PLATTER_MORE_NONE;

  g_test_message ("%s", names[which]);
  if (which == 1)
    send_message (self, "disk", 0, self->stream, 1);
  else if (which == 2)
    send_message (self, "disk", 0, three, 3);
  else if (which == 3)
    send_message (self, "disk", 0, file, 2);
  else if (which == 4)
    send_message (self, "disk", 7, self->stream, 2);
  else if (which == 5)
    {
      send_message (self, "disk", 0, self->stream, 2);
      send_message (self, "disk", 0, self->stream, 2);
    }
  g_assert_false (receive (self, &more, FALSE));
}

static void
test_no_pieces (Fixture *self, gconstpointer data)
{
  const int odd[]
    = { self->full, self->read_only, self->folder, self->pipe[1], self->stream[0], self->files[0] };
  const guint64 sizes[] = { 1024 * 1024, 1024 * 1024, 1024 * 1024, 1024 * 1024, 1024 * 1024, 4096 };
  const guint which = GPOINTER_TO_UINT (data);
  g_auto (PlatterMore) more = PLATTER_MORE_NONE;

  send_message (self, "pieces", sizes[which], &odd[which], 1);
  g_assert_false (receive (self, &more, FALSE));
}

static void
test_no_end (Fixture *self, gconstpointer data)
{
  g_auto (PlatterMore) more = PLATTER_MORE_NONE;

  send_pieces (self, self->files[0]);
  g_assert_false (receive (self, &more, TRUE));
}

static void
test_other_size (Fixture *self, gconstpointer data)
{
  g_auto (PlatterMore) more = PLATTER_MORE_NONE;

  send_pieces (self, self->files[0]);
  send_message (self, "pieces", 2048 * 1024, &self->files[1], 1);
  g_assert_false (receive (self, &more, FALSE));
}

static void
test_both (Fixture *self, gconstpointer data)
{
  g_auto (PlatterMore) more = PLATTER_MORE_NONE;

  send_pieces (self, self->files[0]);
  send_message (self, "disk", 0, self->stream, 2);
  g_assert_false (receive (self, &more, FALSE));
}

static void
test_too_many (Fixture *self, gconstpointer data)
{
  g_auto (PlatterMore) more = PLATTER_MORE_NONE;

  for (guint i = 0; i < 15; i++)
    send_message (self, "pieces", 1024 * 1024, self->files, N_MANY);
  g_assert_false (receive (self, &more, FALSE));
}

static void
test_no_message (Fixture *self, gconstpointer data)
{
  g_auto (PlatterMore) more = PLATTER_MORE_NONE;

  g_assert_cmpint (write (self->packets[0], "pieces", 6), ==, 6);
  g_assert_false (receive (self, &more, FALSE));
}

static void
test_unknown (Fixture *self, gconstpointer data)
{
  g_auto (PlatterMore) more = PLATTER_MORE_NONE;

  send_message (self, "tape", 0, self->stream, 2);
  g_assert_false (receive (self, &more, FALSE));
}

static void
add (const char *name, guint which, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/more/%s/%u", name, which);

  g_test_add (path, Fixture, GUINT_TO_POINTER (which), set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("disk", 0, test_disk);
  add ("pieces", 0, test_pieces);
  add ("pieces-again", 0, test_pieces_again);
  add ("other-again", 0, test_other_again);
  for (guint i = 0; i < 6; i++)
    add ("no-disk", i, test_no_disk);
  for (guint i = 0; i < 6; i++)
    add ("no-pieces", i, test_no_pieces);
  add ("no-end", 0, test_no_end);
  add ("other-size", 0, test_other_size);
  add ("both", 0, test_both);
  add ("too-many", 0, test_too_many);
  add ("no-message", 0, test_no_message);
  add ("unknown", 0, test_unknown);
  return g_test_run ();
}
