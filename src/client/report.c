// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is to be said of a job that has ended, put together from what the helper told and what the client knows.

#include "config.h"

#include "report.h"

#include "report-private.h"

void
platter_report_add (GVariantBuilder *report, const char *key, GVariant *value)
{
  g_variant_builder_add (report, "{sv}", key, value);
}

void
platter_report_add_string (GVariantBuilder *report, const char *key, const char *text)
{
  if (text != NULL && text[0] != '\0')
    platter_report_add (report, key, g_variant_new_take_string (g_utf8_make_valid (text, -1)));
}

void
platter_report_add_number (GVariantBuilder *report,
                           const char *key,
                           GVariant *from,
                           const char *name)
{
  guint64 number = 0;

  g_variant_lookup (from, name, "t", &number);
  platter_report_add (report, key, g_variant_new_uint64 (number));
}

void
platter_report_copy (
  GVariantBuilder *report, const char *key, GVariant *from, const char *name, const char *type)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (from, name, G_VARIANT_TYPE (type));

  if (value != NULL)
    platter_report_add (report, key, value);
}

static void
report_add_time (GVariantBuilder *report, const char *key, guint64 time_s)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc ((gint64)time_s);

  if (time != NULL)
    platter_report_add (
      report, key, g_variant_new_take_string (g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ")));
}

static void
report_add_times (GVariantBuilder *report, PlatterJob *job, GVariant *told)
{
  guint64 now = (guint64)(g_get_real_time () / G_USEC_PER_SEC);
  guint64 ended = now;

  g_variant_lookup (told, "ended", "t", &ended);
  report_add_time (report, "created", now);
  report_add_time (report, "started", platter_job_get_started (job));
  report_add_time (report, "ended", ended);
  platter_report_add (report, "duration-us",
                      g_variant_new_int64 (platter_job_get_elapsed_us (job)));
}

/* What a copy that may leave something out was to do. */
static void
report_copy_rescue_options (GVariantBuilder *options, GVariant *told)
{
  const char *on_error = "stop";

  g_variant_lookup (told, "on-error", "&s", &on_error);
  if (g_str_equal (on_error, "stop"))
    return;
  platter_report_add_string (options, "on-error", on_error);
  platter_report_copy (options, "rescue", told, "rescue", "b");
  platter_report_copy (options, "retries", told, "retries", "u");
  platter_report_copy (options, "error-limit", told, "error-limit", "t");
  platter_report_copy (options, "time-limit-s", told, "time-limit", "u");
  platter_report_copy (options, "zero-bad", told, "zero-bad", "b");
}

static void
report_add_options (GVariantBuilder *report, GVariant *details)
{
  g_autoptr (GVariant) told = g_variant_lookup_value (details, "options", G_VARIANT_TYPE_VARDICT);
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  if (told != NULL)
    {
      platter_report_copy (&options, "verify", told, "verify", "b");
      platter_report_copy (&options, "unmount", told, "unmount", "b");
      platter_report_copy (&options, "digests", told, "digests", "as");
      platter_report_copy (&options, "expected", told, "expected", "a{ss}");
      platter_report_copy (&options, "repairs", told, "repairs", "u");
      platter_report_copy (&options, "stall-timeout-s", told, "stall-timeout", "u");
      platter_report_copy (&options, "shorter", told, "shorter", "b");
      platter_report_copy (&options, "queue", told, "queue", "s");
      platter_report_copy (&options, "format", told, "format", "s");
      platter_report_copy (&options, "level", told, "level", "u");
      report_copy_rescue_options (&options, told);
    }
  platter_report_add (report, "options", g_variant_builder_end (&options));
}

static void
report_add_source (GVariantBuilder *report, GVariant *details, GPtrArray *ends)
{
  g_autoptr (GVariant) told = g_variant_lookup_value (details, "source", G_VARIANT_TYPE_VARDICT);
  GVariantBuilder source;

  g_variant_builder_init (&source, G_VARIANT_TYPE_VARDICT);
  if (told != NULL)
    platter_report_add_identity (&source, told, ends, TRUE);
  platter_report_add (report, "source", g_variant_builder_end (&source));
}

/* Of several targets that which came furthest: they are written and read back at the same time. */
static guint64
report_get_most (PlatterJob *job, guint64 (*get_bytes) (PlatterJobTarget *target))
{
  GListModel *targets = platter_job_get_targets (job);
  guint64 most = 0;

  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (targets, i);

      most = MAX (most, get_bytes (target));
    }
  return most;
}

