// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The maps of a job: range by range, and as a mapfile.

#include "config.h"

#include "job-private.h"
#include "job-target-private.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "../dbus/map-page.h"
#include "../dbus/names.h"
#include "../engine/map.h"

/* As many as the helper tells of in a job with many targets. */
#define LEFT_CELLS 256

/* Of what is written in order, or not at all, the first MiB does not come last. */
static gboolean
job_map_holds_start_back (PlatterJob *self)
{
  g_autoptr (GVariant) options
    = g_variant_lookup_value (self->details, "options", G_VARIANT_TYPE_VARDICT);
  const char *format = "raw";
  guint64 split_bytes = 0;

  if (options != NULL)
    {
      g_variant_lookup (options, "format", "&s", &format);
      g_variant_lookup (options, "split", "t", &split_bytes);
    }
  return !g_str_equal (self->kind, "verify") && g_str_equal (format, "raw") && split_bytes == 0;
}

/* Returns: (transfer full): nothing behind is sure. */
static GBytes *
job_map_draw (PlatterJob *self, guint64 durable_bytes, guint64 size_bytes)
{
  guint8 cells[LEFT_CELLS] = { PLATTER_MAP_UNTOUCHED };
  guint8 state = g_str_equal (self->kind, "verify") ? PLATTER_MAP_VERIFIED : PLATTER_MAP_DURABLE;

  for (guint i = job_map_holds_start_back (self) ? 1 : 0; i < LEFT_CELLS; i++)
    if (size_bytes > 0
        && platter_map_get_cell_start (size_bytes, LEFT_CELLS, i + 1) <= durable_bytes)
      cells[i] = state;
  return g_bytes_new (cells, sizeof cells);
}

void
platter_job_draw_left (PlatterJob *self)
{
  guint64 size_bytes = 0;

  g_variant_lookup (self->details, "size", "t", &size_bytes);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->targets)); i++)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (G_LIST_MODEL (self->targets), i);
      GBytes *cells = platter_job_target_get_cells (target);
      guint64 durable_bytes = platter_job_target_get_durable_until_bytes (target);

      if (durable_bytes > 0 && (cells == NULL || g_bytes_get_size (cells) == 0))
        platter_job_target_take_cells (target, job_map_draw (self, durable_bytes, size_bytes));
    }
}

static void
job_map_read (GTask *task, GUnixFDList *fds)
{
  g_autoptr (GError) error = NULL;
  int fd = fds != NULL ? g_unix_fd_list_get (fds, 0, &error) : -1;
  g_autoptr (GBytes) text = fd >= 0 ? platter_map_page_read (fd, PLATTER_MAP_PAGE_FILE) : NULL;

  if (fd >= 0)
    close (fd);
  if (text != NULL)
    g_task_return_pointer (task, g_strdup (g_bytes_get_data (text, NULL)), g_free);
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

static void
job_map_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterJob) self = user_data;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
    G_DBUS_CONNECTION (source), &fds, result, NULL);

  if (fds != NULL && self->map_fd < 0)
    self->map_fd = g_unix_fd_list_get (fds, 0, NULL);
}

void
platter_job_open_maps (PlatterJob *self)
{
  /* Nobody is asked for a password for this. */
  if (self->map_fd < 0)
    g_dbus_connection_call_with_unix_fd_list (self->connection, self->bus_name, self->object_path,
                                              PLATTER_JOB_INTERFACE, "GetMap", NULL,
                                              G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, -1,
                                              NULL, NULL, job_map_opened_cb, g_object_ref (self));
}

void
platter_job_refresh_maps (PlatterJob *self)
{
  guint64 number
    = self->map_fd >= 0 ? platter_map_page_get_number (self->map_fd, PLATTER_MAP_PAGE_RANGES) : 0;
  g_autoptr (GBytes) text = NULL;
  g_autoptr (GVariant) maps = NULL;

  /* At the end they are looked at once more, as then they are known to be the last. */
  if (number == 0 || (number == self->map_number && self->is_running))
    return;
  text = platter_map_page_read (self->map_fd, PLATTER_MAP_PAGE_RANGES);
  if (text == NULL)
    return;
  self->map_number = number;
  maps = g_variant_ref_sink (
    g_variant_new_from_bytes (G_VARIANT_TYPE (PLATTER_MAP_PAGE_RANGES_TYPE), text, FALSE));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->targets)); i++)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (G_LIST_MODEL (self->targets), i);
      g_autoptr (GVariant) told
        = i < g_variant_n_children (maps) ? g_variant_get_child_value (maps, i) : NULL;

      platter_job_target_take_map (target, told != NULL ? platter_map_ranges_new (told) : NULL,
                                   !self->is_running && !self->is_lost);
    }
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
