// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What comes out of a pipe next: tee(2) copies it into another pipe.

#include "config.h"

#include "pipe-peek.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <unistd.h>

static gssize
pipe_peek_fail (int code, GError **error)
{
  /* tee(2) says so of all but pipes. */
  g_set_error_literal (error, G_IO_ERROR,
                       code == EINVAL ? G_IO_ERROR_NOT_SUPPORTED
                                      : (int)g_io_error_from_errno (code),
                       g_strerror (code));
  return -1;
}

gssize
platter_pipe_peek (int fd, guint8 *head, gsize length, GError **error)
{
  int copy[2] = { -1, -1 };
  gssize got = -1;
  int code = 0;

  if (!g_unix_open_pipe (copy, FD_CLOEXEC, NULL))
    return pipe_peek_fail (errno, error);
  do
    got = tee (fd, copy[1], length, 0);
  while (got < 0 && errno == EINTR);
  code = errno;
  if (got > 0)
    {
      got = read (copy[0], head, (gsize)got);
      code = errno;
    }
  close (copy[0]);
  close (copy[1]);
  return got >= 0 ? got : pipe_peek_fail (code, error);
}
