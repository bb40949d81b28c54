// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where a report goes: its place is made sure of before the job, and the file is there whole or not at all.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _PlatterReportFile PlatterReportFile;

/** platter_report_file_is_named: Returns: whether the name's ending says what to write: .json, .html or .htm. */
gboolean platter_report_file_is_named (const char *path);

/** platter_report_file_dup_text: Returns: (transfer full): @report in the format that the ending of @path says. */
char *platter_report_file_dup_text (const char *path, GVariant *report);

/**
 * platter_report_file_new:
 * @path: with one of the endings
 * @drives: (element-type GObject): those among them that are a #PlatterDrive must not hold the file
 *
 * Looks whether the file could be made; nothing is made yet.
 *
 * Returns: (transfer full): or %NULL with #GIOErrorEnum and a sentence: it exists, there is no such folder, …
 */
PlatterReportFile *platter_report_file_new (const char *path, GPtrArray *drives, GError **error);

/** Returns: whether @path is where it is to be, whatever that is called */
gboolean platter_report_file_is_at (PlatterReportFile *self, const char *path);

/** platter_report_file_open: Makes a file in the same folder, without a name or, where that cannot be, under another one. */
gboolean platter_report_file_open (PlatterReportFile *self, GError **error);

/**
 * platter_report_file_write:
 * @report: of platter_report_new()
 *
 * Writes it, waits until it is stored and only then gives the file its name; one that has come there meanwhile is not
 * overwritten.
 */
gboolean platter_report_file_write (PlatterReportFile *self, GVariant *report, GError **error);

/** platter_report_file_free: What was not written to its end goes. */
void platter_report_file_free (PlatterReportFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterReportFile, platter_report_file_free)

G_END_DECLS
