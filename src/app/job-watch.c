// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Watches all jobs, whichever window shows them.

#include "config.h"

#include "job-watch.h"

#include <glib/gi18n.h>

#include "client/messages.h"
#include "client/resume-request.h"
#include "job-words.h"
#include "launcher.h"

struct _PlatterJobWatch
{
  GObject parent_instance;

  GtkApplication *application;
  PlatterDrives *drives;
  PlatterRecent *recent;
  PlatterHelper *helper;
  guint cookie;       /* of the inhibition */
  int percent;        /* as the desktop was told; -1: nothing runs */
  GHashTable *asking; /* the jobs that ask something; not referenced, only compared */
};

G_DEFINE_FINAL_TYPE (PlatterJobWatch, platter_job_watch, G_TYPE_OBJECT)

/* On the system bus the helper does this itself, for all sessions. */
static void
job_watch_update_inhibition (PlatterJobWatch *self)
{
  gboolean is_wanted = self->helper != NULL && platter_helper_is_embedded (self->helper)
                       && platter_job_watch_get_n_running (self) > 0;

  if (is_wanted && self->cookie == 0)
    self->cookie = gtk_application_inhibit (
      self->application, gtk_application_get_active_window (self->application),
      GTK_APPLICATION_INHIBIT_LOGOUT | GTK_APPLICATION_INHIBIT_SUSPEND, _ ("A job is running"));
  if (!is_wanted && self->cookie != 0)
    {
      gtk_application_uninhibit (self->application, self->cookie);
      self->cookie = 0;
    }
}

/* Of all that run, as each of them was as long as the other. */
static int
job_watch_get_percent (PlatterJobWatch *self)
{
  GListModel *jobs = self->helper != NULL ? platter_helper_get_jobs (self->helper) : NULL;
  double sum = 0;
  guint n_running = 0;

  for (guint i = 0; jobs != NULL && i < g_list_model_get_n_items (jobs); i++)
    {
      g_autoptr (PlatterJob) job = g_list_model_get_item (jobs, i);

      if (!platter_job_is_running (job))
        continue;
      sum += platter_job_get_fraction (job);
      n_running++;
    }
  return n_running > 0 ? (int)(sum / n_running * 100) : -1;
}

static void
job_watch_tell_desktop (PlatterJobWatch *self)
{
  int percent = job_watch_get_percent (self);

  if (percent == self->percent)
    return;
  self->percent = percent;
  platter_launcher_tell (G_APPLICATION (self->application), percent);
}

static char *
job_watch_dup_id (PlatterJob *job)
{
  return g_strdup_printf ("job-%u", platter_job_get_id (job));
}

static void
job_watch_send (PlatterJobWatch *self, PlatterJob *job, const char *title)
{
  g_autoptr (GNotification) notification = g_notification_new (title);
  g_autofree char *id = job_watch_dup_id (job);

  g_notification_set_body (notification, platter_job_get_title (job));
  g_notification_set_default_action_and_target (notification, "app.show-job", "u",
                                                platter_job_get_id (job));
  g_application_send_notification (G_APPLICATION (self->application), id, notification);
}

static void
job_watch_withdraw (PlatterJobWatch *self, PlatterJob *job)
{
  g_autofree char *id = job_watch_dup_id (job);

  g_application_withdraw_notification (G_APPLICATION (self->application), id);
}

static void
job_watch_notify (PlatterJobWatch *self, PlatterJob *job)
{
  GtkWindow *window = gtk_application_get_active_window (self->application);
  if (window != NULL && gtk_window_is_active (window))
    return;

  const char *verdict = platter_message_get_verdict (platter_job_words_get_outcome (job),
                                                     platter_job_words_is_comparison (job));

  job_watch_send (self, job, verdict);
}

/* A job that waits for somebody who does something else. */
static void
job_watch_question_cb (PlatterJobWatch *self, GParamSpec *pspec, PlatterJob *job)
{
  GtkWindow *window = gtk_application_get_active_window (self->application);
  gboolean is_asking = platter_job_is_asking (job);
  gboolean was_asking = !g_hash_table_add (self->asking, job);

  if (!is_asking)
    g_hash_table_remove (self->asking, job);
  if (is_asking == was_asking)
    return;
  if (!is_asking)
    job_watch_withdraw (self, job);
  else if (window == NULL || !gtk_window_is_active (window))
    job_watch_send (self, job, platter_message_get_waiting ());
}

