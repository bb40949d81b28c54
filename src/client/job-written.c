// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A job made from its report: from the keys of docs/report.md back to those of docs/interface.md, so that all that shows
// a job that has just ended shows one of last year.

#include "config.h"

#include "job.h"

#include "job-private.h"
#include "job-target-private.h"
#include "map-cells.h"
#include "report-private.h"

/* As many as the helper tells of a job, or of one with many targets. */
#define MANY_CELLS 1024
#define FEW_CELLS 256

static void
job_written_add_time (GVariantBuilder *to, const char *key, GVariant *from)
{
  const char *text = "";
  g_autoptr (GDateTime) time = NULL;

  g_variant_lookup (from, key, "&s", &text);
  time = g_date_time_new_from_iso8601 (text, NULL);
  if (time != NULL && g_date_time_to_unix (time) >= 0)
    platter_report_add (to, key, g_variant_new_uint64 ((guint64)g_date_time_to_unix (time)));
}

/* Those of docs/report.md that say their unit. */
static const char *
job_written_get_option (const char *key)
{
  if (g_str_equal (key, "stall-timeout-s"))
    return "stall-timeout";
  return g_str_equal (key, "time-limit-s") ? "time-limit" : key;
}

static GVariant *
job_written_new_options (GVariant *written)
{
  g_autoptr (GVariant) told = g_variant_lookup_value (written, "options", G_VARIANT_TYPE_VARDICT);
  GVariantBuilder options;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  if (told != NULL)
    {
      g_variant_iter_init (&iter, told);
      while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
        {
          g_autoptr (GVariant) owned = value;

          platter_report_add (&options, job_written_get_option (key), owned);
        }
    }
  return g_variant_builder_end (&options);
}

static GVariant *
job_written_new_end (GVariant *told)
{
  GVariantBuilder end;

  g_variant_builder_init (&end, G_VARIANT_TYPE_VARDICT);
  platter_report_copy (&end, "name", told, "name", "s");
  platter_report_copy (&end, "device", told, "device", "s");
  platter_report_copy (&end, "serial", told, "serial", "s");
  platter_report_copy (&end, "size", told, "size-bytes", "t");
  platter_report_copy (&end, "is-image", told, "is-image", "b");
  return g_variant_builder_end (&end);
}

static GVariant *
job_written_new_mismatches (GVariant *told)
{
  g_autoptr (GVariant) list
    = g_variant_lookup_value (told, "mismatches", G_VARIANT_TYPE ("aa{sv}"));
  GVariantBuilder mismatches;

  g_variant_builder_init (&mismatches, G_VARIANT_TYPE ("a(tttstuub)"));
  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) place = g_variant_get_child_value (list, i);
      guint64 offset = 0;
      guint64 length = 0;
      guint64 differing = 0;
      guint64 found_at = 0;
      const char *kind = "";
      guint32 bits = 0;
      guint32 attempts = 0;
      gboolean is_repaired = FALSE;

      g_variant_lookup (place, "offset-bytes", "t", &offset);
      g_variant_lookup (place, "length-bytes", "t", &length);
      g_variant_lookup (place, "differing-bytes", "t", &differing);
      g_variant_lookup (place, "class", "&s", &kind);
      g_variant_lookup (place, "found-at-bytes", "t", &found_at);
      g_variant_lookup (place, "bits", "u", &bits);
      g_variant_lookup (place, "repair-attempts", "u", &attempts);
      g_variant_lookup (place, "repaired", "b", &is_repaired);
      g_variant_builder_add (&mismatches, "(tttstuub)", offset, length, differing, kind, found_at,
                             bits, attempts, is_repaired);
    }
  return g_variant_builder_end (&mismatches);
}

/* Whether all ranges begin where a cell does. */
static gboolean
job_written_map_fits (GVariant *map, guint64 size_bytes, guint n_cells)
{
  guint cell = 0;

  for (gsize i = 0; i < g_variant_n_children (map); i++)
    {
      g_autoptr (GVariant) range = g_variant_get_child_value (map, i);
      guint64 begin = 0;
      guint64 offset = 0;
      guint64 length;

      g_variant_lookup (range, "offset-bytes", "t", &begin);
      platter_map_cells_get_range (n_cells, cell, size_bytes, &offset, &length);
      while (offset < begin && cell + 1 < n_cells)
        platter_map_cells_get_range (n_cells, ++cell, size_bytes, &offset, &length);
      if (offset != begin)
        return FALSE;
    }
  return TRUE;
}

static void
job_written_add_map (GVariantBuilder *target, GVariant *told, guint64 size_bytes)
{
  g_autoptr (GVariant) map = g_variant_lookup_value (told, "map", G_VARIANT_TYPE ("aa{sv}"));
  guint8 cells[MANY_CELLS];
  guint n_cells = MANY_CELLS;

  if (map == NULL || g_variant_n_children (map) == 0)
    return;
  if (!job_written_map_fits (map, size_bytes, MANY_CELLS)
      && job_written_map_fits (map, size_bytes, FEW_CELLS))
    n_cells = FEW_CELLS;
  platter_map_cells_fill (map, size_bytes, cells, n_cells);
  platter_report_add (target, "map",
                      g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, cells, n_cells, 1));
}

