// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The reports of jobs that have ended, kept for their user: a folder with one file of docs/report.md a job. All of it
// may block, and may be called in any thread.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** The oldest ones go when there are more. */
#define PLATTER_HISTORY_MAX 200

typedef struct
{
  char *id;         /* the name of its file, without the ending */
  GVariant *report; /* of platter_report_read() */
} PlatterHistoryEntry;

/** Returns: (transfer full): where the user's reports are kept; it need not exist. */
char *platter_history_dup_folder (void);

/** Returns: (transfer full): under what a report is kept. The same job has the same, whoever reports it. */
char *platter_history_dup_id (GVariant *report);

/**
 * platter_history_add:
 * @report: of platter_report_new()
 *
 * Keeps a report; one that is kept already stays as it is. The folder is made if need be.
 */
gboolean platter_history_add (const char *folder, GVariant *report, GError **error);

/**
 * platter_history_list:
 * @skipped: (nullable) (element-type utf8): names of files that cannot be read as a report are added
 *
 * Returns: (transfer full) (element-type PlatterHistoryEntry): the newest first; empty if there is no folder.
 */
GPtrArray *platter_history_list (const char *folder, GPtrArray *skipped);

/** Returns: (transfer full): one report, or %NULL with %G_IO_ERROR_NOT_FOUND or what is wrong with it. */
GVariant *platter_history_find (const char *folder, const char *id, GError **error);

gboolean platter_history_delete (const char *folder, const char *id, GError **error);

/** platter_history_clear: Deletes all reports, also those that cannot be read; what else is in the folder stays. */
gboolean platter_history_clear (const char *folder, GError **error);

/** Returns: whether all words of @search, in any case, are somewhere in what the report names. */
gboolean platter_history_matches (GVariant *report, const char *search);

void platter_history_entry_free (PlatterHistoryEntry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterHistoryEntry, platter_history_entry_free)

G_END_DECLS
