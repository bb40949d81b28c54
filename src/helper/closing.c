// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Closing what may block.

#include "closing.h"

#include <gio/gunixfdlist.h>
#include <sys/socket.h>
#include <unistd.h>

/* Those that hang are nobody's but their own: a pool that others wait for would be full of them soon. */
#define CLOSING_MAX_THREADS 64

static void
closing_thread (gpointer data, gpointer user_data)
{
  g_autoptr (GArray) fds = data;

  for (guint i = 0; i < fds->len; i++)
    {
      const struct linger none = { 0 };
      int fd = g_array_index (fds, int, i);

      /* Of a socket that would wait for its peer nobody is to wait; anything else says that it is none. */
      setsockopt (fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
      close (fd);
    }
}

void
platter_closing_start (const int *fds, guint n_fds)
{
  static gsize pool;
  g_autoptr (GArray) open = g_array_new (FALSE, FALSE, sizeof (int));

  if (g_once_init_enter (&pool))
    g_once_init_leave (
      &pool, (gsize)g_thread_pool_new (closing_thread, NULL, CLOSING_MAX_THREADS, FALSE, NULL));
  for (guint i = 0; i < n_fds; i++)
    if (fds[i] >= 0)
      g_array_append_val (open, fds[i]);
  if (open->len > 0)
    g_thread_pool_push ((GThreadPool *)pool, g_steal_pointer (&open), NULL);
}

void
platter_closing_start_message (GDBusMessage *message)
{
  GUnixFDList *list = g_dbus_message_get_unix_fd_list (message);
  g_autofree int *fds = NULL;
  int n_fds = 0;

  if (list == NULL)
    return;
  fds = g_unix_fd_list_steal_fds (list, &n_fds);
  platter_closing_start (fds, (guint)n_fds);
}
