// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A pipe that a thread of ours fills.

#include "config.h"

#include "pipe-feed.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

gboolean
platter_pipe_feed_open (int ends[2], GError **error)
{
  if (!g_unix_open_pipe (ends, FD_CLOEXEC, error))
    return FALSE;
  /* A small one works, too. */
  fcntl (ends[1], F_SETPIPE_SZ, PLATTER_PIPE_FEED_BYTES);
  return TRUE;
}

void
platter_pipe_feed_begin (void)
{
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &signals, NULL);
}

gboolean
platter_pipe_feed_write (int end, const guint8 *data, gsize length)
{
  while (length > 0)
    {
      gssize put = write (end, data, length);

      if (put < 0 && errno == EINTR)
        continue;
      if (put < 0)
        return FALSE;
      data += put;
      length -= (gsize)put;
    }
  return TRUE;
}
