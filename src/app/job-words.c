// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the pages say about a job, put together from what the client knows.

#include "config.h"

#include "job-words.h"

#include <glib/gi18n.h>

#include "client/conversion-words.h"
#include "client/messages.h"

/* Shorter pauses are ordinary: a stick that erases a block needs them. */
#define STALL_US (5 * G_USEC_PER_SEC)

gboolean
platter_job_words_is_comparison (PlatterJob *job)
{
  return g_strcmp0 (platter_job_get_kind (job), "verify") == 0;
}

gboolean
platter_job_words_is_good (PlatterJobTarget *target)
{
  static const char *const GOOD[] = { "verified", "repaired", "written", NULL };

  return g_strv_contains (GOOD, platter_job_target_get_verdict (target));
}

gboolean
platter_job_words_is_retryable (PlatterJobTarget *target)
{
  return !platter_job_words_is_good (target)
         && g_strcmp0 (platter_job_target_get_verdict (target), "incomplete") != 0;
}

gboolean
platter_job_words_is_image (PlatterJob *job)
{
  return g_strcmp0 (platter_job_get_kind (job), "image") == 0;
}

gboolean
platter_job_words_is_conversion (PlatterJob *job)
{
  return platter_job_is_conversion (job);
}

const char *
platter_job_words_get_title (PlatterJob *job)
{
  const char *kind = platter_job_get_kind (job);

  if (platter_job_words_is_conversion (job))
    return _ ("Converting");
  if (platter_job_words_is_image (job))
    return _ ("Imaging");
  if (g_strcmp0 (kind, "write") == 0)
    return _ ("Writing");
  return platter_job_words_is_comparison (job) ? _ ("Comparing") : _ ("Cloning");
}

const char *
platter_job_words_get_icon_name (PlatterJob *job)
{
  const char *kind = platter_job_get_kind (job);

  if (platter_job_words_is_conversion (job))
    return "emblem-synchronizing-symbolic";
  if (platter_job_words_is_image (job))
    return "drive-harddisk-symbolic";
  if (g_strcmp0 (kind, "write") == 0)
    return "document-save-symbolic";
  return g_strcmp0 (kind, "verify") == 0 ? "emblem-ok-symbolic" : "edit-copy-symbolic";
}

const char *
platter_job_words_get_outcome (PlatterJob *job)
{
  return platter_job_is_lost (job) ? "failed" : platter_job_get_outcome (job);
}

char *
platter_job_words_dup_verdict (PlatterJob *job,
                               const char *verdict,
                               PlatterJobTarget *target,
                               const char *name)
{
  if (platter_job_words_is_conversion (job))
    return platter_conversion_words_dup_verdict (verdict, name, platter_job_get_source_name (job));
  return platter_message_dup_verdict (
    platter_message_choose_verdict (verdict, platter_job_get_left_out_bytes (job),
                                    platter_job_get_carried_bytes (job),
                                    platter_job_has_more_room (job, target)),
    platter_job_words_is_comparison (job), name, platter_job_get_source_name (job));
}

const char *
platter_job_words_get_advice (PlatterJob *job, const char *error_code)
{
  const char *outcome = platter_job_words_get_outcome (job);
  const char *go_on
    = platter_job_is_rescued_image (job) ? platter_message_get_go_on_advice (outcome) : NULL;

  if (go_on != NULL)
    return go_on;
  /* That two things differ is no fault of either. */
  if (platter_job_words_is_comparison (job) && g_strcmp0 (outcome, "failed") != 0)
    return g_strcmp0 (outcome, "mismatched") == 0
             ? _ ("If they were the same once, and nobody has changed either since, one of them "
                  "does not keep what it holds.")
             : NULL;
  return platter_job_words_is_conversion (job)
             || platter_conversion_words_is_for (platter_job_get_kind (job), error_code)
           ? platter_conversion_words_get_advice (outcome, error_code)
           : platter_message_get_advice (outcome, error_code);
}

