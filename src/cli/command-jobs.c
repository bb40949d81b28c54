// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platterctl jobs: what the helper is doing.

#include "config.h"

#include "commands.h"

#include <glib/gi18n.h>
#include <unistd.h>

#include "../client/json.h"
#include "../client/messages.h"
#include "../client/resume-request.h"
#include "../dbus/errors.h"
#include "await.h"
#include "objects.h"
#include "operand.h"
#include "options.h"
#include "progress-line.h"
#include "run.h"
#include "status.h"

static const PlatterOptionsCommand command_jobs_command = {
  .name = "jobs",
  .operands = "[watch|pause|resume|finish|answer|cancel|discard ID [IMAGE…|ANSWER]]",
  .description = N_ (
    "Lists your running and recent jobs, follows, pauses, resumes or cancels one, or lets a "
    "rescue come to its end. “answer ID stop|skip|rescue” tells a job what to do that asks "
    "because its source cannot be read. A job that "
    "was cut off goes on with “resume ID”, or “resume ID IMAGE” if an image that it read is not "
    "where it was, and is given up with “discard ID”."),
  .use = PLATTER_OPTIONS_REPORT | PLATTER_OPTIONS_RESUME | PLATTER_OPTIONS_BMAP,
  .max_operands = 4,
};

static void
command_jobs_print_question (PlatterJob *job)
{
  g_autofree char *question = platter_message_dup_question (platter_job_get_source_name (job),
                                                            platter_job_get_question_offset (job),
                                                            platter_job_get_source_bytes (job));

  /* Translators: a question, and a command with a job's number that answers it */
  g_print (_ ("   %s\n   Answer with “platterctl jobs answer %u stop|skip|rescue”.\n"), question,
           platter_job_get_id (job));
}

/* Where it goes on; of several targets the one that is furthest behind counts. */
static char *
command_jobs_dup_cut_off (PlatterJob *job)
{
  gboolean is_comparison = g_str_equal (platter_job_get_kind (job), "verify");
  GListModel *targets = platter_job_get_targets (job);
  guint64 durable_bytes = G_MAXUINT64;
  g_autofree char *size = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (targets, i);

      durable_bytes
        = MIN (durable_bytes, is_comparison ? platter_job_target_get_verified_bytes (target)
                                            : platter_job_target_get_durable_bytes (target));
    }
  size = g_format_size (durable_bytes);
  if (is_comparison)
    /* Translators: of a job that compares: how much of it is done, “12.6 MB” */
    return g_strdup_printf (_ ("Cut off, can be resumed: %s are equal"), size);
  /* Translators: of a job: how much of it is safe, “12.6 MB” */
  return g_strdup_printf (_ ("Cut off, can be resumed: %s are safe"), size);
}

static void
command_jobs_print (PlatterJob *job)
{
  gboolean is_comparison = g_str_equal (platter_job_get_kind (job), "verify");
  g_autofree char *line = platter_resume_is_possible (job) ? command_jobs_dup_cut_off (job)
                                                           : platter_progress_line_dup (job);
  gboolean has_line = platter_job_is_running (job) || platter_resume_is_possible (job);

  /* Translators: a job's number, what it does, and how it goes */
  g_print (_ ("%u  %s  %s\n"), platter_job_get_id (job), platter_job_get_title (job),
           has_line ? line
                    : platter_message_get_verdict (platter_job_get_outcome (job), is_comparison));
  if (platter_job_is_asking (job))
    command_jobs_print_question (job);
}

static int
command_jobs_list (PlatterHelper *helper, PlatterOptions *options)
{
  GListModel *jobs = platter_helper_get_jobs (helper);

  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++)
    {
      g_autoptr (PlatterJob) job = g_list_model_get_item (jobs, i);

      if (options->json)
        platter_json_print (platter_objects_new_job (job));
      else
        command_jobs_print (job);
    }
  if (g_list_model_get_n_items (jobs) == 0 && !options->json && !options->quiet)
    g_printerr ("%s\n", _ ("There are no jobs."));
  return platter_status_end (PLATTER_STATUS_DONE);
}

