// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Runs a request to its end: starts the job, shows how it goes, and tells how it ended.

#include "config.h"

#include "run.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <unistd.h>

#include "../client/history.h"
#include "../client/json.h"
#include "../client/map-keeper.h"
#include "../client/messages.h"
#include "../client/report-file.h"
#include "../client/report.h"
#include "../client/resume-request.h"
#include "../client/shown.h"
#include "advice.h"
#include "answer.h"
#include "await.h"
#include "confirm.h"
#include "objects.h"
#include "progress-line.h"
#include "refusal.h"
#include "result.h"
#include "suspend.h"

typedef struct
{
  PlatterOptions *options;
  PlatterJob *job;        /* NULL until it has started */
  PlatterNewImage *image; /* (nullable): that is being made */
  GCancellable *cancellable;
  gboolean is_watching; /* the job is somebody else's */
  gboolean is_live;
  gboolean has_signal;
  gboolean has_hung_up;
  char *warned[PLATTER_JOB_N_WARNINGS]; /* (nullable elements): what was said last of each */
  PlatterMapFile *map;                  /* NULL: none is wanted */
  PlatterAnswer *answer;                /* (nullable): asks on the terminal */
} Run;

PlatterHelper *
platter_run_connect (PlatterHelperMode mode, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GAsyncResult *waiting = NULL;

  platter_helper_connect_async (mode, NULL, platter_await_cb, &waiting);
  result = platter_await (&waiting);
  return platter_helper_connect_finish (result, error);
}

static void
run_say (Run *self, const char *sentence)
{
  if (self->is_live)
    platter_progress_line_clear ();
  if (!self->options->quiet)
    g_printerr ("%s\n", sentence);
}

static void
run_cancelled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *self = user_data;
  g_autoptr (GError) error = NULL;

  if (platter_job_cancel_finish (PLATTER_JOB (source), result, &error))
    run_say (self, _ ("Cancelling."));
  else if (platter_job_is_running (PLATTER_JOB (source)))
    platter_status_tell (error, FALSE);
}

static void
run_cancel (Run *self)
{
  self->has_signal = TRUE;
  if (self->job == NULL)
    g_cancellable_cancel (self->cancellable);
  else if (!self->is_watching)
    platter_job_cancel_async (self->job, NULL, run_cancelled_cb, self);
}

static gboolean
run_signal_cb (gpointer user_data)
{
  Run *self = user_data;

  if (self->has_signal)
    run_say (self, _ ("Still waiting for the drives. The job ends as soon as they answer."));
  else
    run_cancel (self);
  return G_SOURCE_CONTINUE;
}

static void
run_die_of_hangup (void)
{
  signal (SIGHUP, SIG_DFL);
  raise (SIGHUP);
}

/* The terminal is gone. What nobody could go on with must not lie there hidden for ever. */
static gboolean
run_hangup_cb (gpointer user_data)
{
  Run *self = user_data;

  if (self->image == NULL || (self->job != NULL && platter_resume_may_be_possible (self->job)))
    run_die_of_hangup ();
  self->has_hung_up = TRUE;
  if (!self->has_signal)
    run_cancel (self);
  return G_SOURCE_CONTINUE;
}

/* Returns: 0: whoever started this process wants it to live on, as nohup(1) does. */
static guint
run_add_hangup (Run *self)
{
  struct sigaction before;

  if (sigaction (SIGHUP, NULL, &before) != 0 || before.sa_handler == SIG_IGN)
    return 0;
  return g_unix_signal_add (SIGHUP, run_hangup_cb, self);
}

/* What comes and goes with each error is said once; of the map it is known when it is well again. */
static void
run_warn (Run *self, PlatterJobWarning warning)
{
  const char *sentence = platter_job_get_warning (self->job, warning);

  if (g_strcmp0 (sentence, self->warned[warning]) == 0
      || (sentence == NULL && warning != PLATTER_JOB_WARNING_MAP))
    return;
  g_free (self->warned[warning]);
  self->warned[warning] = g_strdup (sentence);
  if (sentence != NULL)
    run_say (self, sentence);
}

static void
run_progress_cb (Run *self)
{
  if (!platter_job_is_running (self->job))
    return;
  for (guint i = 0; i < PLATTER_JOB_N_WARNINGS; i++)
    run_warn (self, i);
  if (self->options->json)
    platter_json_print (platter_objects_new_progress (self->job));
  else if (self->is_live && (self->answer == NULL || !platter_job_is_asking (self->job)))
    platter_progress_line_show (self->job);
}

