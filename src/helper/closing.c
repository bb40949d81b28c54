// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Closing what may block.

#include "closing.h"

#include <gio/gio.h>
#include <unistd.h>

static void
closing_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GArray *fds = data;

  for (guint i = 0; i < fds->len; i++)
    close (g_array_index (fds, int, i));
  g_task_return_boolean (task, TRUE);
}

void
platter_closing_start (const int *fds, guint n_fds)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  GArray *open = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint i = 0; i < n_fds; i++)
    if (fds[i] >= 0)
      g_array_append_val (open, fds[i]);
  g_task_set_task_data (task, open, (GDestroyNotify)g_array_unref);
  if (open->len > 0)
    g_task_run_in_thread (task, closing_thread);
}
