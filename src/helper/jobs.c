// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// All jobs that are not forgotten yet, and the signals about them.

#include "jobs.h"

#include <string.h>

#include "dbus/map-changes.h"
#include "dbus/names.h"

#define JOBS_OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"
#define JOBS_SIGNAL_INTERVAL_MS 100
/* So long a client may stay away and still learn how its job ended. */
#define JOBS_FORGET_AFTER_S (24 * 60 * 60)
#define JOBS_CANCEL_PATIENCE_S 10
/* So many of a user's that have ended are told of, and so many more that can go on. */
#define JOBS_MAX_ENDED 64
#define JOBS_MAX_RESUMABLE 64
/* Of so many of these, as many as can run at a time, the map is kept: it may take a quarter of a GiB. */
#define JOBS_MAX_MAPS 4
#define JOBS_MAX_MAPS_OF_ROOT 32
/* Whoever has made a job may release it before others that watch it have asked how it ended: so many still answer. */
#define JOBS_MAX_RELEASED 16

typedef gboolean (*JobsCounts) (PlatterJob *job);

typedef struct
{
  PlatterJobs *jobs;
  PlatterJob *job;
  PlatterRun *run; /* NULL once the job has ended */
  gboolean is_dirty;
  gboolean is_holding;  /* the idle timer */
  guint timer;          /* of the signals while it runs, of forgetting it afterwards */
  PlatterCaller *maker; /* (nullable): without it the job, which runs, is in vain */
  gulong maker_gone;
  gboolean is_cancelled; /* its owner wants no more of it */
  guint64 end_number;    /* in which order they ended; 0 while it runs */
  GVariant *told;        /* (nullable): the property Targets as the signals have told it so far */
} JobsEntry;

struct _PlatterJobs
{
  PlatterCallers *callers;
  PlatterIdle *idle;
  PlatterInhibitor *inhibitor;
  GHashTable *entries; /* path -> JobsEntry */
  GPtrArray *released; /* PlatterJob: the last ones that are not among them any more */
  guint32 last_id;
  guint64 n_ends;
};

/* From a handler of the same signal, too; everything here is on the main thread. */
static void
jobs_entry_forget_maker (JobsEntry *entry)
{
  if (entry->maker_gone != 0)
    g_signal_handler_disconnect (entry->maker->gone, entry->maker_gone);
  entry->maker_gone = 0;
  g_clear_pointer (&entry->maker, platter_caller_unref);
}

static void
jobs_entry_free (gpointer data)
{
  JobsEntry *entry = data;

  jobs_entry_forget_maker (entry);
  g_clear_handle_id (&entry->timer, g_source_remove);
  platter_job_set_changed (entry->job, NULL, NULL);
  platter_job_unref (entry->job);
  g_clear_pointer (&entry->told, g_variant_unref);
  g_free (entry);
}

PlatterJobs *
platter_jobs_new (PlatterCallers *callers, PlatterIdle *idle, PlatterInhibitor *inhibitor)
{
  PlatterJobs *self = g_new0 (PlatterJobs, 1);

  self->callers = callers;
  self->idle = idle;
  self->inhibitor = inhibitor;
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, jobs_entry_free);
  self->released = g_ptr_array_new_with_free_func ((GDestroyNotify)platter_job_unref);
  return self;
}

PlatterJob *
platter_jobs_new_job (PlatterJobs *self, uid_t owner, PlatterRequest *request, PlatterPlan *plan)
{
  return platter_job_new (++self->last_id, owner, request, plan);
}

char *
platter_jobs_dup_path (PlatterJob *job)
{
  return g_strdup_printf (PLATTER_JOB_PATH_PREFIX "%u", platter_job_get_id (job));
}

static void
jobs_emit (PlatterJobs *self,
           PlatterJob *job,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *parameters)
{
  platter_callers_emit (self->callers, platter_job_get_owner (job), path, interface, signal,
                        parameters);
}

static void
jobs_emit_targets (JobsEntry *entry, const char *path)
{
  GVariant *targets = platter_job_dup_property (entry->job, "Targets");
  gsize n_told = entry->told != NULL ? g_variant_n_children (entry->told) : 0;
  GVariantBuilder changes;

  g_variant_builder_init (&changes, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) before = i < n_told ? g_variant_get_child_value (entry->told, i) : NULL;
      g_autoptr (GVariant) now = g_variant_get_child_value (targets, i);

      g_variant_builder_add_value (&changes, platter_map_changes_build_target (before, now));
    }
  g_clear_pointer (&entry->told, g_variant_unref);
  entry->told = targets;
  jobs_emit (entry->jobs, entry->job, path, PLATTER_JOB_INTERFACE, "TargetsChanged",
             g_variant_new ("(@aa{sv})", g_variant_builder_end (&changes)));
}