static guint64
report_get_compared (PlatterJobTarget *target)
{
  return platter_job_target_get_verified_bytes (target)
         + platter_job_target_get_mismatched_bytes (target);
}

/* 0 for a phase in which bytes are not what counts. */
static guint64
report_get_phase_bytes (PlatterJob *job, GVariant *told, const char *phase)
{
  guint64 bytes = 0;

  if (g_str_equal (phase, "copying"))
    g_variant_lookup (told, "read", "t", &bytes);
  else if (g_str_equal (phase, "verifying"))
    bytes = report_get_most (job, report_get_compared);
  return bytes;
}

static GVariant *
report_new_phase (PlatterJob *job, GVariant *told, const char *name, gint64 duration_us)
{
  guint64 bytes = report_get_phase_bytes (job, told, name);
  double rate = (double)bytes * G_USEC_PER_SEC / (double)duration_us;
  GVariantBuilder phase;

  g_variant_builder_init (&phase, G_VARIANT_TYPE_VARDICT);
  platter_report_add_string (&phase, "phase", name);
  platter_report_add (&phase, "duration-us", g_variant_new_int64 (duration_us));
  if (bytes > 0)
    {
      platter_report_add (&phase, "bytes", g_variant_new_uint64 (bytes));
      platter_report_add (&phase, "rate-bytes-per-s", g_variant_new_uint64 ((guint64)rate));
    }
  return g_variant_builder_end (&phase);
}

static void
report_add_phases (GVariantBuilder *report, PlatterJob *job, GVariant *told)
{
  static const char *const names[]
    = { "preparing", "copying", "flushing", "verifying", "repairing", "finishing" };
  g_autoptr (GVariant) times = g_variant_lookup_value (told, "phases", G_VARIANT_TYPE ("a{sx}"));
  GVariantBuilder phases;

  g_variant_builder_init (&phases, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; times != NULL && i < G_N_ELEMENTS (names); i++)
    {
      gint64 duration_us = 0;

      if (g_variant_lookup (times, names[i], "x", &duration_us) && duration_us > 0)
        g_variant_builder_add_value (&phases, report_new_phase (job, told, names[i], duration_us));
    }
  platter_report_add (report, "phases", g_variant_builder_end (&phases));
}

static void
report_add_rates (GVariantBuilder *report, PlatterJob *job)
{
  guint n_points = 0;
  const PlatterSpeedPoint *points
    = platter_speed_history_get_points (platter_job_get_speed (job), &n_points);
  GVariantBuilder rates;

  g_variant_builder_init (&rates, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < n_points; i++)
    {
      gboolean is_copying = points[i].kind == PLATTER_SPEED_COPYING;
      GVariantBuilder rate;

      g_variant_builder_init (&rate, G_VARIANT_TYPE_VARDICT);
      platter_report_add (&rate, "time-us", g_variant_new_int64 (points[i].time_us));
      platter_report_add (&rate, "rate-bytes-per-s",
                          g_variant_new_uint64 (points[i].rate_bytes_per_s));
      platter_report_add (&rate, "min-bytes-per-s",
                          g_variant_new_uint64 (points[i].min_bytes_per_s));
      platter_report_add (&rate, "max-bytes-per-s",
                          g_variant_new_uint64 (points[i].max_bytes_per_s));
      platter_report_add_string (&rate, "phase", is_copying ? "copying" : "verifying");
      g_variant_builder_add_value (&rates, g_variant_builder_end (&rate));
    }
  platter_report_add (report, "rates", g_variant_builder_end (&rates));
}

static void
report_add_digests (GVariantBuilder *report, GVariant *told)
{
  g_autoptr (GVariant) digests = g_variant_lookup_value (told, "digests", G_VARIANT_TYPE ("a{ss}"));

  platter_report_add (report, "digests", digests != NULL ? digests : g_variant_new ("a{ss}", NULL));
  platter_report_copy (report, "expected-matches", told, "expected-matches", "b");
}

