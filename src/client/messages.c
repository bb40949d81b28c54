// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The words for what the helper tells in codes: one place for the window and the command line.

#include "config.h"

#include "messages.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

typedef struct
{
  const char *code;
  const char *text;
} MessagesWord;

static const char *
messages_find (const MessagesWord *words, gsize n_words, const char *code, const char *fallback)
{
  for (gsize i = 0; i < n_words; i++)
    if (g_strcmp0 (words[i].code, code) == 0)
      return _ (words[i].text);
  return fallback;
}

const char *
platter_message_get_phase (const char *phase, const char *kind)
{
  static const MessagesWord words[] = {
    { "preparing", N_ ("Preparing") }, { "copying", N_ ("Copying") },
    { "flushing", N_ ("Flushing") },   { "verifying", N_ ("Verifying") },
    { "repairing", N_ ("Repairing") }, { "finishing", N_ ("Finishing") },
    { "ended", N_ ("Ended") },
  };

  if (g_strcmp0 (kind, "verify") == 0
      && (g_strcmp0 (phase, "verifying") == 0 || g_strcmp0 (phase, "copying") == 0))
    return _ ("Comparing");
  return messages_find (words, G_N_ELEMENTS (words), phase, _ ("Working"));
}

const char *
platter_message_get_verdict (const char *verdict, gboolean is_comparison)
{
  static const MessagesWord words[] = {
    { "none", N_ ("Running") },
    { "verified", N_ ("Verified") },
    { "repaired", N_ ("Repaired") },
    { "written", N_ ("Written, not verified") },
    { "mismatched", N_ ("Not the same") },
    { "unverified", N_ ("Written, but not read back") },
    { "incomplete", N_ ("Incomplete") },
    { "source-unstable", N_ ("Source unreliable") },
    { "failed", N_ ("Failed") },
    { "cancelled", N_ ("Cancelled") },
  };

  if (is_comparison && g_strcmp0 (verdict, "verified") == 0)
    return _ ("Identical");
  if (is_comparison && g_strcmp0 (verdict, "unverified") == 0)
    return _ ("Not compared");
  return messages_find (words, G_N_ELEMENTS (words), verdict, _ ("Failed"));
}

const char *
platter_message_choose_verdict (const char *verdict,
                                guint64 left_out_bytes,
                                guint64 carried_bytes,
                                gboolean has_more_room)
{
  gboolean is_verified = g_strcmp0 (verdict, "verified") == 0;

  if (carried_bytes > 0 && is_verified)
    return "verified-earlier";
  if (!is_verified && g_strcmp0 (verdict, "repaired") != 0)
    return verdict;
  if (left_out_bytes > 0)
    return is_verified ? "verified-parts" : "repaired-parts";
  if (has_more_room)
    return is_verified ? "verified-beginning" : "repaired-beginning";
  return verdict;
}

static const char *
messages_get_verdict_format (const char *verdict, gboolean is_comparison)
{
  /* Translators: in each of these, the first %s is the target and the second the source */
  static const MessagesWord copies[] = {
    { "verified", N_ ("Every byte on %s was read back and is the same as %s.") },
    { "verified-parts",
      N_ ("All that was written to %s was read back: it is what belongs to %s.") },
    /* Nothing is known of what lies behind it on a larger target. */
    { "verified-beginning", N_ ("All of %2$s is on %1$s, and was read back and compared.") },
    { "repaired",
      N_ ("%s is the same as %s now, but only after wrong blocks were written again.") },
    { "repaired-parts",
      N_ ("All that was written to %s is now what belongs to %s, but only after wrong blocks were "
          "written again.") },
    { "repaired-beginning",
      N_ ("All of %2$s is on %1$s now, but only after wrong blocks were written again.") },
    { "written",
      N_ ("%s was written from %s and flushed. It was not read back, or not all of it.") },
    { "mismatched", N_ ("%s does not hold what was written to it from %s.") },
    { "unverified", N_ ("%s was written from %s, but it could not be read back to the end.") },
    { "incomplete", N_ ("%s holds what could be read of %s. A part is missing.") },
    { "source-unstable",
      N_ ("%s is not a good copy: %s did not stay the same while it was read.") },
    { "cancelled", N_ ("%s was not written completely from %s, and cannot be used as it is.") },
  };
  static const MessagesWord comparisons[] = {
    { "verified", N_ ("%s and %s are the same, byte for byte.") },
    { "verified-parts", N_ ("%s and %s are the same wherever the image has content.") },
    { "verified-earlier", N_ ("No difference between %s and %s was found. A part was compared "
                              "before the job was cut off, the rest now.") },
    { "mismatched", N_ ("%s and %s differ.") },
    { "unverified", N_ ("%s and %s were not compared to the end.") },
    { "cancelled", N_ ("%s and %s were not compared to the end.") },
    { "source-unstable",
      N_ ("%s cannot be compared: %s did not stay the same while it was read.") },
  };

  if (is_comparison)
    return messages_find (comparisons, G_N_ELEMENTS (comparisons), verdict,
                          _ ("%s could not be compared with %s."));
  return messages_find (copies, G_N_ELEMENTS (copies), verdict,
                        _ ("%s could not be written from %s."));
}

