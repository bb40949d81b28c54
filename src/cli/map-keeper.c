// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Keeps the mapfile of a job up to date while it is followed.

#include "config.h"

#include "map-keeper.h"

#include "await.h"
#include "status.h"

#define SAVE_SECONDS 10

struct _PlatterMapKeeper
{
  PlatterJob *job;
  PlatterMapFile *file;
  guint timer;
  gboolean is_asking;
};

/* What cannot be saved now is told once it is the last word. */
static void
map_keeper_got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PlatterMapKeeper *self = user_data;
  g_autofree char *text = platter_job_get_map_finish (PLATTER_JOB (source), result, NULL);

  self->is_asking = FALSE;
  if (text != NULL)
    platter_map_file_save (self->file, text, NULL);
}

static gboolean
map_keeper_due_cb (gpointer user_data)
{
  PlatterMapKeeper *self = user_data;

  if (!self->is_asking && platter_job_is_running (self->job))
    {
      self->is_asking = TRUE;
      platter_job_get_map_async (self->job, map_keeper_got_cb, self);
    }
  return G_SOURCE_CONTINUE;
}

PlatterMapKeeper *
platter_map_keeper_new (PlatterJob *job, PlatterMapFile *file)
{
  PlatterMapKeeper *self = g_new0 (PlatterMapKeeper, 1);

  self->job = g_object_ref (job);
  self->file = file;
  self->timer = g_timeout_add_seconds (SAVE_SECONDS, map_keeper_due_cb, self);
  return self;
}

gboolean
platter_map_keeper_end (PlatterMapKeeper *self, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *text = NULL;
  GAsyncResult *waiting = NULL;

  platter_job_get_map_async (self->job, platter_await_cb, &waiting);
  result = platter_await (&waiting);
  text = platter_job_get_map_finish (self->job, result, error);
  return text != NULL && platter_map_file_save (self->file, text, error);
}

void
platter_map_keeper_free (PlatterMapKeeper *self)
{
  while (self->is_asking)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (self->timer);
  g_object_unref (self->job);
  g_free (self);
}
