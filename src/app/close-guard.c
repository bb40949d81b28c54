// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether a window may be closed while jobs run that would end with it.

#include "config.h"

#include "close-guard.h"

#include <glib/gi18n.h>

#include "client/resume-request.h"
#include "job-words.h"
#include "question.h"

static gboolean
close_guard_is_last (GtkApplication *application)
{
  guint n_windows = 0;

  for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next)
    n_windows += PLATTER_IS_WINDOW (l->data) ? 1 : 0;
  return n_windows == 1;
}

/* The job ends as if it was cut off, and not as if it was cancelled. */
static char *
close_guard_dup_consequence (PlatterJob *job)
{
  const char *consequence = platter_job_words_get_consequence (job);

  if (!platter_resume_may_be_possible (job) || platter_job_is_rescued_image (job))
    return g_strdup (consequence);
  if (platter_job_words_is_image (job))
    return g_strdup (_ ("What there is of the image is kept, and the job can be resumed later."));
  return g_strdup_printf ("%s %s", consequence, _ ("The job can be resumed later."));
}

/* Of several jobs each is named. Returns: how many run. */
static guint
close_guard_add_consequences (GListModel *jobs, GString *text)
{
  g_autoptr (GString) named = g_string_new (NULL);
  g_autofree char *last = NULL;
  guint n_running = 0;

  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++)
    {
      g_autoptr (PlatterJob) job = g_list_model_get_item (jobs, i);

      if (!platter_job_is_running (job))
        continue;
      g_free (last);
      last = close_guard_dup_consequence (job);
      g_string_append_printf (named, "\n\n%s: %s", platter_job_get_title (job), last);
      n_running++;
    }
  if (n_running == 1)
    g_string_append_printf (text, "%s %s", _ ("It ends with this window."), last);
  else
    g_string_append_printf (text, "%s%s", _ ("They end with this window."), named->str);
  return n_running;
}

/* The dialog is still there when its answer is told, and is not to look for a window that is not any more. */
static void
close_guard_stop_cb (GtkWindow *window, const char *response, GtkWindow *dialog)
{
  gtk_window_set_transient_for (dialog, NULL);
  gtk_window_destroy (window);
}

/* Returns: (transfer none) (nullable): %NULL once the helper has gone, whose jobs nothing can stop any more. */
static GListModel *
close_guard_get_jobs (GtkWindow *window)
{
  GtkApplication *application = gtk_window_get_application (window);
  PlatterHelper *helper = platter_application_get_helper (PLATTER_APPLICATION (application));

  return helper != NULL ? platter_helper_get_jobs (helper) : NULL;
}

static const char *
close_guard_get_heading (guint n_running)
{
  return n_running == 1 ? _ ("Stop the Running Job?") : _ ("Stop All Running Jobs?");
}

/* The jobs do not wait for the answer, and when the last one has ended there is nothing to ask. */
static void
close_guard_show_cb (GtkWindow *dialog)
{
  GtkWindow *window = gtk_window_get_transient_for (dialog);
  g_autoptr (GString) text = g_string_new (NULL);
  GListModel *jobs = NULL;
  guint n_running = 0;

  if (window == NULL)
    return;
  jobs = close_guard_get_jobs (window);
  n_running = jobs != NULL ? close_guard_add_consequences (jobs, text) : 0;
  if (n_running == 0)
    {
      gtk_window_close (dialog);
      return;
    }
  platter_question_set_heading (dialog, close_guard_get_heading (n_running));
  platter_question_set_body (dialog, text->str);
}

static void
close_guard_follow (GtkWindow *dialog, GListModel *jobs)
{
  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++)
    {
      g_autoptr (PlatterJob) job = g_list_model_get_item (jobs, i);

      if (!platter_job_is_running (job))
        continue;
      g_signal_connect_object (job, "notify::fraction", G_CALLBACK (close_guard_show_cb), dialog,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (job, "ended", G_CALLBACK (close_guard_show_cb), dialog,
                               G_CONNECT_SWAPPED);
    }
}

gboolean
platter_close_guard_asks (PlatterWindow *window)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (window));
  g_autoptr (GString) text = g_string_new (NULL);
  GListModel *jobs = NULL;
  GtkWindow *dialog = NULL;
  guint n_running = 0;

  if (!close_guard_is_last (application)
      || !platter_application_has_own_jobs (PLATTER_APPLICATION (application)))
    return FALSE;
  jobs = close_guard_get_jobs (GTK_WINDOW (window));
  n_running = close_guard_add_consequences (jobs, text);
  dialog = platter_question_show (GTK_WINDOW (window), close_guard_get_heading (n_running),
                                  text->str, _ ("_Keep Going"), _ ("_Stop and Close"),
                                  G_CALLBACK (close_guard_stop_cb), window);
  close_guard_follow (dialog, jobs);
  return TRUE;
}
