// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The page's table of how long each phase took.

#include "config.h"

#include "messages.h"
#include "report-html-private.h"

#include <glib/gi18n-lib.h>

static void
report_html_time_append_phase (GString *html, GVariant *phase, const char *kind)
{
  const char *name
    = platter_message_get_phase (platter_report_html_get_string (phase, "phase"), kind);
  guint64 bytes = platter_report_html_get_number (phase, "bytes");
  g_autofree char *amount = g_format_size (bytes);
  g_autofree char *size
    = g_format_size (platter_report_html_get_number (phase, "rate-bytes-per-s"));
  g_autofree char *rate = g_strdup_printf (_ ("%s/s"), size);
  g_autofree char *duration = NULL;
  gint64 duration_us = 0;

  g_variant_lookup (phase, "duration-us", "x", &duration_us);
  duration = platter_report_html_dup_duration (duration_us);
  g_string_append (html, "<tr>");
  platter_html_append_element (html, "th", "scope=\"row\"", name);
  platter_report_html_append_cell (html, _ ("Time"), duration);
  platter_report_html_append_cell (html, _ ("Amount"), bytes > 0 ? amount : "");
  platter_report_html_append_cell (html, _ ("Speed"), bytes > 0 ? rate : "");
  g_string_append (html, "</tr>\n");
}

void
platter_report_html_append_time (GString *html, GVariant *report)
{
  const char *const labels[] = { _ ("Phase"), _ ("Time"), _ ("Amount"), _ ("Speed"), NULL };
  g_autoptr (GVariant) phases = platter_report_html_dup_list (report, "phases");

  if (g_variant_n_children (phases) == 0)
    return;
  g_string_append (html, "<section>\n");
  platter_html_append_element (html, "h2", NULL, _ ("Time"));
  platter_report_html_append_table (html, labels);
  g_string_append (html, "<tbody class=\"numbers\">\n");
  for (gsize i = 0; i < g_variant_n_children (phases); i++)
    {
      g_autoptr (GVariant) phase = g_variant_get_child_value (phases, i);

      report_html_time_append_phase (html, phase, platter_report_html_get_string (report, "kind"));
    }
  g_string_append (html, "</tbody>\n</table>\n");
  platter_report_html_append_graph (html, report);
  g_string_append (html, "</section>\n");
}
