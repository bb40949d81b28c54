// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Sentences that one process says and another one shows.

#include "text.h"

#include <string.h>

#include "../engine/printable.h"

#define REPLACEMENT 0xfffd
/* Of one character in UTF-8. */
#define MAX_CHARACTER_BYTES 4

gboolean
platter_text_is_plain (const char *text)
{
  if (strlen (text) > PLATTER_TEXT_MAX_BYTES)
    return FALSE;
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (!platter_printable_is (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

char *
platter_text_dup_plain (const char *text)
{
  g_autofree char *valid
    = g_utf8_make_valid (text, (gssize)strnlen (text, PLATTER_TEXT_MAX_BYTES + 1));
  GString *plain = g_string_new (NULL);

  for (const char *c = valid;
       *c != '\0' && plain->len <= PLATTER_TEXT_MAX_BYTES - MAX_CHARACTER_BYTES;
       c = g_utf8_next_char (c))
    g_string_append_unichar (plain, platter_printable_is (g_utf8_get_char (c)) ? g_utf8_get_char (c)
                                                                               : REPLACEMENT);
  return g_string_free (plain, FALSE);
}