static void
jobs_emit_changed (JobsEntry *entry)
{
  static const char *const names[] = { "State", "Outcome", "Progress", "Resumable" };
  static const char *const invalidated[] = { "Targets", NULL };
  g_autofree char *path = platter_jobs_dup_path (entry->job);
  GVariantDict changed;

  entry->is_dirty = FALSE;
  jobs_emit_targets (entry, path);
  g_variant_dict_init (&changed, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GVariant) value = platter_job_dup_property (entry->job, names[i]);
      g_variant_dict_insert_value (&changed, names[i], value);
    }
  jobs_emit (entry->jobs, entry->job, path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
             g_variant_new ("(s@a{sv}^as)", PLATTER_JOB_INTERFACE, g_variant_dict_end (&changed),
                            invalidated));
}

static gboolean
jobs_interval_cb (gpointer data)
{
  JobsEntry *entry = data;

  if (entry->is_dirty)
    {
      jobs_emit_changed (entry);
      return G_SOURCE_CONTINUE;
    }
  entry->timer = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
jobs_forget_cb (gpointer data)
{
  JobsEntry *entry = data;

  entry->timer = 0;
  platter_jobs_remove (entry->jobs, entry->job);
  return G_SOURCE_REMOVE;
}

static void
jobs_entry_let_go (JobsEntry *entry)
{
  if (entry->is_holding)
    platter_idle_release (entry->jobs->idle);
  entry->is_holding = FALSE;
}

/* A drive is not to be switched off under a job; files of a user, or what is paused, are nobody's reason to stay awake. */
static void
jobs_update_inhibitor (PlatterJobs *self)
{
  GHashTableIter iter;
  JobsEntry *entry;
  gboolean is_active = FALSE;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&entry))
    is_active |= entry->run != NULL && !platter_job_is_paused (entry->job)
                 && platter_job_has_drive (entry->job);
  platter_inhibitor_set_active (self->inhibitor, is_active);
}

static gboolean
jobs_can_go_on (PlatterJob *job)
{
  return platter_job_get_resumable (job) != NULL;
}

/* As far as it has come, a comparison only takes time again. */
static gboolean
jobs_can_go_on_comparing (PlatterJob *job)
{
  const PlatterJournal *journal = platter_job_get_resumable (job);

  return journal != NULL && strcmp (platter_journal_get_kind (journal), "verify") == 0;
}

static gboolean
jobs_is_over (PlatterJob *job)
{
  return platter_job_has_ended (job) && platter_job_get_resumable (job) == NULL;
}

static gboolean
jobs_is_over_with_map (PlatterJob *job)
{
  return platter_job_has_ended (job) && platter_job_get_map_fd (job) >= 0;
}

/* The first that ended: one that ran for long is not to be forgotten before anybody knows how. Returns: (nullable): if there are more
   than @max of @owner's to which @counts applies. */
static PlatterJob *
jobs_find_surplus (PlatterJobs *self, uid_t owner, JobsCounts counts, guint max)
{
  GHashTableIter iter;
  JobsEntry *entry;
  JobsEntry *oldest = NULL;
  guint n_counted = 0;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&entry))
    if (platter_job_get_owner (entry->job) == owner && counts (entry->job))
      {
        n_counted++;
        if (oldest == NULL || entry->end_number < oldest->end_number)
          oldest = entry;
      }
  return n_counted > max ? oldest->job : NULL;
}

static void
jobs_give_up (PlatterJobs *self, PlatterJob *job)
{
  PlatterJournal *journal = platter_job_get_resumable (job);

  /* Where another helper has it go on, or has given it up, it is that one's. */
  if (platter_journal_claim (journal, NULL))
    platter_journal_discard (journal);
  platter_jobs_remove (self, job);
}

/* Also what can go on: anybody may begin comparisons of his own files and have them cut off, and each has two files in the helper's
   folder. */
static void
jobs_forget_oldest (PlatterJobs *self, uid_t owner)
{
  guint max_maps = owner == 0 ? JOBS_MAX_MAPS_OF_ROOT : JOBS_MAX_MAPS;
  PlatterJob *job = NULL;

  while ((job = jobs_find_surplus (self, owner, jobs_is_over_with_map, max_maps)) != NULL)
    platter_job_forget_map (job);
  while ((job = jobs_find_surplus (self, owner, jobs_is_over, JOBS_MAX_ENDED)) != NULL)
    platter_jobs_remove (self, job);
  while ((job = jobs_find_surplus (self, owner, jobs_can_go_on, JOBS_MAX_RESUMABLE)) != NULL)
    {
      PlatterJob *comparison = jobs_find_surplus (self, owner, jobs_can_go_on_comparing, 0);

      jobs_give_up (self, comparison != NULL ? comparison : job);
    }
}

