// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is told about a job.

#include "job.h"

#include <string.h>
#include <unistd.h>

#include "dbus/map-page.h"
#include "options.h"
#include "report.h"

struct _PlatterJob
{
  guint32 id;
  uid_t owner;
  gint64 started_s;
  PlatterRequest *request;
  PlatterPlan *plan;
  GVariant *details;
  GVariant *progress;
  GVariant *targets;
  GVariant *report; /* NULL while it runs */
  PlatterJournal *journal;
  GVariant *resumable; /* au */
  gboolean is_stopped;
  int map_fd; /* where the worker leaves its maps; -1: none */
  PlatterJobChanged changed;
  gpointer data;
};

static const char *const job_properties[]
  = { "Id", "Kind", "Owner", "State", "Outcome", "Started", "Progress", "Targets", "Resumable" };

static guint64
job_get_size (PlatterJob *self)
{
  guint64 size_bytes = 0;

  g_variant_lookup (self->details, "size", "t", &size_bytes);
  return size_bytes;
}

static GVariant *
job_build_first_progress (guint64 size_bytes)
{
  GVariantDict progress;

  g_variant_dict_init (&progress, NULL);
  g_variant_dict_insert (&progress, "phase", "s", "preparing");
  g_variant_dict_insert (&progress, "total", "t", size_bytes);
  g_variant_dict_insert (&progress, "done", "t", G_GUINT64_CONSTANT (0));
  g_variant_dict_insert (&progress, "read", "t", G_GUINT64_CONSTANT (0));
  g_variant_dict_insert (&progress, "zero", "t", G_GUINT64_CONSTANT (0));
  g_variant_dict_insert (&progress, "rate", "t", G_GUINT64_CONSTANT (0));
  g_variant_dict_insert (&progress, "fraction", "d", 0.0);
  g_variant_dict_insert (&progress, "remaining", "x", G_GINT64_CONSTANT (-1));
  g_variant_dict_insert (&progress, "elapsed", "x", G_GINT64_CONSTANT (0));
  g_variant_dict_insert (&progress, "source-stalled", "x", G_GINT64_CONSTANT (0));
  g_variant_dict_insert (&progress, "limit", "s", "none");
  g_variant_dict_insert (&progress, "limiting-target", "u", 0);
  g_variant_dict_insert (&progress, "paused", "b", FALSE);
  g_variant_dict_insert (&progress, "question", "s", "");
  g_variant_dict_insert (&progress, "question-offset", "t", G_GUINT64_CONSTANT (0));
  g_variant_dict_insert (&progress, "unkept", "b", FALSE);
  g_variant_dict_insert (&progress, "rescue", "s", "none");
  g_variant_dict_insert (&progress, "read-errors", "t", G_GUINT64_CONSTANT (0));
  g_variant_dict_insert (&progress, "missing", "t", G_GUINT64_CONSTANT (0));
  return g_variant_ref_sink (g_variant_dict_end (&progress));
}

static GVariant *
job_build_first_targets (guint n_targets)
{
  static const char *const numbers[]
    = { "written", "durable", "durable-until", "verified", "mismatched", "repaired", "rate" };
  GVariantBuilder targets;

  g_variant_builder_init (&targets, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < n_targets; i++)
    {
      GVariantDict target;

      g_variant_dict_init (&target, NULL);
      g_variant_dict_insert (&target, "phase", "s", "preparing");
      g_variant_dict_insert (&target, "verdict", "s", "none");
      for (gsize n = 0; n < G_N_ELEMENTS (numbers); n++)
        g_variant_dict_insert (&target, numbers[n], "t", G_GUINT64_CONSTANT (0));
      g_variant_dict_insert (&target, "stalled", "x", G_GINT64_CONSTANT (0));
      g_variant_dict_insert (&target, "map", "ay", NULL);
      g_variant_builder_add_value (&targets, g_variant_dict_end (&target));
    }
  return g_variant_ref_sink (g_variant_builder_end (&targets));
}