/* What is not so, and will not be, is said. */
static int
command_jobs_tell_ended (PlatterJob *job, PlatterOptions *options)
{
  g_autoptr (GError) error
    = g_error_new (PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_NO_SUCH_JOB,
                   _ ("Job %u has ended already."), platter_job_get_id (job));

  return platter_status_tell (error, options->json);
}

/* The same of what would do nothing. @sentence: (transfer full) */
static int
command_jobs_tell_vain (char *sentence, PlatterOptions *options)
{
  g_autofree char *owned = sentence;
  g_autoptr (GError) error
    = g_error_new_literal (PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS, owned);

  return platter_status_tell (error, options->json);
}

static int
command_jobs_cancel (PlatterJob *job, PlatterOptions *options)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *waiting = NULL;

  if (platter_resume_is_possible (job))
    return command_jobs_tell_vain (
      g_strdup_printf (
        /* Translators: the number of a job, twice */
        _ ("Job %u was cut off, and does not run. “platterctl jobs discard %u” gives it up."),
        platter_job_get_id (job), platter_job_get_id (job)),
      options);
  if (!platter_job_is_running (job))
    return command_jobs_tell_ended (job, options);
  platter_job_cancel_async (job, NULL, platter_await_cb, &waiting);
  result = platter_await (&waiting);
  if (!platter_job_cancel_finish (job, result, &error))
    return platter_status_tell (error, options->json);
  return PLATTER_STATUS_DONE;
}

static int
command_jobs_finish (PlatterJob *job, PlatterOptions *options)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *waiting = NULL;

  if (!platter_job_is_running (job))
    return command_jobs_tell_ended (job, options);
  if (platter_message_get_rescue (platter_job_get_rescue (job)) == NULL)
    return command_jobs_tell_vain (
      g_strdup_printf (
        /* Translators: the number of a job, twice */
        _ ("Only a rescue that still reads can be finished, and job %u is none. “platterctl jobs "
           "cancel %u” ends it."),
        platter_job_get_id (job), platter_job_get_id (job)),
      options);
  platter_job_finish_reading_async (job, platter_await_cb, &waiting);
  result = platter_await (&waiting);
  if (!platter_job_finish_reading_finish (job, result, &error))
    return platter_status_tell (error, options->json);
  return PLATTER_STATUS_DONE;
}

static int
command_jobs_answer (PlatterJob *job, PlatterOptions *options)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *waiting = NULL;

  if (!platter_job_is_asking (job))
    {
      g_set_error (&error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS,
                   _ ("Job %u asks nothing."), platter_job_get_id (job));
      return platter_status_tell (error, options->json);
    }
  platter_job_answer_async (job, options->operands[2], platter_await_cb, &waiting);
  result = platter_await (&waiting);
  if (!platter_job_answer_finish (job, result, &error))
    return platter_status_tell (error, options->json);
  return PLATTER_STATUS_DONE;
}

/* Returns when nothing is read or written any more, or again. */
static int
command_jobs_set_paused (PlatterJob *job, gboolean is_paused, PlatterOptions *options)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *waiting = NULL;

  if (!platter_job_is_running (job))
    return command_jobs_tell_ended (job, options);
  platter_job_set_paused_async (job, is_paused, NULL, platter_await_cb, &waiting);
  result = platter_await (&waiting);
  if (!platter_job_set_paused_finish (job, result, &error))
    return platter_status_tell (error, options->json);
  while (platter_job_is_running (job) && platter_job_is_paused (job) != is_paused)
    g_main_context_iteration (NULL, TRUE);
  return is_paused && !platter_job_is_running (job) ? command_jobs_tell_ended (job, options)
                                                    : PLATTER_STATUS_DONE;
}

