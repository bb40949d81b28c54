// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The life of a job that runs.

#include "run.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dbus/errors.h"
#include "dbus/map-page.h"
#include "claims.h"
#include "filter.h"
#include "report.h"
#include "start.h"
#include "worker.h"

/* A worker says something twice a second. */
#define RUN_START_PATIENCE_S 60
#define RUN_SILENCE_PATIENCE_S 180
#define RUN_EXIT_PATIENCE_S 10
/* It gives up looking for the names of damaged files after half of that. */
#define RUN_LOOK_PATIENCE_S 90
#define RUN_KILL_PATIENCE_S 5
/* udev and UDisks2 are waited for in it, for some seconds. */
#define RUN_SETTLE_PATIENCE_S 60

struct _PlatterRun
{
  PlatterJob *job;
  PlatterHold *hold;
  PlatterReservation *reservation;
  GDBusConnection *bus;
  PlatterWorker *worker;  /* NULL once it is gone */
  GTask *starting;        /* NULL once it has begun or failed to */
  GCancellable *given_up; /* until it has begun */
  GVariant *report;       /* the worker's, filtered */
  GArray *tables;         /* (nullable): from the thread that settles */
  char *wrong;            /* why the worker was given up */
  char *written;          /* (nullable): what somebody did to a source, if it is compared */
  guint64 gone_sides;     /* a bit each: of these the worker was told that they have gone */
  gboolean is_cancelled;
  gboolean is_killed;
  gboolean is_looking; /* it has reported, and may still find out which files are damaged */
  gboolean is_to_pause;
  gboolean is_told_to_finish;
  gboolean is_told_answer;
  gboolean is_told_to_pause; /* what the worker was told last */
  gboolean is_told;          /* it has said nothing since */
  gboolean has_written;      /* for the thread that settles */
  gboolean is_comparing;     /* what was read with what it was before, or that is done */
  gboolean is_compared;
  guint timer;
  gint64 deadline_us; /* monotonic: until when it was last decided to be patient */
};

static void
run_free (PlatterRun *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->worker, platter_worker_free);
  platter_hold_free (self->hold);
  platter_reservation_free (self->reservation);
  g_clear_object (&self->bus);
  g_object_unref (self->given_up);
  g_clear_pointer (&self->report, g_variant_unref);
  g_clear_pointer (&self->tables, g_array_unref);
  g_free (self->wrong);
  g_free (self->written);
  platter_job_unref (self->job);
  g_free (self);
}

static void
run_end_job (PlatterRun *self)
{
  g_autofree char *doubt = NULL;

  if (platter_job_has_ended (self->job))
    return;
  doubt = self->is_compared ? g_strdup (self->written) : platter_hold_dup_unanswered (self->hold);
  /* However it has ended: what was equal may be so no more, and is not compared again. */
  if (doubt != NULL)
    platter_job_distrust (self->job);
  if (self->report != NULL && doubt != NULL)
    {
      g_autoptr (GVariant) report = platter_report_distrust (self->report, doubt);

      platter_job_end (self->job, report, self->tables);
    }
  else if (self->report != NULL)
    platter_job_end (self->job, self->report, self->tables);
  else
    platter_job_fail (self->job, self->is_cancelled ? "cancelled" : "failed",
                      self->is_cancelled ? "cancelled" : "worker-crashed",
                      self->wrong != NULL
                        ? self->wrong
                        : "The process that copied has ended unexpectedly. What the "
                          "target holds is incomplete. Start the job again.");
}

static void
run_fail_start (PlatterRun *self)
{
  g_autoptr (GTask) starting = g_steal_pointer (&self->starting);

  g_task_return_new_error (starting, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_WORKER, "%s",
                           self->wrong != NULL ? self->wrong
                                               : "The worker ended before it began. Try again.");
}

static void
run_settle_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PlatterRun *self = data;
  GArray *tables = self->has_written ? g_array_new (FALSE, FALSE, sizeof (gboolean)) : NULL;

  platter_hold_settle (self->hold, self->bus, tables);
  g_task_return_pointer (task, tables, (GDestroyNotify)g_array_unref);
}

static void
run_settled_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  PlatterRun *self = data;

  self->tables = g_task_propagate_pointer (G_TASK (result), NULL);
  if (self->starting != NULL)
    run_fail_start (self);
  else
    run_end_job (self);
  run_free (self);
}

/* The kernel does not let the worker or a drive go: it waits for a device that does not answer. */
static gboolean
run_abandon_cb (gpointer data)
{
  PlatterRun *self = data;

  self->timer = 0;
  g_message ("A device keeps a job from letting go of its drives; they stay reserved.");
  if (self->starting != NULL)
    run_fail_start (self);
  else
    run_end_job (self);
  return G_SOURCE_REMOVE;
}

