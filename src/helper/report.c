// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Putting together what a job's details and its report say.

#include "config.h"

#include "report.h"

#include <string.h>

#include "options.h"

#define REPORT_VERSION 1

/* From the best to the worst. */
static const char *const report_verdicts[]
  = { "verified",  "written",         "repaired",   "incomplete", "unverified",
      "cancelled", "source-unstable", "mismatched", "failed" };

static const char *const report_target_keys[]
  = { "phase",    "verdict", "written", "durable", "durable-until", "verified", "mismatched",
      "repaired", "rate",    "stalled", "map" };

static GVariant *
report_build_side (const PlatterRequestSide *asked, const PlatterPlanSide *side)
{
  gint64 modified_ns = platter_plan_side_get_modified_ns (side, asked);
  GVariantDict dictionary;

  g_variant_dict_init (&dictionary, NULL);
  g_variant_dict_insert (&dictionary, "name", "s", side->name);
  g_variant_dict_insert (&dictionary, "device", "s", side->device);
  g_variant_dict_insert (&dictionary, "serial", "s", side->serial);
  g_variant_dict_insert (&dictionary, "size", "t", side->size_bytes);
  g_variant_dict_insert (&dictionary, "is-image", "b", side->is_image);
  if (modified_ns != 0)
    g_variant_dict_insert (&dictionary, "modified", "x", modified_ns);
  if (side->is_packed)
    g_variant_dict_insert (&dictionary, "packed", "b", TRUE);
  if (asked->parts_fd >= 0)
    g_variant_dict_insert (&dictionary, "parts", "b", TRUE);
  if (asked->path != NULL)
    g_variant_dict_insert (&dictionary, "path", "^ay", asked->path);
  if (asked->object != NULL)
    g_variant_dict_insert (&dictionary, "object", "o", asked->object);
  if (!side->is_image)
    {
      g_variant_dict_insert (&dictionary, "number", "t", (guint64)asked->number);
      g_variant_dict_insert (&dictionary, "diskseq", "t", asked->diskseq);
    }
  return g_variant_dict_end (&dictionary);
}

GVariant *
platter_report_build_details (const PlatterRequest *request,
                              const PlatterPlan *plan,
                              gint64 started_s)
{
  GVariantBuilder targets;
  GVariantDict details;

  g_variant_builder_init (&targets, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 1; i < request->sides->len; i++)
    g_variant_builder_add_value (&targets, report_build_side (platter_request_get_side (request, i),
                                                              platter_plan_get_side (plan, i)));
  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "kind", "s", platter_request_get_kind_name (request));
  g_variant_dict_insert (&details, "size", "t", plan->size_bytes);
  g_variant_dict_insert (&details, "started", "t", (guint64)started_s);
  g_variant_dict_insert_value (&details, "options", platter_options_build (request));
  g_variant_dict_insert_value (
    &details, "source",
    report_build_side (platter_request_get_side (request, 0), platter_plan_get_side (plan, 0)));
  g_variant_dict_insert_value (&details, "targets", g_variant_builder_end (&targets));
  return g_variant_dict_end (&details);
}

static void
report_merge (GVariantDict *into, GVariant *from)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, from);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    g_variant_dict_insert_value (into, key, value);
}

static guint
report_rank (GVariant *dictionary, const char *key)
{
  const char *verdict = "";

  g_variant_lookup (dictionary, key, "&s", &verdict);
  for (guint i = 0; i < G_N_ELEMENTS (report_verdicts); i++)
    if (strcmp (report_verdicts[i], verdict) == 0)
      return i;
  return G_N_ELEMENTS (report_verdicts) - 1;
}

static GVariant *
report_build_target (GVariant *details, GVariant *worker, gboolean is_table_read)
{
  GVariantDict target;

  g_variant_dict_init (&target, details);
  g_variant_dict_insert (&target, "mismatch-count", "t", G_GUINT64_CONSTANT (0));
  g_variant_dict_insert (&target, "mismatches", "a(tttstuub)", NULL);
  g_variant_dict_insert (&target, "cache-bypassed", "b", FALSE);
  g_variant_dict_insert (&target, "gpt", "s", "none");
  report_merge (&target, worker);
  g_variant_dict_insert (&target, "phase", "s", "ended");
  g_variant_dict_insert (&target, "table-reread", "b", is_table_read);
  g_variant_dict_remove (&target, "path");
  return g_variant_dict_end (&target);
}

/* What has no verdict at the end has failed. */
static GVariant *
report_build_all_targets (GVariant *details, GVariant *worker, GArray *tables, guint *worst)
{
  g_autoptr (GVariant) ours = g_variant_lookup_value (details, "targets", NULL);
  g_autoptr (GVariant) theirs = g_variant_lookup_value (worker, "targets", NULL);
  GVariantBuilder targets;

  g_variant_builder_init (&targets, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (ours); i++)
    {
      g_autoptr (GVariant) our = g_variant_get_child_value (ours, i);
      g_autoptr (GVariant) their = g_variant_get_child_value (theirs, i);
      gboolean is_table_read
        = tables != NULL && i < tables->len && g_array_index (tables, gboolean, i);

      *worst = MAX (*worst, report_rank (their, "verdict"));
      g_variant_builder_add_value (&targets, report_build_target (our, their, is_table_read));
    }
  return g_variant_builder_end (&targets);
}

