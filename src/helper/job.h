// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is told about a job: its properties, its details, its report.

#pragma once

#include <gio/gio.h>

#include "journal.h"
#include "plan.h"

G_BEGIN_DECLS

typedef struct _PlatterJob PlatterJob;

/** Called after something that is told has changed. */
typedef void (*PlatterJobChanged) (PlatterJob *job, gpointer data);

/**
 * platter_job_new:
 * @plan: (transfer full)
 *
 * Main thread only.
 */
PlatterJob *platter_job_new (guint32 id, uid_t owner, PlatterRequest *request, PlatterPlan *plan);
/** platter_job_new_interrupted: One that was cut off together with an earlier helper: it has ended, and can go on. It has its journal's number. */
PlatterJob *platter_job_new_interrupted (PlatterJournal *journal);
PlatterJob *platter_job_ref (PlatterJob *self);
void platter_job_unref (PlatterJob *self);

/** platter_job_set_changed: @changed: (nullable) */
void platter_job_set_changed (PlatterJob *self, PlatterJobChanged changed, gpointer data);

guint32 platter_job_get_id (PlatterJob *self);
uid_t platter_job_get_owner (PlatterJob *self);
gboolean platter_job_has_ended (PlatterJob *self);
const PlatterRequest *platter_job_get_request (PlatterJob *self);
const PlatterPlan *platter_job_get_plan (PlatterJob *self);

/** platter_job_set_journal: What is known of it is kept there from now on. */
void platter_job_set_journal (PlatterJob *self, PlatterJournal *journal);
/** Returns: (transfer none) (nullable): of a job that can go on; %NULL for any other. */
PlatterJournal *platter_job_get_resumable (PlatterJob *self);
/** platter_job_forget_journal: The job is resumed as another one, or given up. */
void platter_job_forget_journal (PlatterJob *self);
/**
 * platter_job_distrust: Its worker has lied, or somebody wrote to what it read. A comparison does not go on from what was called equal
 * then: of that only samples would be looked at again.
 */
void platter_job_distrust (PlatterJob *self);
/** platter_job_set_stopped: That it will be cancelled is not its owner's wish: the helper stops. */
void platter_job_set_stopped (PlatterJob *self);
/** platter_job_take_map_fd: Once: where the worker leaves its maps (dbus/map-page.h). */
void platter_job_take_map_fd (PlatterJob *self, int fd);
/** Returns: the same, which stays the job's; -1 if it keeps none. */
int platter_job_get_map_fd (PlatterJob *self);

/** platter_job_forget_map: Of one that has ended: gives the memory back, also where a client still has it open. */
void platter_job_forget_map (PlatterJob *self);

/** Returns: whether it waits for an answer to the "question" of its progress. */
gboolean platter_job_is_asking (PlatterJob *self);
/** Returns: whether its owner has told it to wait. */
gboolean platter_job_is_paused (PlatterJob *self);
/** Returns: whether one of its sides is a drive. */
gboolean platter_job_has_drive (PlatterJob *self);

/** platter_job_set_progress: @progress, @targets: as platter_filter_progress() lets them pass */
void platter_job_set_progress (PlatterJob *self, GVariant *progress, GVariant *targets);

/**
 * platter_job_end:
 * @worker: what platter_filter_report() let pass
 * @tables: (nullable) (element-type gboolean): for each target whether its partition table was read anew
 *
 * Ends it with the worker's report. Once.
 */
void platter_job_end (PlatterJob *self, GVariant *worker, GArray *tables);

/**
 * platter_job_fail:
 * @verdict: of each target: "failed" or "cancelled"
 * @code: an error code of docs/interface.md
 *
 * Ends it without one. Once.
 */
void
platter_job_fail (PlatterJob *self, const char *verdict, const char *code, const char *message);

/** Returns: (transfer full): a property of the XML. */
GVariant *platter_job_dup_property (PlatterJob *self, const char *name);
/** Returns: (transfer full): a{sv}: all of them. */
GVariant *platter_job_dup_properties (PlatterJob *self);
/** Returns: (transfer full): a{sv} */
GVariant *platter_job_dup_details (PlatterJob *self);
/** Returns: (transfer full) (nullable): a{sv}; %NULL while it runs. */
GVariant *platter_job_dup_report (PlatterJob *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterJob, platter_job_unref)

G_END_DECLS
