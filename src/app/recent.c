// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The jobs that have ended and whose reports are kept, for all windows.

#include "config.h"

#include "recent.h"

#include <gio/gio.h>

#include "client/history.h"
#include "client/messages.h"
#include "client/report.h"
#include "client/resume-request.h"

struct _PlatterRecent
{
  GObject parent_instance;

  char *folder;
  GFileMonitor *monitor;
  GListStore *jobs;
  GHashTable *ids;       /* of the jobs in the list */
  GHashTable *originals; /* id: the helper's job */
  guint reading;         /* how often it was begun */
  guint read_id;
};

G_DEFINE_FINAL_TYPE (PlatterRecent, platter_recent, G_TYPE_OBJECT)

enum
{
  SIGNAL_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What a thread does before it reads the folder; all but the folder may be NULL. */
typedef struct
{
  char *folder;
  GVariant *report; /* is to be kept */
  char *id;         /* is to be deleted */
  gboolean is_all;  /* all are */
  guint reading;
} RecentTask;

static void
recent_task_free (RecentTask *self)
{
  g_free (self->folder);
  g_clear_pointer (&self->report, g_variant_unref);
  g_free (self->id);
  g_free (self);
}

static void
recent_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  RecentTask *self = data;
  GError *error = NULL;

  if (self->report != NULL)
    platter_history_add (self->folder, self->report, &error);
  else if (self->id != NULL)
    platter_history_delete (self->folder, self->id, &error);
  else if (self->is_all)
    platter_history_clear (self->folder, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, platter_history_list (self->folder, NULL),
                           (GDestroyNotify)g_ptr_array_unref);
}

/* A report that is in the list already keeps its job: what shows it does not change. */
static PlatterJob *
recent_dup_job (PlatterRecent *self, PlatterHistoryEntry *entry)
{
  PlatterJob *job = platter_recent_find (self, entry->id);

  return job != NULL ? g_object_ref (job) : platter_job_new_written (entry->report);
}

static gboolean
recent_is_same (PlatterRecent *self, GPtrArray *entries)
{
  guint n_jobs = g_list_model_get_n_items (G_LIST_MODEL (self->jobs));

  for (guint i = 0; i < n_jobs && n_jobs == entries->len; i++)
    {
      g_autoptr (PlatterJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);
      PlatterHistoryEntry *entry = g_ptr_array_index (entries, i);

      if (g_strcmp0 (platter_recent_get_id (self, job), entry->id) != 0)
        return FALSE;
    }
  return n_jobs == entries->len;
}

static void
recent_take (PlatterRecent *self, GPtrArray *entries)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTable *ids = NULL;

  if (recent_is_same (self, entries))
    return;
  ids = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  for (guint i = 0; i < entries->len; i++)
    {
      PlatterHistoryEntry *entry = g_ptr_array_index (entries, i);
      PlatterJob *job = recent_dup_job (self, entry);

      g_ptr_array_add (jobs, job);
      g_hash_table_insert (ids, job, g_strdup (entry->id));
    }
  g_hash_table_unref (self->ids);
  self->ids = ids;
  g_list_store_splice (self->jobs, 0, g_list_model_get_n_items (G_LIST_MODEL (self->jobs)),
                       jobs->pdata, jobs->len);
}

static void
recent_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PlatterRecent *self = PLATTER_RECENT (object);
  RecentTask *task = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = g_task_propagate_pointer (G_TASK (result), &error);

  g_application_release (g_application_get_default ());
  if (error != NULL)
    {
      g_autofree char *text = platter_message_dup_refusal (error);

      g_signal_emit (self, signals[SIGNAL_FAILED], 0, text);
    }
  /* What was read before something changed is not so any more. */
  else if (task->reading == self->reading)
    recent_take (self, entries);
}

static void
recent_run (PlatterRecent *self, RecentTask *task)
{
  g_autoptr (GTask) thread = g_task_new (self, NULL, recent_done_cb, NULL);

  /* A window that is closed meanwhile does not take the report with it. */
  g_application_hold (g_application_get_default ());
  task->folder = g_strdup (self->folder);
  task->reading = ++self->reading;
  g_task_set_task_data (thread, task, (GDestroyNotify)recent_task_free);
  g_task_run_in_thread (thread, recent_thread);
}

static void
recent_read (PlatterRecent *self)
{
  recent_run (self, g_new0 (RecentTask, 1));
}

static gboolean
recent_read_cb (gpointer user_data)
{
  PlatterRecent *self = PLATTER_RECENT (user_data);

  self->read_id = 0;
  recent_read (self);
  return G_SOURCE_REMOVE;
}

/* Whoever deletes many changes the folder many times. */
static void
recent_changed_cb (PlatterRecent *self)
{
  if (self->read_id == 0)
    self->read_id = g_timeout_add (200, recent_read_cb, self);
}

static void
recent_dispose (GObject *object)
{
  PlatterRecent *self = PLATTER_RECENT (object);

  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  g_clear_handle_id (&self->read_id, g_source_remove);
  g_clear_object (&self->jobs);
  g_clear_pointer (&self->ids, g_hash_table_unref);
  g_clear_pointer (&self->originals, g_hash_table_unref);
  G_OBJECT_CLASS (platter_recent_parent_class)->dispose (object);
}

