// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The page's table of what was read and what was written.

#include "config.h"

#include "report-html-private.h"

#include <glib/gi18n-lib.h>

/* Where it is: how the system calls it, how it is plugged in, which file it is. */
static char *
report_html_drives_dup_place (GVariant *side)
{
  static const char *const keys[] = { "device", "port", "backing-file", "path" };
  g_autoptr (GString) place = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const char *value = platter_report_html_get_string (side, keys[i]);

      if (value[0] != '\0')
        g_string_append_printf (place, "%s%s", place->len > 0 ? " · " : "", value);
    }
  return g_string_free (g_steal_pointer (&place), FALSE);
}

static void
report_html_drives_append (GString *html, const char *role, GVariant *side)
{
  guint64 bytes = platter_report_html_get_number (side, "size-bytes");
  g_autofree char *size = g_format_size_full (bytes, G_FORMAT_SIZE_LONG_FORMAT);
  g_autofree char *place = report_html_drives_dup_place (side);

  g_string_append (html, "<tr>");
  platter_html_append_element (html, "th", "scope=\"row\"", role);
  platter_report_html_append_cell (html, _ ("Name"), platter_report_html_get_string (side, "name"));
  platter_report_html_append_cell (html, _ ("Serial number"),
                                   platter_report_html_get_string (side, "serial"));
  platter_report_html_append_cell (html, _ ("Size"), bytes > 0 ? size : "");
  platter_report_html_append_cell (html, _ ("Place"), place);
  g_string_append (html, "</tr>\n");
}

void
platter_report_html_append_drives (GString *html, GVariant *report)
{
  const char *const labels[]
    = { "", _ ("Name"), _ ("Serial number"), _ ("Size"), _ ("Place"), NULL };
  g_autoptr (GVariant) source = platter_report_html_dup_dictionary (report, "source");
  g_autoptr (GVariant) targets = platter_report_html_dup_list (report, "targets");
  gboolean is_comparison = platter_report_html_is_comparison (report);

  g_string_append (html, "<section>\n");
  platter_html_append_element (html, "h2", NULL, _ ("Drives and files"));
  platter_report_html_append_table (html, labels);
  g_string_append (html, "<tbody>\n");
  report_html_drives_append (html, is_comparison ? _ ("First") : _ ("Source"), source);
  for (gsize i = 0; i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);

      report_html_drives_append (html, is_comparison ? _ ("Second") : _ ("Target"), target);
    }
  g_string_append (html, "</tbody>\n</table>\n</section>\n");
}
