// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is kept of jobs on the system's disk, so that one that was cut off can go on: whose it is, what it copies, and
// up to where each of its targets is durable; of a rescue, its map. Main thread only; the disk is written to by threads.

#pragma once

#include <gio/gio.h>

#include "plan.h"

G_BEGIN_DECLS

/** PlatterJournals: the helper's own folder for them. */
typedef struct _PlatterJournals PlatterJournals;
/** PlatterJournal: one job's. Nothing is on the disk until a target is worth going on with. */
typedef struct _PlatterJournal PlatterJournal;

/**
 * platter_journals_new:
 * @folder: made if it is missing; it must be ours, and nobody else's to look into
 *
 * Returns: or %NULL with #GIOErrorEnum: then jobs are not kept. It stays to the end of the process.
 */
PlatterJournals *platter_journals_new (const char *folder, GError **error);
/** Returns: whether something is not on the disk yet, or not off it: ending now would leave a job that was done. */
gboolean platter_journals_are_writing (PlatterJournals *self);

/**
 * platter_journals_load:
 *
 * Reads what earlier helpers left, but for jobs that run in a helper which is still there. What cannot be read is left
 * alone; what nothing was done to for three months, and then was seen for as long, is removed. Each has the number by which its
 * job was known, or gets one that no other has.
 *
 * Returns: (transfer full) (element-type PlatterJournal)
 */
GPtrArray *platter_journals_load (PlatterJournals *self);
/** Returns: the largest number of a job that was there when they were loaded, also of those that run elsewhere; or 0. */
guint32 platter_journals_get_last_number (const PlatterJournals *self);

/**
 * platter_journal_new:
 * @journals: must outlive it
 * @details: a{sv}: the job's
 */
PlatterJournal *platter_journal_new (PlatterJournals *journals, uid_t owner, GVariant *details);
PlatterJournal *platter_journal_ref (PlatterJournal *self);
/** platter_journal_unref: What is on the disk stays. */
void platter_journal_unref (PlatterJournal *self);

uid_t platter_journal_get_owner (const PlatterJournal *self);
/** platter_journal_set_number: By which its job is known from now on. It is kept with what is kept next. */
void platter_journal_set_number (PlatterJournal *self, guint32 number);
guint32 platter_journal_get_number (const PlatterJournal *self);
/** Returns: (transfer none): a{sv} */
GVariant *platter_journal_get_details (const PlatterJournal *self);
/** Returns: (transfer none): of the job, as a request's. */
const char *platter_journal_get_kind (const PlatterJournal *self);
/** Returns: up to where a target is durable; of a comparison, up to where both are equal. */
guint64 platter_journal_get_durable_bytes (const PlatterJournal *self, guint target);

/**
 * platter_journal_claim:
 *
 * Before a job that has ended goes on: nobody else, not even another helper, may have it go on then.
 *
 * Returns: %FALSE with %PLATTER_HELPER_ERROR_JOB_RUNNING or %PLATTER_HELPER_ERROR_NO_SUCH_JOB.
 */
gboolean platter_journal_claim (PlatterJournal *self, GError **error);
/** platter_journal_unclaim: It does not go on after all. */
void platter_journal_unclaim (PlatterJournal *self);

/** Returns: whether what it is at could not be stored the last time: then it would not go on after the helper has stopped. */
gboolean platter_journal_is_failing (const PlatterJournal *self);
/** Returns: whether it is that of a rescue, which goes on with a map. */
gboolean platter_journal_is_rescue (const PlatterJournal *self);
/** platter_journal_set_page: Of a rescue: where the worker leaves its map (dbus/map-page.h). @fd: borrowed */
void platter_journal_set_page (PlatterJournal *self, int fd);
/**
 * platter_journal_read_domain:
 * @fd: a regular file, open for reading
 *
 * Returns: (transfer full) (nullable): what is in it, foreign text; %NULL if it cannot be read, or is too large to be kept. It may block.
 */
GBytes *platter_journal_read_domain (int fd);
/** platter_journal_set_domain: Of a rescue: what is wanted, if that is not all. @domain: (nullable) */
void platter_journal_set_domain (PlatterJournal *self, GBytes *domain);

/**
 * platter_journal_note:
 * @targets: aa{sv}
 *
 * Keeps the "durable-until" of the targets of a job that runs.
 *
 * Returns: whether there was anything new
 */
gboolean platter_journal_note (PlatterJournal *self, GVariant *targets);

/**
 * platter_journal_end:
 * @targets: aa{sv}, with verdicts
 * @was_stopped: what was cancelled was not by its owner: the helper itself stops
 *
 * Keeps of the targets those that can go on.
 *
 * Returns: (transfer floating): au: which these are; none: then the job is not kept any more.
 */
GVariant *platter_journal_end (PlatterJournal *self, GVariant *targets, gboolean was_stopped);

/** platter_journal_discard: Removes it from the disk. */
void platter_journal_discard (PlatterJournal *self);

/**
 * platter_journal_match:
 * @plan: gets what it needs to go on: where each target was, and of a rescue their maps and what is wanted
 *
 * Whether a request is for the same source, and for targets that are to go on: drives of the same size, model and
 * serial number, or files of the same size. The worker then looks at what is on them.
 *
 * Returns: %FALSE with %PLATTER_DEVICE_ERROR_IDENTITY_CHANGED, or a #PlatterHelperError.
 */
gboolean platter_journal_match (const PlatterJournal *self,
                                const PlatterRequest *request,
                                PlatterPlan *plan,
                                GError **error);

/**
 * platter_journal_take_over:
 * @plan: that was matched
 *
 * Claimed, it goes on as that of the job that resumes it. The maps of a rescue are kept until its worker has left newer ones.
 */
void platter_journal_take_over (PlatterJournal *self, GVariant *details, const PlatterPlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterJournal, platter_journal_unref)

G_END_DECLS
