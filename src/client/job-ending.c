// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The end of a job, which may have to wait: an image that is made of a drive has to get its name first.

#include "config.h"

#include "job-private.h"
#include "job-target-private.h"

void
platter_job_begin_end (PlatterJob *self)
{
  if (self->is_ending)
    return;
  self->is_ending = TRUE;
  if (self->ending == NULL)
    {
      platter_job_end (self);
      return;
    }
  platter_job_notify_all (self);
  self->ending (self, self->ending_data);
}

void
platter_job_hold_end (PlatterJob *self,
                      PlatterJobEnding ending,
                      gpointer data,
                      GDestroyNotify free_data)
{
  g_return_if_fail (self->ending == NULL);

  self->ending = ending;
  self->ending_data = data;
  self->ending_free = free_data;
  /* Too late to hold it, but what is to be done is still to be done. */
  if (self->is_ending)
    ending (self, data);
}

/* Returns: (transfer floating): aa{sv}: each target with what is wrong. */
static GVariant *
job_ending_new_failed_targets (GVariant *report, const char *trouble)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (report, "targets", G_VARIANT_TYPE ("aa{sv}"));
  GVariantBuilder targets;

  g_variant_builder_init (&targets, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) told = g_variant_get_child_value (list, i);
      GVariantDict target;

      g_variant_dict_init (&target, told);
      g_variant_dict_insert (&target, "verdict", "s", "failed");
      g_variant_dict_insert (&target, "error-message", "s", trouble);
      g_variant_builder_add_value (&targets, g_variant_dict_end (&target));
    }
  return g_variant_builder_end (&targets);
}

/* Returns: (transfer full): @side under another name */
static GVariant *
job_ending_new_renamed (GVariant *side, const char *name)
{
  GVariantDict renamed;

  g_variant_dict_init (&renamed, side);
  g_variant_dict_insert (&renamed, "name", "s", name);
  return g_variant_ref_sink (g_variant_dict_end (&renamed));
}

void
platter_job_rename_target (PlatterJob *self, const char *name)
{
  g_autoptr (PlatterJobTarget) target = g_list_model_get_item (platter_job_get_targets (self), 0);
  g_autoptr (GVariant) details = platter_job_target_dup_details (target);
  g_autoptr (GVariant) told = platter_job_target_dup_report (target);
  g_autoptr (GVariant) called = job_ending_new_renamed (details, name);
  g_autoptr (GVariant) reported = job_ending_new_renamed (told, name);
  g_autoptr (GVariant) amended = NULL;
  GVariantDict report;

  platter_job_target_set_details (target, called);
  if (self->report == NULL)
    return;
  g_variant_dict_init (&report, self->report);
  g_variant_dict_insert_value (&report, "targets",
                               g_variant_new_array (G_VARIANT_TYPE_VARDICT, &reported, 1));
  amended = g_variant_ref_sink (g_variant_dict_end (&report));
  platter_job_take_report (self, amended);
}

static void
job_ending_fail (PlatterJob *self, GVariantDict *report, const char *trouble)
{
  g_free (self->outcome);
  self->outcome = g_strdup ("failed");
  g_variant_dict_insert (report, "outcome", "s", self->outcome);
  g_variant_dict_insert_value (report, "targets",
                               job_ending_new_failed_targets (self->report, trouble));
}

static void
job_ending_amend (PlatterJob *self, gboolean is_kept, const char *trouble)
{
  g_autoptr (GVariant) amended = NULL;
  GVariantDict report;

  g_variant_dict_init (&report, self->report);
  g_variant_dict_insert (&report, "error-message", "s", trouble);
  if (!is_kept)
    job_ending_fail (self, &report, trouble);
  amended = g_variant_ref_sink (g_variant_dict_end (&report));
  platter_job_take_report (self, amended);
}

void
platter_job_let_end (PlatterJob *self, gboolean is_kept, const char *trouble)
{
  g_return_if_fail (self->is_ending && self->ending != NULL);

  self->trouble = g_strdup (trouble);
  if (trouble != NULL && self->report != NULL)
    job_ending_amend (self, is_kept, trouble);
  /* The helper would go on to tell of a good end. */
  if (trouble != NULL && !is_kept && !self->is_lost)
    platter_job_release_async (self, NULL, NULL, NULL);
  platter_job_end (self);
  g_clear_pointer (&self->ending_data, self->ending_free);
}

const char *
platter_job_get_trouble (PlatterJob *self)
{
  g_return_val_if_fail (PLATTER_IS_JOB (self), NULL);
  return self->trouble;
}

/* Repaired, it is right now; what cannot be trusted is the drive that it lies on. */
gboolean
platter_job_is_whole (PlatterJob *self)
{
  static const char *const good[] = { "verified", "written", "repaired", NULL };

  return g_strv_contains (good, self->outcome);
}

gboolean
platter_job_is_unsettled (PlatterJob *self)
{
  g_return_val_if_fail (PLATTER_IS_JOB (self), FALSE);
  return g_str_equal (self->kind, "image") && self->ending == NULL && self->written == NULL
         && platter_job_is_whole (self);
}
