// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Text into HTML that is XML as well. What comes from drives, files and messages is hostile.

#include "config.h"

#include "html.h"

#define HTML_REPLACEMENT 0xfffd
#define HTML_FIRST_EMBEDDING 0x202a
#define HTML_LAST_EMBEDDING 0x202e
#define HTML_FIRST_ISOLATE 0x2066
#define HTML_LAST_ISOLATE 0x2069

/* XML 1.0, "Char", less the control characters that it merely discourages. */
static gboolean
html_is_allowed (gunichar character)
{
  if (character == '\n' || character == '\t')
    return TRUE;
  if (character < 0x20 || (character >= 0x7f && character < 0xa0))
    return FALSE;
  if (character >= HTML_FIRST_EMBEDDING && character <= HTML_LAST_EMBEDDING)
    return FALSE;
  return (character & 0xfffe) != 0xfffe;
}

static void
html_append_character (GString *html, gunichar character)
{
  switch (html_is_allowed (character) ? character : HTML_REPLACEMENT)
    {
    case '&':
      g_string_append (html, "&amp;");
      break;
    case '<':
      g_string_append (html, "&lt;");
      break;
    case '>':
      g_string_append (html, "&gt;");
      break;
    case '"':
      g_string_append (html, "&quot;");
      break;
    case '\'':
      g_string_append (html, "&#39;");
      break;
    case HTML_REPLACEMENT:
      g_string_append_unichar (html, HTML_REPLACEMENT);
      break;
    default:
      g_string_append_unichar (html, character);
    }
}

void
platter_html_append_text (GString *html, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    html_append_character (html, g_utf8_get_char (at));
}

void
platter_html_append_element (GString *html,
                             const char *tag,
                             const char *attributes,
                             const char *text)
{
  g_string_append_printf (html, "<%s%s%s>", tag, attributes != NULL ? " " : "",
                          attributes != NULL ? attributes : "");
  platter_html_append_text (html, text);
  g_string_append_printf (html, "</%s>\n", tag);
}

char *
platter_html_dup_isolated (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  GString *isolated = g_string_new ("\u2068");

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);
      gboolean is_isolate = character >= HTML_FIRST_ISOLATE && character <= HTML_LAST_ISOLATE;

      g_string_append_unichar (isolated, is_isolate ? HTML_REPLACEMENT : character);
    }
  g_string_append (isolated, "\u2069");
  return g_string_free (isolated, FALSE);
}
