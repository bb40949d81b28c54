// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the page says of each target: what became of it, its map, its wrong places.

#include "config.h"

#include "messages.h"
#include "report-html-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

static void
report_html_target_append_amount (GString *html, const char *name, guint64 bytes)
{
  g_autofree char *size = g_format_size_full (bytes, G_FORMAT_SIZE_LONG_FORMAT);

  if (bytes > 0)
    platter_report_html_append_fact (html, name, size);
}

static void
report_html_target_append_partitions (GString *html, GVariant *target)
{
  const char *gpt = platter_report_html_get_string (target, "gpt");
  const char *message = platter_report_html_get_string (target, "gpt-message");

  if (g_str_equal (gpt, "moved"))
    platter_report_html_append_fact (html, _ ("Partitions"),
                                     _ ("The table's backup was moved to the end of the drive"));
  else if (g_str_equal (gpt, "failed"))
    platter_report_html_append_fact (
      html, _ ("Partitions"),
      message[0] != '\0' ? message : _ ("The table's backup could not be moved to the end"));
}

static void
report_html_target_append_facts (GString *html, GVariant *target, gboolean is_comparison)
{
  guint64 verified = platter_report_html_get_number (target, "verified-bytes");
  gboolean is_bypassed = FALSE;

  g_string_append (html, "<dl>\n");
  if (!is_comparison)
    report_html_target_append_amount (html, _ ("Written"),
                                      platter_report_html_get_number (target, "written-bytes"));
  report_html_target_append_amount (html, _ ("Read back, and right"), verified);
  report_html_target_append_amount (html, _ ("Different"),
                                    platter_report_html_get_number (target, "mismatched-bytes"));
  report_html_target_append_amount (html, _ ("Written again"),
                                    platter_report_html_get_number (target, "repaired-bytes"));
  if (verified > 0 && g_variant_lookup (target, "cache-bypassed", "b", &is_bypassed))
    platter_report_html_append_fact (html, _ ("Caches"),
                                     is_bypassed
                                       ? _ ("Read back past every cache")
                                       : _ ("Caches could not be ruled out while reading back"));
  report_html_target_append_partitions (html, target);
  g_string_append (html, "</dl>\n");
}

/* Why it failed, and where. */
static void
report_html_target_append_error (GString *html, GVariant *target, const char *kind)
{
  const char *code = platter_report_html_get_string (target, "error-code");
  const char *message = platter_report_html_get_string (target, "error-message");
  guint64 offset = 0;
  g_autofree char *at = NULL;
  g_autofree char *place = NULL;

  if (code[0] == '\0' && message[0] == '\0')
    return;
  platter_html_append_element (html, "p", "class=\"trouble\" dir=\"auto\"",
                               message[0] != '\0' ? message : platter_message_get_error (code));
  if (!g_variant_lookup (target, "error-offset-bytes", "t", &offset))
    return;
  at = g_format_size_full (offset, G_FORMAT_SIZE_LONG_FORMAT);
  /* Translators: a phase of a job, and how far from the beginning of the drive: "Copying, at 8 MB" */
  place = g_strdup_printf (
    _ ("%s, at %s"),
    platter_message_get_phase (platter_report_html_get_string (target, "error-phase"), kind), at);
  platter_html_append_element (html, "p", "class=\"dim\"", place);
}

static void
report_html_target_append_mismatch (GString *html, GVariant *mismatch, gboolean is_comparison)
{
  guint64 offset = platter_report_html_get_number (mismatch, "offset-bytes");
  guint64 length = platter_report_html_get_number (mismatch, "length-bytes");
  g_autofree char *at = g_format_size_full (offset, G_FORMAT_SIZE_LONG_FORMAT);
  g_autofree char *size = g_format_size (length);
  const char *words = platter_message_get_mismatch (
    platter_report_html_get_string (mismatch, "class"), is_comparison);
  g_autofree char *again = platter_report_html_is (mismatch, "repaired")
                             ? g_strdup_printf (_ ("%s (right after writing again)"), words)
                             : NULL;

  g_string_append (html, "<tr>\n<td data-label=\"");
  platter_html_append_text (html, _ ("At"));
  g_string_append_printf (html, "\"><data value=\"%" PRIu64 "\">", offset);
  platter_html_append_text (html, at);
  g_string_append (html, "</data></td>\n");
  platter_report_html_append_cell (html, _ ("Length"), size);
  platter_report_html_append_cell (html, platter_message_get_mismatch_heading (is_comparison),
                                   again != NULL ? again : words);
  g_string_append (html, "</tr>\n");
}

