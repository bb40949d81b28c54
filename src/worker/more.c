// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a client has put into a socket for whoever writes its image.

#include "more.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dbus/errors.h"
#include "dbus/wire.h"

#define N_DISK_FDS 2
#define MAX_PIECES 512
/* Fewer would be as many files as there are descriptors. */
#define MIN_PIECE_BYTES ((guint64)1024 * 1024)

static gboolean
more_refuse (GError **error, const char *text)
{
  g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS, text);
  return FALSE;
}

static gboolean
more_is_socket (int fd)
{
  struct stat status;

  return fd >= 0 && fstat (fd, &status) == 0 && S_ISSOCK (status.st_mode);
}

static gboolean
more_take_disk (PlatterMore *self, PlatterWireMessage *message, GError **error)
{
  if (message->n_fds != N_DISK_FDS || g_variant_n_children (message->content) > 0)
    return more_refuse (error, "A disk is written through one socket and read through another.");
  self->write_socket = platter_wire_message_steal_fd (message, 0);
  self->read_socket = platter_wire_message_steal_fd (message, 1);
  return (more_is_socket (self->write_socket) && more_is_socket (self->read_socket))
         || more_refuse (error, "A disk is written and read through sockets.");
}

/* @is_again: what was written to it before stays */
static gboolean
more_is_new_file (int fd, gboolean is_again)
{
  struct stat status;

  return fd >= 0 && fstat (fd, &status) == 0 && S_ISREG (status.st_mode)
         && (is_again || status.st_size == 0)
         && (fcntl (fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_PATH)) == O_RDWR;
}

static gboolean
more_take_pieces (PlatterMore *self, PlatterWireMessage *message, gboolean is_again, GError **error)
{
  guint64 piece_bytes = 0;

  g_variant_lookup (message->content, "size", "t", &piece_bytes);
  if (piece_bytes < MIN_PIECE_BYTES || piece_bytes > G_MAXINT64 || message->n_fds == 0
      || g_variant_n_children (message->content) != 1
      || (self->pieces != NULL && piece_bytes != self->piece_bytes))
    return more_refuse (error, "There are no such pieces.");
  self->piece_bytes = piece_bytes;
  if (self->pieces == NULL)
    self->pieces = g_array_new (FALSE, FALSE, sizeof (int));
  for (guint i = 0; i < message->n_fds; i++)
    {
      int fd = platter_wire_message_steal_fd (message, i);

      g_array_append_val (self->pieces, fd);
      if (!more_is_new_file (fd, is_again) || self->pieces->len > MAX_PIECES)
        return more_refuse (error, "A piece is no empty file that can be read and written, or "
                                   "there are too many.");
    }
  return TRUE;
}

static gboolean
more_take_message (PlatterMore *self,
                   PlatterWireMessage *message,
                   gboolean is_again,
                   GError **error)
{
  if (strcmp (message->name, "pieces") == 0 && self->write_socket < 0)
    return more_take_pieces (self, message, is_again, error);
  if (strcmp (message->name, "disk") == 0 && self->write_socket < 0 && self->pieces == NULL)
    return more_take_disk (self, message, error);
  return more_refuse (error, "What is in the socket is not known: \"more\".");
}

/* To the end: whoever has put it there has closed the other end. */
static gboolean
more_take (PlatterMore *self, int socket, gboolean is_again, GError **error)
{
  gboolean is_at_end = FALSE;

  if (!g_unix_set_fd_nonblocking (socket, TRUE, error))
    return FALSE;
  while (!is_at_end)
    {
      g_auto (PlatterWireMessage) message = { 0 };
      g_autoptr (GError) local_error = NULL;

      if (!platter_wire_receive (socket, &message, &local_error))
        return more_refuse (error, "There is no end in the socket: \"more\".");
      is_at_end = message.name == NULL;
      if (!is_at_end && !more_take_message (self, &message, is_again, error))
        return FALSE;
    }
  return self->write_socket >= 0 || self->pieces != NULL
         || more_refuse (error, "There is nothing in the socket: \"more\".");
}

gboolean
platter_more_receive (PlatterMore *more, int socket, gboolean is_again, GError **error)
{
  gboolean is_good = FALSE;

  *more = (PlatterMore)PLATTER_MORE_NONE;
  is_good = more_take (more, socket, is_again, error);
  close (socket);
  return is_good;
}

void
platter_more_clear (PlatterMore *more)
{
  if (more->write_socket >= 0)
    close (more->write_socket);
  if (more->read_socket >= 0)
    close (more->read_socket);
  for (guint i = 0; more->pieces != NULL && i < more->pieces->len; i++)
    close (g_array_index (more->pieces, int, i));
  g_clear_pointer (&more->pieces, g_array_unref);
  more->write_socket = -1;
  more->read_socket = -1;
}
