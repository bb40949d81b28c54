// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What comes out of a pipe next: tee(2) copies it into another pipe.

#include "config.h"

#include "pipe-peek.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WAIT_MS 10

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

/* A small write may fill a place of the pipe by itself: the copy has as many. */
static gboolean
pipe_peek_open_copy (int fd, int *copy)
{
  int room_bytes = fcntl (fd, F_GETPIPE_SZ);

  if (!g_unix_open_pipe (copy, FD_CLOEXEC, NULL))
    return FALSE;
  if (room_bytes > 0)
    fcntl (copy[1], F_SETPIPE_SZ, room_bytes);
  return TRUE;
}

static gboolean
pipe_peek_is_full (int copy)
{
  struct pollfd state = { .fd = copy, .events = POLLOUT };

  return poll (&state, 1, 0) == 0;
}

/* tee(2) begins at the front each time. @is_full: whether more than this does not go into a pipe. Returns: -1 with errno */
static gssize
pipe_peek_once (int fd, guint8 *head, gsize length, gboolean *is_full)
{
  int copy[2] = { -1, -1 };
  gssize got = -1;
  int code = 0;

  if (!pipe_peek_open_copy (fd, copy))
    return -1;
  do
    got = tee (fd, copy[1], length, 0);
  while (got < 0 && errno == EINTR);
  *is_full = got > 0 && pipe_peek_is_full (copy[1]);
  if (got > 0)
    got = read (copy[0], head, (gsize)got);
  code = errno;
  close (copy[0]);
  close (copy[1]);
  errno = code;
  return got;
}

static gsize
pipe_peek_count (int fd)
{
  int n_bytes = 0;

  return ioctl (fd, FIONREAD, &n_bytes) == 0 ? (gsize)n_bytes : 0;
}

static gboolean
pipe_peek_has_writer (int fd, int wait_ms)
{
  struct pollfd state = { .fd = fd };

  poll (&state, 1, wait_ms);
  return !(state.revents & POLLHUP);
}

/* Nothing tells when there is more in a pipe than before. Returns: %FALSE: its writer has gone */
static gboolean
pipe_peek_wait (int fd, gsize got)
{
  while (pipe_peek_has_writer (fd, WAIT_MS))
    if (pipe_peek_count (fd) > got)
      return TRUE;
  return FALSE;
}

gssize
platter_pipe_peek (int fd, guint8 *head, gsize length, GError **error)
{
  gboolean has_writer = TRUE;
  gboolean is_full = FALSE;
  gssize got = 0;

  got = pipe_peek_once (fd, head, length, &is_full);
  while (got > 0 && (gsize)got < length && has_writer && !is_full)
    {
      has_writer = pipe_peek_wait (fd, (gsize)got);
      got = pipe_peek_once (fd, head, length, &is_full);
    }
  if (got < 0)
    return pipe_peek_fail (errno, error);
  /* What comes behind a pipe that is full nobody sees before this is read. */
  if ((gsize)got < length && is_full
      && (pipe_peek_has_writer (fd, 0) || pipe_peek_count (fd) > (gsize)got))
    return pipe_peek_fail (ENOSPC, error);
  return got;
}