static int
command_jobs_tell_missing (PlatterJob *job,
                           PlatterDrives *drives,
                           GPtrArray *images,
                           const GError *error,
                           PlatterOptions *options)
{
  g_autoptr (PlatterRequest) rest = platter_resume_request_new (job, drives, images, TRUE, NULL);
  int status = platter_status_tell (error, options->json);

  if (rest != NULL && !options->json)
    g_printerr (_ ("“platterctl jobs resume --only-connected %u” goes on without it. It has to be "
                   "written from the beginning then.\n"),
                platter_job_get_id (job));
  return status;
}

static char *
command_jobs_dup_known (PlatterJob *job, guint index)
{
  char *path = platter_resume_dup_image_path (job, index);

  return path != NULL ? path : platter_resume_dup_image_address (job, index);
}

/* What was named, or what is still where it was. */
static PlatterImage *
command_jobs_open_image (PlatterJob *job, guint index, PlatterOptions *options, GError **error)
{
  gboolean is_named = options->n_operands > index + 2;
  g_autofree char *path
    = is_named ? g_strdup (options->operands[index + 2]) : command_jobs_dup_known (job, index);
  g_autofree char *name = platter_resume_dup_image_name (job, index);
  g_autoptr (PlatterImage) image = path != NULL ? platter_operand_open_image (path, error) : NULL;

  if (path == NULL)
    g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      /* Translators: the name of a file, and the number of a job */
      _ ("This job read the image %s. Say where that file is: “platterctl jobs resume %u "
         "IMAGE”."),
      name, platter_job_get_id (job));
  if (image == NULL || !platter_resume_check_image (job, index, image, error)
      || !platter_operand_choose_bmap (image, options, error))
    return NULL;
  return g_steal_pointer (&image);
}

/* Returns: (transfer full) (element-type PlatterImage) (nullable) */
static GPtrArray *
command_jobs_open_images (PlatterJob *job, PlatterOptions *options, GError **error)
{
  g_autoptr (GPtrArray) images = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_images = platter_resume_count_images (job);

  if (options->n_operands > n_images + 2)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   ngettext ("Job %u reads %u image, and more are named.",
                             "Job %u reads %u images, and more are named.", n_images),
                   platter_job_get_id (job), n_images);
      return NULL;
    }
  for (guint i = 0; i < n_images; i++)
    {
      PlatterImage *image = command_jobs_open_image (job, i, options, error);

      if (image == NULL)
        return NULL;
      g_ptr_array_add (images, image);
    }
  return g_steal_pointer (&images);
}

static int
command_jobs_go_on (PlatterHelper *helper, PlatterJob *job, PlatterOptions *options)
{
  g_autoptr (PlatterDrives) drives = platter_operand_load_drives ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) images = command_jobs_open_images (job, options, &error);
  g_autoptr (PlatterRequest) request = NULL;

  if (images == NULL)
    return platter_status_tell (error, options->json);
  request = platter_resume_request_new (job, drives, images, options->only_connected, &error);
  if (request == NULL)
    return command_jobs_tell_missing (job, drives, images, error, options);
  if (options->unmount)
    platter_request_set_unmount (request, TRUE);
  /* As it is without a terminal: nobody could be asked. */
  if (g_str_equal (platter_request_get_on_error (request), "ask") && !isatty (STDIN_FILENO))
    platter_request_set_on_error (request, "stop");
  return platter_run_on (helper, request, options);
}

static int
command_jobs_resume (PlatterHelper *helper, PlatterJob *job, PlatterOptions *options)
{
  gboolean has_more = options->n_operands > 2 || options->only_connected || options->unmount
                      || options->bmap != NULL || options->no_bmap;

  if (platter_resume_is_possible (job))
    return command_jobs_go_on (helper, job, options);
  if (platter_job_is_running (job) && has_more)
    return command_jobs_tell_vain (
      g_strdup_printf (
        /* Translators: the number of a job */
        _ ("Job %u was not cut off, so it goes on with what it has: nothing can be given with it."),
        platter_job_get_id (job)),
      options);
  return command_jobs_set_paused (job, FALSE, options);
}

