// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One job of the helper.

#pragma once

#include <gio/gio.h>

#include "job-target.h"
#include "speed-history.h"

G_BEGIN_DECLS

/**
 * PlatterJobWarning: what may be the matter with a job that runs
 * @PLATTER_JOB_WARNING_MAP: its mapfile, which is kept here, is not up to date
 * @PLATTER_JOB_WARNING_WORSE: platter_job_is_getting_worse()
 * @PLATTER_JOB_WARNING_UNKEPT: platter_job_is_unkept(), while something can be done about it
 */
typedef enum
{
  PLATTER_JOB_WARNING_MAP,
  PLATTER_JOB_WARNING_WORSE,
  PLATTER_JOB_WARNING_UNKEPT,
  PLATTER_JOB_N_WARNINGS,
} PlatterJobWarning;

#define PLATTER_TYPE_JOB (platter_job_get_type ())

/**
 * PlatterJob:
 *
 * Made by #PlatterHelper, or from a report that was kept: then it has ended, and its number is 0. Each getter is also a property of that name with a notification.
 *
 * Signals: "ended": once, when the outcome and the report are there, and what it was to leave is, or when the helper
 * vanished (then platter_job_is_lost()).
 */
G_DECLARE_FINAL_TYPE (PlatterJob, platter_job, PLATTER, JOB, GObject)

/**
 * platter_job_new_written:
 * @report: a{sv}: of platter_report_read()
 *
 * Returns: (transfer full): the job that the report tells of.
 */
PlatterJob *platter_job_new_written (GVariant *report);

guint platter_job_get_id (PlatterJob *self);
const char *platter_job_get_object_path (PlatterJob *self);
/** Returns: (transfer none): "clone", "write", "verify" or "image". */
const char *platter_job_get_kind (PlatterJob *self);
/** Returns: whether it has not ended yet; only after its report was fetched is it %FALSE. */
gboolean platter_job_is_running (PlatterJob *self);
/** Returns: whether the helper vanished while it ran: nothing is known about the targets. */
gboolean platter_job_is_lost (PlatterJob *self);
/** Returns: whether that is because the system bus went away: the job may still run, and no other helper can be reached. */
gboolean platter_job_is_bus_lost (PlatterJob *self);
/** Returns: whether it made a whole image for another program, which alone knows whether that got its name. */
gboolean platter_job_is_unsettled (PlatterJob *self);
/** Returns: (transfer none): empty while it runs, then a verdict of docs/interface.md. */
const char *platter_job_get_outcome (PlatterJob *self);
/** Returns: (transfer none): "copying", …; see docs/interface.md. */
const char *platter_job_get_phase (PlatterJob *self);
/** Returns: of the whole job, 0 to 1; below 1 until it has ended well. */
double platter_job_get_fraction (PlatterJob *self);
/** Returns: the same, in whole percent, rounded down: 100 only at a good end. */
guint platter_job_get_percent (PlatterJob *self);
/** Returns: of the phase, as the next two. */
guint64 platter_job_get_total_bytes (PlatterJob *self);
guint64 platter_job_get_done_bytes (PlatterJob *self);
/** Returns: bytes a second. */
guint64 platter_job_get_rate (PlatterJob *self);
/** Returns: what was read from the source. */
guint64 platter_job_get_read_bytes (PlatterJob *self);
guint64 platter_job_get_zero_bytes (PlatterJob *self);
/** Returns: an estimate in microseconds for the whole job; -1 while unknown. */
gint64 platter_job_get_remaining_us (PlatterJob *self);
gint64 platter_job_get_elapsed_us (PlatterJob *self);
/** Returns: for how long the source has not answered, in microseconds; 0 if it does. */
gint64 platter_job_get_stalled_us (PlatterJob *self);
/** Returns: (transfer none): "none", "source", "target", "hashing" or "verifying". */
const char *platter_job_get_limit (PlatterJob *self);
/** Returns: which target limits, when platter_job_get_limit() is "target". */
guint platter_job_get_limiting_target (PlatterJob *self);
/** Returns: when it began, seconds since 1970. */
guint64 platter_job_get_started (PlatterJob *self);
/** Returns: (transfer none): "Samsung SSD 870 → Crucial MX500"; translated where words are needed. */
const char *platter_job_get_title (PlatterJob *self);
/** Returns: whether it makes an image of another image: no drive takes part. */
gboolean platter_job_is_conversion (PlatterJob *self);
/**
 * platter_job_has_more_room:
 * @target: (nullable): one of its targets; %NULL for any of them
 *
 * Returns: whether it was to be written, and is larger than what was copied; %FALSE also while that is not known.
 */
