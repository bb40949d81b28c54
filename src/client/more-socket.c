// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A socket in which messages wait for whoever writes an image.

#include "config.h"

#include "more-socket.h"

#include <errno.h>
#include <gio/gio.h>
#include <sys/socket.h>
#include <unistd.h>

gboolean
platter_more_socket_open (int *pair, GError **error)
{
  int code = 0;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0)
    return TRUE;
  code = errno;
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
  return FALSE;
}

int
platter_more_socket_close (int *pair, gboolean is_sent)
{
  close (pair[0]);
  if (is_sent)
    return pair[1];
  close (pair[1]);
  return -1;
}