/* Where its owner keeps it is nobody else's business. */
static GVariant *
report_build_source (GVariant *details)
{
  g_autoptr (GVariant) side = g_variant_lookup_value (details, "source", G_VARIANT_TYPE_VARDICT);
  GVariantDict source;

  g_variant_dict_init (&source, side);
  g_variant_dict_remove (&source, "path");
  return g_variant_dict_end (&source);
}

GVariant *
platter_report_build (GVariant *details, GVariant *worker, GArray *tables)
{
  guint worst = report_rank (worker, "outcome");
  GVariant *targets = report_build_all_targets (details, worker, tables, &worst);
  GVariantDict report;

  g_variant_dict_init (&report, details);
  g_variant_dict_insert_value (&report, "source", report_build_source (details));
  g_variant_dict_insert (&report, "digests", "a{ss}", NULL);
  g_variant_dict_insert (&report, "phases", "a{sx}", NULL);
  report_merge (&report, worker);
  g_variant_dict_insert (&report, "version", "u", REPORT_VERSION);
  g_variant_dict_insert (&report, "program", "s", PLATTER_VERSION);
  g_variant_dict_insert (&report, "ended", "t", (guint64)(g_get_real_time () / G_USEC_PER_SEC));
  g_variant_dict_insert (&report, "outcome", "s", report_verdicts[worst]);
  g_variant_dict_insert_value (&report, "targets", targets);
  return g_variant_dict_end (&report);
}

static void
report_set_failure (
  GVariantDict *dict, const char *key, const char *verdict, const char *code, const char *message)
{
  g_variant_dict_insert (dict, key, "s", verdict);
  g_variant_dict_insert (dict, "error-code", "s", code);
  g_variant_dict_insert (dict, "error-message", "s", message);
}

/* A report, or a target in it. */
static GVariant *
report_distrust (GVariant *told, const char *key, const char *message)
{
  static const char *const good[]
    = { "verified", "written", "repaired", "incomplete", "unverified", NULL };
  const char *verdict = "";
  GVariantDict dict;

  g_variant_dict_init (&dict, told);
  g_variant_lookup (told, key, "&s", &verdict);
  if (g_strv_contains (good, verdict))
    report_set_failure (&dict, key, "source-unstable", "source-changed", message);
  return g_variant_dict_end (&dict);
}

GVariant *
platter_report_distrust (GVariant *worker, const char *message)
{
  g_autoptr (GVariant) old = g_variant_lookup_value (worker, "targets", NULL);
  g_autoptr (GVariant) whole = g_variant_ref_sink (report_distrust (worker, "outcome", message));
  GVariantBuilder targets;
  GVariantDict dict;

  g_variant_builder_init (&targets, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (old); i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (old, i);

      g_variant_builder_add_value (&targets, report_distrust (target, "verdict", message));
    }
  g_variant_dict_init (&dict, whole);
  g_variant_dict_insert_value (&dict, "targets", g_variant_builder_end (&targets));
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

GVariant *
platter_report_build_failure (GVariant *details,
                              GVariant *progress,
                              GVariant *targets,
                              const char *verdict,
                              const char *code,
                              const char *message)
{
  g_autoptr (GVariant) worker = NULL;
  GVariantBuilder failed;
  GVariantDict report;
  guint64 number = 0;

  g_variant_builder_init (&failed, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) old = g_variant_get_child_value (targets, i);
      GVariantDict target;

      g_variant_dict_init (&target, old);
      report_set_failure (&target, "verdict", verdict, code, message);
      g_variant_builder_add_value (&failed, g_variant_dict_end (&target));
    }
  g_variant_dict_init (&report, NULL);
  g_variant_lookup (progress, "read", "t", &number);
  g_variant_dict_insert (&report, "read", "t", number);
  g_variant_lookup (progress, "zero", "t", &number);
  g_variant_dict_insert (&report, "zero", "t", number);
  report_set_failure (&report, "outcome", verdict, code, message);
  g_variant_dict_insert_value (&report, "targets", g_variant_builder_end (&failed));
  worker = g_variant_ref_sink (g_variant_dict_end (&report));
  return platter_report_build (details, worker, NULL);
}

GVariant *
platter_report_build_targets (GVariant *report, GVariant *last)
{
  g_autoptr (GVariant) all = g_variant_lookup_value (report, "targets", NULL);
  GVariantBuilder targets;

  g_variant_builder_init (&targets, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (all); i++)
    {
      g_autoptr (GVariant) whole = g_variant_get_child_value (all, i);
      g_autoptr (GVariant) old = g_variant_get_child_value (last, i);
      GVariantDict target;

      g_variant_dict_init (&target, old);
      for (gsize n = 0; n < G_N_ELEMENTS (report_target_keys); n++)
        {
          g_autoptr (GVariant) value = g_variant_lookup_value (whole, report_target_keys[n], NULL);
          if (value != NULL)
            g_variant_dict_insert_value (&target, report_target_keys[n], value);
        }
      g_variant_builder_add_value (&targets, g_variant_dict_end (&target));
    }
  return g_variant_builder_end (&targets);
}

gboolean
platter_report_is_good (const char *outcome)
{
  return strcmp (outcome, "verified") == 0 || strcmp (outcome, "repaired") == 0
         || strcmp (outcome, "written") == 0;
}
