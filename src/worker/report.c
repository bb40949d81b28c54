// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The dictionaries that the worker sends: progress and report.

#include "report.h"

#include <string.h>

#include "dbus/text.h"
#include "words.h"

/* A message holds 128 KiB: the maps and the texts of 32 targets must fit. */
#define REPORT_CELLS 1024
#define REPORT_CELLS_OF_MANY 256
#define REPORT_MANY_TARGETS 4
#define REPORT_MAX_MISMATCHES 256
#define REPORT_MAX_MISSING 256
/* What is shown while the last steps are still under way. */
#define REPORT_MAX_FRACTION 0.999

/* From best to worst: the outcome of a job is the worst verdict of its targets. */
static const PlatterVerdict report_verdicts[] = {
  PLATTER_VERDICT_VERIFIED,        PLATTER_VERDICT_WRITTEN,    PLATTER_VERDICT_REPAIRED,
  PLATTER_VERDICT_INCOMPLETE,      PLATTER_VERDICT_UNVERIFIED, PLATTER_VERDICT_CANCELLED,
  PLATTER_VERDICT_SOURCE_UNSTABLE, PLATTER_VERDICT_MISMATCHED, PLATTER_VERDICT_FAILED,
};

static void
report_add_string (GVariantDict *dict, const char *key, const char *text)
{
  g_autofree char *plain = platter_text_dup_plain (text);

  g_variant_dict_insert (dict, key, "s", plain);
}

static void
report_add_error (GVariantDict *dict, const GError *error)
{
  g_variant_dict_insert (dict, "error-code", "s", platter_words_of_error (error));
  report_add_string (dict, "error-message", error->message);
}

static PlatterPhase
report_get_phase (PlatterPhase phase, gboolean is_ended)
{
  return phase == PLATTER_PHASE_ENDED && !is_ended ? PLATTER_PHASE_FINISHING : phase;
}

/* What has gone wrong is told at once; of a good copy the table may still have to be moved. */
static gboolean
report_is_final (PlatterVerdict verdict, gboolean is_ended)
{
  switch (verdict)
    {
    case PLATTER_VERDICT_NONE:
    case PLATTER_VERDICT_VERIFIED:
    case PLATTER_VERDICT_REPAIRED:
    case PLATTER_VERDICT_WRITTEN:
      return is_ended;
    default:
      return TRUE;
    }
}

static void
report_add_target_numbers (GVariantDict *dict,
                           const PlatterReportInput *input,
                           guint target,
                           gboolean is_ended)
{
  PlatterTargetProgress progress;
  gboolean is_final = FALSE;

  platter_transfer_get_target_progress (input->transfer, target, &progress);
  is_final = report_is_final (progress.verdict, is_ended);
  g_variant_dict_insert (dict, "phase", "s",
                         platter_words_of_phase (report_get_phase (progress.phase, is_final)));
  g_variant_dict_insert (
    dict, "verdict", "s",
    platter_words_of_verdict (is_final ? progress.verdict : PLATTER_VERDICT_NONE));
  g_variant_dict_insert (dict, "written", "t", progress.written_bytes);
  g_variant_dict_insert (dict, "durable", "t", progress.durable_bytes);
  g_variant_dict_insert (dict, "durable-until", "t", progress.durable_until_bytes);
  g_variant_dict_insert (dict, "verified", "t", progress.verified_bytes);
  g_variant_dict_insert (dict, "mismatched", "t", progress.mismatched_bytes);
  g_variant_dict_insert (dict, "repaired", "t", progress.repaired_bytes);
  g_variant_dict_insert (dict, "rate", "t", progress.rate_bytes_per_s);
  g_variant_dict_insert (dict, "stalled", "x", progress.stalled_us);
}

