// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// From a job's report to the table of facts.

#include "config.h"

#include "result-facts.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "client/image-format.h"
#include "client/messages.h"
#include "client/shown.h"
#include "job-words.h"

static gint64
result_facts_get_phase_us (GVariant *report, const char *phase)
{
  g_autoptr (GVariant) phases = g_variant_lookup_value (report, "phases", G_VARIANT_TYPE ("a{sx}"));
  gint64 duration_us = 0;

  if (phases != NULL)
    g_variant_lookup (phases, phase, "x", &duration_us);
  return duration_us;
}

static char *
result_facts_dup_amount (guint64 bytes, gint64 duration_us)
{
  g_autofree char *size = g_format_size (bytes);
  if (duration_us <= 0)
    return g_steal_pointer (&size);

  g_autofree char *duration = platter_message_dup_duration (duration_us);
  g_autofree char *rate
    = g_format_size ((guint64)((double)bytes * G_USEC_PER_SEC / (double)duration_us));
  if (duration_us < G_USEC_PER_SEC)
    /* Translators: so many bytes, at so many bytes a second. */
    return g_strdup_printf (_ ("%s at %s/s"), size, rate);
  /* Translators: so many bytes, in so much time, at so many bytes a second. */
  return g_strdup_printf (_ ("%s in %s, %s/s"), size, duration, rate);
}

static void
result_facts_add_amount (PlatterFactsTable *table,
                         const char *name,
                         guint64 bytes,
                         gint64 duration_us)
{
  if (bytes == 0)
    return;

  g_autofree char *text = result_facts_dup_amount (bytes, duration_us);
  platter_facts_table_add (table, name, text);
}

static void
result_facts_add_digests (PlatterFactsTable *table, GVariant *report)
{
  g_autoptr (GVariant) digests
    = g_variant_lookup_value (report, "digests", G_VARIANT_TYPE ("a{ss}"));
  gboolean matches = FALSE;
  const char *note = NULL;
  GVariantIter iter;
  const char *name;
  const char *digest;

  if (digests == NULL)
    return;
  if (g_variant_lookup (report, "expected-matches", "b", &matches))
    note = matches ? _ ("It is the one that the file with checksums promises.")
                   : _ ("It is NOT the one that the file with checksums promises.");
  g_variant_iter_init (&iter, digests);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &digest))
    {
      g_autofree char *upper = g_ascii_strup (name, -1);

      platter_facts_table_add_digest (table, g_strcmp0 (name, "sha256") == 0 ? "SHA-256" : upper,
                                      digest, note);
    }
}

static void
result_facts_add_target (PlatterFactsTable *table, PlatterJobTarget *target)
{
  g_autoptr (GVariant) report = platter_job_target_dup_report (target);
  const char *gpt = "";
  const char *gpt_message = NULL;
  gboolean is_bypassed = FALSE;
  guint64 repaired = platter_job_target_get_repaired_bytes (target);

  if (platter_job_target_get_verified_bytes (target) > 0
      && g_variant_lookup (report, "cache-bypassed", "b", &is_bypassed))
    platter_facts_table_add (table, _ ("Caches"),
                             is_bypassed ? _ ("Read back past every cache")
                                         : _ ("Caches could not be ruled out while reading back"));
  g_variant_lookup (report, "gpt", "&s", &gpt);
  g_variant_lookup (report, "gpt-message", "&s", &gpt_message);
  if (g_strcmp0 (gpt, "moved") == 0)
    platter_facts_table_add (table, _ ("Partitions"),
                             _ ("The table's backup was moved to the end of the drive"));
  else if (g_strcmp0 (gpt, "failed") == 0)
    platter_facts_table_add (
      table, _ ("Partitions"),
      gpt_message != NULL ? gpt_message : _ ("The table's backup could not be moved to the end"));
  if (repaired > 0)
    {
      g_autofree char *size = g_format_size (repaired);

      platter_facts_table_add (table, _ ("Written again"), size);
    }
}

static void
result_facts_add_rescue (PlatterFactsTable *table, PlatterJob *job)
{
  guint64 n_errors = platter_job_get_read_errors (job);
  guint64 carried = platter_job_get_carried_bytes (job);
  g_autofree char *errors = g_strdup_printf ("%" PRIu64, n_errors);
  g_autofree char *kept
    = platter_message_dup_carried (carried, platter_job_words_is_comparison (job));

  if (n_errors > 0)
    platter_facts_table_add (table, _ ("Failed reads"), errors);
  if (carried > 0)
    platter_facts_table_add (table, _ ("From earlier"), kept);
}