static gboolean
run_is_over (Run *self)
{
  return !platter_job_is_running (self->job) || (self->is_watching && self->has_signal);
}

static void
run_tell_image (Run *self)
{
  g_autofree char *path = NULL;
  guint n_pieces = 1;

  if (self->image == NULL)
    return;
  path = platter_shown_dup_name (platter_new_image_get_path (self->image));
  n_pieces = platter_new_image_get_n_pieces (self->image);
  if (platter_new_image_is_left (self->image))
    return; /* it was said that the job can be resumed */
  if (!platter_new_image_is_kept (self->image))
    run_say (self, _ ("Nothing was kept of the image."));
  else if (!self->options->quiet && !self->options->json && n_pieces > 1)
    /* Translators: how many files there are, and the path of the first */
    g_print (ngettext ("Saved in %u piece; the first one is %s.\n",
                       "Saved in %u pieces; the first one is %s.\n", n_pieces),
             n_pieces, path);
  else if (!self->options->quiet && !self->options->json)
    /* Translators: the image's path */
    g_print (_ ("Saved as %s.\n"), path);
}

/* It is well, but something that was to lie beside it is not. */
static gboolean
run_lacks_something (Run *self, PlatterStatus status)
{
  return status == PLATTER_STATUS_DONE && platter_job_get_error_message (self->job)[0] != '\0';
}

/* The helper tells a change in one go, so that one property stands for all of them. */
static PlatterStatus
run_follow (Run *self)
{
  gulong handler
    = g_signal_connect_swapped (self->job, "notify::fraction", G_CALLBACK (run_progress_cb), self);
  PlatterStatus status = PLATTER_STATUS_CANCELLED;

  run_progress_cb (self);
  while (!run_is_over (self))
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (self->job, handler);
  if (self->is_live)
    platter_progress_line_clear ();

  if (platter_job_is_running (self->job))
    {
      run_say (self, _ ("The job goes on."));
      return status;
    }
  status = platter_status_of_outcome (platter_job_get_outcome (self->job), self->has_signal);
  if (run_lacks_something (self, status))
    status = PLATTER_STATUS_FAILED;
  if (self->options->json)
    platter_json_print (platter_objects_new_report (self->job, (int)status));
  platter_result_print (self->job, self->options);
  if (platter_job_is_unsettled (self->job))
    run_say (self,
             _ ("The program that makes the image gives it its name, and says if it cannot."));
  run_tell_image (self);
  return status;
}

/* It belongs to what the job leaves behind, not to what it was asked for: that it cannot be kept is no failure. */
static void
run_keep_report (Run *self, GVariant *report)
{
  g_autofree char *folder = platter_history_dup_folder ();
  g_autoptr (GError) error = NULL;

  if (platter_history_add (folder, report, &error))
    return;
  g_autofree char *sentence
    = g_strdup_printf (_ ("The report cannot be kept in the history: %s"), error->message);
  run_say (self, sentence);
}

static PlatterStatus
run_write_report (Run *self, GVariant *report, PlatterReportFile *file, PlatterStatus status)
{
  g_autoptr (GError) error = NULL;

  if (platter_report_file_write (file, report, &error))
    return status;
  platter_status_tell (error, self->options->json);
  /* What became of the job matters more than what became of its report. */
  return status != PLATTER_STATUS_DONE ? status : PLATTER_STATUS_FAILED;
}

/* @ends: (nullable), @file: (nullable) */
static PlatterStatus
run_report (Run *self, GPtrArray *ends, PlatterReportFile *file, PlatterStatus status)
{
  g_autoptr (GVariant) report = platter_report_new (self->job, ends);

  /* Whoever makes an image keeps its report, which says whether it got its name. */
  if (!platter_job_is_unsettled (self->job))
    run_keep_report (self, report);
  return file != NULL ? run_write_report (self, report, file, status) : status;
}

/* With the drives, and before anything is touched. An image keeps its map itself. */
static gboolean
run_begin_map (Run *self, PlatterRequest *request, GPtrArray *ends, GError **error)
{
  int fd = -1;

  if (self->options->map == NULL || self->image != NULL)
    return TRUE;
  self->map = platter_map_file_new (self->options->map, ends, error);
  if (self->map == NULL)
    return FALSE;
  if (!self->options->is_rescue && platter_map_file_is_empty (self->map))
    return TRUE;
  if (!self->options->is_rescue)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("%s has a map already. “platterctl rescue” goes on with it."),
                   self->options->map);
      return FALSE;
    }
  fd = platter_map_file_open (self->map, error);
  if (fd >= 0)
    platter_request_take_map (request, fd);
  return fd >= 0;
}