PlatterJob *
platter_job_new (guint32 id, uid_t owner, PlatterRequest *request, PlatterPlan *plan)
{
  PlatterJob *self = g_rc_box_new0 (PlatterJob);

  self->id = id;
  self->owner = owner;
  self->started_s = g_get_real_time () / G_USEC_PER_SEC;
  self->request = platter_request_ref (request);
  self->plan = plan;
  self->details
    = g_variant_ref_sink (platter_report_build_details (request, plan, self->started_s));
  self->progress = job_build_first_progress (plan->size_bytes);
  self->map_fd = -1;
  self->targets = job_build_first_targets (request->sides->len - 1);
  self->resumable = g_variant_ref_sink (g_variant_new ("au", NULL));
  return self;
}

static GVariant *
job_build_interrupted_targets (const PlatterJournal *journal)
{
  g_autoptr (GVariant) details = g_variant_lookup_value (platter_journal_get_details (journal),
                                                         "targets", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GVariant) first = job_build_first_targets ((guint)g_variant_n_children (details));
  gboolean is_comparison = strcmp (platter_journal_get_kind (journal), "verify") == 0;
  GVariantBuilder targets;

  g_variant_builder_init (&targets, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < g_variant_n_children (first); i++)
    {
      g_autoptr (GVariant) old = g_variant_get_child_value (first, i);
      guint64 durable_bytes = platter_journal_get_durable_bytes (journal, i);
      GVariantDict target;

      g_variant_dict_init (&target, old);
      /* Where what is durable of a rescue lies, only the worker can read in its map. */
      if (!platter_journal_is_rescue (journal))
        g_variant_dict_insert (&target, "durable-until", "t", durable_bytes);
      g_variant_dict_insert (&target, "written", "t", is_comparison ? 0 : durable_bytes);
      g_variant_dict_insert (&target, "durable", "t", is_comparison ? 0 : durable_bytes);
      g_variant_dict_insert (&target, "verified", "t", is_comparison ? durable_bytes : 0);
      g_variant_builder_add_value (&targets, g_variant_dict_end (&target));
    }
  return g_variant_builder_end (&targets);
}

static GVariant *
job_build_all_indexes (GVariant *list)
{
  GVariantBuilder indexes;

  g_variant_builder_init (&indexes, G_VARIANT_TYPE ("au"));
  for (guint i = 0; i < g_variant_n_children (list); i++)
    g_variant_builder_add (&indexes, "u", i);
  return g_variant_builder_end (&indexes);
}

PlatterJob *
platter_job_new_interrupted (PlatterJournal *journal)
{
  PlatterJob *self = g_rc_box_new0 (PlatterJob);
  guint64 started_s = 0;

  self->map_fd = -1;
  self->id = platter_journal_get_number (journal);
  self->owner = platter_journal_get_owner (journal);
  self->details = g_variant_ref (platter_journal_get_details (journal));
  g_variant_lookup (self->details, "started", "t", &started_s);
  self->started_s = (gint64)started_s;
  self->progress = job_build_first_progress (job_get_size (self));
  self->targets = g_variant_ref_sink (job_build_interrupted_targets (journal));
  self->resumable = g_variant_ref_sink (job_build_all_indexes (self->targets));
  platter_job_fail (self, "failed", "interrupted",
                    "The machine or Platter’s helper stopped while the job ran.");
  self->journal = platter_journal_ref (journal);
  return self;
}

PlatterJob *
platter_job_ref (PlatterJob *self)
{
  return g_rc_box_acquire (self);
}

static void
job_clear (gpointer data)
{
  PlatterJob *self = data;

  g_clear_pointer (&self->request, platter_request_unref);
  g_clear_pointer (&self->plan, platter_plan_free);
  g_clear_pointer (&self->journal, platter_journal_unref);
  g_variant_unref (self->details);
  g_variant_unref (self->progress);
  g_variant_unref (self->targets);
  g_variant_unref (self->resumable);
  g_clear_pointer (&self->report, g_variant_unref);
  platter_job_forget_map (self);
}

void
platter_job_unref (PlatterJob *self)
{
  g_rc_box_release_full (self, job_clear);
}

void
platter_job_set_changed (PlatterJob *self, PlatterJobChanged changed, gpointer data)
{
  self->changed = changed;
  self->data = data;
}

guint32
platter_job_get_id (PlatterJob *self)
{
  return self->id;
}

uid_t
platter_job_get_owner (PlatterJob *self)
{
  return self->owner;
}

gboolean
platter_job_has_ended (PlatterJob *self)
{
  return self->report != NULL;
}