static GVariant *
report_new_map (const PlatterReportInput *input, guint target)
{
  g_autoptr (PlatterMap) map = platter_transfer_dup_target_map (input->transfer, target);
  gsize n_cells = input->targets->len > REPORT_MANY_TARGETS ? REPORT_CELLS_OF_MANY : REPORT_CELLS;
  guint8 cells[REPORT_CELLS] = { 0 };

  platter_map_get_cells (map, 0, platter_map_get_size_bytes (map), cells, n_cells);
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, cells, n_cells, 1);
}

static GVariant *
report_new_job_progress (const PlatterReportInput *input, gboolean is_ended)
{
  g_autoptr (PlatterMap) map = platter_transfer_dup_target_map (input->transfer, 0);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  PlatterProgress progress;

  platter_transfer_get_progress (input->transfer, &progress);
  if (!is_ended)
    progress.fraction = MIN (progress.fraction, REPORT_MAX_FRACTION);
  g_variant_dict_insert (&dict, "phase", "s",
                         platter_words_of_phase (report_get_phase (progress.phase, is_ended)));
  g_variant_dict_insert (&dict, "total", "t", progress.total_bytes);
  g_variant_dict_insert (&dict, "done", "t", progress.done_bytes);
  g_variant_dict_insert (&dict, "map-size", "t", platter_map_get_size_bytes (map));
  g_variant_dict_insert (&dict, "read", "t", progress.read_bytes);
  g_variant_dict_insert (&dict, "zero", "t", progress.zero_bytes);
  g_variant_dict_insert (&dict, "rate", "t", progress.rate_bytes_per_s);
  g_variant_dict_insert (&dict, "fraction", "d", progress.fraction);
  g_variant_dict_insert (&dict, "remaining", "x", progress.remaining_us);
  g_variant_dict_insert (&dict, "elapsed", "x", progress.elapsed_us);
  g_variant_dict_insert (&dict, "source-stalled", "x", progress.source_stalled_us);
  g_variant_dict_insert (&dict, "limit", "s", platter_words_of_limit (progress.limit));
  g_variant_dict_insert (&dict, "limiting-target", "u", progress.limiting_target);
  g_variant_dict_insert (&dict, "paused", "b", progress.is_paused);
  g_variant_dict_insert (&dict, "question", "s", platter_words_of_question (progress.question));
  g_variant_dict_insert (&dict, "question-offset", "t", progress.question_offset_bytes);
  g_variant_dict_insert (&dict, "rescue", "s",
                         progress.is_rescue ? platter_words_of_rescue_phase (progress.rescue_phase)
                                            : "none");
  g_variant_dict_insert (&dict, "read-errors", "t", progress.n_read_errors);
  g_variant_dict_insert (&dict, "missing", "t", progress.missing_bytes);
  return g_variant_dict_end (&dict);
}

GVariant *
platter_report_new_progress (const PlatterReportInput *input, gboolean is_ended)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_auto (GVariantBuilder) targets = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < input->targets->len; i++)
    {
      g_auto (GVariantDict) target = G_VARIANT_DICT_INIT (NULL);
      report_add_target_numbers (&target, input, i, is_ended);
      g_variant_dict_insert_value (&target, "map", report_new_map (input, i));
      g_variant_builder_add_value (&targets, g_variant_dict_end (&target));
    }
  g_variant_dict_insert_value (&dict, "progress", report_new_job_progress (input, is_ended));
  g_variant_dict_insert_value (&dict, "targets", g_variant_builder_end (&targets));
  return g_variant_dict_end (&dict);
}

static GVariant *
report_new_mismatches (const PlatterReportInput *input, guint target)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(tttstuub)"));
  GArray *mismatches = platter_transfer_get_target_mismatches (input->transfer, target);
  guint n_told = MIN (mismatches->len, REPORT_MAX_MISMATCHES / input->targets->len);

  for (guint i = 0; i < n_told; i++)
    {
      const PlatterMismatch *mismatch = &g_array_index (mismatches, PlatterMismatch, i);
      g_variant_builder_add (&builder, "(tttstuub)", mismatch->offset_bytes, mismatch->length_bytes,
                             mismatch->differing_bytes, platter_words_of_mismatch (mismatch->kind),
                             mismatch->found_at_bytes, mismatch->bits, mismatch->repair_attempts,
                             mismatch->repaired);
    }
  return g_variant_builder_end (&builder);
}

