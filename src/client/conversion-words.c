// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What became of an image that was to be made of another.

#include "config.h"

#include "conversion-words.h"

#include <glib/gi18n-lib.h>

#include "messages.h"

typedef struct
{
  const char *code;
  const char *text;
} ConversionWord;

/* Translators: in each of these, the first %s is the new image and the second the one that is read */
static const ConversionWord conversion_verdicts[] = {
  { "verified", N_ ("Every byte in %s was read back and is the same as in %s.") },
  { "repaired",
    N_ ("%s holds the same as %s now, but only after wrong blocks were written again.") },
  { "written", N_ ("%s was made of %s and flushed. It was not read back, or not all of it.") },
  { "mismatched", N_ ("%s was not kept: what came back is not what was read from %s.") },
  { "unverified",
    N_ ("%s was not kept: it was made of %s, but could not be read back to the end.") },
  { "source-unstable", N_ ("%s was not kept: %s did not stay the same while it was read.") },
  { "cancelled", N_ ("%s was not made, and %s is as it was.") },
};

static const char *const conversion_place
  = N_ ("Check the disk that it is saved on and its cable, or choose another place.");

static const ConversionWord conversion_advice[] = {
  { "repaired", N_ ("The disk that it is saved on is unreliable. Do not trust it with anything "
                    "that you have only once.") },
  { "source-unstable",
    N_ ("Save what is on the disk of the image that was read: it is failing, or its cable is.") },
  { "cancelled", N_ ("Start again to make it from the beginning.") },
  { "read", N_ ("Check the disk that the image is on and its cable, or get the image again.") },
  { "gone", N_ ("Connect the disks that the images are on, and convert it again.") },
  { "stalled", N_ ("Connect the disks that the images are on, and convert it again.") },
  { "no-space", N_ ("Make room there, or choose another place.") },
};

static const ConversionWord *
conversion_words_find (const ConversionWord *words, gsize n_words, const char *code)
{
  for (gsize i = 0; i < n_words; i++)
    if (g_strcmp0 (words[i].code, code) == 0)
      return &words[i];
  return NULL;
}

char *
platter_conversion_words_dup_verdict (const char *verdict, const char *target, const char *source)
{
  const ConversionWord *word
    = conversion_words_find (conversion_verdicts, G_N_ELEMENTS (conversion_verdicts), verdict);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  /* All the formats are ours, with two strings each; msgfmt checks the translations. */
  return g_strdup_printf (word != NULL ? _ (word->text) : _ ("%s could not be made of %s."), target,
                          source);
#pragma GCC diagnostic pop
}

gboolean
platter_conversion_words_is_for (const char *kind, const char *error_code)
{
  return (g_strcmp0 (kind, "image") == 0 && g_strcmp0 (error_code, "no-space") == 0)
         || (g_strcmp0 (kind, "write") == 0 && g_strcmp0 (error_code, "read") == 0);
}

const char *
platter_conversion_words_get_advice (const char *verdict, const char *error_code)
{
  static const char *const written[] = { "write", "flush", "verify", "mismatch", NULL };
  gboolean has_failed = g_strcmp0 (verdict, "failed") == 0;
  const ConversionWord *word = conversion_words_find (
    conversion_advice, G_N_ELEMENTS (conversion_advice), has_failed ? error_code : verdict);

  /* It is no fault of the disk, and what comes with it says what to do. */
  if (g_strcmp0 (error_code, "source-changed") == 0)
    return NULL;
  if (word != NULL)
    return _ (word->text);
  if (g_strcmp0 (verdict, "mismatched") == 0 || g_strcmp0 (verdict, "unverified") == 0
      || (error_code != NULL && g_strv_contains (written, error_code)))
    return _ (conversion_place);
  return has_failed ? platter_message_get_advice (verdict, error_code) : NULL;
}
