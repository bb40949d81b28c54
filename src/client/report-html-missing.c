// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the page says of what a rescue could not read.

#include "config.h"

#include "messages.h"
#include "report-html-private.h"
#include "report-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

static void
report_html_missing_append_places (GString *html, GVariant *list, guint64 count)
{
  gsize n_told = g_variant_n_children (list);
  guint64 n_more = count > n_told ? count - n_told : 0;
  g_autofree char *more
    = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "and %" PRIu64 " more place",
                                    "and %" PRIu64 " more places", (gulong)n_more),
                       n_more);

  g_string_append (html, "<ul>\n");
  for (gsize i = 0; i < n_told; i++)
    {
      g_autoptr (GVariant) place = g_variant_get_child_value (list, i);
      g_autofree char *words
        = platter_message_dup_place (platter_report_html_get_number (place, "offset-bytes"),
                                     platter_report_html_get_number (place, "length-bytes"));

      platter_html_append_element (html, "li", NULL, words);
    }
  g_string_append (html, "</ul>\n");
  if (n_more > 0)
    platter_html_append_element (html, "p", "class=\"dim\"", more);
}

/* Which files that is. */
static void
report_html_missing_append_damage (GString *html, GVariant *report)
{
  const char *state = platter_report_html_get_string (report, "damage-state");
  g_autofree char *heading = platter_message_dup_damage_heading (
    platter_report_html_get_number (report, "damage-files"), state);
  const char *doubt = platter_message_get_damage_doubt (state);
  g_autoptr (GVariant) owners = platter_report_dup_damage (report);

  platter_html_append_element (html, "p", "class=\"trouble\"", heading);
  if (doubt != NULL)
    platter_html_append_element (html, "p", NULL, doubt);
  g_string_append (html, g_variant_n_children (owners) > 0 ? "<ul>\n" : "");
  for (gsize i = 0; i < g_variant_n_children (owners); i++)
    {
      g_autoptr (GVariant) owner = g_variant_get_child_value (owners, i);
      g_autofree char *words = platter_message_dup_damage (owner);

      platter_html_append_element (html, "li", NULL, words);
    }
  g_string_append (html, g_variant_n_children (owners) > 0 ? "</ul>\n" : "");
}

void
platter_report_html_append_missing (GString *html, GVariant *report)
{
  g_autoptr (GVariant) list = platter_report_html_dup_list (report, "missing");
  guint64 count = platter_report_html_get_number (report, "missing-count");
  guint64 carried = platter_report_html_get_number (report, "carried-bytes");
  g_autofree char *all
    = platter_message_dup_missing (platter_report_html_get_number (report, "missing-bytes"),
                                   platter_report_html_get_number (report, "untried-bytes"), count);
  gboolean is_comparison = platter_report_html_is_comparison (report);
  g_autofree char *kept = platter_message_dup_carried (carried, is_comparison);

  if (count == 0 && carried == 0)
    return;
  g_string_append (html, "<section>\n");
  platter_html_append_element (html, "h2", NULL,
                               is_comparison ? _ ("From earlier") : _ ("What is missing"));
  if (count > 0)
    {
      platter_html_append_element (html, "p", "class=\"trouble\"", all);
      report_html_missing_append_places (html, list, count);
      report_html_missing_append_damage (html, report);
    }
  if (carried > 0)
    platter_html_append_element (html, "p", NULL, kept);
  g_string_append (html, "</section>\n");
}
