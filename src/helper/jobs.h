// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// All jobs that are not forgotten yet, and the signals about them.

#pragma once

#include "callers.h"
#include "idle.h"
#include "inhibitor.h"
#include "run.h"

G_BEGIN_DECLS

typedef struct _PlatterJobs PlatterJobs;

/** platter_jobs_new: It stays to the end of the process, and so does what is given, which is borrowed. */
PlatterJobs *
platter_jobs_new (PlatterCallers *callers, PlatterIdle *idle, PlatterInhibitor *inhibitor);

/** platter_jobs_new_job: Returns: (transfer full): a job with a number of its own, that nobody sees yet. */
PlatterJob *
platter_jobs_new_job (PlatterJobs *self, uid_t owner, PlatterRequest *request, PlatterPlan *plan);

/**
 * platter_jobs_add: Shows a job that has begun. It holds the idle timer until it is removed, or has ended and can go on:
 * then another helper will show it again.
 */
void platter_jobs_add (PlatterJobs *self, PlatterJob *job, PlatterRun *run);
/** platter_jobs_load: Shows the jobs that earlier helpers left, with their numbers; those of new jobs come after them. Once. */
void platter_jobs_load (PlatterJobs *self, PlatterJournals *kept);

/** Returns: (transfer none) (nullable): the job at a D-Bus path, or with a number. */
PlatterJob *platter_jobs_find (PlatterJobs *self, const char *path);
PlatterJob *platter_jobs_find_id (PlatterJobs *self, guint32 id);
/** platter_jobs_find_released: Returns: (transfer none) (nullable): one that was removed lately, to tell how it ended */
PlatterJob *platter_jobs_find_released (PlatterJobs *self, const char *path);
/** Returns: (transfer full) */
char *platter_jobs_dup_path (PlatterJob *job);

/** platter_jobs_tell: Sends what is to be sent of a job, before somebody who reads it: changes add up to what it is. */
void platter_jobs_tell (PlatterJobs *self, PlatterJob *job);

/** platter_jobs_set_paused: A job that has ended stays as it is. */
void platter_jobs_set_paused (PlatterJobs *self, PlatterJob *job, gboolean is_paused);
/** platter_jobs_finish: Ends the reading of a rescue. A job that has ended stays as it is. */
void platter_jobs_finish (PlatterJobs *self, PlatterJob *job);
/** platter_jobs_answer: A job that asks nothing stays as it is. */
void platter_jobs_answer (PlatterJobs *self, PlatterJob *job, const char *answer);
/** platter_jobs_cancel: A job that has ended stays as it is. */
void platter_jobs_cancel (PlatterJobs *self, PlatterJob *job, guint patience_s);
/** platter_jobs_cancel_with: Cancels a job that was added if @caller leaves before it has ended. Once. */
void platter_jobs_cancel_with (PlatterJobs *self, PlatterJob *job, PlatterCaller *caller);
/**
 * platter_jobs_cancel_deserted:
 * @patience_s: as in platter_jobs_cancel()
 *
 * There is nobody any more, and nobody will come: nobody could see what is written to a drive, or stop it. All that runs is
 * cancelled, and can be resumed, as it is not by its owner's wish.
 */
void platter_jobs_cancel_deserted (PlatterJobs *self, guint patience_s);
void platter_jobs_cancel_all (PlatterJobs *self, guint patience_s);
/** platter_jobs_remove: Forgets a job that has ended. */
void platter_jobs_remove (PlatterJobs *self, PlatterJob *job);
guint platter_jobs_count_running (PlatterJobs *self);

/** Returns: (transfer floating): a{oa{sa{sv}}}: those of @owner. */
GVariant *platter_jobs_build_managed (PlatterJobs *self, uid_t owner);

G_END_DECLS