const PlatterRequest *
platter_job_get_request (PlatterJob *self)
{
  return self->request;
}

const PlatterPlan *
platter_job_get_plan (PlatterJob *self)
{
  return self->plan;
}

void
platter_job_take_map_fd (PlatterJob *self, int fd)
{
  g_assert (self->map_fd < 0);
  self->map_fd = fd;
}

int
platter_job_get_map_fd (PlatterJob *self)
{
  return self->map_fd;
}

void
platter_job_forget_map (PlatterJob *self)
{
  if (self->map_fd < 0)
    return;
  platter_map_page_free (self->map_fd);
  self->map_fd = -1;
}

static void
job_replace (GVariant **place, GVariant *value)
{
  g_autoptr (GVariant) old = *place;

  *place = g_variant_ref_sink (value);
}

void
platter_job_set_journal (PlatterJob *self, PlatterJournal *journal)
{
  GVariantDict details;

  self->journal = platter_journal_ref (journal);
  platter_journal_set_number (journal, self->id);
  g_variant_dict_init (&details, self->details);
  g_variant_dict_insert (&details, "kept", "b", TRUE);
  job_replace (&self->details, g_variant_dict_end (&details));
}

PlatterJournal *
platter_job_get_resumable (PlatterJob *self)
{
  return self->report != NULL ? self->journal : NULL;
}

void
platter_job_forget_journal (PlatterJob *self)
{
  g_clear_pointer (&self->journal, platter_journal_unref);
  job_replace (&self->resumable, g_variant_new ("au", NULL));
}

void
platter_job_distrust (PlatterJob *self)
{
  if (self->journal == NULL || strcmp (platter_journal_get_kind (self->journal), "verify") != 0)
    return;
  platter_journal_discard (self->journal);
  platter_job_forget_journal (self);
}

void
platter_job_set_stopped (PlatterJob *self)
{
  self->is_stopped = TRUE;
}

static void
job_notify (PlatterJob *self)
{
  if (self->changed != NULL)
    self->changed (self, self->data);
}

/* The worker's last words are not the job's end: the drives are still to be let go. */
static GVariant *
job_amend_progress (GVariant *progress, gboolean is_unkept, gboolean has_ended, gboolean is_good)
{
  GVariantDict amended;
  const char *phase = "";
  double fraction = 0.0;

  g_variant_lookup (progress, "phase", "&s", &phase);
  g_variant_lookup (progress, "fraction", "d", &fraction);
  g_variant_dict_init (&amended, progress);
  if (has_ended)
    g_variant_dict_insert (&amended, "phase", "s", "ended");
  else if (strcmp (phase, "ended") == 0)
    g_variant_dict_insert (&amended, "phase", "s", "finishing");
  g_variant_dict_insert (&amended, "unkept", "b", is_unkept);
  if (has_ended)
    {
      g_variant_dict_insert (&amended, "remaining", "x", G_GINT64_CONSTANT (0));
      g_variant_dict_insert (&amended, "question", "s", "");
    }
  g_variant_dict_insert (&amended, "fraction", "d", is_good ? 1.0 : MIN (fraction, 0.999));
  return g_variant_dict_end (&amended);
}

/* Returns: what it waits for: 0 for nothing, or a sum of 1 for being resumed, and 2 for an answer. */
static guint
job_get_wait (GVariant *progress)
{
  gboolean is_paused = FALSE;
  const char *question = "";

  g_variant_lookup (progress, "paused", "b", &is_paused);
  g_variant_lookup (progress, "question", "&s", &question);
  return (is_paused ? 1 : 0) + (question[0] != '\0' ? 2 : 0);
}

gboolean
platter_job_is_asking (PlatterJob *self)
{
  return job_get_wait (self->progress) >= 2;
}

gboolean
platter_job_is_paused (PlatterJob *self)
{
  return job_get_wait (self->progress) % 2 == 1;
}

gboolean
platter_job_has_drive (PlatterJob *self)
{
  for (guint i = 0; self->request != NULL && i < self->request->sides->len; i++)
    if (!platter_request_get_side (self->request, i)->is_image)
      return TRUE;
  return FALSE;
}

static gboolean
job_is_unkept (GVariant *progress)
{
  gboolean is_unkept = FALSE;

  g_variant_lookup (progress, "unkept", "b", &is_unkept);
  return is_unkept;
}