char *
platter_message_dup_verdict (const char *verdict,
                             gboolean is_comparison,
                             const char *target,
                             const char *source)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  /* All the formats are ours, with two strings each; msgfmt checks the translations. */
  return g_strdup_printf (messages_get_verdict_format (verdict, is_comparison), target, source);
#pragma GCC diagnostic pop
}

char *
platter_message_dup_part (const char *outcome,
                          guint64 compared_bytes,
                          guint64 source_bytes,
                          guint64 target_bytes)
{
  /* One that did not come to its end has not compared what it was to compare. */
  if (MAX (source_bytes, target_bytes) <= compared_bytes || g_strcmp0 (outcome, "failed") == 0
      || g_strcmp0 (outcome, "cancelled") == 0)
    return NULL;
  return g_strdup_printf (
    /* Translators: a number of bytes */
    _ ("Only the first %" PRIu64 " bytes were compared, up to the end of the shorter one."),
    compared_bytes);
}

char *
platter_message_dup_left_out (guint64 left_out_bytes, gboolean is_comparison)
{
  g_autofree char *size = g_format_size (left_out_bytes);

  return g_strdup_printf (
    is_comparison
      /* Translators: an amount of data */
      ? _ ("%s is not part of the image, as its bmap says, and was not compared.")
      /* Translators: an amount of data */
      : _ ("%s is not part of the image, as its bmap says. It was not "
           "written: the drive keeps what was there."),
    size);
}

const char *
platter_message_get_several (const char *outcome)
{
  if (g_strcmp0 (outcome, "written") == 0)
    return _ ("All targets were written and flushed. They were not read back, or not all of them.");
  return _ ("Not all targets are well. Each says what it is.");
}

const char *
platter_message_get_advice (const char *verdict, const char *error_code)
{
  static const MessagesWord by_verdict[] = {
    { "repaired",
      N_ ("This drive is unreliable. Do not trust it with anything that you have only once.") },
    { "written", N_ ("Verify it to be sure that it can be read.") },
    { "mismatched",
      N_ ("Do not use this drive. Try another port or cable first, then another drive.") },
    { "unverified", N_ ("Verify it again before you rely on it.") },
    { "incomplete",
      N_ ("Do not use the source any more than needed. If what is missing is worth much, ask a "
          "laboratory before you try again.") },
    { "source-unstable", N_ ("Save what is on the source soon: it is failing, or its cable is.") },
    { "cancelled", N_ ("Start again to write it completely.") },
  };
  static const MessagesWord by_code[] = {
    { "read", N_ ("The source is damaged there. Check its cable, and rescue what can be read: "
                  "copy it again and choose to rescue if the drive has errors.") },
    { "write", N_ ("The target is damaged or its cable is loose. Use another drive.") },
    { "flush", N_ ("The target lost data that it had accepted. Do not use this drive.") },
    { "verify", N_ ("The target cannot be read back. Do not use this drive.") },
    { "short-read",
      N_ ("The source became smaller while it was read. Do not change it during the job.") },
    { "gone", N_ ("Plug the drive in again and repeat the job.") },
    { "stalled", N_ ("Unplug the drive, plug it in again, and try another port.") },
    { "too-small", N_ ("Use a larger drive.") },
    { "sizes-differ",
      N_ ("Check that these are the right two. Where the second one is meant to be larger, compare "
          "them up to the end of the shorter one.") },
    { "no-space", N_ ("The target is full, or smaller than it says. Use another drive.") },
    { "digest", N_ ("Compare the checksum with the publisher's, and get the image again.") },
    { "decode", N_ ("Get the image again: this file is damaged or incomplete.") },
    { "changed",
      N_ ("Check that these are the source and the target of that job, or start anew.") },
    { "finished",
      N_ ("Compare the source with it: if they are equal, nothing more is to be done.") },
    { "interrupted", N_ ("Resume the job: what was done is kept.") },
  };
  const char *advice = NULL;

  /* It is no fault of the source, and what comes with it says what to do. */
  if (g_strcmp0 (error_code, "source-changed") == 0)
    return NULL;
  /* A verdict other than “failed” says more than the error that it came with. */
  if (g_strcmp0 (verdict, "failed") != 0)
    advice = messages_find (by_verdict, G_N_ELEMENTS (by_verdict), verdict, NULL);
  return advice != NULL ? advice
                        : messages_find (by_code, G_N_ELEMENTS (by_code), error_code, NULL);
}