static char *
job_words_dup_left (PlatterJob *job)
{
  gint64 remaining_us = platter_job_get_remaining_us (job);
  if (remaining_us < G_USEC_PER_SEC)
    return NULL;

  g_autofree char *duration = platter_message_dup_duration (remaining_us);
  /* Translators: %s is a length of time. */
  return g_strdup_printf (_ ("%s left"), duration);
}

char *
platter_job_words_dup_subtitle (PlatterJob *job)
{
  if (!platter_job_is_running (job))
    {
      g_autoptr (GDateTime) started
        = g_date_time_new_from_unix_local ((gint64)platter_job_get_started (job));
      g_autofree char *when = started != NULL ? g_date_time_format (started, "%x, %H:%M") : NULL;
      g_autofree char *size = g_format_size (platter_job_get_size_bytes (job));

      if (platter_job_get_size_bytes (job) == 0)
        return g_strdup (when != NULL ? when : "");
      return g_strdup_printf ("%s · %s", when != NULL ? when : "", size);
    }

  const char *phase = platter_job_words_get_phase (job);
  g_autofree char *left = job_words_dup_left (job);
  /* Translators: the phase of a job and how many percent are done. */
  g_autofree char *text = g_strdup_printf (_ ("%s · %u %%"), phase, platter_job_get_percent (job));
  return left != NULL ? g_strdup_printf ("%s · %s", text, left) : g_steal_pointer (&text);
}

