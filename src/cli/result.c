// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How a job ended, in words.

#include "config.h"

#include "result.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "../client/conversion-words.h"
#include "../client/messages.h"
#include "../client/resume-request.h"

#define RESULT_MAX_MISMATCHES 5
#define RESULT_MAX_DAMAGED 20

typedef struct
{
  PlatterJob *job;
  gboolean is_comparison;
  gboolean may_print; /* the good news */
  gboolean is_shorter_given;
} Result;

static gboolean
result_is_good (const char *verdict)
{
  return g_str_equal (verdict, "verified") || g_str_equal (verdict, "written");
}

static void
result_print_more (guint64 n_more)
{
  g_autofree char *more = platter_message_dup_more (n_more);

  g_printerr ("  %s\n", more);
}

static void
result_print_mismatches (Result *self, PlatterJobTarget *target)
{
  g_autoptr (GVariant) list = platter_job_target_dup_mismatches (target);
  guint64 count = platter_job_target_get_mismatch_count (target);
  gsize n_told = list != NULL ? MIN (g_variant_n_children (list), RESULT_MAX_MISMATCHES) : 0;

  for (gsize i = 0; i < n_told; i++)
    {
      g_autoptr (GVariant) mismatch = g_variant_get_child_value (list, i);
      g_autofree char *sentence = platter_message_dup_mismatch (mismatch, self->is_comparison);

      g_printerr ("  %s\n", sentence);
    }
  if (count > n_told)
    result_print_more (count - n_told);
}

static void
result_print_trouble (Result *self, PlatterJobTarget *target)
{
  const char *verdict = platter_job_target_get_verdict (target);
  const char *code = platter_job_target_get_error_code (target);
  const char *message = platter_job_target_get_error_message (target);
  const char *advice = NULL;

  /* What ended the whole job is not always told again of each target. */
  if (code[0] == '\0' && message[0] == '\0')
    {
      code = platter_job_get_error_code (self->job);
      message = platter_job_get_error_message (self->job);
    }
  if (platter_job_is_rescued_image (self->job))
    advice = platter_message_get_go_on_advice (verdict);
  /* That two things differ is no fault of either. */
  if (advice != NULL)
    ;
  else if (platter_job_is_conversion (self->job)
           || platter_conversion_words_is_for (platter_job_get_kind (self->job), code))
    advice = platter_conversion_words_get_advice (verdict, code);
  else if (!self->is_comparison || g_str_equal (verdict, "failed"))
    advice = platter_message_get_advice (verdict, code);
  if (message[0] != '\0')
    g_printerr ("  %s\n", message);
  else if (code[0] != '\0')
    g_printerr ("  %s\n", platter_message_get_error (code));
  result_print_mismatches (self, target);
  if (advice != NULL)
    g_printerr ("  %s\n", advice);
  if (g_str_equal (code, "sizes-differ") && !self->is_shorter_given)
    g_printerr ("  %s\n", _ ("Give --shorter to compare up to the end of the shorter one."));
}

static char *
result_dup_verdict (Result *self, PlatterJobTarget *target)
{
  const char *verdict = platter_job_target_get_verdict (target);
  const char *name = platter_job_target_get_name (target);
  const char *source = platter_job_get_source_name (self->job);

  if (platter_job_is_conversion (self->job))
    return platter_conversion_words_dup_verdict (verdict, name, source);
  return platter_message_dup_verdict (
    platter_message_choose_verdict (verdict, platter_job_get_left_out_bytes (self->job),
                                    platter_job_get_carried_bytes (self->job),
                                    platter_job_has_more_room (self->job, target)),
    self->is_comparison, name, source);
}

static void
result_print_target (Result *self, PlatterJobTarget *target)
{
  const char *verdict = platter_job_target_get_verdict (target);
  g_autofree char *sentence = result_dup_verdict (self, target);
  const char *title = platter_message_get_verdict (verdict, self->is_comparison);
  const char *device = platter_job_target_get_device (target);

  if (!result_is_good (verdict))
    {
      g_printerr ("%s%s%s: %s\n", device, device[0] != '\0' ? " " : "", title, sentence);
      result_print_trouble (self, target);
    }
  else if (self->may_print)
    g_print ("%s%s%s: %s\n", device, device[0] != '\0' ? " " : "", title, sentence);
}

static void
result_print_digests (GVariant *report)
{
  g_autoptr (GVariantIter) digests = NULL;
  const char *name = NULL;
  const char *hex = NULL;
  gboolean matches = FALSE;

  if (!g_variant_lookup (report, "digests", "a{ss}", &digests))
    return;
  while (g_variant_iter_next (digests, "{&s&s}", &name, &hex))
    g_print ("%s %s\n", name, hex);
  if (g_variant_lookup (report, "expected-matches", "b", &matches) && matches)
    g_print ("%s\n", _ ("The checksum is the one that was promised."));
}

/* A file has no device, and nothing that could be plugged in again. */
static void
result_tell_cached (PlatterJobTarget *target)
{
  const char *name = platter_job_target_get_name (target);

  if (platter_job_target_get_device (target)[0] == '\0')
    g_printerr (_ ("%s could only be read back through the system's cache: to be sure, compare it "
                   "once more after the computer was started anew.\n"),
                name);
  else
    g_printerr (_ ("%s could only be read back through the system's cache: plug it in again and "
                   "verify it once more to be sure.\n"),
                name);
}