static void
report_add_gpt (GVariantDict *dict, const PlatterReportGpt *gpt)
{
  const char *const words[] = {
    [PLATTER_GPT_NONE] = "none",
    [PLATTER_GPT_MOVED] = "moved",
    [PLATTER_GPT_FAILED] = "failed",
    [PLATTER_GPT_BROKEN] = "failed", /* and so has the target */
  };

  g_variant_dict_insert (dict, "gpt", "s", words[gpt->result]);
  if (gpt->message != NULL)
    report_add_string (dict, "gpt-message", gpt->message);
}

static void
report_add_target_error (GVariantDict *dict, const PlatterReportInput *input, guint target)
{
  const GError *error = platter_transfer_get_target_error (input->transfer, target);
  guint64 offset = platter_transfer_get_target_error_offset (input->transfer, target);

  if (error == NULL)
    return;
  report_add_error (dict, error);
  if (offset != G_MAXUINT64)
    g_variant_dict_insert (dict, "error-offset", "t", offset);
  g_variant_dict_insert (
    dict, "error-phase", "s",
    platter_words_of_phase (platter_transfer_get_target_error_phase (input->transfer, target)));
}

static void
report_add_packed (GVariantDict *dict, const PlatterReportPacked *packed)
{
  if (!packed->is_there)
    return;
  g_variant_dict_insert (dict, "packed", "t", packed->bytes);
  if (packed->digest != NULL)
    g_variant_dict_insert (dict, "packed-sha256", "s", packed->digest);
}

static GVariant *
report_new_target (const PlatterReportInput *input, guint target)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  report_add_target_numbers (&dict, input, target, TRUE);
  report_add_target_error (&dict, input, target);
  g_variant_dict_insert (&dict, "mismatch-count", "t",
                         platter_transfer_get_target_mismatch_count (input->transfer, target));
  g_variant_dict_insert_value (&dict, "mismatches", report_new_mismatches (input, target));
  g_variant_dict_insert (&dict, "cache-bypassed", "b",
                         platter_transfer_is_target_cache_bypassed (input->transfer, target));
  report_add_gpt (&dict, &input->gpts[target]);
  report_add_packed (&dict, &input->packed);
  return g_variant_dict_end (&dict);
}

static guint
report_get_rank (PlatterVerdict verdict)
{
  for (guint i = 0; i < G_N_ELEMENTS (report_verdicts); i++)
    if (report_verdicts[i] == verdict)
      return i;
  /* Without a verdict nothing good can be said. */
  return G_N_ELEMENTS (report_verdicts) - 1;
}

static PlatterVerdict
report_get_outcome (const PlatterReportInput *input)
{
  guint worst = 0;

  for (guint i = 0; i < input->targets->len; i++)
    {
      PlatterTargetProgress progress;
      platter_transfer_get_target_progress (input->transfer, i, &progress);
      worst = MAX (worst, report_get_rank (progress.verdict));
    }
  return report_verdicts[worst];
}

static GVariant *
report_new_digests (const PlatterReportInput *input)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));

  for (guint bit = 1; bit <= PLATTER_DIGEST_BLAKE2B; bit <<= 1)
    {
      const char *hex = platter_transfer_get_digest (input->transfer, (PlatterDigests)bit);
      if (hex != NULL)
        g_variant_builder_add (&builder, "{ss}", platter_words_of_digest ((PlatterDigests)bit),
                               hex);
    }
  return g_variant_builder_end (&builder);
}