void
platter_job_set_progress (PlatterJob *self, GVariant *progress, GVariant *targets)
{
  g_autoptr (GVariant) before = g_variant_ref (self->progress);
  gboolean is_unkept = FALSE;
  gboolean has_news = FALSE;

  job_replace (&self->targets, targets);
  if (self->journal != NULL)
    {
      has_news = platter_journal_note (self->journal, targets);
      is_unkept = platter_journal_is_failing (self->journal);
    }
  job_replace (&self->progress, job_amend_progress (progress, is_unkept, FALSE, FALSE));
  /* Else nothing but time goes by: a client that is stopped meanwhile must not have it all kept for it. */
  if (job_get_wait (progress) == 0 || job_get_wait (progress) != job_get_wait (before)
      || is_unkept != job_is_unkept (before) || has_news)
    job_notify (self);
}

static void
job_end_journal (PlatterJob *self)
{
  g_autoptr (GVariant) targets
    = g_variant_lookup_value (self->report, "targets", G_VARIANT_TYPE ("aa{sv}"));

  if (self->journal == NULL)
    return;
  job_replace (&self->resumable, platter_journal_end (self->journal, targets, self->is_stopped));
  if (g_variant_n_children (self->resumable) == 0)
    platter_job_forget_journal (self);
}

static void
job_finish (PlatterJob *self, GVariant *report)
{
  const char *outcome = "";
  gboolean is_unkept = FALSE;

  self->report = g_variant_ref_sink (report);
  g_variant_lookup (self->report, "outcome", "&s", &outcome);
  job_end_journal (self);
  is_unkept = self->journal != NULL && platter_journal_is_failing (self->journal);
  job_replace (&self->progress, job_amend_progress (self->progress, is_unkept, TRUE,
                                                    platter_report_is_good (outcome)));
  job_replace (&self->targets, platter_report_build_targets (self->report, self->targets));
  job_notify (self);
}

void
platter_job_end (PlatterJob *self, GVariant *worker, GArray *tables)
{
  job_finish (self, platter_report_build (self->details, worker, tables));
}

void
platter_job_fail (PlatterJob *self, const char *verdict, const char *code, const char *message)
{
  job_finish (self, platter_report_build_failure (self->details, self->progress, self->targets,
                                                  verdict, code, message));
}

GVariant *
platter_job_dup_property (PlatterJob *self, const char *name)
{
  const char *outcome = "";

  if (strcmp (name, "Id") == 0)
    return g_variant_ref_sink (g_variant_new_uint32 (self->id));
  if (strcmp (name, "Kind") == 0)
    return g_variant_lookup_value (self->details, "kind", G_VARIANT_TYPE_STRING);
  if (strcmp (name, "Owner") == 0)
    return g_variant_ref_sink (g_variant_new_uint32 (self->owner));
  if (strcmp (name, "State") == 0)
    return g_variant_ref_sink (g_variant_new_string (self->report != NULL ? "ended" : "running"));
  if (strcmp (name, "Started") == 0)
    return g_variant_ref_sink (g_variant_new_uint64 ((guint64)self->started_s));
  if (strcmp (name, "Resumable") == 0)
    return g_variant_ref (self->resumable);
  if (strcmp (name, "Progress") == 0)
    return g_variant_ref (self->progress);
  if (strcmp (name, "Targets") == 0)
    return g_variant_ref (self->targets);
  if (self->report != NULL)
    g_variant_lookup (self->report, "outcome", "&s", &outcome);
  return g_variant_ref_sink (g_variant_new_string (outcome));
}

GVariant *
platter_job_dup_properties (PlatterJob *self)
{
  GVariantDict properties;

  g_variant_dict_init (&properties, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (job_properties); i++)
    {
      g_autoptr (GVariant) value = platter_job_dup_property (self, job_properties[i]);
      g_variant_dict_insert_value (&properties, job_properties[i], value);
    }
  return g_variant_ref_sink (g_variant_dict_end (&properties));
}

GVariant *
platter_job_dup_details (PlatterJob *self)
{
  return g_variant_ref (self->details);
}

GVariant *
platter_job_dup_report (PlatterJob *self)
{
  return self->report != NULL ? g_variant_ref (self->report) : NULL;
}