static GVariant *
job_written_new_target (GVariant *told, guint64 size_bytes)
{
  static const struct
  {
    const char *key;
    const char *name;
    const char *type;
  } same[] = {
    { "verdict", "verdict", "s" },
    { "error-code", "error-code", "s" },
    { "error-message", "error-message", "s" },
    { "error-offset", "error-offset-bytes", "t" },
    { "error-phase", "error-phase", "s" },
    { "written", "written-bytes", "t" },
    { "durable", "durable-bytes", "t" },
    { "verified", "verified-bytes", "t" },
    { "mismatched", "mismatched-bytes", "t" },
    { "repaired", "repaired-bytes", "t" },
    { "cache-bypassed", "cache-bypassed", "b" },
    { "packed", "packed-bytes", "t" },
    { "packed-sha256", "packed-sha256", "s" },
    { "gpt", "gpt", "s" },
    { "gpt-message", "gpt-message", "s" },
    { "table-reread", "table-reread", "b" },
    { "mismatch-count", "mismatch-count", "t" },
  };
  GVariantBuilder target;

  g_variant_builder_init (&target, G_VARIANT_TYPE_VARDICT);
  for (gsize i = 0; i < G_N_ELEMENTS (same); i++)
    platter_report_copy (&target, same[i].key, told, same[i].name, same[i].type);
  platter_report_add_string (&target, "phase", "ended");
  platter_report_add (&target, "mismatches", job_written_new_mismatches (told));
  job_written_add_map (&target, told, size_bytes);
  return g_variant_builder_end (&target);
}

/* @is_told: what became of the targets, or what they are. */
static GVariant *
job_written_new_targets (GVariant *written, gboolean is_told)
{
  g_autoptr (GVariant) list
    = g_variant_lookup_value (written, "targets", G_VARIANT_TYPE ("aa{sv}"));
  GVariantBuilder targets;
  guint64 size_bytes = 0;

  g_variant_lookup (written, "size-bytes", "t", &size_bytes);
  g_variant_builder_init (&targets, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) told = g_variant_get_child_value (list, i);

      g_variant_builder_add_value (&targets, is_told ? job_written_new_target (told, size_bytes)
                                                     : job_written_new_end (told));
    }
  return g_variant_builder_end (&targets);
}

static GVariant *
job_written_new_details (GVariant *written)
{
  g_autoptr (GVariant) source = g_variant_lookup_value (written, "source", G_VARIANT_TYPE_VARDICT);
  GVariantBuilder details;

  g_variant_builder_init (&details, G_VARIANT_TYPE_VARDICT);
  platter_report_copy (&details, "kind", written, "kind", "s");
  platter_report_copy (&details, "size", written, "size-bytes", "t");
  job_written_add_time (&details, "started", written);
  platter_report_add (&details, "options", job_written_new_options (written));
  if (source != NULL)
    platter_report_add (&details, "source", job_written_new_end (source));
  platter_report_add (&details, "targets", job_written_new_targets (written, FALSE));
  return g_variant_ref_sink (g_variant_builder_end (&details));
}

static GVariant *
job_written_new_phases (GVariant *written)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (written, "phases", G_VARIANT_TYPE ("aa{sv}"));
  GVariantBuilder phases;

  g_variant_builder_init (&phases, G_VARIANT_TYPE ("a{sx}"));
  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) phase = g_variant_get_child_value (list, i);
      const char *name = "";
      gint64 duration_us = 0;

      g_variant_lookup (phase, "phase", "&s", &name);
      g_variant_lookup (phase, "duration-us", "x", &duration_us);
      g_variant_builder_add (&phases, "{sx}", name, duration_us);
    }
  return g_variant_builder_end (&phases);
}

static void
job_written_add_missing (GVariantBuilder *report, GVariant *written)
{
  g_autoptr (GVariant) list
    = g_variant_lookup_value (written, "missing", G_VARIANT_TYPE ("aa{sv}"));
  GVariantBuilder places;

  platter_report_copy (report, "carried", written, "carried-bytes", "t");
  if (list == NULL)
    return;
  platter_report_copy (report, "missing-bytes", written, "missing-bytes", "t");
  platter_report_copy (report, "missing-count", written, "missing-count", "t");
  platter_report_copy (report, "untried-bytes", written, "untried-bytes", "t");
  platter_report_copy (report, "read-errors", written, "read-errors", "t");
  g_variant_builder_init (&places, G_VARIANT_TYPE ("a(tt)"));
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) place = g_variant_get_child_value (list, i);
      guint64 offset = 0;
      guint64 length = 0;

      g_variant_lookup (place, "offset-bytes", "t", &offset);
      g_variant_lookup (place, "length-bytes", "t", &length);
      g_variant_builder_add (&places, "(tt)", offset, length);
    }
  platter_report_add (report, "missing", g_variant_builder_end (&places));
  platter_report_read_damage (report, written);
}