static void
report_html_target_append_mismatches (GString *html, GVariant *target, gboolean is_comparison)
{
  const char *const labels[]
    = { _ ("At"), _ ("Length"), platter_message_get_mismatch_heading (is_comparison), NULL };
  g_autoptr (GVariant) list = platter_report_html_dup_list (target, "mismatches");
  guint64 omitted = platter_report_html_get_number (target, "mismatches-omitted");
  g_autofree char *more = NULL;

  if (g_variant_n_children (list) == 0)
    return;
  platter_html_append_element (
    html, "h4", NULL, is_comparison ? _ ("Places that differ") : _ ("Places that came back wrong"));
  platter_report_html_append_table (html, labels);
  g_string_append (html, "<tbody class=\"places\">\n");
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) mismatch = g_variant_get_child_value (list, i);

      report_html_target_append_mismatch (html, mismatch, is_comparison);
    }
  g_string_append (html, "</tbody>\n</table>\n");
  if (omitted == 0)
    return;
  more = platter_message_dup_more (omitted);
  platter_html_append_element (html, "p", "class=\"dim\"", more);
}

static void
report_html_target_append (GString *html, GVariant *report, GVariant *target, gboolean is_only)
{
  gboolean is_comparison = platter_report_html_is_comparison (report);
  g_autoptr (GVariant) source = platter_report_html_dup_dictionary (report, "source");
  const char *verdict = platter_report_html_get_string (target, "verdict");
  const char *name = platter_report_html_get_string (target, "name");
  g_autofree char *to = platter_html_dup_isolated (name);
  g_autofree char *from
    = platter_html_dup_isolated (platter_report_html_get_string (source, "name"));
  g_autofree char *sentence = platter_message_dup_verdict (
    platter_message_choose_verdict (verdict,
                                    platter_report_html_get_number (report, "left-out-bytes"),
                                    platter_report_html_get_number (report, "carried-bytes"),
                                    platter_report_html_has_more_room (report, target)),
    is_comparison, to, from);

  g_string_append (html, "<article>\n<h3><bdi>");
  platter_html_append_text (html, name);
  g_string_append_printf (html, "</bdi> <span class=\"badge %s\">",
                          platter_report_html_get_tone (verdict));
  platter_html_append_text (html, platter_message_get_verdict (verdict, is_comparison));
  g_string_append (html, "</span></h3>\n");
  if (!is_only)
    platter_html_append_element (html, "p", NULL, sentence);
  report_html_target_append_error (html, target, platter_report_html_get_string (report, "kind"));
  platter_report_html_append_map (html, target,
                                  platter_report_html_get_number (report, "size-bytes"));
  report_html_target_append_facts (html, target, is_comparison);
  report_html_target_append_mismatches (html, target, is_comparison);
  g_string_append (html, "</article>\n");
}

void
platter_report_html_append_targets (GString *html, GVariant *report)
{
  g_autoptr (GVariant) targets = platter_report_html_dup_list (report, "targets");
  gsize n_targets = g_variant_n_children (targets);

  g_string_append (html, "<section>\n");
  platter_html_append_element (html, "h2", NULL, _ ("What was found"));
  for (gsize i = 0; i < n_targets; i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);

      report_html_target_append (html, report, target, n_targets == 1);
    }
  g_string_append (html, "</section>\n");
}