static void
result_print_notes (PlatterJobTarget *target)
{
  g_autoptr (GVariant) report = platter_job_target_dup_report (target);
  const char *gpt = "";
  const char *message = "";
  gboolean is_bypassed = TRUE;

  g_variant_lookup (report, "gpt", "&s", &gpt);
  g_variant_lookup (report, "gpt-message", "&s", &message);
  if (g_str_equal (gpt, "failed"))
    g_printerr (_ ("The partition table's backup could not be moved to the end of %s: %s\n"),
                platter_job_target_get_device (target), message);
  if ((g_str_equal (platter_job_target_get_verdict (target), "verified")
       || g_str_equal (platter_job_target_get_verdict (target), "repaired"))
      && g_variant_lookup (report, "cache-bypassed", "b", &is_bypassed) && !is_bypassed)
    result_tell_cached (target);
}

static gboolean
result_is_named (GVariant *owner)
{
  const char *kind = "";

  g_variant_get_child (owner, 1, "&s", &kind);
  return g_str_equal (kind, "file") || g_str_equal (kind, "folder");
}

/* Which files are hit by what could not be read. */
static void
result_print_damage (Result *self)
{
  g_autoptr (GVariant) owners = platter_job_dup_damage (self->job);
  g_autofree char *state = platter_job_dup_damage_state (self->job);
  guint64 n_files = platter_job_get_damaged_files (self->job);
  g_autofree char *heading = platter_message_dup_damage_heading (n_files, state);
  const char *doubt = platter_message_get_damage_doubt (state);
  guint64 n_told = 0;

  g_printerr ("%s\n", heading);
  for (gsize i = 0; owners != NULL && i < g_variant_n_children (owners); i++)
    {
      g_autoptr (GVariant) owner = g_variant_get_child_value (owners, i);
      g_autofree char *words = platter_message_dup_damage (owner);

      if (result_is_named (owner) && n_told++ < RESULT_MAX_DAMAGED)
        g_printerr ("  %s\n", words);
    }
  if (n_files > MIN (n_told, RESULT_MAX_DAMAGED))
    result_print_more (n_files - MIN (n_told, RESULT_MAX_DAMAGED));
  if (doubt != NULL)
    g_printerr ("%s\n", doubt);
}

/* What a rescue left out; what there was before, it has not looked at. */
static void
result_print_rescue (Result *self)
{
  g_autoptr (GVariant) list = platter_job_dup_missing (self->job);
  guint64 count = platter_job_get_missing_count (self->job);
  guint64 carried = platter_job_get_carried_bytes (self->job);
  gsize n_told = list != NULL ? MIN (g_variant_n_children (list), RESULT_MAX_MISMATCHES) : 0;
  g_autofree char *all = platter_message_dup_missing (
    platter_job_get_missing_bytes (self->job), platter_job_get_untried_bytes (self->job), count);
  g_autofree char *kept = platter_message_dup_carried (carried, self->is_comparison);

  if (count > 0)
    g_printerr ("%s\n", all);
  for (gsize i = 0; i < n_told; i++)
    {
      g_autofree char *place = NULL;
      guint64 offset = 0;
      guint64 length = 0;

      g_variant_get_child (list, i, "(tt)", &offset, &length);
      place = platter_message_dup_place (offset, length);
      g_printerr ("  %s\n", place);
    }
  if (count > n_told)
    result_print_more (count - n_told);
  if (count > 0)
    result_print_damage (self);
  if (carried > 0 && self->may_print)
    g_print ("%s\n", kept);
}

static void
result_print_part (PlatterJob *job, PlatterJobTarget *target)
{
  g_autofree char *part = platter_message_dup_part (
    platter_job_get_outcome (job), platter_job_get_size_bytes (job),
    platter_job_get_source_bytes (job), platter_job_target_get_size_bytes (target));

  if (part != NULL)
    g_print ("%s\n", part);
}

static void
result_print_left_out (Result *self)
{
  guint64 left_out_bytes = platter_job_get_left_out_bytes (self->job);
  g_autofree char *words = platter_message_dup_left_out (left_out_bytes, self->is_comparison);

  if (left_out_bytes > 0)
    g_print ("%s\n", words);
}

static void
result_print_resumable (PlatterJob *job, PlatterOptions *options)
{
  if (!platter_resume_is_possible (job) || options->json)
    return;
  if (platter_job_is_unkept (job))
    g_printerr ("%s\n", platter_message_get_unkept_end ());
  else
    g_printerr ("%s\n", _ ("What was done is kept: “platterctl jobs” lists the job, and "
                           "“platterctl jobs resume” with its number goes on."));
}

void
platter_result_print (PlatterJob *job, PlatterOptions *options)
{
  Result self = {
    .job = job,
    .is_comparison = g_str_equal (platter_job_get_kind (job), "verify"),
    .may_print = !options->quiet && !options->json,
    .is_shorter_given = options->shorter,
  };
  GListModel *targets = platter_job_get_targets (job);
  g_autoptr (GVariant) report = platter_job_dup_report (job);
  const char *message = platter_job_get_error_message (job);

  for (guint i = 0; i < g_list_model_get_n_items (targets) && report != NULL; i++)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (targets, i);

      result_print_target (&self, target);
      result_print_notes (target);
      if (self.is_comparison && self.may_print)
        result_print_part (job, target);
    }
  if (report != NULL)
    result_print_rescue (&self);
  result_print_resumable (job, options);
  if (report == NULL || (result_is_good (platter_job_get_outcome (job)) && message[0] != '\0'))
    g_printerr ("platterctl: %s\n", message);
  /* Of another image it is why it has failed, and was told with that. */
  else if (platter_job_is_rescued_image (job) && platter_job_get_trouble (job) != NULL)
    g_printerr ("platterctl: %s\n", platter_job_get_trouble (job));
  if (report != NULL && self.may_print)
    {
      result_print_left_out (&self);
      result_print_digests (report);
    }
}