static int
command_jobs_discard (PlatterJob *job, PlatterOptions *options)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *waiting = NULL;

  platter_job_release_async (job, NULL, platter_await_cb, &waiting);
  result = platter_await (&waiting);
  if (!platter_job_release_finish (job, result, &error))
    return platter_status_tell (error, options->json);
  if (!options->quiet && !options->json)
    /* Translators: the names of what a job reads and writes, with an arrow between them */
    g_print (_ ("Given up: %s\n"), platter_job_get_title (job));
  return PLATTER_STATUS_DONE;
}

static int
command_jobs_watch (PlatterJob *job, PlatterOptions *options)
{
  g_autoptr (PlatterDrives) drives = platter_operand_load_drives ();
  g_autoptr (GPtrArray) ends = platter_drives_dup_ends (drives, job);

  return platter_run_watch (job, ends, options);
}

static int
command_jobs_one (PlatterHelper *helper, PlatterOptions *options)
{
  guint64 id = 0;
  g_autoptr (PlatterJob) job = NULL;

  /* Whoever started it may have it forgotten while drives are looked for here. */
  if (g_ascii_string_to_unsigned (options->operands[1], 10, 0, G_MAXUINT, &id, NULL))
    g_set_object (&job, platter_helper_find_job (helper, (guint)id));
  if (job == NULL)
    {
      g_autoptr (GError) error
        = g_error_new (PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_NO_SUCH_JOB,
                       _ ("There is no job %s. “platterctl jobs” lists those that there are."),
                       options->operands[1]);

      return platter_status_tell (error, options->json);
    }
  if (g_str_equal (options->operands[0], "watch"))
    return command_jobs_watch (job, options);
  if (g_str_equal (options->operands[0], "pause"))
    return command_jobs_set_paused (job, TRUE, options);
  if (g_str_equal (options->operands[0], "resume"))
    return command_jobs_resume (helper, job, options);
  if (g_str_equal (options->operands[0], "finish"))
    return command_jobs_finish (job, options);
  if (g_str_equal (options->operands[0], "answer"))
    return command_jobs_answer (job, options);
  if (g_str_equal (options->operands[0], "discard"))
    return command_jobs_discard (job, options);
  return command_jobs_cancel (job, options);
}

static gboolean
command_jobs_is_good (PlatterOptions *options)
{
  static const char *const actions[]
    = { "watch", "pause", "resume", "finish", "answer", "cancel", "discard", NULL };
  static const char *const answers[] = { "stop", "skip", "rescue", NULL };
  gboolean is_answer = options->n_operands > 0 && g_str_equal (options->operands[0], "answer");

  if (options->n_operands == 0)
    return options->report == NULL;
  if (options->n_operands == 1 || !g_strv_contains (actions, options->operands[0])
      || (options->report != NULL && !g_str_equal (options->operands[0], "watch")))
    return FALSE;
  if (is_answer)
    return options->n_operands == 3 && g_strv_contains (answers, options->operands[2]);
  return options->n_operands == 2 || g_str_equal (options->operands[0], "resume");
}

int
platter_command_jobs (int argc, char **argv)
{
  int status = PLATTER_STATUS_DONE;
  g_autoptr (PlatterOptions) options
    = platter_options_parse (&command_jobs_command, argc, argv, &status);
  g_autoptr (PlatterHelper) helper = NULL;
  g_autoptr (GError) error = NULL;

  if (options == NULL)
    return status;
  if (!command_jobs_is_good (options))
    return platter_status_tell_usage (
      _ ("jobs takes nothing, or “watch”, “pause”, “resume”, “finish”, “answer”, “cancel” or "
         "“discard” and an ID; “resume” may have an image, too, and “answer” has stop, skip or "
         "rescue; --report goes with “watch”."),
      "jobs", options->json);
  helper = platter_run_connect (PLATTER_HELPER_AUTO, &error);
  if (helper == NULL)
    return platter_status_tell (error, options->json);
  return options->n_operands == 0 ? command_jobs_list (helper, options)
                                  : command_jobs_one (helper, options);
}