gboolean platter_job_has_more_room (PlatterJob *self, PlatterJobTarget *target);
/** Returns: (transfer none) (nullable): what went wrong with the image that it made, or its map, after its own work */
const char *platter_job_get_trouble (PlatterJob *self);
/** Returns: whether it rescues a drive into an image, which is kept however it ends */
gboolean platter_job_is_rescued_image (PlatterJob *self);
/** Returns: (transfer none): what people call the source. */
const char *platter_job_get_source_name (PlatterJob *self);
/** Returns: (transfer none): "/dev/sda"; empty for an image. */
const char *platter_job_get_source_device (PlatterJob *self);
/** Returns: (transfer none): what a rescue is at: "copying", …, see docs/interface.md; "none" if it is none. */
const char *platter_job_get_rescue (PlatterJob *self);
/** Returns: (transfer none): what it asks: "read-error", or empty; see docs/interface.md. It waits for the answer. */
const char *platter_job_get_question (PlatterJob *self);
/** Returns: whether it asks anything. */
gboolean platter_job_is_asking (PlatterJob *self);
/** Returns: where the source could not be read, if that is the question. */
guint64 platter_job_get_question_offset (PlatterJob *self);
/** Returns: how many reads of the source have failed. */
guint64 platter_job_get_read_errors (PlatterJob *self);
/** Returns: whether the source of a rescue gets worse while it is read (docs/rescue.md); as far as it was watched here. */
gboolean platter_job_is_getting_worse (PlatterJob *self);
/** Returns: whether it can not go on after the helper has stopped, though such jobs can: it cannot be stored. */
gboolean platter_job_is_unkept (PlatterJob *self);
/** Returns: (transfer none) (nullable): a sentence on what somebody should know now who watches it. */
const char *platter_job_get_warning (PlatterJob *self, PlatterJobWarning warning);
/** Returns: what a rescue has not read, or not yet. */
guint64 platter_job_get_missing_bytes (PlatterJob *self);
/** Returns: of a rescue that has ended: how much of that it had not even tried to read. */
guint64 platter_job_get_untried_bytes (PlatterJob *self);
/** Returns: (transfer full) (nullable): a(tt): of a rescue that has ended, the first places that were not read. */
GVariant *platter_job_dup_missing (PlatterJob *self);
/** Returns: of a rescue that has ended: how many places there are in all. */
guint64 platter_job_get_missing_count (PlatterJob *self);
/** Returns: (transfer full) (nullable): a(ussttt): what has lost something in these places, see docs/interface.md. */
GVariant *platter_job_dup_damage (PlatterJob *self);
/** Returns: how many files and folders have, also those that are not told. */
guint64 platter_job_get_damaged_files (PlatterJob *self);
/** Returns: (transfer full): what that is worth: "complete", "incomplete", "late"; empty if it is not known. */
char *platter_job_dup_damage_state (PlatterJob *self);
/** Returns: of a rescue that has ended: what an earlier run had left on the target, and was not proven again. */
guint64 platter_job_get_carried_bytes (PlatterJob *self);
/** Returns: how much is not part of the image, and was neither written nor compared. */
guint64 platter_job_get_left_out_bytes (PlatterJob *self);