/* Says nothing unless all of them are known. */
static void
report_add_expected (GVariantDict *dict, const PlatterReportInput *input)
{
  gboolean matches = TRUE;

  for (guint i = 0; i < input->spec->options.n_expected; i++)
    {
      const PlatterExpectedDigest *expected = &input->spec->options.expected[i];
      const char *hex = platter_transfer_get_file_digest (input->transfer, expected->digest);
      if (hex == NULL)
        return;
      matches = matches && strcmp (hex, expected->hex) == 0;
    }
  if (input->spec->options.n_expected > 0)
    g_variant_dict_insert (dict, "expected-matches", "b", matches);
}

static GVariant *
report_new_phases (const PlatterReportInput *input)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sx}"));

  for (guint i = PLATTER_PHASE_PREPARING; i < PLATTER_PHASE_ENDED; i++)
    {
      gint64 duration_us = platter_transfer_get_phase_us (input->transfer, (PlatterPhase)i);
      if (duration_us > 0)
        g_variant_builder_add (&builder, "{sx}", platter_words_of_phase ((PlatterPhase)i),
                               duration_us);
    }
  return g_variant_builder_end (&builder);
}

/* What a rescue could not read, or has not tried to before it ended. */
static void
report_add_missing (GVariantDict *dict, const PlatterReportInput *input)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(tt)"));
  PlatterMapRange range = { 0, 0, 0 };
  PlatterProgress progress;
  guint64 count = 0;

  platter_transfer_get_progress (input->transfer, &progress);
  if (progress.is_rescue || platter_transfer_get_carried_bytes (input->transfer) > 0)
    g_variant_dict_insert (dict, "carried", "t",
                           platter_transfer_get_carried_bytes (input->transfer));
  if (!progress.is_rescue)
    return;
  while (platter_transfer_find_missing (input->transfer, range.offset_bytes + range.length_bytes,
                                        &range))
    if (count++ < REPORT_MAX_MISSING)
      g_variant_builder_add (&builder, "(tt)", range.offset_bytes, range.length_bytes);
  g_variant_dict_insert (dict, "missing-bytes", "t", progress.missing_bytes);
  g_variant_dict_insert (dict, "missing-count", "t", count);
  g_variant_dict_insert (dict, "untried-bytes", "t",
                         platter_transfer_get_untried_bytes (input->transfer));
  g_variant_dict_insert_value (dict, "missing", g_variant_builder_end (&builder));
  g_variant_dict_insert (dict, "read-errors", "t", progress.n_read_errors);
}

GVariant *
platter_report_new (const PlatterReportInput *input)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_auto (GVariantBuilder) targets = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  PlatterOnError answer = PLATTER_ON_ERROR_STOP;
  PlatterProgress progress;

  platter_transfer_get_progress (input->transfer, &progress);
  for (guint i = 0; i < input->targets->len; i++)
    g_variant_builder_add_value (&targets, report_new_target (input, i));
  g_variant_dict_insert (&dict, "outcome", "s",
                         platter_words_of_verdict (report_get_outcome (input)));
  if (input->error != NULL)
    report_add_error (&dict, input->error);
  g_variant_dict_insert_value (&dict, "digests", report_new_digests (input));
  report_add_expected (&dict, input);
  if (platter_transfer_get_size_bytes (input->transfer) > 0)
    g_variant_dict_insert (&dict, "size", "t", platter_transfer_get_size_bytes (input->transfer));
  g_variant_dict_insert (&dict, "read", "t", progress.read_bytes);
  g_variant_dict_insert (&dict, "zero", "t", progress.zero_bytes);
  g_variant_dict_insert_value (&dict, "phases", report_new_phases (input));
  report_add_missing (&dict, input);
  if (platter_transfer_get_answer (input->transfer, &answer))
    g_variant_dict_insert (&dict, "answer", "s", platter_words_of_on_error (answer));
  if (platter_transfer_get_unwanted_bytes (input->transfer) > 0)
    g_variant_dict_insert (&dict, "left-out", "t",
                           platter_transfer_get_unwanted_bytes (input->transfer));
  g_variant_dict_insert_value (&dict, "targets", g_variant_builder_end (&targets));
  return g_variant_dict_end (&dict);
}