static void
run_compare_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, platter_hold_find_written (((PlatterRun *)data)->hold), g_free);
}

static void
run_settle (PlatterRun *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, run_settled_cb, self);

  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, run_settle_thread);
}

/* What is known by now counts also if a drive is never let go of. */
static void
run_compared_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  PlatterRun *self = data;

  self->written = g_task_propagate_pointer (G_TASK (result), NULL);
  self->is_compared = TRUE;
  if (self->worker == NULL)
    run_settle (self);
}

/* As soon as what else the worker reads does not count: it may never go. */
static void
run_compare (PlatterRun *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->is_comparing)
    return;
  self->is_comparing = TRUE;
  task = g_task_new (NULL, NULL, run_compared_cb, self);
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, run_compare_thread);
}

static void
run_gone (gpointer data)
{
  PlatterRun *self = data;

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->worker, platter_worker_free);
  self->has_written
    = self->starting == NULL && platter_request_overwrites (platter_job_get_request (self->job));
  self->timer = g_timeout_add_seconds (RUN_SETTLE_PATIENCE_S, run_abandon_cb, self);
  if (self->is_compared)
    run_settle (self);
  else
    run_compare (self);
}

static void
run_kill (PlatterRun *self, const char *why)
{
  if (self->is_killed)
    return;
  self->is_killed = TRUE;
  if (self->wrong == NULL)
    self->wrong = g_strdup (why);
  g_message ("The worker is killed: %s", why);
  platter_worker_kill (self->worker);
  run_compare (self);
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add_seconds (RUN_KILL_PATIENCE_S, run_abandon_cb, self);
}

static gboolean
run_patience_cb (gpointer data)
{
  PlatterRun *self = data;

  self->timer = 0;
  if (self->report != NULL)
    run_kill (self, "It has reported, but a device that does not answer keeps it from ending.");
  else if (self->starting != NULL)
    run_kill (
      self,
      "The process that copies does not get to begin, most likely because an image is on a file "
      "system that does not answer. Nothing was written.");
  else
    run_kill (
      self,
      "The process that copies does not answer, most likely because a device does not. What the "
      "target holds is incomplete. Check the drives and their cables.");
  return G_SOURCE_REMOVE;
}

static void
run_be_patient (PlatterRun *self, guint seconds)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->deadline_us = g_get_monotonic_time () + (gint64)seconds * G_USEC_PER_SEC;
  self->timer = g_timeout_add_seconds (seconds, run_patience_cb, self);
}

/* The last moment at which nothing has been touched. */
static void
run_begin (PlatterRun *self)
{
  g_autoptr (GTask) starting = NULL;
  g_autoptr (GError) error = NULL;

  if (g_cancellable_is_cancelled (self->given_up))
    {
      run_kill (self, "Whoever asked has left or has given it up.");
      return;
    }
  if (!platter_worker_send (self->worker, "begin", g_variant_new ("a{sv}", NULL), NULL, 0, &error))
    {
      run_kill (self, error->message);
      return;
    }
  starting = g_steal_pointer (&self->starting);
  run_be_patient (self, RUN_SILENCE_PATIENCE_S);
  g_task_return_boolean (starting, TRUE);
}

static gboolean
run_take_first (PlatterRun *self, const char *name, GVariant *content)
{
  if (strcmp (name, "ready") == 0)
    {
      run_begin (self);
      return TRUE;
    }
  if (strcmp (name, "refused") != 0 || self->wrong != NULL)
    return FALSE;
  self->wrong = platter_filter_refusal (content);
  run_be_patient (self, RUN_EXIT_PATIENCE_S);
  return TRUE;
}

/* Each side once. In a card reader it is the medium that goes, and what comes in its place has the same name; the kernel looks every
   other second, also while the job is paused. */
static void
run_tell_gone (PlatterRun *self)
{
  for (guint side = platter_hold_find_other_medium (self->hold, 0); side != G_MAXUINT;
       side = platter_hold_find_other_medium (self->hold, side + 1))
    {
      g_autoptr (GError) error = NULL;
      GVariantDict content;

      if (self->gone_sides & (G_GUINT64_CONSTANT (1) << side))
        continue;
      self->gone_sides |= G_GUINT64_CONSTANT (1) << side;
      g_variant_dict_init (&content, NULL);
      g_variant_dict_insert (&content, "side", "u", side);
      if (!platter_worker_send (self->worker, "gone", g_variant_dict_end (&content), NULL, 0,
                                &error))
        g_message ("The worker could not be told that a medium has gone: %s", error->message);
    }
}

/* Once for each time that it says something: a worker that does not listen must not fill the socket up
   until the helper hangs in it. */
