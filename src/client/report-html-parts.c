// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the parts of the page share: looking up, rows, cells, durations.

#include "config.h"

#include "report-html-private.h"

#include <glib/gi18n-lib.h>

const char *
platter_report_html_get_string (GVariant *dictionary, const char *key)
{
  const char *value = "";

  g_variant_lookup (dictionary, key, "&s", &value);
  return value;
}

guint64
platter_report_html_get_number (GVariant *dictionary, const char *key)
{
  guint64 value = 0;

  g_variant_lookup (dictionary, key, "t", &value);
  return value;
}

gboolean
platter_report_html_is (GVariant *dictionary, const char *key)
{
  gboolean value = FALSE;

  return g_variant_lookup (dictionary, key, "b", &value) && value;
}

static GVariant *
report_html_dup_part (GVariant *dictionary, const char *key, const char *type)
{
  GVariant *value = g_variant_lookup_value (dictionary, key, G_VARIANT_TYPE (type));

  return value != NULL ? value
                       : g_variant_ref_sink (g_variant_new_array (
                         g_variant_type_element (G_VARIANT_TYPE (type)), NULL, 0));
}

GVariant *
platter_report_html_dup_list (GVariant *dictionary, const char *key)
{
  return report_html_dup_part (dictionary, key, "aa{sv}");
}

GVariant *
platter_report_html_dup_dictionary (GVariant *dictionary, const char *key)
{
  return report_html_dup_part (dictionary, key, "a{sv}");
}

char *
platter_report_html_dup_duration (gint64 duration_us)
{
  gint64 seconds = MAX (duration_us, 0) / G_USEC_PER_SEC;

  if (seconds < 10)
    /* Translators: seconds */
    return g_strdup_printf (_ ("%.2f s"), (double)MAX (duration_us, 0) / G_USEC_PER_SEC);
  if (seconds < 60)
    return g_strdup_printf (_ ("%d s"), (int)seconds);
  if (seconds < 3600)
    /* Translators: minutes and seconds */
    return g_strdup_printf (_ ("%d min %d s"), (int)(seconds / 60), (int)(seconds % 60));
  return g_strdup_printf (_ ("%d h %d min"), (int)(seconds / 3600), (int)(seconds / 60 % 60));
}

const char *
platter_report_html_get_tone (const char *verdict)
{
  static const char *const warnings[] = { "repaired", "unverified", "incomplete", NULL };
  static const char *const neutral[] = { "written", "cancelled", NULL };

  if (g_str_equal (verdict, "verified"))
    return "good";
  if (g_strv_contains (warnings, verdict))
    return "warn";
  return g_strv_contains (neutral, verdict) ? "neutral" : "bad";
}

gboolean
platter_report_html_is_comparison (GVariant *report)
{
  return g_str_equal (platter_report_html_get_string (report, "kind"), "verify");
}

gboolean
platter_report_html_has_more_room (GVariant *report, GVariant *target)
{
  g_autoptr (GVariant) targets = platter_report_html_dup_list (report, "targets");
  guint64 size_bytes = platter_report_html_get_number (report, "size-bytes");
  guint64 largest = target != NULL ? platter_report_html_get_number (target, "size-bytes") : 0;

  for (gsize i = 0; target == NULL && i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (targets, i);

      largest = MAX (largest, platter_report_html_get_number (one, "size-bytes"));
    }
  return size_bytes > 0 && largest > size_bytes && !platter_report_html_is_comparison (report);
}

void
platter_report_html_append_fact (GString *html, const char *name, const char *value)
{
  g_string_append (html, "<div>");
  platter_html_append_element (html, "dt", NULL, name);
  platter_html_append_element (html, "dd", "dir=\"auto\"", value);
  g_string_append (html, "</div>\n");
}

void
platter_report_html_append_cell (GString *html, const char *label, const char *value)
{
  if (value[0] == '\0')
    {
      g_string_append (html, "<td class=\"none\">–</td>\n");
      return;
    }
  g_string_append (html, "<td data-label=\"");
  platter_html_append_text (html, label);
  g_string_append (html, "\"><bdi>");
  platter_html_append_text (html, value);
  g_string_append (html, "</bdi></td>\n");
}

void
platter_report_html_append_table (GString *html, const char *const *labels)
{
  g_string_append (html, "<table>\n<thead><tr>");
  for (gsize i = 0; labels[i] != NULL; i++)
    platter_html_append_element (html, "th", "scope=\"col\"", labels[i]);
  g_string_append (html, "</tr></thead>\n");
}