static void
recent_finalize (GObject *object)
{
  g_free (PLATTER_RECENT (object)->folder);
  G_OBJECT_CLASS (platter_recent_parent_class)->finalize (object);
}

static void
platter_recent_class_init (PlatterRecentClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = recent_dispose;
  G_OBJECT_CLASS (klass)->finalize = recent_finalize;
  signals[SIGNAL_FAILED] = g_signal_new ("failed", PLATTER_TYPE_RECENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
platter_recent_init (PlatterRecent *self)
{
  g_autoptr (GFile) folder = NULL;

  self->folder = platter_history_dup_folder ();
  self->jobs = g_list_store_new (PLATTER_TYPE_JOB);
  self->ids = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->originals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  folder = g_file_new_for_path (self->folder);
  self->monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_swapped (self->monitor, "changed", G_CALLBACK (recent_changed_cb), self);
  recent_read (self);
}

PlatterRecent *
platter_recent_new (void)
{
  return g_object_new (PLATTER_TYPE_RECENT, NULL);
}

GListModel *
platter_recent_get_jobs (PlatterRecent *self)
{
  g_return_val_if_fail (PLATTER_IS_RECENT (self), NULL);
  return G_LIST_MODEL (self->jobs);
}

const char *
platter_recent_get_id (PlatterRecent *self, PlatterJob *job)
{
  g_return_val_if_fail (PLATTER_IS_RECENT (self), NULL);
  return g_hash_table_lookup (self->ids, job);
}

PlatterJob *
platter_recent_find (PlatterRecent *self, const char *id)
{
  GHashTableIter iter;
  gpointer job;
  gpointer known;

  g_return_val_if_fail (PLATTER_IS_RECENT (self), NULL);

  g_hash_table_iter_init (&iter, self->ids);
  while (g_hash_table_iter_next (&iter, &job, &known))
    if (g_strcmp0 (known, id) == 0)
      return job;
  return NULL;
}

GListModel *
platter_recent_search (PlatterRecent *self, const char *search)
{
  GListStore *found = g_list_store_new (PLATTER_TYPE_JOB);

  g_return_val_if_fail (PLATTER_IS_RECENT (self), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs)); i++)
    {
      g_autoptr (PlatterJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);
      g_autoptr (GVariant) report = platter_job_dup_written (job);

      if (platter_history_matches (report, search))
        g_list_store_append (found, job);
    }
  return G_LIST_MODEL (found);
}

void
platter_recent_keep (PlatterRecent *self, PlatterJob *job, GPtrArray *ends)
{
  RecentTask *task = NULL;

  g_return_if_fail (PLATTER_IS_RECENT (self));
  g_return_if_fail (!platter_job_is_running (job));

  task = g_new0 (RecentTask, 1);
  task->report = platter_report_new (job, ends);
  g_hash_table_insert (self->originals, platter_history_dup_id (task->report), g_object_ref (job));
  recent_run (self, task);
}

gboolean
platter_recent_has_kept (PlatterRecent *self, PlatterJob *job)
{
  GHashTableIter iter;
  gpointer id;
  gpointer original;

  g_return_val_if_fail (PLATTER_IS_RECENT (self), FALSE);

  g_hash_table_iter_init (&iter, self->originals);
  while (g_hash_table_iter_next (&iter, &id, &original))
    if (original == job)
      return platter_recent_find (self, id) != NULL;
  return FALSE;
}

PlatterJob *
platter_recent_get_original (PlatterRecent *self, PlatterJob *job)
{
  const char *id = platter_recent_get_id (self, job);

  return id != NULL ? g_hash_table_lookup (self->originals, id) : NULL;
}

/* Whoever held it before may have released it already: that is no failure. */
static void
recent_released_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  platter_job_release_finish (PLATTER_JOB (object), result, NULL);
  g_application_release (g_application_get_default ());
}

/* A #GHRFunc, for an original whose report is deleted. */
static gboolean
recent_release (gpointer id, gpointer original, gpointer user_data)
{
  if (platter_resume_is_possible (original))
    return FALSE;
  /* A window that is closed at once does not bring it back. */
  g_application_hold (g_application_get_default ());
  platter_job_release_async (original, NULL, recent_released_cb, NULL);
  return TRUE;
}

void
platter_recent_delete (PlatterRecent *self, const char *id)
{
  RecentTask *task = NULL;
  gpointer original = NULL;

  g_return_if_fail (PLATTER_IS_RECENT (self));

  original = g_hash_table_lookup (self->originals, id);
  if (original != NULL && recent_release (NULL, original, NULL))
    g_hash_table_remove (self->originals, id);

  task = g_new0 (RecentTask, 1);
  task->id = g_strdup (id);
  recent_run (self, task);
}

void
platter_recent_clear (PlatterRecent *self)
{
  RecentTask *task = NULL;

  g_return_if_fail (PLATTER_IS_RECENT (self));

  g_hash_table_foreach_remove (self->originals, recent_release, NULL);
  task = g_new0 (RecentTask, 1);
  task->is_all = TRUE;
  recent_run (self, task);
}