static void
run_tell_pause (PlatterRun *self)
{
  g_autoptr (GError) error = NULL;

  if (self->is_told || self->is_to_pause == self->is_told_to_pause)
    return;
  self->is_told = TRUE;
  self->is_told_to_pause = self->is_to_pause;
  if (!platter_worker_send (self->worker, self->is_to_pause ? "pause" : "resume",
                            g_variant_new ("a{sv}", NULL), NULL, 0, &error))
    g_message ("The worker could not be told to pause or resume: %s", error->message);
}

static gboolean
run_is_damaged (PlatterRun *self)
{
  guint64 n_places = 0;

  return g_variant_lookup (self->report, "missing-count", "t", &n_places) && n_places > 0;
}

/* After its report a worker may say once which files are damaged. It dies of that, or never says it: the report stands. */
static gboolean
run_take_last (PlatterRun *self, const char *name, GVariant *content, GError **error)
{
  GVariant *whole = NULL;

  if (!self->is_looking || strcmp (name, "damage") != 0)
    return FALSE;
  self->is_looking = FALSE;
  whole = platter_filter_add_damage (self->report, content, error);
  if (whole == NULL)
    return FALSE;
  g_variant_unref (self->report);
  self->report = whole;
  run_be_patient (self, RUN_EXIT_PATIENCE_S);
  return TRUE;
}

static gboolean
run_take_next (PlatterRun *self, const char *name, GVariant *content, GError **error)
{
  const PlatterRequest *request = platter_job_get_request (self->job);
  const PlatterPlan *plan = platter_job_get_plan (self->job);
  guint n_targets = request->sides->len - 1;
  g_autoptr (GVariant) progress = NULL;
  g_autoptr (GVariant) targets = NULL;

  if (strcmp (name, "progress") == 0)
    {
      if (!platter_filter_progress (content, n_targets, &progress, &targets, error)
          || !platter_claims_check_progress (request, plan, targets, error))
        return FALSE;
      if (!self->is_cancelled)
        {
          run_be_patient (self, RUN_SILENCE_PATIENCE_S);
          self->is_told = FALSE;
          run_tell_gone (self);
          run_tell_pause (self);
        }
      platter_job_set_progress (self->job, progress, targets);
      return TRUE;
    }
  if (strcmp (name, "report") != 0 || platter_filter_report (content, n_targets, error) == NULL
      || !platter_claims_check_report (request, plan, content, error))
    return FALSE;
  self->report = g_variant_ref (content);
  run_compare (self);
  self->is_looking = run_is_damaged (self);
  /* Whoever has cancelled it just before does not wait for names. */
  run_be_patient (self, self->is_looking && !self->is_cancelled ? RUN_LOOK_PATIENCE_S
                                                                : RUN_EXIT_PATIENCE_S);
  return TRUE;
}

static void
run_message (const char *name, GVariant *content, gpointer data)
{
  PlatterRun *self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_good = FALSE;

  if (self->report != NULL)
    is_good = run_take_last (self, name, content, &error);
  else
    is_good = self->starting != NULL ? run_take_first (self, name, content)
                                     : run_take_next (self, name, content, &error);
  if (is_good)
    return;
  platter_job_distrust (self->job);
  run_kill (self, error != NULL ? error->message : "The worker said what it may not.");
}

static gboolean
run_make_map (PlatterRun *self, GError **error)
{
  int fd = platter_map_page_new (error);

  if (fd >= 0)
    platter_job_take_map_fd (self->job, fd);
  return fd >= 0;
}

/* A file in memory with what was kept, which only the worker reads. @text: (nullable) */
static gboolean
run_open_text (GBytes *text, int *fd, GError **error)
{
  gsize length = 0;
  const char *data = text != NULL ? g_bytes_get_data (text, &length) : NULL;
  gsize done = 0;

  if (text == NULL)
    return TRUE;
  *fd = memfd_create ("platter-resume", MFD_CLOEXEC);
  while (*fd >= 0 && done < length)
    {
      gssize put = write (*fd, data + done, length - done);

      if (put < 0 && errno == EINTR)
        continue;
      if (put <= 0)
        break;
      done += (gsize)put;
    }
  if (*fd >= 0 && done == length)
    return TRUE;
  g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_WORKER,
                       "There is no memory for the map of the rescue.");
  return FALSE;
}

/* A worker that has no use for images is one that cannot be harmed by them. */
static char *
run_dup_worker_path (PlatterRun *self, const char *worker)
{
  const PlatterPlan *plan = platter_job_get_plan (self->job);

  for (guint i = 0; i < plan->sides->len; i++)
    if (platter_plan_get_side (plan, i)->is_image)
      return g_strconcat (worker, "-images", NULL);
  return g_strdup (worker);
}