static gboolean
run_end_map (PlatterMapKeeper *keeper, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GAsyncResult *waiting = NULL;

  platter_map_keeper_end_async (keeper, platter_await_cb, &waiting);
  result = platter_await (&waiting);
  return platter_map_keeper_end_finish (result, error);
}

static PlatterStatus
run_follow_with_map (Run *self)
{
  g_autoptr (PlatterMapKeeper) keeper
    = self->map != NULL ? platter_map_keeper_new (self->job, self->map) : NULL;
  PlatterStatus status = run_follow (self);
  g_autoptr (GError) error = NULL;

  if (keeper == NULL || platter_job_is_lost (self->job) || run_end_map (keeper, &error))
    return status;
  platter_status_tell (error, self->options->json);
  return status != PLATTER_STATUS_DONE ? status : PLATTER_STATUS_FAILED;
}

static PlatterJob *
run_start (Run *self, PlatterHelper *helper, PlatterRequest *request, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GAsyncResult *waiting = NULL;

  platter_helper_start_async (helper, request, self->cancellable, platter_await_cb, &waiting);
  result = platter_await (&waiting);
  return platter_helper_start_finish (helper, result, error);
}

static void
run_release (PlatterJob *job)
{
  g_autoptr (GAsyncResult) result = NULL;
  GAsyncResult *waiting = NULL;

  platter_job_release_async (job, NULL, platter_await_cb, &waiting);
  result = platter_await (&waiting);
  /* The result has been told; a helper that is gone has forgotten the job anyway. */
  platter_job_release_finish (job, result, NULL);
}

static gboolean
run_begin_image (Run *self, PlatterRequest *request, GError **error)
{
  if (platter_request_get_kind (request) != PLATTER_REQUEST_IMAGE)
    return TRUE;
  self->image = g_ptr_array_index (platter_request_get_targets (request), 0);
  return platter_new_image_begin (self->image, platter_request_get_format (request),
                                  platter_request_get_size_bytes (request), error);
}

/* It may have begun already, and would hold on to the file until its end, for which nobody waits here. */
static void
run_give_up_image (Run *self)
{
  if (self->image != NULL && !platter_new_image_is_finishing (self->image))
    platter_new_image_discard (self->image);
}

/* @connected: (nullable) */
static PlatterStatus
run_request (Run *self,
             PlatterRequest *request,
             PlatterHelper *connected,
             PlatterHelperMode mode,
             PlatterReportFile *report_file)
{
  g_autoptr (GPtrArray) ends = platter_request_dup_ends (request);
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterHelper) helper
    = connected != NULL ? g_object_ref (connected) : platter_run_connect (mode, &error);
  g_autoptr (PlatterJob) job = NULL;
  g_autoptr (PlatterSuspend) suspend = NULL;
  PlatterStatus status = PLATTER_STATUS_FAILED;

  if (helper == NULL || !run_begin_image (self, request, &error)
      || !run_begin_map (self, request, ends, &error))
    return platter_refusal_tell (error, self->options);
  job = run_start (self, helper, request, &error);
  if (job == NULL)
    {
      run_give_up_image (self);
      return platter_refusal_tell (error, self->options);
    }

  self->job = job;
  suspend = platter_suspend_new (job);
  if (g_str_equal (platter_request_get_on_error (request), "ask"))
    self->answer = platter_answer_new (job, platter_helper_is_embedded (helper));
  /* A signal that came between the reply and now must not get lost. */
  if (self->has_signal)
    platter_job_cancel_async (job, NULL, run_cancelled_cb, self);
  status = run_follow_with_map (self);
  g_clear_pointer (&self->answer, platter_answer_free);
  status = run_report (self, ends, report_file, status);
  /* One that can go on is kept for that. */
  if (!platter_job_is_lost (job) && !platter_resume_is_possible (job))
    run_release (job);
  return status;
}

static void
run_init (Run *self, PlatterOptions *options)
{
  self->options = options;
  self->cancellable = g_cancellable_new ();
  self->is_live = !options->json && !options->quiet && isatty (STDERR_FILENO);
}

static void
run_clear (Run *self)
{
  for (guint i = 0; i < PLATTER_JOB_N_WARNINGS; i++)
    g_free (self->warned[i]);
}

