// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What became of one target: its numbers, its wrong places, its map.

#include "config.h"

#include "map-cells.h"
#include "report-private.h"
#include "report.h"

static GVariant *
report_target_new_mismatch (GVariant *mismatch)
{
  GVariantBuilder object;
  guint64 offset = 0;
  guint64 length = 0;
  guint64 differing = 0;
  guint64 found_at = 0;
  const char *kind = NULL;
  guint32 bits = 0;
  guint32 attempts = 0;
  gboolean is_repaired = FALSE;

  g_variant_get (mismatch, "(ttt&stuub)", &offset, &length, &differing, &kind, &found_at, &bits,
                 &attempts, &is_repaired);
  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  platter_report_add (&object, "offset-bytes", g_variant_new_uint64 (offset));
  platter_report_add (&object, "length-bytes", g_variant_new_uint64 (length));
  platter_report_add (&object, "differing-bytes", g_variant_new_uint64 (differing));
  platter_report_add_string (&object, "class", kind);
  if (g_str_equal (kind, "wrapped"))
    platter_report_add (&object, "found-at-bytes", g_variant_new_uint64 (found_at));
  if (g_str_equal (kind, "bits"))
    platter_report_add (&object, "bits", g_variant_new_uint32 (bits));
  platter_report_add (&object, "repair-attempts", g_variant_new_uint32 (attempts));
  platter_report_add (&object, "repaired", g_variant_new_boolean (is_repaired));
  return g_variant_builder_end (&object);
}

static void
report_target_add_mismatches (GVariantBuilder *report, PlatterJobTarget *target)
{
  g_autoptr (GVariant) list = platter_job_target_dup_mismatches (target);
  gsize n_told
    = list != NULL ? MIN (g_variant_n_children (list), PLATTER_REPORT_MAX_MISMATCHES) : 0;
  guint64 count = MAX (platter_job_target_get_mismatch_count (target), n_told);
  GVariantBuilder places;

  g_variant_builder_init (&places, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < n_told; i++)
    {
      g_autoptr (GVariant) mismatch = g_variant_get_child_value (list, i);

      g_variant_builder_add_value (&places, report_target_new_mismatch (mismatch));
    }
  platter_report_add (report, "mismatch-count", g_variant_new_uint64 (count));
  platter_report_add (report, "mismatches-omitted", g_variant_new_uint64 (count - n_told));
  platter_report_add (report, "mismatches", g_variant_builder_end (&places));
}

static GVariant *
report_target_new_range (guint64 offset, guint64 end, guint8 state)
{
  GVariantBuilder range;

  g_variant_builder_init (&range, G_VARIANT_TYPE_VARDICT);
  platter_report_add (&range, "offset-bytes", g_variant_new_uint64 (offset));
  platter_report_add (&range, "length-bytes", g_variant_new_uint64 (end - offset));
  platter_report_add (&range, "state",
                      g_variant_new_string (platter_map_cells_get_code ((PlatterMapState)state)));
  return g_variant_builder_end (&range);
}

/* Neighbours of the same state are one range; cells without a byte in them are none. */
static void
report_target_add_cells (GVariantBuilder *ranges, PlatterJobTarget *target, guint64 size_bytes)
{
  GBytes *map = platter_job_target_get_cells (target);
  gsize n_cells = 0;
  const guint8 *cells = map != NULL ? g_bytes_get_data (map, &n_cells) : NULL;
  guint64 begin = 0;

  for (gsize i = 0; i < n_cells; i++)
    {
      guint64 offset;
      guint64 length;

      platter_map_cells_get_range ((guint)n_cells, (guint)i, size_bytes, &offset, &length);
      if (offset + length == begin || (i + 1 < n_cells && cells[i + 1] == cells[i]))
        continue;
      g_variant_builder_add_value (ranges,
                                   report_target_new_range (begin, offset + length, cells[i]));
      begin = offset + length;
    }
}

