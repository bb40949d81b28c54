// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the parts of the page share. The keys of the dictionaries are those of docs/report.md.

#pragma once

#include <glib.h>

#include "html.h"

G_BEGIN_DECLS

/** Returns: (transfer none): empty if it is not there. */
const char *platter_report_html_get_string (GVariant *dictionary, const char *key);
guint64 platter_report_html_get_number (GVariant *dictionary, const char *key);
gboolean platter_report_html_is (GVariant *dictionary, const char *key);
/** Returns: (transfer full): an empty one if it is not there. */
GVariant *platter_report_html_dup_list (GVariant *dictionary, const char *key);
GVariant *platter_report_html_dup_dictionary (GVariant *dictionary, const char *key);

/** Returns: (transfer full): a time that may be short: "0.12 s", "1 min 14 s". */
char *platter_report_html_dup_duration (gint64 duration_us);
/** Returns: (transfer none): the class of style for a verdict. */
const char *platter_report_html_get_tone (const char *verdict);
gboolean platter_report_html_is_comparison (GVariant *report);
/** platter_report_html_has_more_room: As platter_job_has_more_room(); @target: (nullable). */
gboolean platter_report_html_has_more_room (GVariant *report, GVariant *target);

/** A row of a list of facts: what, and what is known. */
void platter_report_html_append_fact (GString *html, const char *name, const char *value);
/** A cell of a table, which says what it is where the table is too narrow for columns. */
void platter_report_html_append_cell (GString *html, const char *label, const char *value);
/** The head of a table. @labels: %NULL-terminated */
void platter_report_html_append_table (GString *html, const char *const *labels);

/* The parts of the page. */
void platter_report_html_append_drives (GString *html, GVariant *report);
void platter_report_html_append_targets (GString *html, GVariant *report);
void platter_report_html_append_missing (GString *html, GVariant *report);
void platter_report_html_append_map (GString *html, GVariant *target, guint64 size_bytes);
void platter_report_html_append_time (GString *html, GVariant *report);
void platter_report_html_append_graph (GString *html, GVariant *report);
void platter_report_html_append_options (GString *html, GVariant *report);

G_END_DECLS