static gboolean
run_send_start (PlatterRun *self, GArray *fds, GError **error)
{
  const PlatterPlan *plan = platter_job_get_plan (self->job);
  int map_fd = -1;
  int domain_fd = -1;
  gboolean is_sent = run_open_text (plan->resume_map, &map_fd, error)
                     && run_open_text (plan->domain, &domain_fd, error);

  if (is_sent)
    {
      GVariant *start = platter_start_build (self->job, fds, map_fd, domain_fd);

      is_sent = platter_worker_send (self->worker, "start", start, (const int *)(gpointer)fds->data,
                                     fds->len, error);
    }
  if (map_fd >= 0)
    close (map_fd);
  if (domain_fd >= 0)
    close (domain_fd);
  return is_sent;
}

static gboolean
run_spawn (PlatterRun *self, const char *worker, GError **error)
{
  static const PlatterWorkerHandler handler = { .message = run_message, .gone = run_gone };
  g_autofree char *path = run_dup_worker_path (self, worker);
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));

  if (!run_make_map (self, error))
    return FALSE;
  for (guint i = 0; i < platter_job_get_request (self->job)->sides->len; i++)
    {
      int fd = platter_hold_get_fd (self->hold, i);
      g_array_append_val (fds, fd);
    }
  self->worker = platter_worker_spawn (path, &handler, self, error);
  return self->worker != NULL && run_send_start (self, fds, error);
}

PlatterRun *
platter_run_start_async (PlatterJob *job,
                         PlatterHold *hold,
                         PlatterReservation *reservation,
                         GDBusConnection *bus,
                         const char *worker,
                         GCancellable *given_up,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  PlatterRun *self = g_new0 (PlatterRun, 1);
  g_autoptr (GError) error = NULL;

  self->job = platter_job_ref (job);
  self->hold = hold;
  self->reservation = reservation;
  g_set_object (&self->bus, bus);
  self->given_up = g_object_ref (given_up);
  self->starting = g_task_new (NULL, NULL, callback, user_data);
  if (run_spawn (self, worker, &error))
    run_be_patient (self, RUN_START_PATIENCE_S);
  else if (self->worker != NULL)
    run_kill (self, error->message);
  else
    {
      self->wrong = g_strdup (error->message);
      run_gone (self);
    }
  return self;
}

gboolean
platter_run_start_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
platter_run_set_paused (PlatterRun *self, gboolean is_paused)
{
  /* Before "ready" the worker does not listen to anything but its start. */
  if (self->worker == NULL || self->starting != NULL || self->report != NULL || self->is_killed
      || self->is_cancelled)
    return;
  self->is_to_pause = is_paused;
  run_tell_gone (self);
  run_tell_pause (self);
}

void
platter_run_finish (PlatterRun *self)
{
  g_autoptr (GError) error = NULL;

  if (self->worker == NULL || self->starting != NULL || self->report != NULL || self->is_killed
      || self->is_told_to_finish)
    return;
  self->is_told_to_finish = TRUE;
  if (!platter_worker_send (self->worker, "finish", g_variant_new ("a{sv}", NULL), NULL, 0, &error))
    g_message ("The worker could not be told to finish: %s", error->message);
}

void
platter_run_answer (PlatterRun *self, const char *answer)
{
  g_autoptr (GError) error = NULL;
  GVariantDict content;

  /* It asks once. */
  if (self->worker == NULL || self->starting != NULL || self->report != NULL || self->is_killed
      || self->is_told_answer || !platter_job_is_asking (self->job))
    return;
  self->is_told_answer = TRUE;
  g_variant_dict_init (&content, NULL);
  g_variant_dict_insert (&content, "answer", "s", answer);
  if (!platter_worker_send (self->worker, "answer", g_variant_dict_end (&content), NULL, 0, &error))
    g_message ("The worker could not be told the answer: %s", error->message);
}

void
platter_run_cancel (PlatterRun *self, guint patience_s)
{
  gint64 until_us = g_get_monotonic_time () + (gint64)patience_s * G_USEC_PER_SEC;
  g_autoptr (GError) error = NULL;

  /* Without a worker, or with its report, the end is near anyway; only names of files can still be waited for. */
  if (self->worker == NULL || (self->report != NULL && !self->is_looking) || self->is_killed)
    return;
  if (!self->is_cancelled
      && !platter_worker_send (self->worker, "cancel", g_variant_new ("a{sv}", NULL), NULL, 0,
                               &error))
    g_message ("The worker could not be told to cancel: %s", error->message);
  /* Whoever cancels it once more does not put off its end. */
  if (!self->is_cancelled || until_us < self->deadline_us)
    run_be_patient (self, patience_s);
  self->is_cancelled = TRUE;
}
