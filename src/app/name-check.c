// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether what somebody typed is the name of the drive.

#include "name-check.h"

#include <string.h>

static char *
name_check_normalise (const char *text)
{
  g_autofree char *composed = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  if (composed == NULL)
    return g_strdup ("");

  g_autofree char *folded = g_utf8_casefold (composed, -1);
  GString *out = g_string_new (NULL);
  for (const char *p = folded; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_isspace (c))
        g_string_append_unichar (out, c);
      else if (out->len > 0 && out->str[out->len - 1] != ' ')
        g_string_append_c (out, ' ');
    }
  return g_strchomp (g_string_free (out, FALSE));
}

gboolean
platter_name_check (const char *name, const char *typed)
{
  g_autofree char *expected = name_check_normalise (name);
  g_autofree char *given = name_check_normalise (typed);

  return expected[0] != '\0' && strcmp (expected, given) == 0;
}
