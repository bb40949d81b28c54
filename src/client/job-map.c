// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The map of a job that may leave something out, and the end of its reading.

#include "config.h"

#include "job-private.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "../dbus/map-page.h"
#include "../dbus/names.h"

static void
job_map_read (GTask *task, GUnixFDList *fds)
{
  g_autoptr (GError) error = NULL;
  int fd = fds != NULL ? g_unix_fd_list_get (fds, 0, &error) : -1;
  char *text = fd >= 0 ? platter_map_page_read (fd) : NULL;

  if (fd >= 0)
    close (fd);
  if (text != NULL)
    g_task_return_pointer (task, text, g_free);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s",
                             _ ("There is no map of this job yet."));
}

static void
job_map_got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GUnixFDList) fds = NULL;
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
    G_DBUS_CONNECTION (source), &fds, result, &error);

  if (reply == NULL)
    g_task_return_error (task, error);
  else
    job_map_read (task, fds);
}

void
platter_job_get_map_async (PlatterJob *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_dbus_connection_call_with_unix_fd_list (
    self->connection, self->bus_name, self->object_path, PLATTER_JOB_INTERFACE, "GetMap", NULL,
    G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, G_MAXINT, NULL, NULL,
    job_map_got_cb, g_task_new (self, NULL, callback, user_data));
}

char *
platter_job_get_map_finish (PlatterJob *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