const char *
platter_message_get_error (const char *error_code)
{
  static const MessagesWord words[] = {
    { "read", N_ ("The source could not be read.") },
    { "write", N_ ("The target could not be written.") },
    { "flush", N_ ("The target could not store what was written to it.") },
    { "verify", N_ ("The target could not be read back.") },
    { "short-read", N_ ("The source ended before its end.") },
    { "gone", N_ ("The drive went away.") },
    { "stalled", N_ ("The drive did not answer any more.") },
    { "too-small", N_ ("The target is too small.") },
    { "sizes-differ", N_ ("They are not of the same size.") },
    { "no-space", N_ ("There is no room left on the target.") },
    { "mismatch", N_ ("Other data came back than were written.") },
    { "digest", N_ ("The data are not what was expected.") },
    { "decode", N_ ("The image could not be unpacked.") },
    { "source-unstable", N_ ("The source gave other data when it was read again.") },
    { "source-changed", N_ ("The source was changed while it was read.") },
    { "cancelled", N_ ("The job was cancelled.") },
    { "incomplete", N_ ("A part of the source could not be read.") },
    { "unsupported", N_ ("This cannot be done with this drive.") },
    { "worker-crashed", N_ ("Platter's worker ended unexpectedly.") },
    { "changed", N_ ("The target or the source is not as the job left it.") },
    { "finished", N_ ("The target may hold a finished copy already.") },
    { "interrupted", N_ ("The job was cut off: the machine or Platter's helper stopped.") },
  };

  return messages_find (words, G_N_ELEMENTS (words), error_code, _ ("The job failed."));
}

