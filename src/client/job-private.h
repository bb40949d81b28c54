// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How the helper's connection makes jobs and keeps them up to date.

#pragma once

#include "job.h"
#include "rescue-trend.h"

G_BEGIN_DECLS

/** PlatterJobEnding: What is to be done before a job has ended for whoever shows it; then it calls platter_job_let_end(). */
typedef void (*PlatterJobEnding) (PlatterJob *job, gpointer data);

struct _PlatterJob
{
  GObject parent_instance;
  GDBusConnection *connection;
  char *bus_name; /* NULL on a connection of our own */
  char *object_path;
  GListStore *targets;
  /* As the helper sent them: a{sv}. */
  GVariant *progress;
  GVariant *details;
  GVariant *report;
  GVariant *written; /* what it was made from, if that was a report of docs/report.md */
  PlatterSpeedHistory *speed;
  PlatterRescueTrend *trend;
  char *title;
  char *outcome;
  char *trouble;       /* (nullable): with the image that it made, once its own work was done */
  char *map_trouble;   /* (nullable): why its mapfile cannot be kept up to date */
  GVariant *resumable; /* au */
  char *kind;
  gboolean is_asking_report;
  gboolean is_running;
  gboolean is_lost;
  gboolean is_bus_lost;
  int map_fd;           /* where the worker leaves the maps; -1: not known */
  guint64 map_number;   /* of those that the targets have */
  gboolean is_answered; /* what it asked, here; it asks once */
  gboolean is_ending;   /* what holds the end back has begun */
  PlatterJobEnding ending;
  gpointer ending_data;
  GDestroyNotify ending_free;
};

/**
 * platter_job_new:
 * @bus_name: (nullable): the helper's unique name; %NULL on a connection of our own
 */
PlatterJob *
platter_job_new (GDBusConnection *connection, const char *bus_name, const char *object_path);

/**
 * platter_job_load_async: Asks for the properties, the details and, if it has ended, the report. May be called more
 * than once.
 */
void platter_job_load_async (PlatterJob *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean platter_job_load_finish (PlatterJob *self, GAsyncResult *result, GError **error);

/** platter_job_call: Calls a method of the helper's job. @parameters: (nullable): floating is taken */
void platter_job_call (PlatterJob *self,
                       const char *method,
                       GVariant *parameters,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);

/** platter_job_describe: @details: (transfer none): a{sv}: what it and its targets are. */
void platter_job_describe (PlatterJob *self, GVariant *details);

/** platter_job_take_report: @report: (transfer none): a{sv}: what became of it and its targets. */
void platter_job_take_report (PlatterJob *self, GVariant *report);

/** platter_job_update: @properties: (transfer none): a{sv}: what changed, from the helper. */
void platter_job_update (PlatterJob *self, GVariant *properties);

/** platter_job_update_targets: @targets: (transfer none): aa{sv}: of the signal TargetsChanged. */
void platter_job_update_targets (PlatterJob *self, GVariant *targets);

/** platter_job_open_maps: Asks the helper for where the worker leaves the maps; without it there are only cells. */
void platter_job_open_maps (PlatterJob *self);

/**
 * platter_job_draw_left: Of a job that an earlier helper left there is no worker that could tell of a map: what its targets are known
 * to hold becomes their cells.
 */
void platter_job_draw_left (PlatterJob *self);

/** platter_job_forget_resumable: The helper does not know it any more: it was given up, or goes on as another one. */
void platter_job_forget_resumable (PlatterJob *self);
/** platter_job_set_map_trouble: @trouble: (nullable): a sentence on why its mapfile is not up to date; %NULL if it is */
void platter_job_set_map_trouble (PlatterJob *self, const char *trouble);
/** platter_job_notify_all: Something has changed. */
void platter_job_notify_all (PlatterJob *self);

/** platter_job_end: Tells of the end, once. */
void platter_job_end (PlatterJob *self);

/** platter_job_begin_end: The work is done, and outcome and report are there. Ends it, or lets what holds the end begin. */
void platter_job_begin_end (PlatterJob *self);

/**
 * platter_job_hold_end:
 * @ending: called once, when the outcome and the report are there, or the job is lost; at once if it is so already
 * @data: (transfer full): freed with @free_data when the job ends
 *
 * Until platter_job_let_end() the job runs for whoever shows it. Once for each job.
 */
void platter_job_hold_end (PlatterJob *self,
                           PlatterJobEnding ending,
                           gpointer data,
                           GDestroyNotify free_data);

/** platter_job_rename_target: What the only target of a job that ends is called by now. */
void platter_job_rename_target (PlatterJob *self, const char *name);
/**
 * platter_job_let_end:
 * @is_kept: whether the image that it was to make is there
 * @trouble: (nullable): what went wrong meanwhile; without an image the job has failed
 */
void platter_job_let_end (PlatterJob *self, gboolean is_kept, const char *trouble);

/** Returns: whether all that was to be copied was, by the outcome of the work; what becomes of it then is not asked. */
gboolean platter_job_is_whole (PlatterJob *self);

/** platter_job_note_speed: Adds the present rate to the job's history. */
void platter_job_note_speed (PlatterJob *self);

/** platter_job_note_trend: The same, of what tells whether the source gets worse; the targets know already. */
void platter_job_note_trend (PlatterJob *self);

/** platter_job_lose: The helper is gone; a job that has not ended will never be heard of again. */
void platter_job_lose (PlatterJob *self);

G_END_DECLS
