// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The words of docs/interface.md for the engine's enums.

#include "words.h"

#include <string.h>

static const char *const words_phases[] = {
  [PLATTER_PHASE_PREPARING] = "preparing", [PLATTER_PHASE_COPYING] = "copying",
  [PLATTER_PHASE_FLUSHING] = "flushing",   [PLATTER_PHASE_VERIFYING] = "verifying",
  [PLATTER_PHASE_REPAIRING] = "repairing", [PLATTER_PHASE_FINISHING] = "finishing",
  [PLATTER_PHASE_ENDED] = "ended",
};

static const char *const words_verdicts[] = {
  [PLATTER_VERDICT_NONE] = "none",
  [PLATTER_VERDICT_VERIFIED] = "verified",
  [PLATTER_VERDICT_REPAIRED] = "repaired",
  [PLATTER_VERDICT_WRITTEN] = "written",
  [PLATTER_VERDICT_MISMATCHED] = "mismatched",
  [PLATTER_VERDICT_UNVERIFIED] = "unverified",
  [PLATTER_VERDICT_INCOMPLETE] = "incomplete",
  [PLATTER_VERDICT_SOURCE_UNSTABLE] = "source-unstable",
  [PLATTER_VERDICT_FAILED] = "failed",
  [PLATTER_VERDICT_CANCELLED] = "cancelled",
};

static const char *const words_limits[] = {
  [PLATTER_LIMIT_NONE] = "none",           [PLATTER_LIMIT_SOURCE] = "source",
  [PLATTER_LIMIT_TARGET] = "target",       [PLATTER_LIMIT_HASHING] = "hashing",
  [PLATTER_LIMIT_VERIFYING] = "verifying",
};

static const char *const words_mismatches[] = {
  [PLATTER_MISMATCH_ZEROS] = "zeros",     [PLATTER_MISMATCH_OLD_DATA] = "old-data",
  [PLATTER_MISMATCH_WRAPPED] = "wrapped", [PLATTER_MISMATCH_BITS] = "bits",
  [PLATTER_MISMATCH_OTHER] = "other",     [PLATTER_MISMATCH_UNREADABLE] = "unreadable",
};

static const char *const words_damage[] = {
  [PLATTER_DAMAGE_FILE] = "file",         [PLATTER_DAMAGE_FOLDER] = "folder",
  [PLATTER_DAMAGE_METADATA] = "metadata", [PLATTER_DAMAGE_FREE] = "free",
  [PLATTER_DAMAGE_OUTSIDE] = "outside",   [PLATTER_DAMAGE_UNKNOWN] = "unknown",
};

static const char *const words_errors[] = {
  [PLATTER_ENGINE_ERROR_FAILED] = "failed",
  [PLATTER_ENGINE_ERROR_READ] = "read",
  [PLATTER_ENGINE_ERROR_WRITE] = "write",
  [PLATTER_ENGINE_ERROR_FLUSH] = "flush",
  [PLATTER_ENGINE_ERROR_VERIFY] = "verify",
  [PLATTER_ENGINE_ERROR_SHORT_READ] = "short-read",
  [PLATTER_ENGINE_ERROR_GONE] = "gone",
  [PLATTER_ENGINE_ERROR_STALLED] = "stalled",
  [PLATTER_ENGINE_ERROR_TOO_SMALL] = "too-small",
  [PLATTER_ENGINE_ERROR_SIZES_DIFFER] = "sizes-differ",
  [PLATTER_ENGINE_ERROR_NO_SPACE] = "no-space",
  [PLATTER_ENGINE_ERROR_MISMATCH] = "mismatch",
  [PLATTER_ENGINE_ERROR_SOURCE_UNSTABLE] = "source-unstable",
  [PLATTER_ENGINE_ERROR_CANCELLED] = "cancelled",
  [PLATTER_ENGINE_ERROR_UNSUPPORTED] = "unsupported",
  [PLATTER_ENGINE_ERROR_DIGEST] = "digest",
  [PLATTER_ENGINE_ERROR_INCOMPLETE] = "incomplete",
  [PLATTER_ENGINE_ERROR_CHANGED] = "changed",
  [PLATTER_ENGINE_ERROR_FINISHED] = "finished",
  [PLATTER_ENGINE_ERROR_DECODE] = "decode",
};

