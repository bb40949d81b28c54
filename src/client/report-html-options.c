// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the page says of the options of a job.

#include "config.h"

#include "messages.h"
#include "report-html-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

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

static const char *
report_html_options_get_on_error (const char *on_error)
{
  if (g_str_equal (on_error, "ask"))
    return _ ("Ask what to do");
  if (g_str_equal (on_error, "stop"))
    return _ ("Stop");
  return g_str_equal (on_error, "skip") ? _ ("Leave out what cannot be read at once")
                                        : _ ("Rescue what can be read, down to each sector");
}

static void
report_html_options_append_retries (GString *html, GVariant *options)
{
  guint32 retries = 0;
  g_autofree char *times = NULL;

  if (!g_variant_lookup (options, "retries", "u", &retries))
    return;
  times = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "At most %u time", "At most %u times", retries), retries);
  if (retries == G_MAXUINT32)
    platter_report_html_append_fact (html, _ ("Read bad sectors once more"), _ ("Without end"));
  else
    platter_report_html_append_fact (html, _ ("Read bad sectors once more"),
                                     retries > 0 ? times : _ ("No"));
}

static void
report_html_options_append_limits (GString *html, GVariant *options)
{
  guint64 n_errors = platter_report_html_get_number (options, "error-limit");
  g_autofree char *errors = g_strdup_printf ("%" PRIu64, n_errors);
  g_autofree char *duration = NULL;
  guint32 time_s = 0;

  g_variant_lookup (options, "time-limit-s", "u", &time_s);
  duration = platter_report_html_dup_duration ((gint64)time_s * G_USEC_PER_SEC);
  if (n_errors > 0)
    platter_report_html_append_fact (html, _ ("Read no more after so many reads have failed"),
                                     errors);
  if (time_s > 0)
    platter_report_html_append_fact (html, _ ("Read no more after so long"), duration);
}

/* Of a job that was to stop at the first error, nothing is said. */
static void
report_html_options_append_rescue (GString *html, GVariant *options, GVariant *report)
{
  const char *on_error = platter_report_html_get_string (options, "on-error");
  const char *answer = platter_report_html_get_string (report, "answer");

  if (on_error[0] == '\0')
    return;
  platter_report_html_append_fact (html, _ ("If the source cannot be read"),
                                   report_html_options_get_on_error (on_error));
  if (answer[0] != '\0')
    platter_report_html_append_fact (html, _ ("Answer when it could not"),
                                     report_html_options_get_on_error (answer));
  report_html_options_append_retries (html, options);
  report_html_options_append_limits (html, options);
  report_html_options_append_answer (html, options, "zero-bad",
                                     _ ("Write zeros where nothing could be read"));
}

static void
report_html_options_append_left_out (GString *html, GVariant *report)
{
  guint64 left_out_bytes = platter_report_html_get_number (report, "left-out-bytes");
  g_autofree char *words
    = platter_message_dup_left_out (left_out_bytes, platter_report_html_is_comparison (report));

  if (left_out_bytes > 0)
    platter_report_html_append_fact (html, _ ("Left out"), words);
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
      report_html_options_append_rescue (html, options, report);
    }
  report_html_options_append_left_out (html, report);
  report_html_options_append_patience (html, options);
  report_html_options_append_queue (html, options);
  g_string_append (html, "</dl>\n</section>\n");
}