/* Progress at most every tenth of a second, the end at once. */
static void
jobs_changed_cb (PlatterJob *job, gpointer data)
{
  JobsEntry *entry = data;

  entry->is_dirty = TRUE;
  if (platter_job_has_ended (job))
    {
      entry->run = NULL;
      entry->end_number = ++entry->jobs->n_ends;
      jobs_entry_forget_maker (entry);
      jobs_emit_changed (entry);
      g_clear_handle_id (&entry->timer, g_source_remove);
      if (platter_job_get_resumable (job) != NULL)
        jobs_entry_let_go (entry);
      else
        entry->timer = g_timeout_add_seconds (JOBS_FORGET_AFTER_S, jobs_forget_cb, entry);
      jobs_update_inhibitor (entry->jobs);
      jobs_forget_oldest (entry->jobs, platter_job_get_owner (job));
      return;
    }
  jobs_update_inhibitor (entry->jobs);
  if (entry->timer == 0)
    {
      jobs_emit_changed (entry);
      entry->timer = g_timeout_add (JOBS_SIGNAL_INTERVAL_MS, jobs_interval_cb, entry);
    }
}

static GVariant *
jobs_build_interfaces (PlatterJob *job)
{
  g_autoptr (GVariant) properties = platter_job_dup_properties (job);
  GVariantBuilder interfaces;

  g_variant_builder_init (&interfaces, G_VARIANT_TYPE ("a{sa{sv}}"));
  g_variant_builder_add (&interfaces, "{s@a{sv}}", PLATTER_JOB_INTERFACE, properties);
  return g_variant_builder_end (&interfaces);
}

static JobsEntry *
jobs_insert (PlatterJobs *self, PlatterJob *job, PlatterRun *run)
{
  JobsEntry *entry = g_new0 (JobsEntry, 1);

  entry->jobs = self;
  entry->job = platter_job_ref (job);
  entry->run = run;
  g_hash_table_insert (self->entries, platter_jobs_dup_path (job), entry);
  return entry;
}

void
platter_jobs_load (PlatterJobs *self, PlatterJournals *kept)
{
  g_autoptr (GPtrArray) journals = platter_journals_load (kept);

  self->last_id = platter_journals_get_last_number (kept);
  for (guint i = 0; i < journals->len; i++)
    {
      PlatterJournal *journal = g_ptr_array_index (journals, i);
      g_autoptr (PlatterJob) job = platter_job_new_interrupted (journal);

      jobs_insert (self, job, NULL)->end_number = ++self->n_ends;
      jobs_forget_oldest (self, platter_journal_get_owner (journal));
    }
}

void
platter_jobs_add (PlatterJobs *self, PlatterJob *job, PlatterRun *run)
{
  JobsEntry *entry = jobs_insert (self, job, run);
  g_autofree char *path = platter_jobs_dup_path (job);

  platter_idle_hold (self->idle);
  entry->is_holding = TRUE;
  jobs_emit (self, job, PLATTER_OBJECT_MANAGER_PATH, JOBS_OBJECT_MANAGER, "InterfacesAdded",
             g_variant_new ("(o@a{sa{sv}})", path, jobs_build_interfaces (job)));
  platter_job_set_changed (job, jobs_changed_cb, entry);
  jobs_changed_cb (job, entry);
  jobs_update_inhibitor (self);
}

PlatterJob *
platter_jobs_find (PlatterJobs *self, const char *path)
{
  JobsEntry *entry = g_hash_table_lookup (self->entries, path);

  return entry != NULL ? entry->job : NULL;
}

PlatterJob *
platter_jobs_find_released (PlatterJobs *self, const char *path)
{
  for (guint i = self->released->len; i > 0; i--)
    {
      PlatterJob *job = g_ptr_array_index (self->released, i - 1);
      g_autofree char *other = platter_jobs_dup_path (job);

      if (strcmp (other, path) == 0)
        return job;
    }
  return NULL;
}

PlatterJob *
platter_jobs_find_id (PlatterJobs *self, guint32 id)
{
  g_autofree char *path = g_strdup_printf (PLATTER_JOB_PATH_PREFIX "%u", id);

  return platter_jobs_find (self, path);
}

/* Returns: (nullable) */
static JobsEntry *
jobs_find_entry (PlatterJobs *self, PlatterJob *job)
{
  g_autofree char *path = platter_jobs_dup_path (job);

  return g_hash_table_lookup (self->entries, path);
}

void
platter_jobs_tell (PlatterJobs *self, PlatterJob *job)
{
  g_autofree char *path = platter_jobs_dup_path (job);
  JobsEntry *entry = g_hash_table_lookup (self->entries, path);

  if (entry != NULL && entry->is_dirty)
    jobs_emit_changed (entry);
}