static GVariant *
job_written_new_report (GVariant *written)
{
  GVariantBuilder report;

  g_variant_builder_init (&report, G_VARIANT_TYPE_VARDICT);
  platter_report_copy (&report, "program", written, "program-version", "s");
  job_written_add_time (&report, "ended", written);
  platter_report_copy (&report, "outcome", written, "outcome", "s");
  platter_report_copy (&report, "error-code", written, "error-code", "s");
  platter_report_copy (&report, "error-message", written, "error-message", "s");
  platter_report_copy (&report, "digests", written, "digests", "a{ss}");
  platter_report_copy (&report, "expected-matches", written, "expected-matches", "b");
  platter_report_copy (&report, "read", written, "read-bytes", "t");
  platter_report_copy (&report, "zero", written, "zero-bytes", "t");
  platter_report_copy (&report, "answer", written, "answer", "s");
  platter_report_copy (&report, "left-out", written, "left-out-bytes", "t");
  job_written_add_missing (&report, written);
  platter_report_add (&report, "phases", job_written_new_phases (written));
  platter_report_add (&report, "targets", job_written_new_targets (written, TRUE));
  return g_variant_ref_sink (g_variant_builder_end (&report));
}

static GVariant *
job_written_new_progress (GVariant *written)
{
  GVariantBuilder progress;

  g_variant_builder_init (&progress, G_VARIANT_TYPE_VARDICT);
  platter_report_add_string (&progress, "phase", "ended");
  platter_report_copy (&progress, "read", written, "read-bytes", "t");
  platter_report_copy (&progress, "zero", written, "zero-bytes", "t");
  platter_report_copy (&progress, "read-errors", written, "read-errors", "t");
  platter_report_copy (&progress, "missing", written, "missing-bytes", "t");
  platter_report_copy (&progress, "elapsed", written, "duration-us", "x");
  return g_variant_ref_sink (g_variant_builder_end (&progress));
}

static void
job_written_add_speed (PlatterJob *self, GVariant *written)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (written, "rates", G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) point = g_variant_get_child_value (list, i);
      PlatterSpeedPoint added = { 0 };
      const char *phase = "";

      g_variant_lookup (point, "time-us", "x", &added.time_us);
      g_variant_lookup (point, "rate-bytes-per-s", "t", &added.rate_bytes_per_s);
      g_variant_lookup (point, "phase", "&s", &phase);
      added.min_bytes_per_s = added.max_bytes_per_s = added.rate_bytes_per_s;
      g_variant_lookup (point, "min-bytes-per-s", "t", &added.min_bytes_per_s);
      g_variant_lookup (point, "max-bytes-per-s", "t", &added.max_bytes_per_s);
      added.kind = g_str_equal (phase, "copying") ? PLATTER_SPEED_COPYING : PLATTER_SPEED_VERIFYING;
      platter_speed_history_add_point (self->speed, &added);
    }
}

static void
job_written_add_maps (PlatterJob *self, GVariant *written)
{
  g_autoptr (GVariant) list
    = g_variant_lookup_value (written, "targets", G_VARIANT_TYPE ("aa{sv}"));
  guint64 size_bytes = 0;

  g_variant_lookup (written, "size-bytes", "t", &size_bytes);
  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) told = g_variant_get_child_value (list, i);
      g_autoptr (GVariant) map = g_variant_lookup_value (told, "map", G_VARIANT_TYPE ("aa{sv}"));
      g_autoptr (PlatterJobTarget) target
        = g_list_model_get_item (G_LIST_MODEL (self->targets), (guint)i);

      /* Whether it is exact is not written down, but what is in which state is. */
      if (map != NULL)
        platter_job_target_take_map (target, platter_map_ranges_new_written (map, size_bytes),
                                     FALSE);
    }
}

PlatterJob *
platter_job_new_written (GVariant *written)
{
  PlatterJob *self = g_object_new (PLATTER_TYPE_JOB, NULL);
  g_autoptr (GVariant) details = job_written_new_details (written);
  g_autoptr (GVariant) report = job_written_new_report (written);

  self->object_path = g_strdup ("");
  self->written = g_variant_ref (written);
  self->is_running = FALSE;
  g_variant_lookup (written, "is-lost", "b", &self->is_lost);
  g_free (self->kind);
  g_free (self->outcome);
  g_variant_lookup (written, "kind", "s", &self->kind);
  g_variant_lookup (written, "outcome", "s", &self->outcome);
  g_variant_unref (self->progress);
  self->progress = job_written_new_progress (written);
  platter_job_describe (self, details);
  platter_job_take_report (self, report);
  if (self->is_lost)
    g_clear_pointer (&self->report, g_variant_unref);
  job_written_add_maps (self, written);
  job_written_add_speed (self, written);
  return self;
}
