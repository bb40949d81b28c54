// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The jobs that have ended and whose reports are kept, for all windows.

#pragma once

#include "client/job.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_RECENT (platter_recent_get_type ())

/**
 * PlatterRecent:
 *
 * Follows the folder of client/history.h; reads and writes it in other threads.
 *
 * Signals: "failed" (sentence): a report could not be kept or deleted.
 */
G_DECLARE_FINAL_TYPE (PlatterRecent, platter_recent, PLATTER, RECENT, GObject)

PlatterRecent *platter_recent_new (void);

/** Returns: (transfer none): of #PlatterJob, the newest first; all of them were made from reports. */
GListModel *platter_recent_get_jobs (PlatterRecent *self);

/** Returns: (transfer none) (nullable): under what a job of the list is kept. */
const char *platter_recent_get_id (PlatterRecent *self, PlatterJob *job);

/** Returns: (transfer none) (nullable): a job of the list. */
PlatterJob *platter_recent_find (PlatterRecent *self, const char *id);

/** Returns: (transfer full): what of the list has all words of @search in it. */
GListModel *platter_recent_search (PlatterRecent *self, const char *search);

/**
 * platter_recent_keep:
 * @job: of the helper, and ended
 * @ends: of platter_drives_dup_ends()
 */
void platter_recent_keep (PlatterRecent *self, PlatterJob *job, GPtrArray *ends);

/** Returns: whether the report of a job of the helper is in the list by now. */
gboolean platter_recent_has_kept (PlatterRecent *self, PlatterJob *job);

/** Returns: (transfer none) (nullable): the helper's job that became a job of the list: it knows more. */
PlatterJob *platter_recent_get_original (PlatterRecent *self, PlatterJob *job);

/* What is deleted is forgotten by the helper as well, or it would be kept again; but for a job that can go on. */
void platter_recent_delete (PlatterRecent *self, const char *id);
void platter_recent_clear (PlatterRecent *self);

G_END_DECLS