void
platter_jobs_set_paused (PlatterJobs *self, PlatterJob *job, gboolean is_paused)
{
  JobsEntry *entry = jobs_find_entry (self, job);

  if (entry != NULL && entry->run != NULL)
    platter_run_set_paused (entry->run, is_paused);
}

void
platter_jobs_finish (PlatterJobs *self, PlatterJob *job)
{
  JobsEntry *entry = jobs_find_entry (self, job);

  if (entry != NULL && entry->run != NULL)
    platter_run_finish (entry->run);
}

void
platter_jobs_answer (PlatterJobs *self, PlatterJob *job, const char *answer)
{
  JobsEntry *entry = jobs_find_entry (self, job);

  if (entry != NULL && entry->run != NULL)
    platter_run_answer (entry->run, answer);
}

void
platter_jobs_cancel (PlatterJobs *self, PlatterJob *job, guint patience_s)
{
  JobsEntry *entry = jobs_find_entry (self, job);

  if (entry == NULL || entry->run == NULL)
    return;
  entry->is_cancelled = TRUE;
  platter_run_cancel (entry->run, patience_s);
}

static void
jobs_maker_gone_cb (GCancellable *gone, gpointer data)
{
  JobsEntry *entry = data;

  if (entry->run == NULL)
    return;
  /* Another one may come, and find what is there of it. */
  if (!entry->is_cancelled)
    platter_job_set_stopped (entry->job);
  platter_run_cancel (entry->run, JOBS_CANCEL_PATIENCE_S);
}

void
platter_jobs_cancel_with (PlatterJobs *self, PlatterJob *job, PlatterCaller *caller)
{
  JobsEntry *entry = jobs_find_entry (self, job);

  g_return_if_fail (entry != NULL && entry->maker == NULL);

  if (entry->run == NULL)
    return;
  entry->maker = platter_caller_ref (caller);
  /* At once, if it has gone meanwhile. */
  entry->maker_gone
    = g_cancellable_connect (caller->gone, G_CALLBACK (jobs_maker_gone_cb), entry, NULL);
}

void
platter_jobs_cancel_all (PlatterJobs *self, guint patience_s)
{
  GHashTableIter iter;
  JobsEntry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&entry))
    if (entry->run != NULL)
      {
        platter_job_set_stopped (entry->job);
        platter_run_cancel (entry->run, patience_s);
      }
}

void
platter_jobs_cancel_deserted (PlatterJobs *self, guint patience_s)
{
  GHashTableIter iter;
  JobsEntry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&entry))
    if (entry->run != NULL && !entry->is_cancelled)
      {
        platter_job_set_stopped (entry->job);
        entry->is_cancelled = TRUE; /* once */
        platter_run_cancel (entry->run, patience_s);
      }
}

void
platter_jobs_remove (PlatterJobs *self, PlatterJob *job)
{
  g_autoptr (PlatterJob) kept = platter_job_ref (job);
  g_autofree char *path = platter_jobs_dup_path (job);
  const char *const interfaces[] = { PLATTER_JOB_INTERFACE, NULL };

  JobsEntry *entry = g_hash_table_lookup (self->entries, path);

  if (entry == NULL)
    return;
  jobs_entry_let_go (entry);
  g_hash_table_remove (self->entries, path);
  if (self->released->len == JOBS_MAX_RELEASED)
    g_ptr_array_remove_index (self->released, 0);
  /* Only its report is kept, and nothing that is open. */
  platter_job_forget_map (kept);
  platter_job_forget_journal (kept);
  g_ptr_array_add (self->released, platter_job_ref (kept));
  jobs_emit (self, kept, PLATTER_OBJECT_MANAGER_PATH, JOBS_OBJECT_MANAGER, "InterfacesRemoved",
             g_variant_new ("(o^as)", path, interfaces));
}

guint
platter_jobs_count_running (PlatterJobs *self)
{
  GHashTableIter iter;
  JobsEntry *entry;
  guint count = 0;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&entry))
    count += platter_job_has_ended (entry->job) ? 0 : 1;
  return count;
}

GVariant *
platter_jobs_build_managed (PlatterJobs *self, uid_t owner)
{
  GHashTableIter iter;
  const char *path;
  JobsEntry *entry;
  GVariantBuilder objects;

  g_variant_builder_init (&objects, G_VARIANT_TYPE ("a{oa{sa{sv}}}"));
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, (gpointer *)&path, (gpointer *)&entry))
    if (platter_job_get_owner (entry->job) == owner)
      {
        platter_jobs_tell (self, entry->job);
        g_variant_builder_add (&objects, "{o@a{sa{sv}}}", path, jobs_build_interfaces (entry->job));
      }
  return g_variant_builder_end (&objects);
}