/**
 * platter_job_refresh_maps:
 *
 * Gives the targets their maps range by range as they are now, where the helper lets it: in memory that is shared, so
 * that it costs little if nothing is new. At the job's end it is done anyway.
 */
void platter_job_refresh_maps (PlatterJob *self);

/**
 * platter_job_get_map_async: Of a clone that may leave something out: what is safe on its first target, as a mapfile.
 */
void platter_job_get_map_async (PlatterJob *self, GAsyncReadyCallback callback, gpointer user_data);
/** Returns: (transfer full) */
char *platter_job_get_map_finish (PlatterJob *self, GAsyncResult *result, GError **error);
/** platter_job_finish_reading_async: What a rescue has read is enough: it goes on to its end from here. */
void platter_job_finish_reading_async (PlatterJob *self,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean platter_job_finish_reading_finish (PlatterJob *self, GAsyncResult *result, GError **error);

/** platter_job_answer_async: Answers what it asks: "stop", "skip" or "rescue". */
void platter_job_answer_async (PlatterJob *self,
                               const char *answer,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean platter_job_answer_finish (PlatterJob *self, GAsyncResult *result, GError **error);

/** Returns: how much is copied or compared; 0 while that is not known of a packed image. */
guint64 platter_job_get_size_bytes (PlatterJob *self);
/** Returns: what the cells of its targets' maps stand for. */
guint64 platter_job_get_map_bytes (PlatterJob *self);
/** Returns: the size of all of the source; 0 while it is not known. */
guint64 platter_job_get_source_bytes (PlatterJob *self);
/** Returns: (transfer none) (nullable): a{sv}: what the helper tells of the job, docs/interface.md "Details". */
GVariant *platter_job_get_details (PlatterJob *self);
/** Returns: (transfer none): the rates of copying and verifying since it is known here. */
PlatterSpeedHistory *platter_job_get_speed (PlatterJob *self);
/** Returns: (transfer none): of #PlatterJobTarget, in the order of the request. */
GListModel *platter_job_get_targets (PlatterJob *self);
/** Returns: (transfer full) (nullable): a{sv}, docs/interface.md "Report"; %NULL before the end. */
GVariant *platter_job_dup_report (PlatterJob *self);
/** Returns: (transfer full) (nullable): a{sv}: the report that it was made from; %NULL of a job of the helper. */
GVariant *platter_job_dup_written (PlatterJob *self);
/** Returns: (transfer none): why the job as a whole failed, a code; empty if it did not. */
const char *platter_job_get_error_code (PlatterJob *self);
/** Returns: (transfer none): the same as a sentence; empty if it did not. Of a job that ended well, what went wrong after that. */
const char *platter_job_get_error_message (PlatterJob *self);

/**
 * Returns: (transfer none): au: which of its targets can go on, after it was cut off (resume-request.h); none, if it was
 * not. Set before it has ended for its watchers.
 */
GVariant *platter_job_get_resumable (PlatterJob *self);

/** Returns: whether nothing is read or written now, until it is resumed. */
gboolean platter_job_is_paused (PlatterJob *self);

/**
 * platter_job_set_paused_async: Asks to pause, or to go on; platter_job_is_paused() tells when it is so. A job that is
 * about to end does not pause any more.
 */
void platter_job_set_paused_async (PlatterJob *self,
                                   gboolean is_paused,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean platter_job_set_paused_finish (PlatterJob *self, GAsyncResult *result, GError **error);

/** platter_job_cancel_async: Asks to end; the job then still ends by itself, as "cancelled". */
void platter_job_cancel_async (PlatterJob *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean platter_job_cancel_finish (PlatterJob *self, GAsyncResult *result, GError **error);

/** platter_job_release_async: Lets the helper forget a job that has ended. */
void platter_job_release_async (PlatterJob *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean platter_job_release_finish (PlatterJob *self, GAsyncResult *result, GError **error);

G_END_DECLS
