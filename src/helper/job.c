// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is told about a job.

#include "job.h"

#include <string.h>

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
  PlatterJobChanged changed;
  gpointer data;
};

static const char *const job_properties[]
  = { "Id", "Kind", "Owner", "State", "Outcome", "Started", "Progress", "Targets" };

static GVariant *
job_build_first_progress (const PlatterPlan *plan)
{
  GVariantDict progress;

  g_variant_dict_init (&progress, NULL);
  g_variant_dict_insert (&progress, "phase", "s", "preparing");
  g_variant_dict_insert (&progress, "total", "t", plan->size_bytes);
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
  self->progress = job_build_first_progress (plan);
  self->targets = job_build_first_targets (request->sides->len - 1);
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

  platter_request_unref (self->request);
  platter_plan_free (self->plan);
  g_variant_unref (self->details);
  g_variant_unref (self->progress);
  g_variant_unref (self->targets);
  g_clear_pointer (&self->report, g_variant_unref);
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

static void
job_notify (PlatterJob *self)
{
  if (self->changed != NULL)
    self->changed (self, self->data);
}

static void
job_replace (GVariant **place, GVariant *value)
{
  g_autoptr (GVariant) old = *place;

  *place = g_variant_ref_sink (value);
}

/* The worker's last words are not the job's end: the drives are still to be let go. */
static GVariant *
job_amend_progress (GVariant *progress, gboolean has_ended, gboolean is_good)
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
  if (has_ended)
    g_variant_dict_insert (&amended, "remaining", "x", G_GINT64_CONSTANT (0));
  g_variant_dict_insert (&amended, "fraction", "d", is_good ? 1.0 : MIN (fraction, 0.999));
  return g_variant_dict_end (&amended);
}

static gboolean
job_is_paused (GVariant *progress)
{
  gboolean is_paused = FALSE;

  g_variant_lookup (progress, "paused", "b", &is_paused);
  return is_paused;
}

void
platter_job_set_progress (PlatterJob *self, GVariant *progress, GVariant *targets)
{
  /* Nothing but time goes by: a client that is stopped meanwhile must not have it all kept for it. */
  gboolean is_news = !job_is_paused (self->progress) || !job_is_paused (progress);

  job_replace (&self->progress, job_amend_progress (progress, FALSE, FALSE));
  job_replace (&self->targets, targets);
  if (is_news)
    job_notify (self);
}

static void
job_finish (PlatterJob *self, GVariant *report)
{
  const char *outcome = "";

  self->report = g_variant_ref_sink (report);
  g_variant_lookup (self->report, "outcome", "&s", &outcome);
  job_replace (&self->progress,
               job_amend_progress (self->progress, TRUE, platter_report_is_good (outcome)));
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
    return g_variant_ref_sink (
      g_variant_new_string (platter_request_get_kind_name (self->request)));
  if (strcmp (name, "Owner") == 0)
    return g_variant_ref_sink (g_variant_new_uint32 (self->owner));
  if (strcmp (name, "State") == 0)
    return g_variant_ref_sink (g_variant_new_string (self->report != NULL ? "ended" : "running"));
  if (strcmp (name, "Started") == 0)
    return g_variant_ref_sink (g_variant_new_uint64 ((guint64)self->started_s));
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