static void
report_target_add_map (GVariantBuilder *report,
                       PlatterJobTarget *target,
                       guint64 size_bytes,
                       guint max_ranges)
{
  gboolean is_final = FALSE;
  const PlatterMapRanges *map = platter_job_target_get_map (target, &is_final);
  guint n_ranges = map != NULL ? platter_map_ranges_get_n (map) : 0;
  GVariantBuilder ranges;

  g_variant_builder_init (&ranges, G_VARIANT_TYPE ("aa{sv}"));
  if (!is_final || n_ranges > max_ranges || platter_map_ranges_get_size_bytes (map) != size_bytes)
    {
      report_target_add_cells (&ranges, target, size_bytes);
      n_ranges = 0;
    }
  for (guint i = 0; i < n_ranges; i++)
    {
      PlatterMapRange range = platter_map_ranges_get_nth (map, i);

      g_variant_builder_add_value (&ranges,
                                   report_target_new_range (range.offset_bytes,
                                                            range.offset_bytes + range.length_bytes,
                                                            (guint8)range.state));
    }
  platter_report_add (report, "map", g_variant_builder_end (&ranges));
}

static void
report_target_add_amounts (GVariantBuilder *report, PlatterJobTarget *target, guint64 size_bytes)
{
  guint64 bytes[PLATTER_MAP_N_STATES];
  GVariantBuilder amounts;

  platter_map_cells_count (target, size_bytes, bytes);
  g_variant_builder_init (&amounts, G_VARIANT_TYPE_VARDICT);
  for (guint state = 0; state < PLATTER_MAP_N_STATES; state++)
    if (bytes[state] > 0)
      platter_report_add (&amounts, platter_map_cells_get_code (state),
                          g_variant_new_uint64 (bytes[state]));
  platter_report_add (report, "map-bytes", g_variant_builder_end (&amounts));
}

static void
report_target_add_numbers (GVariantBuilder *report, PlatterJobTarget *target)
{
  platter_report_add (report, "written-bytes",
                      g_variant_new_uint64 (platter_job_target_get_written_bytes (target)));
  platter_report_add (report, "durable-bytes",
                      g_variant_new_uint64 (platter_job_target_get_durable_bytes (target)));
  platter_report_add (report, "verified-bytes",
                      g_variant_new_uint64 (platter_job_target_get_verified_bytes (target)));
  platter_report_add (report, "mismatched-bytes",
                      g_variant_new_uint64 (platter_job_target_get_mismatched_bytes (target)));
  platter_report_add (report, "repaired-bytes",
                      g_variant_new_uint64 (platter_job_target_get_repaired_bytes (target)));
}

/* The helper's details of a target are a part of its report; without one they were asked for before. */
GVariant *
platter_report_new_target (PlatterJobTarget *target,
                           guint64 size_bytes,
                           guint n_targets,
                           GPtrArray *ends)
{
  g_autoptr (GVariant) told = platter_job_target_dup_report (target);
  g_autoptr (GVariant) details = platter_job_target_dup_details (target);
  const char *verdict = platter_job_target_get_verdict (target);
  GVariantBuilder report;

  g_variant_builder_init (&report, G_VARIANT_TYPE_VARDICT);
  platter_report_add_identity (&report, details, ends, FALSE);
  /* Where nobody told a verdict, nothing good is known. */
  platter_report_add_string (&report, "verdict",
                             g_str_equal (verdict, "none") ? "failed" : verdict);
  platter_report_add_string (&report, "error-code", platter_job_target_get_error_code (target));
  platter_report_add_string (&report, "error-message",
                             platter_job_target_get_error_message (target));
  platter_report_copy (&report, "error-offset-bytes", told, "error-offset", "t");
  platter_report_copy (&report, "error-phase", told, "error-phase", "s");
  report_target_add_numbers (&report, target);
  platter_report_copy (&report, "cache-bypassed", told, "cache-bypassed", "b");
  platter_report_copy (&report, "packed-bytes", told, "packed", "t");
  platter_report_copy (&report, "packed-sha256", told, "packed-sha256", "s");
  platter_report_copy (&report, "gpt", told, "gpt", "s");
  platter_report_copy (&report, "gpt-message", told, "gpt-message", "s");
  platter_report_copy (&report, "table-reread", told, "table-reread", "b");
  report_target_add_mismatches (&report, target);
  report_target_add_amounts (&report, target, size_bytes);
  report_target_add_map (&report, target, size_bytes, PLATTER_REPORT_MAX_RANGES / n_targets);
  return g_variant_builder_end (&report);
}