static PlatterStatus
run_with_signals (PlatterRequest *request,
                  PlatterHelper *connected,
                  PlatterHelperMode mode,
                  PlatterOptions *options,
                  PlatterReportFile *report_file)
{
  Run self = { 0 };
  guint interrupt = g_unix_signal_add (SIGINT, run_signal_cb, &self);
  guint terminate = g_unix_signal_add (SIGTERM, run_signal_cb, &self);
  /* Without an image nothing is left behind, and the signal is not to wait until somebody listens. */
  guint hangup
    = platter_request_get_kind (request) == PLATTER_REQUEST_IMAGE ? run_add_hangup (&self) : 0;
  PlatterStatus status = PLATTER_STATUS_FAILED;

  run_init (&self, options);
  status = run_request (&self, request, connected, mode, report_file);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  g_clear_handle_id (&hangup, g_source_remove);
  g_object_unref (self.cancellable);
  run_clear (&self);
  g_clear_pointer (&self.map, platter_map_file_free);
  if (self.has_hung_up)
    run_die_of_hangup ();
  return status;
}

/* What the job itself makes is not there yet, and would be in the place of its report when that is written. */
static gboolean
run_check_report (PlatterOptions *options, GPtrArray *ends, PlatterReportFile *file, GError **error)
{
  for (guint i = 0; i < ends->len; i++)
    {
      gpointer end = g_ptr_array_index (ends, i);

      if (PLATTER_IS_NEW_IMAGE (end)
          && !platter_new_image_check_beside (end, options->report, error))
        return FALSE;
    }
  if (options->map == NULL || !platter_report_file_is_at (file, options->map))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               /* Translators: the name of a file */
               _ ("%s cannot be the map and the report at the same time. Give one of them another "
                  "name."),
               options->report);
  return FALSE;
}

/* @file: (out) (nullable): where the report goes, if one is wanted */
static gboolean
run_find_place (PlatterOptions *options, GPtrArray *ends, PlatterReportFile **file, GError **error)
{
  if (options->report == NULL)
    return TRUE;
  *file = platter_report_file_new (options->report, ends, error);
  return *file != NULL && run_check_report (options, ends, *file, error);
}

/* @connected: (nullable) */
static PlatterStatus
run_asked (PlatterRequest *request,
           PlatterHelper *connected,
           PlatterHelperMode mode,
           PlatterOptions *options)
{
  g_autoptr (GPtrArray) ends = platter_request_dup_ends (request);
  g_autoptr (PlatterReportFile) report_file = NULL;
  g_autoptr (GError) error = NULL;
  PlatterStatus status = PLATTER_STATUS_DONE;

  /* Before somebody is asked, and long before there is something to report. */
  if (!run_find_place (options, ends, &report_file, &error))
    return platter_status_tell (error, options->json);
  status = platter_answer_check (request, options);
  if (status != PLATTER_STATUS_DONE)
    return status;
  platter_advice_tell (request, options);
  if (platter_request_get_kind (request) == PLATTER_REQUEST_IMAGE)
    status = platter_confirm_room (request, options);
  else if (platter_request_get_kind (request) != PLATTER_REQUEST_VERIFY)
    status = platter_confirm (request, options);
  if (status != PLATTER_STATUS_DONE)
    return status;
  if (report_file != NULL && !platter_report_file_open (report_file, &error))
    return platter_status_tell (error, options->json);
  return run_with_signals (request, connected, mode, options, report_file);
}

PlatterStatus
platter_run (PlatterRequest *request, PlatterHelperMode mode, PlatterOptions *options)
{
  return run_asked (request, NULL, mode, options);
}

PlatterStatus
platter_run_on (PlatterHelper *helper, PlatterRequest *request, PlatterOptions *options)
{
  return run_asked (request, helper, PLATTER_HELPER_AUTO, options);
}

PlatterStatus
platter_run_watch (PlatterJob *job, GPtrArray *ends, PlatterOptions *options)
{
  /* Whoever started the job may have it forgotten while it is told of here. */
  g_autoptr (PlatterJob) kept = g_object_ref (job);
  g_autoptr (PlatterReportFile) report_file = NULL;
  g_autoptr (GError) error = NULL;
  Run self = { .job = kept, .is_watching = TRUE };

  if (!run_find_place (options, ends, &report_file, &error)
      || (report_file != NULL && !platter_report_file_open (report_file, &error)))
    return platter_status_tell (error, options->json);

  guint interrupt = g_unix_signal_add (SIGINT, run_signal_cb, &self);
  guint terminate = g_unix_signal_add (SIGTERM, run_signal_cb, &self);
  PlatterStatus status = PLATTER_STATUS_FAILED;

  run_init (&self, options);
  status = run_follow (&self);
  if (!platter_job_is_running (kept))
    status = run_report (&self, ends, report_file, status);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  g_object_unref (self.cancellable);
  run_clear (&self);
  return status;
}