char *
platter_job_words_dup_facts (PlatterJob *job)
{
  g_autofree char *done = g_format_size (platter_job_get_done_bytes (job));
  g_autofree char *total = g_format_size (platter_job_get_total_bytes (job));
  g_autofree char *left = job_words_dup_left (job);
  g_autoptr (GString) text = g_string_new (NULL);

  if (platter_job_get_total_bytes (job) > 0)
    /* Translators: so much of so much. */
    g_string_append_printf (text, _ ("%s of %s"), done, total);
  else if (platter_job_get_done_bytes (job) > 0)
    g_string_append (text, done);
  if (platter_job_get_rate (job) > 0)
    {
      g_autofree char *rate = g_format_size (platter_job_get_rate (job));

      g_string_append (text, text->len > 0 ? " · " : "");
      /* Translators: a rate: so many bytes a second. */
      g_string_append_printf (text, _ ("%s/s"), rate);
    }
  if (left != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", left);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
job_words_verifies (PlatterJob *job)
{
  GVariant *details = platter_job_get_details (job);
  g_autoptr (GVariant) options
    = details != NULL ? g_variant_lookup_value (details, "options", G_VARIANT_TYPE_VARDICT) : NULL;
  gboolean verify = FALSE;

  return options != NULL && g_variant_lookup (options, "verify", "b", &verify) && verify;
}

const char *
platter_job_words_get_phase (PlatterJob *job)
{
  if (platter_job_is_asking (job))
    return platter_message_get_waiting ();
  return platter_job_is_paused (job)
           ? _ ("Paused")
           : platter_message_get_phase (platter_job_get_phase (job), platter_job_get_kind (job));
}

char *
platter_job_words_dup_after (PlatterJob *job)
{
  const char *phase = platter_job_get_phase (job);

  if (platter_job_is_asking (job) || platter_job_is_paused (job)
      || platter_job_words_is_comparison (job))
    return g_strdup ("");
  if (g_strcmp0 (phase, "copying") == 0)
    return g_strdup (job_words_verifies (job) ? _ ("then flushing, then verifying")
                                              : _ ("then flushing"));
  if (g_strcmp0 (phase, "flushing") == 0)
    return g_strdup (job_words_verifies (job) ? _ ("then verifying") : "");
  return g_strdup ("");
}

/* Whoever does not answer is named: that is what somebody can do something about. */
static char *
job_words_dup_stalled (const char *name, gint64 stalled_us)
{
  if (stalled_us < STALL_US)
    return NULL;

  g_autofree char *duration = platter_message_dup_duration (stalled_us);
  /* Translators: the name of a drive, and a length of time. */
  return g_strdup_printf (_ ("%s has not answered for %s; waiting"), name, duration);
}

char *
platter_job_words_dup_limit (PlatterJob *job)
{
  GListModel *targets = platter_job_get_targets (job);
  char *text = NULL;

  /* The question itself says that nothing happens. */
  if (platter_job_is_asking (job))
    return g_strdup ("");
  if (platter_job_is_paused (job))
    return g_strdup (_ ("Nothing is read or written until you resume it."));

  text
    = job_words_dup_stalled (platter_job_get_source_name (job), platter_job_get_stalled_us (job));
  for (guint i = 0; text == NULL && i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (targets, i);

      text = job_words_dup_stalled (platter_job_target_get_name (target),
                                    platter_job_target_get_stalled_us (target));
    }
  /* Where errors are, what is left and how many there were says more than what limits. */
  if (text == NULL)
    text = platter_message_dup_rescue (platter_job_get_rescue (job),
                                       platter_job_get_missing_bytes (job),
                                       platter_job_get_read_errors (job));
  if (text != NULL)
    return text;

  const char *limit
    = platter_message_get_limit (platter_job_get_limit (job), platter_job_get_phase (job));
  return g_strdup (limit != NULL ? limit : "");
}

char *
platter_job_words_dup_target (PlatterJob *job, PlatterJobTarget *target)
{
  const char *verdict = platter_job_target_get_verdict (target);
  char *stalled = NULL;

  if (g_strcmp0 (verdict, "none") != 0)
    {
      const char *message = platter_job_target_get_error_message (target);

      return message[0] != '\0' ? g_strdup (message)
                                : platter_job_words_dup_verdict (
                                  job, verdict, target, platter_job_target_get_name (target));
    }
  stalled = job_words_dup_stalled (platter_job_target_get_name (target),
                                   platter_job_target_get_stalled_us (target));
  if (stalled != NULL)
    return stalled;

  /* Its table may still have to be moved, or its end to be written: both come last, for all. */
  if (g_strcmp0 (platter_job_target_get_phase (target), "finishing") == 0
      && g_strcmp0 (platter_job_get_phase (job), "finishing") != 0)
    return g_strdup (_ ("Waiting for the others"));

  g_autofree char *rate = g_format_size (platter_job_target_get_rate (target));
  const char *phase
    = platter_message_get_phase (platter_job_target_get_phase (target), platter_job_get_kind (job));
  if (platter_job_target_get_rate (target) == 0)
    return g_strdup (phase);
  /* Translators: a phase and a rate: "Copying · 48 MB/s". */
  return g_strdup_printf (_ ("%s · %s/s"), phase, rate);
}

const char *
platter_job_words_get_badge (PlatterJob *job, PlatterJobTarget *target)
{
  const char *verdict = platter_job_target_get_verdict (target);

  if (g_strcmp0 (verdict, "none") != 0)
    return platter_message_get_verdict (verdict, platter_job_words_is_comparison (job));
  if (platter_job_target_get_stalled_us (target) >= STALL_US)
    return _ ("Stalled");
  return platter_message_get_phase (platter_job_target_get_phase (target),
                                    platter_job_get_kind (job));
}

const char *
platter_job_words_get_consequence (PlatterJob *job)
{
  if (platter_job_words_is_comparison (job))
    return _ ("Nothing was changed and nothing will be.");
  if (platter_job_words_is_conversion (job))
    return _ ("Nothing stays of the new image. The one that is read is not changed.");
  if (platter_job_is_rescued_image (job))
    return _ (
      "What was saved stays in the image, and its map says what that is: the rescue can go on "
      "with them.");
  if (platter_job_words_is_image (job))
    return _ ("Nothing stays of the image. The drive is not changed.");
  /* Also while it is verified: its first and last MiB are written after that. */
  return _ ("What was on the target is lost all the same. It will hold no usable copy and look "
            "empty, and can be written again or formatted.");
}