const char *
platter_message_get_map_state (const char *state)
{
  static const MessagesWord words[] = {
    { "untouched", NC_ ("map", "untouched") }, { "free", NC_ ("map", "not part of the image") },
    { "copied", NC_ ("map", "copied") },       { "durable", NC_ ("map", "flushed") },
    { "zero", NC_ ("map", "empty") },          { "verified", NC_ ("map", "verified") },
    { "repaired", NC_ ("map", "repaired") },   { "skipped", NC_ ("map", "skipped") },
    { "retried", NC_ ("map", "retried") },     { "slow", NC_ ("map", "slow") },
    { "failed", NC_ ("map", "failed") },       { "mismatched", NC_ ("map", "different") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (words[i].code, state) == 0)
      return g_dpgettext2 (GETTEXT_PACKAGE, "map", words[i].text);
  return C_ ("map", "failed");
}

/* Nothing was written, so that nothing can have come back. */
static const char *
messages_get_difference (const char *kind)
{
  static const MessagesWord words[] = {
    { "zeros", N_ ("only zeros are there") },
    { "wrapped", N_ ("what lies at another place is there") },
    { "bits", N_ ("a few bits are not the same") },
    { "unreadable", N_ ("it could not be read") },
  };

  return messages_find (words, G_N_ELEMENTS (words), kind, _ ("other data are there"));
}

const char *
platter_message_get_mismatch (const char *kind, gboolean is_comparison)
{
  static const MessagesWord words[] = {
    { "zeros", N_ ("nothing was stored: only zeros came back") },
    { "old-data", N_ ("the write was dropped: old data came back") },
    { "wrapped", N_ ("data of another place came back: the drive is smaller than it says") },
    { "bits", N_ ("a few bits are not the same") },
    { "other", N_ ("other data came back") },
    { "unreadable", N_ ("it could not be read back") },
  };

  if (is_comparison)
    return messages_get_difference (kind);
  return messages_find (words, G_N_ELEMENTS (words), kind, _ ("other data came back"));
}

const char *
platter_message_get_mismatch_heading (gboolean is_comparison)
{
  return is_comparison ? _ ("What is there") : _ ("What came back");
}

/* @words: what was found */
static char *
messages_dup_repaired_mismatch (const char *words, guint n_attempts, gboolean is_repaired)
{
  if (n_attempts == 0)
    return g_strdup (words);
  if (is_repaired)
    return g_strdup_printf (
      /* Translators: what came back wrong, and how often it was written again until it was right */
      g_dngettext (GETTEXT_PACKAGE, "%s (repaired: written again %u time)",
                   "%s (repaired: written again %u times)", n_attempts),
      words, n_attempts);
  return g_strdup_printf (
    /* Translators: what came back wrong, and how often it was written again without success */
    g_dngettext (GETTEXT_PACKAGE, "%s (written again %u time, in vain)",
                 "%s (written again %u times, in vain)", n_attempts),
    words, n_attempts);
}

char *
platter_message_dup_mismatch (GVariant *mismatch, gboolean is_comparison)
{
  guint64 offset = 0;
  guint64 length = 0;
  guint64 differing = 0;
  const char *kind = NULL;
  guint32 n_attempts = 0;
  gboolean is_repaired = FALSE;
  g_autofree char *words = NULL;

  g_variant_get (mismatch, "(ttt&stuub)", &offset, &length, &differing, &kind, NULL, NULL,
                 &n_attempts, &is_repaired);
  words = messages_dup_repaired_mismatch (platter_message_get_mismatch (kind, is_comparison),
                                          n_attempts, is_repaired);
  return g_strdup_printf (
    /* Translators: how many bytes differ, from which byte on, and in which way */
    g_dngettext (GETTEXT_PACKAGE, "%" PRIu64 " byte differs, from byte %" PRIu64 " on: %s",
                 "%" PRIu64 " bytes differ, from byte %" PRIu64 " on: %s", (gulong)differing),
    differing, offset, words);
}

char *
platter_message_dup_more (guint64 n_more)
{
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "and %" PRIu64 " more place",
                                       "and %" PRIu64 " more places", (gulong)n_more),
                          n_more);
}

const char *
platter_message_get_limit (const char *limit, const char *phase)
{
  static const MessagesWord words[] = {
    { "source", N_ ("The source's read speed is the limit") },
    { "target", N_ ("The target's write speed is the limit") },
    { "hashing", N_ ("The processor is the limit") },
    { "verifying", N_ ("The processor is the limit") },
  };

  if (g_strcmp0 (limit, "target") == 0 && g_strcmp0 (phase, "verifying") == 0)
    return _ ("The target's read speed is the limit");
  return messages_find (words, G_N_ELEMENTS (words), limit, NULL);
}

char *
platter_message_dup_duration (gint64 duration_us)
{
  gint64 seconds = MAX (duration_us, 0) / G_USEC_PER_SEC;
  gint64 minutes = seconds / 60;

  if (seconds < 60)
    /* Translators: seconds */
    return g_strdup_printf (_ ("%d s"), (int)seconds);
  if (minutes < 60)
    /* Translators: minutes */
    return g_strdup_printf (_ ("%d min"), (int)((seconds + 30) / 60));
  /* Translators: hours and minutes */
  return g_strdup_printf (_ ("%d h %d min"), (int)(minutes / 60), (int)(minutes % 60));
}

char *
platter_message_dup_refusal (const GError *error)
{
  g_autoptr (GError) copy = g_error_copy (error);

  g_dbus_error_strip_remote_error (copy);
  return g_strdup (copy->message);
}