static GVariant *
report_new_missing (GVariant *told)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (told, "missing", G_VARIANT_TYPE ("a(tt)"));
  g_autoptr (GVariant) owners
    = g_variant_lookup_value (told, "damage-places", G_VARIANT_TYPE ("aau"));
  gsize n_told
    = list != NULL ? MIN (g_variant_n_children (list), PLATTER_REPORT_MAX_MISMATCHES) : 0;
  GVariantBuilder places;

  g_variant_builder_init (&places, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < n_told; i++)
    {
      GVariantBuilder place;
      guint64 offset = 0;
      guint64 length = 0;

      g_variant_get_child (list, i, "(tt)", &offset, &length);
      g_variant_builder_init (&place, G_VARIANT_TYPE_VARDICT);
      platter_report_add (&place, "offset-bytes", g_variant_new_uint64 (offset));
      platter_report_add (&place, "length-bytes", g_variant_new_uint64 (length));
      platter_report_add_owners (&place, owners, i);
      g_variant_builder_add_value (&places, g_variant_builder_end (&place));
    }
  return g_variant_builder_end (&places);
}

/* What was not read of the source; of a job that was not to leave anything out, nothing is told. */
static void
report_add_missing (GVariantBuilder *report, GVariant *told)
{
  guint64 count = 0;

  platter_report_copy (report, "read-errors", told, "read-errors", "t");
  platter_report_copy (report, "carried-bytes", told, "carried", "t");
  if (!g_variant_lookup (told, "missing-count", "t", &count))
    return;
  platter_report_add_number (report, "missing-bytes", told, "missing-bytes");
  platter_report_add (report, "missing-count", g_variant_new_uint64 (count));
  platter_report_copy (report, "untried-bytes", told, "untried-bytes", "t");
  platter_report_add (report, "missing", report_new_missing (told));
  platter_report_add_damage (report, told);
}

static void
report_add_targets (GVariantBuilder *report, PlatterJob *job, GPtrArray *ends)
{
  GListModel *model = platter_job_get_targets (job);
  guint n_targets = g_list_model_get_n_items (model);
  GVariantBuilder targets;

  g_variant_builder_init (&targets, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < n_targets; i++)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (model, i);

      g_variant_builder_add_value (
        &targets,
        platter_report_new_target (target, platter_job_get_size_bytes (job), n_targets, ends));
    }
  platter_report_add (report, "targets", g_variant_builder_end (&targets));
}

static void
report_add_head (GVariantBuilder *report, PlatterJob *job, GVariant *told)
{
  const char *program_version = PLATTER_VERSION;

  g_variant_lookup (told, "program", "&s", &program_version);
  platter_report_add_string (report, "format", PLATTER_REPORT_FORMAT);
  platter_report_add (report, "version", g_variant_new_uint32 (PLATTER_REPORT_VERSION));
  platter_report_add_string (report, "program", "Platter");
  platter_report_add_string (report, "program-version", program_version);
  platter_report_add_string (report, "user", g_get_user_name ());
  platter_report_add_string (report, "host", g_get_host_name ());
  platter_report_add_string (report, "kind", platter_job_get_kind (job));
  platter_report_add (report, "size-bytes",
                      g_variant_new_uint64 (platter_job_get_size_bytes (job)));
}

GVariant *
platter_report_new (PlatterJob *job, GPtrArray *ends)
{
  g_autoptr (GVariant) written = platter_job_dup_written (job);
  g_autoptr (GVariant) report_of_helper = platter_job_dup_report (job);
  GVariant *details = platter_job_get_details (job);
  /* Where the helper went away, what it told at the beginning is all there is. */
  GVariant *told = report_of_helper != NULL ? report_of_helper : details;
  GVariantBuilder report;

  if (written != NULL)
    return g_steal_pointer (&written);
  g_variant_builder_init (&report, G_VARIANT_TYPE_VARDICT);
  report_add_head (&report, job, told);
  report_add_times (&report, job, told);
  platter_report_add_string (&report, "outcome", platter_job_get_outcome (job));
  platter_report_add_string (&report, "error-code", platter_job_get_error_code (job));
  platter_report_add_string (&report, "error-message", platter_job_get_error_message (job));
  platter_report_add (&report, "is-lost", g_variant_new_boolean (platter_job_is_lost (job)));
  report_add_options (&report, details);
  report_add_source (&report, details, ends);
  platter_report_add_number (&report, "read-bytes", told, "read");
  platter_report_add_number (&report, "zero-bytes", told, "zero");
  platter_report_copy (&report, "answer", told, "answer", "s");
  platter_report_copy (&report, "left-out-bytes", told, "left-out", "t");
  report_add_missing (&report, told);
  report_add_digests (&report, told);
  report_add_phases (&report, job, told);
  report_add_rates (&report, job);
  report_add_targets (&report, job, ends);
  return g_variant_ref_sink (g_variant_builder_end (&report));
}