/* Whoever makes an image keeps its report, which says whether it got its name. */
static void
job_watch_keep (PlatterJobWatch *self, PlatterJob *job)
{
  g_autoptr (GPtrArray) ends = NULL;

  if (platter_job_is_unsettled (job))
    return;
  ends = platter_drives_dup_ends (self->drives, job);
  platter_recent_keep (self->recent, job, ends);
}

static void
job_watch_ended_cb (PlatterJobWatch *self, PlatterJob *job)
{
  job_watch_keep (self, job);
  job_watch_update_inhibition (self);
  job_watch_tell_desktop (self);
  job_watch_notify (self, job);
}

static void
job_watch_items_changed_cb (
  GListModel *jobs, guint position, guint removed, guint added, PlatterJobWatch *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (PlatterJob) job = g_list_model_get_item (jobs, i);

      if (platter_job_is_running (job))
        {
          g_signal_connect_object (job, "ended", G_CALLBACK (job_watch_ended_cb), self,
                                   G_CONNECT_SWAPPED);
          g_signal_connect_object (job, "notify::fraction", G_CALLBACK (job_watch_tell_desktop),
                                   self, G_CONNECT_SWAPPED);
          g_signal_connect_object (job, "notify::question", G_CALLBACK (job_watch_question_cb),
                                   self, G_CONNECT_SWAPPED);
        }
      /* One that was cut off is not over yet; what is known of its end was kept then. */
      else if (!platter_resume_is_possible (job))
        job_watch_keep (self, job);
    }
  job_watch_update_inhibition (self);
  job_watch_tell_desktop (self);
}

static void
job_watch_dispose (GObject *object)
{
  PlatterJobWatch *self = PLATTER_JOB_WATCH (object);

  platter_job_watch_set_helper (self, NULL);
  g_clear_object (&self->drives);
  g_clear_object (&self->recent);
  g_clear_pointer (&self->asking, g_hash_table_unref);
  G_OBJECT_CLASS (platter_job_watch_parent_class)->dispose (object);
}

static void
platter_job_watch_class_init (PlatterJobWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = job_watch_dispose;
}

static void
platter_job_watch_init (PlatterJobWatch *self)
{
  self->percent = -1;
  self->asking = g_hash_table_new (NULL, NULL);
}

PlatterJobWatch *
platter_job_watch_new (GtkApplication *application, PlatterDrives *drives, PlatterRecent *recent)
{
  PlatterJobWatch *self = g_object_new (PLATTER_TYPE_JOB_WATCH, NULL);

  self->application = application;
  self->drives = g_object_ref (drives);
  self->recent = g_object_ref (recent);
  return self;
}

void
platter_job_watch_set_helper (PlatterJobWatch *self, PlatterHelper *helper)
{
  g_return_if_fail (PLATTER_IS_JOB_WATCH (self));

  if (self->helper != NULL)
    g_signal_handlers_disconnect_by_data (platter_helper_get_jobs (self->helper), self);
  g_set_object (&self->helper, helper);
  if (helper != NULL)
    {
      GListModel *jobs = platter_helper_get_jobs (helper);

      g_signal_connect_object (jobs, "items-changed", G_CALLBACK (job_watch_items_changed_cb), self,
                               0);
      job_watch_items_changed_cb (jobs, 0, 0, g_list_model_get_n_items (jobs), self);
    }
  else
    {
      job_watch_update_inhibition (self);
      job_watch_tell_desktop (self);
    }
}

guint
platter_job_watch_get_n_running (PlatterJobWatch *self)
{
  g_return_val_if_fail (PLATTER_IS_JOB_WATCH (self), 0);

  GListModel *jobs = self->helper != NULL ? platter_helper_get_jobs (self->helper) : NULL;
  guint n_running = 0;

  for (guint i = 0; jobs != NULL && i < g_list_model_get_n_items (jobs); i++)
    {
      g_autoptr (PlatterJob) job = g_list_model_get_item (jobs, i);

      n_running += platter_job_is_running (job) ? 1 : 0;
    }
  return n_running;
}
