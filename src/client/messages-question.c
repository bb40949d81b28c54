// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a job asks at the first place of its source that cannot be read, in words.

#include "config.h"

#include "messages.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

const char *
platter_message_get_waiting (void)
{
  return _ ("Waiting for your answer");
}

char *
platter_message_dup_question (const char *source, guint64 offset_bytes, guint64 source_bytes)
{
  g_autofree char *at = g_format_size (offset_bytes);
  g_autofree char *size = g_format_size (source_bytes);

  return g_strdup_printf (
    /* Translators: a drive, how far from its start, its size, and the same place as a number of bytes */
    _ ("%s could not be read at %s of %s, in the MiB from byte %" PRIu64 " on. Nothing is read or "
       "written until somebody says what is to be done."),
    source, at, size, offset_bytes);
}

const char *
platter_message_get_answer (const char *answer)
{
  if (g_strcmp0 (answer, "stop") == 0)
    return _ ("The job ends here. The target will hold nothing usable.");
  if (g_strcmp0 (answer, "skip") == 0)
    return _ ("Copies the rest, and leaves out what cannot be read at once.");
  return _ ("Copies the good parts first, then tries each sector. It may take long.");
}

const char *
platter_message_get_question_advice (void)
{
  return _ ("Each read may make a failing drive worse. If what is on it matters and is nowhere "
            "else, stop, and consider a data recovery laboratory.");
}