static void
result_facts_add_left_out (PlatterFactsTable *table, PlatterJob *job)
{
  guint64 left_out_bytes = platter_job_get_left_out_bytes (job);
  g_autofree char *words
    = platter_message_dup_left_out (left_out_bytes, platter_job_words_is_comparison (job));

  if (left_out_bytes > 0)
    platter_facts_table_add (table, _ ("Left out"), words);
}

/* Of an image that was made. */
static gboolean
result_facts_is_plain (PlatterJob *job)
{
  g_autoptr (GVariant) options
    = g_variant_lookup_value (platter_job_get_details (job), "options", G_VARIANT_TYPE_VARDICT);
  const PlatterImageFormat *format = NULL;
  const char *name = NULL;

  if (options != NULL && g_variant_lookup (options, "format", "&s", &name))
    format = platter_image_format_find (name);
  return format != NULL && format->is_plain;
}

/* How small it has become; its own digest is not that of what is in it. */
static void
result_facts_add_packed (PlatterFactsTable *table, PlatterJob *job, PlatterJobTarget *target)
{
  g_autoptr (GVariant) report = platter_job_target_dup_report (target);
  guint64 total_bytes = MAX (platter_job_get_size_bytes (job), 1);
  guint64 packed_bytes = 0;
  const char *digest = NULL;
  g_autofree char *size = NULL;
  g_autofree char *text = NULL;

  if (!g_variant_lookup (report, "packed", "t", &packed_bytes))
    return;
  size = g_format_size (packed_bytes);
  /* Translators: the size of a file, and how much that is of what is in it, in percent */
  text = g_strdup_printf (_ ("%s, %u %% of what is in it"), size,
                          MAX ((guint)((double)packed_bytes * 100 / (double)total_bytes + 0.5), 1));
  platter_facts_table_add (
    table, result_facts_is_plain (job) ? _ ("Size of the file") : _ ("Compressed"), text);
  if (g_variant_lookup (report, "packed-sha256", "&s", &digest))
    platter_facts_table_add_digest (table, _ ("SHA-256 of the file"), digest, NULL);
}

static void
result_facts_add_image (PlatterFactsTable *table, PlatterNewImage *image)
{
  g_autofree char *path = NULL;
  g_autofree char *pieces = NULL;
  guint n_pieces = image != NULL ? platter_new_image_get_n_pieces (image) : 1;

  if (image == NULL || !platter_new_image_is_kept (image))
    return;
  path = platter_shown_dup_name (platter_new_image_get_path (image));
  platter_facts_table_add (table, _ ("File"), path);
  if (n_pieces == 1)
    return;
  /* Translators: how many pieces an image has, and the number of the last one, for ".002" */
  pieces = g_strdup_printf (_ ("%u, .001 to .%03u"), n_pieces, n_pieces);
  platter_facts_table_add (table, _ ("Pieces"), pieces);
}

void
platter_result_facts_fill (PlatterFactsTable *table, PlatterJob *job, PlatterNewImage *image)
{
  g_autoptr (GVariant) report = platter_job_dup_report (job);
  GListModel *targets = platter_job_get_targets (job);

  platter_facts_table_clear (table);
  if (report == NULL)
    return;

  result_facts_add_image (table, image);
  result_facts_add_amount (table, _ ("Read"), platter_job_get_read_bytes (job),
                           result_facts_get_phase_us (report, "copying"));
  if (g_list_model_get_n_items (targets) == 1)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (targets, 0);

      if (!platter_job_words_is_comparison (job))
        result_facts_add_amount (table, _ ("Written"),
                                 platter_job_target_get_written_bytes (target),
                                 result_facts_get_phase_us (report, "copying")
                                   + result_facts_get_phase_us (report, "flushing"));
      result_facts_add_amount (table, _ ("Read back"),
                               platter_job_target_get_verified_bytes (target),
                               result_facts_get_phase_us (report, "verifying"));
      result_facts_add_packed (table, job, target);
      result_facts_add_target (table, target);
    }
  result_facts_add_rescue (table, job);
  result_facts_add_left_out (table, job);
  result_facts_add_digests (table, report);
}
