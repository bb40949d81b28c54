// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the page says of the options of a job.

#include "config.h"

#include "messages.h"
#include "report-html-private.h"

#include <glib/gi18n-lib.h>

static void
report_html_options_append_answer (GString *html,
                                   GVariant *options,
                                   const char *key,
                                   const char *question)
{
  gboolean answer = FALSE;

  if (g_variant_lookup (options, key, "b", &answer))
    platter_report_html_append_fact (html, question, answer ? _ ("Yes") : _ ("No"));
}

static void
report_html_options_append_repairs (GString *html, GVariant *options)
{
  guint32 repairs = 0;
  g_autofree char *times = NULL;

  if (!g_variant_lookup (options, "repairs", "u", &repairs))
    return;
  times = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "At most %u time", "At most %u times", repairs), repairs);
  platter_report_html_append_fact (html, _ ("Write wrong places again"),
                                   repairs > 0 ? times : _ ("No"));
}

static void
report_html_options_append_patience (GString *html, GVariant *options)
{
  guint32 timeout_s = 0;
  g_autofree char *duration = NULL;

  if (!g_variant_lookup (options, "stall-timeout-s", "u", &timeout_s))
    return;
  duration = platter_report_html_dup_duration ((gint64)timeout_s * G_USEC_PER_SEC);
  platter_report_html_append_fact (html, _ ("Give up a drive that does not answer for"),
                                   timeout_s > 0 ? duration : _ ("Never"));
}

static void
report_html_options_append_queue (GString *html, GVariant *options)
{
  const char *queue = platter_report_html_get_string (options, "queue");

  if (queue[0] != '\0')
    platter_report_html_append_fact (html, _ ("Way of reading and writing"),
                                     g_str_equal (queue, "auto") ? _ ("Automatic") : queue);
}

void
platter_report_html_append_options (GString *html, GVariant *report)
{
  g_autoptr (GVariant) options = platter_report_html_dup_dictionary (report, "options");

  if (g_variant_n_children (options) == 0)
    return;
  g_string_append (html, "<section>\n");
  platter_html_append_element (html, "h2", NULL, _ ("Options"));
  g_string_append (html, "<dl>\n");
  if (platter_report_html_is_comparison (report))
    report_html_options_append_answer (html, options, "shorter",
                                       _ ("Compare up to the end of the shorter one only"));
  else
    {
      report_html_options_append_answer (html, options, "verify",
                                         _ ("Read every byte back and compare it"));
      report_html_options_append_repairs (html, options);
      report_html_options_append_answer (html, options, "unmount",
                                         _ ("Unmount what is mounted of the target"));
    }
  report_html_options_append_patience (html, options);
  report_html_options_append_queue (html, options);
  g_string_append (html, "</dl>\n</section>\n");
}
