// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A report as a page that needs nothing else: its frame, the verdict, and what was done by whom and when.

#include "config.h"

#include "report-html.h"

#include <glib/gi18n-lib.h>

#include "conversion-words.h"
#include "messages.h"
#include "report-css.h"
#include "report-html-private.h"

static const char *
report_html_get_title (GVariant *report)
{
  const char *kind = platter_report_html_get_string (report, "kind");

  if (g_str_equal (kind, "write"))
    return _ ("Report of writing an image");
  if (g_str_equal (kind, "image"))
    return _ ("Report of making an image");
  return g_str_equal (kind, "verify") ? _ ("Report of a comparison") : _ ("Report of a clone");
}

static const char *
report_html_get_verdict (GVariant *report)
{
  return platter_message_get_verdict (platter_report_html_get_string (report, "outcome"),
                                      platter_report_html_is_comparison (report));
}

static void
report_html_append_head (GString *html, GVariant *report)
{
  g_string_append_printf (
    html,
    "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"%s\" dir=\"%s\">\n"
    "<head>\n<meta charset=\"utf-8\"/>\n"
    /* Even if something got past the escaping, nothing would be run or fetched. */
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'unsafe-inline'\"/>\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
    "<meta name=\"color-scheme\" content=\"light dark\"/>\n",
    /* Translators: the tag of your language, as in RFC 5646: de, pt-BR, ar */
    C_ ("language tag", "en"),
    /* Translators: ltr, or rtl for a language that is written from the right to the left */
    C_ ("direction of writing", "ltr"));
  g_string_append (html, "<title>");
  platter_html_append_text (html, report_html_get_title (report));
  g_string_append (html, " · ");
  platter_html_append_text (html, report_html_get_verdict (report));
  g_string_append (html, "</title>\n<style>\n" PLATTER_REPORT_CSS "</style>\n</head>\n");
}

/* A tick, an exclamation mark, a cross, a dash: the shape says it without the colour. */
static const char *
report_html_get_sign (const char *tone)
{
  static const struct
  {
    const char *tone;
    const char *path;
  } signs[] = {
    { "good", "M14 25l7 7 13-15" },
    { "warn", "M24 13v14m0 7v.01" },
    { "bad", "M16 16l16 16m0-16L16 32" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
    if (g_str_equal (signs[i].tone, tone))
      return signs[i].path;
  return "M15 24h18";
}

static char *
report_html_dup_sentence (GVariant *report)
{
  g_autoptr (GVariant) source = platter_report_html_dup_dictionary (report, "source");
  g_autoptr (GVariant) targets = platter_report_html_dup_list (report, "targets");
  const char *outcome = platter_report_html_get_string (report, "outcome");
  gsize n_targets = g_variant_n_children (targets);
  g_autoptr (GVariant) first = n_targets > 0 ? g_variant_get_child_value (targets, 0) : NULL;
  g_autofree char *from
    = platter_html_dup_isolated (platter_report_html_get_string (source, "name"));
  g_autofree char *to = NULL;

  if (n_targets > 1 && !g_str_equal (outcome, "verified"))
    return g_strdup (platter_message_get_several (outcome));
  if (n_targets == 1)
    to = platter_html_dup_isolated (platter_report_html_get_string (first, "name"));
  else
    to = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u target", "all %u targets", (gulong)n_targets),
      (guint)n_targets);
  outcome = platter_message_choose_verdict (
    outcome, platter_report_html_get_number (report, "left-out-bytes"),
    platter_report_html_get_number (report, "carried-bytes"),
    platter_report_html_has_more_room (report, NULL));
  return platter_message_dup_verdict (outcome, platter_report_html_is_comparison (report), to,
                                      from);
}

/* Returns: (nullable): that a comparison was one of a part. */
static char *
report_html_dup_part (GVariant *report)
{
  g_autoptr (GVariant) source = platter_report_html_dup_dictionary (report, "source");
  g_autoptr (GVariant) targets = platter_report_html_dup_list (report, "targets");
  g_autoptr (GVariant) first = NULL;

  if (!platter_report_html_is_comparison (report) || g_variant_n_children (targets) == 0)
    return NULL;
  first = g_variant_get_child_value (targets, 0);
  return platter_message_dup_part (platter_report_html_get_string (report, "outcome"),
                                   platter_report_html_get_number (report, "size-bytes"),
                                   platter_report_html_get_number (source, "size-bytes"),
                                   platter_report_html_get_number (first, "size-bytes"));
}

/* What ended the whole job; of a single target it stands there. */
static void
report_html_append_trouble (GString *html, GVariant *report)
{
  g_autoptr (GVariant) targets = platter_report_html_dup_list (report, "targets");
  g_autoptr (GVariant) first
    = g_variant_n_children (targets) == 1 ? g_variant_get_child_value (targets, 0) : NULL;
  const char *outcome = platter_report_html_get_string (report, "outcome");
  const char *code = platter_report_html_get_string (report, "error-code");
  const char *message = platter_report_html_get_string (report, "error-message");
  const char *advice = NULL;

  if (code[0] == '\0' && first != NULL)
    code = platter_report_html_get_string (first, "error-code");
  /* That two things differ is no fault of either. */
  if (!platter_report_html_is_comparison (report) || g_str_equal (outcome, "failed"))
    advice = platter_conversion_words_is_for (platter_report_html_get_string (report, "kind"), code)
               ? platter_conversion_words_get_advice (outcome, code)
               : platter_message_get_advice (outcome, code);
  if (message[0] != '\0')
    platter_html_append_element (html, "p", "class=\"trouble\" dir=\"auto\"", message);
  if (advice != NULL)
    platter_html_append_element (html, "p", "class=\"advice\"", advice);
}

static void
report_html_append_verdict (GString *html, GVariant *report)
{
  const char *tone
    = platter_report_html_get_tone (platter_report_html_get_string (report, "outcome"));
  g_autofree char *sentence = report_html_dup_sentence (report);
  g_autofree char *part = report_html_dup_part (report);

  g_string_append (html, "<header>\n");
  platter_html_append_element (html, "p", "class=\"kicker\"", report_html_get_title (report));
  g_string_append_printf (html,
                          "<div class=\"verdict %s\">\n"
                          "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 48 48\" "
                          "aria-hidden=\"true\"><circle cx=\"24\" cy=\"24\" r=\"24\"/>"
                          "<path d=\"%s\"/></svg>\n<div>\n",
                          tone, report_html_get_sign (tone));
  platter_html_append_element (html, "h1", NULL, report_html_get_verdict (report));
  platter_html_append_element (html, "p", "dir=\"auto\"", sentence);
  if (part != NULL)
    platter_html_append_element (html, "p", NULL, part);
  g_string_append (html, "</div>\n</div>\n");
  report_html_append_trouble (html, report);
  g_string_append (html, "</header>\n");
}

/* In the time of where it was written, with the exact one for programs. */
static void
report_html_append_when (GString *html, GVariant *report, const char *key, const char *name)
{
  const char *text = platter_report_html_get_string (report, key);
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);
  g_autoptr (GDateTime) local = time != NULL ? g_date_time_to_local (time) : NULL;
  g_autofree char *words
    = local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M:%S %Z") : NULL;

  if (words == NULL)
    return;
  g_string_append (html, "<div>");
  platter_html_append_element (html, "dt", NULL, name);
  g_string_append (html, "<dd><time datetime=\"");
  platter_html_append_text (html, text);
  g_string_append (html, "\">");
  platter_html_append_text (html, words);
  g_string_append (html, "</time></dd></div>\n");
}