static const char *const words_rescue_phases[] = {
  [PLATTER_RESCUE_COPYING] = "copying",   [PLATTER_RESCUE_TRIMMING] = "trimming",
  [PLATTER_RESCUE_SWEEPING] = "sweeping", [PLATTER_RESCUE_TRIMMING_AGAIN] = "trimming",
  [PLATTER_RESCUE_SCRAPING] = "scraping", [PLATTER_RESCUE_RETRYING] = "retrying",
  [PLATTER_RESCUE_ENDED] = "ended",
};

static const char *const words_on_errors[] = {
  [PLATTER_ON_ERROR_STOP] = "stop",
  [PLATTER_ON_ERROR_SKIP] = "skip",
  [PLATTER_ON_ERROR_RESCUE] = "rescue",
  [PLATTER_ON_ERROR_ASK] = "ask",
};

static const char *const words_questions[] = {
  [PLATTER_QUESTION_NONE] = "",
  [PLATTER_QUESTION_READ_ERROR] = "read-error",
};

static const struct
{
  PlatterDigests digest;
  const char *word;
} words_digests[] = {
  { PLATTER_DIGEST_SHA256, "sha256" },   { PLATTER_DIGEST_SHA512, "sha512" },
  { PLATTER_DIGEST_SHA1, "sha1" },       { PLATTER_DIGEST_MD5, "md5" },
  { PLATTER_DIGEST_BLAKE2B, "blake2b" },
};

#define WORDS_GET(words, index, fallback)                                                          \
  ((gsize)(index) < G_N_ELEMENTS (words) ? (words)[index] : (fallback))

const char *
platter_words_of_phase (PlatterPhase phase)
{
  return WORDS_GET (words_phases, phase, "preparing");
}

const char *
platter_words_of_rescue_phase (PlatterRescuePhase phase)
{
  return WORDS_GET (words_rescue_phases, phase, "none");
}

const char *
platter_words_of_verdict (PlatterVerdict verdict)
{
  return WORDS_GET (words_verdicts, verdict, "failed");
}

const char *
platter_words_of_limit (PlatterLimit limit)
{
  return WORDS_GET (words_limits, limit, "none");
}

const char *
platter_words_of_mismatch (PlatterMismatchClass kind)
{
  return WORDS_GET (words_mismatches, kind, "other");
}

const char *
platter_words_of_damage (PlatterDamageKind kind)
{
  return WORDS_GET (words_damage, kind, "unknown");
}

const char *
platter_words_of_error (const GError *error)
{
  if (error->domain != PLATTER_ENGINE_ERROR)
    return "failed";
  return WORDS_GET (words_errors, error->code, "failed");
}

const char *
platter_words_of_question (PlatterQuestion question)
{
  return WORDS_GET (words_questions, question, "");
}

const char *
platter_words_of_on_error (PlatterOnError on_error)
{
  return WORDS_GET (words_on_errors, on_error, "stop");
}

gboolean
platter_words_to_on_error (const char *word, PlatterOnError *on_error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words_on_errors); i++)
    if (strcmp (words_on_errors[i], word) == 0)
      {
        *on_error = (PlatterOnError)i;
        return TRUE;
      }
  return FALSE;
}

PlatterDigests
platter_words_to_digest (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words_digests); i++)
    if (strcmp (words_digests[i].word, word) == 0)
      return words_digests[i].digest;
  return PLATTER_DIGEST_NONE;
}

const char *
platter_words_of_digest (PlatterDigests digest)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words_digests); i++)
    if (words_digests[i].digest == digest)
      return words_digests[i].word;
  return "none";
}
