// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Keeps the mapfile of a job up to date while it is followed.

#include "config.h"

#include "map-keeper.h"

#include <glib/gi18n-lib.h>

#include "job-private.h"

#define SAVE_SECONDS 10

struct _PlatterMapKeeper
{
  PlatterJob *job;
  PlatterMapFile *file;
  guint timer;
  guint n_asked; /* calls that have not come back, each of which needs all of this */
  gboolean is_freed;
};

static void
map_keeper_unhold (PlatterMapKeeper *self)
{
  if (self->n_asked > 0 || !self->is_freed)
    return;
  g_object_unref (self->job);
  g_free (self);
}

static gboolean
map_keeper_is_alone (PlatterMapKeeper *self)
{
  gboolean is_kept = FALSE;

  g_variant_lookup (platter_job_get_details (self->job), "kept", "b", &is_kept);
  return !is_kept;
}

/* While there is time to do something about it. */
static void
map_keeper_tell (PlatterMapKeeper *self, const GError *error)
{
  g_autofree char *sentence = NULL;

  if (error != NULL && map_keeper_is_alone (self))
    /* Translators: a sentence that says why the map cannot be kept */
    sentence = g_strdup_printf (_ ("%s That is tried again while the job runs: without its map, no "
                                   "rescue could go on from here."),
                                error->message);
  else if (error != NULL)
    /* Translators: a sentence that says why the map cannot be kept */
    sentence = g_strdup_printf (_ ("%s That is tried again while the job runs."), error->message);
  platter_job_set_map_trouble (self->job, sentence);
}

/* What the helper does not tell now, it is asked for again. */
static void
map_keeper_got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PlatterMapKeeper *self = user_data;
  g_autofree char *text = platter_job_get_map_finish (self->job, result, NULL);
  g_autoptr (GError) error = NULL;

  if (text != NULL && !self->is_freed)
    {
      platter_map_file_save (self->file, text, &error);
      map_keeper_tell (self, error);
    }
  self->n_asked--;
  map_keeper_unhold (self);
}

static gboolean
map_keeper_due_cb (gpointer user_data)
{
  PlatterMapKeeper *self = user_data;

  if (self->n_asked == 0 && platter_job_is_running (self->job))
    {
      self->n_asked++;
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

void
platter_map_keeper_free (PlatterMapKeeper *self)
{
  g_source_remove (self->timer);
  self->is_freed = TRUE;
  map_keeper_unhold (self);
}

static void
map_keeper_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PlatterMapKeeper *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *text = platter_job_get_map_finish (self->job, result, &error);

  if (text != NULL && (self->is_freed || platter_map_file_save (self->file, text, &error)))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  /* Whoever was called back may have freed it. */
  self->n_asked--;
  map_keeper_unhold (self);
}

void
platter_map_keeper_end_async (PlatterMapKeeper *self,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (self->job, NULL, callback, user_data);

  g_task_set_task_data (task, self, NULL);
  self->n_asked++;
  platter_job_get_map_async (self->job, map_keeper_ended_cb, task);
}

gboolean
platter_map_keeper_end_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