static void
report_html_append_facts (GString *html, GVariant *report)
{
  g_autofree char *size = g_format_size_full (platter_report_html_get_number (report, "size-bytes"),
                                              G_FORMAT_SIZE_LONG_FORMAT);
  /* Translators: a user and the machine */
  g_autofree char *who
    = g_strdup_printf (_ ("%s on %s"), platter_report_html_get_string (report, "user"),
                       platter_report_html_get_string (report, "host"));
  g_autofree char *duration = NULL;
  gint64 duration_us = 0;

  g_variant_lookup (report, "duration-us", "x", &duration_us);
  duration = platter_report_html_dup_duration (duration_us);
  g_string_append (html, "<section>\n<dl>\n");
  platter_report_html_append_fact (html, _ ("Amount"), size);
  report_html_append_when (html, report, "started", _ ("Began"));
  report_html_append_when (html, report, "ended", _ ("Ended"));
  platter_report_html_append_fact (html, _ ("Time"), duration);
  platter_report_html_append_fact (html, _ ("Done by"), who);
  g_string_append (html, "</dl>\n</section>\n");
}

static void
report_html_append_digests (GString *html, GVariant *report)
{
  g_autoptr (GVariant) digests
    = g_variant_lookup_value (report, "digests", G_VARIANT_TYPE ("a{ss}"));
  gboolean matches = FALSE;
  const char *name = NULL;
  const char *hex = NULL;
  GVariantIter iter;

  if (digests == NULL || g_variant_n_children (digests) == 0)
    return;
  g_string_append (html, "<section>\n");
  platter_html_append_element (html, "h2", NULL, _ ("Checksums of what was read"));
  g_string_append (html, "<dl class=\"digests\">\n");
  g_variant_iter_init (&iter, digests);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &hex))
    {
      g_autofree char *upper = g_ascii_strup (name, -1);

      g_string_append (html, "<div>");
      platter_html_append_element (html, "dt", NULL,
                                   g_str_equal (name, "sha256") ? "SHA-256" : upper);
      g_string_append (html, "<dd>");
      platter_html_append_element (html, "code", "dir=\"ltr\"", hex);
      g_string_append (html, "</dd></div>\n");
    }
  g_string_append (html, "</dl>\n");
  if (g_variant_lookup (report, "expected-matches", "b", &matches))
    platter_html_append_element (
      html, "p", matches ? NULL : "class=\"trouble\"",
      matches ? _ ("It is the one that the file with checksums promises.")
              : _ ("It is NOT the one that the file with checksums promises."));
  g_string_append (html, "</section>\n");
}

static void
report_html_append_foot (GString *html, GVariant *report)
{
  g_autofree char *words
    /* Translators: a program and its version */
    = g_strdup_printf (_ ("Written by %s %s. A kB has 1000 bytes, a MB 1000 kB."),
                       platter_report_html_get_string (report, "program"),
                       platter_report_html_get_string (report, "program-version"));

  platter_html_append_element (html, "footer", NULL, words);
}

char *
platter_report_html_dup (GVariant *report)
{
  GString *html = g_string_new (NULL);

  report_html_append_head (html, report);
  g_string_append (html, "<body>\n<main>\n");
  report_html_append_verdict (html, report);
  report_html_append_facts (html, report);
  platter_report_html_append_drives (html, report);
  platter_report_html_append_targets (html, report);
  platter_report_html_append_missing (html, report);
  report_html_append_digests (html, report);
  platter_report_html_append_time (html, report);
  platter_report_html_append_options (html, report);
  report_html_append_foot (html, report);
  g_string_append (html, "</main>\n</body>\n</html>\n");
  return g_string_free (html, FALSE);
}
