// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How the window starts a job, and begins again with one that has ended.

#include "config.h"

#include "window.h"

#include <glib/gi18n.h>

#include "client/messages.h"
#include "image-keeper.h"
#include "problem.h"
#include "retry.h"
#include "window-private.h"

/* Outlives the window, which may be closed before the answer is there. */
typedef struct
{
  PlatterWindow *window;
  PlatterApplication *application;
  PlatterRequest *request;
} WindowStart;

static void
window_start_free (WindowStart *self)
{
  g_application_release (G_APPLICATION (self->application));
  g_object_unref (self->window);
  g_object_unref (self->application);
  g_object_unref (self->request);
  g_free (self);
}

static void
window_take_request (PlatterWindow *self, PlatterRequest *request)
{
  g_set_object (&self->request, request);
  g_clear_object (&self->request_job);
  self->is_conversion = platter_request_get_kind (request) == PLATTER_REQUEST_IMAGE
                        && PLATTER_IS_IMAGE (platter_request_get_source (request));
}

/* What does not start takes nothing's place: what is shown is about the job before. */
static void
window_start_show (PlatterWindow *self,
                   PlatterRequest *request,
                   PlatterJob *job,
                   const GError *error)
{
  g_clear_object (&self->starting);
  /* The helper has unmounted what was mounted, which is no reason to look again at what is being written to. */
  if (job != NULL)
    {
      platter_targets_page_load (self->targets_page, NULL);
      window_take_request (self, request);
      g_set_object (&self->request_job, job);
      platter_window_show_job (self, job);
      return;
    }
  platter_review_page_set_waiting (self->review_page, FALSE);
  platter_review_page_look_again (self->review_page);
  platter_window_look_again (self);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_autofree char *text = platter_message_dup_refusal (error);
  platter_problem_show (GTK_WINDOW (self), _ ("Nothing Was Written"), text);
}

static void
window_started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  WindowStart *start = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterJob) job
    = platter_helper_start_finish (PLATTER_HELPER (object), result, &error);

  platter_image_keeper_keep (start->application, start->request, job);
  if (platter_window_get_platter (start->window) != NULL)
    window_start_show (start->window, start->request, job, error);
  /* Whoever closed the window took it back. */
  else if (job != NULL)
    platter_job_cancel_async (job, NULL, NULL, NULL);
  window_start_free (start);
}

/* With the application held: a hidden file of an image that is not started is still to be removed. */
static void
window_start_call (PlatterWindow *self, PlatterHelper *helper, PlatterRequest *request)
{
  WindowStart *start = g_new0 (WindowStart, 1);

  start->window = g_object_ref (self);
  start->application = g_object_ref (platter_window_get_platter (self));
  start->request = g_object_ref (request);
  g_application_hold (G_APPLICATION (start->application));
  self->starting = g_cancellable_new ();
  platter_review_page_set_waiting (self->review_page, TRUE);
  platter_helper_start_async (helper, request, self->starting, window_started_cb, start);
}

static void
window_start (PlatterWindow *self, PlatterRequest *request)
{
  PlatterApplication *application = platter_window_get_platter (self);
  PlatterHelper *helper = platter_application_get_helper (application);
  g_autoptr (GError) error = NULL;

  if (helper == NULL)
    {
      g_autofree char *trouble = platter_application_dup_trouble (application);

      platter_application_connect (application);
      platter_problem_show (GTK_WINDOW (self), _ ("Nothing Was Written"),
                            trouble != NULL ? trouble
                                            : _ ("The helper is being started. Try again."));
      return;
    }
  if (!platter_image_keeper_begin (request, &error))
    {
      platter_problem_show (GTK_WINDOW (self), _ ("Nothing Was Written"), error->message);
      return;
    }
  window_start_call (self, helper, request);
}

static void
window_start_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterWindow *self = PLATTER_WINDOW (widget);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  if (self->starting != NULL || !platter_window_is_at (self, "review"))
    return;
  /* Which leads away from here if a drive is not what was chosen any more, and shows what else has changed. */
  before = platter_review_page_dup_words (self->review_page);
  platter_drives_refresh (platter_application_get_drives (platter_window_get_platter (self)));
  after = platter_review_page_dup_words (self->review_page);
  if (platter_window_is_at (self, "review") && g_strcmp0 (before, after) == 0)
    window_start (self, self->request);
}

/* The request belongs to the job that is shown, and nothing else is being started. */
static gboolean
window_is_of_request (PlatterWindow *self)
{
  return self->starting == NULL && self->request != NULL && self->job != NULL
         && self->job == self->request_job;
}

/* The same source, other targets. */
static void
window_again_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterWindow *self = PLATTER_WINDOW (widget);
  gboolean is_write = g_strcmp0 (platter_job_get_kind (self->job), "write") == 0;
  g_autoptr (PlatterRequest) done
    = window_is_of_request (self) ? g_object_ref (self->request) : NULL;

  if (self->starting != NULL)
    return;
  platter_window_begin (self, is_write ? PLATTER_REQUEST_WRITE : PLATTER_REQUEST_CLONE);
  if (done != NULL)
    platter_request_copy_source (self->request, done);
  if (done != NULL)
    platter_window_advance (self, "targets");
  else
    platter_window_go (self, "source", FALSE);
}

/* The same job for those targets only that it did not end well for; what will be lost is shown again. */
static void
window_retry_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterWindow *self = PLATTER_WINDOW (widget);

  if (!window_is_of_request (self))
    return;
  platter_retry_prepare (self->request, self->job);
  g_clear_object (&self->request_job);
  platter_window_advance (self, "review");
}

void
platter_window_review (PlatterWindow *self, PlatterRequest *request)
{
  g_return_if_fail (PLATTER_IS_WINDOW (self));

  /* What is being started is not taken away from under it. */
  if (self->starting != NULL || platter_window_get_platter (self) == NULL)
    return;
  /* Nothing is lost by comparing. */
  if (platter_request_get_kind (request) == PLATTER_REQUEST_VERIFY)
    {
      window_start (self, request);
      return;
    }
  platter_targets_page_load (self->targets_page, NULL);
  window_take_request (self, request);
  platter_window_advance (self, "review");
}

static void
window_verify_again_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterWindow *self = PLATTER_WINDOW (widget);
  g_autoptr (PlatterRequest) comparison = platter_request_new (PLATTER_REQUEST_VERIFY);
  const PlatterChosen *changed = NULL;
  g_autofree char *text = NULL;

  if (!window_is_of_request (self))
    return;
  platter_retry_compare (comparison, self->request);
  platter_drives_refresh (platter_application_get_drives (platter_window_get_platter (self)));
  changed = platter_request_find_changed (comparison);
  if (changed == NULL)
    {
      window_start (self, comparison);
      return;
    }
  /* Translators: %s is the name of a drive. */
  text = g_strdup_printf (_ ("%s went away, or was exchanged or changed. It cannot be compared."),
                          changed->name);
  platter_window_toast (self, text);
}

/* All of it is written anew: what is different may be more than was found, and what will be lost is shown again. */
static void
window_repair_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterWindow *self = PLATTER_WINDOW (widget);
  g_autoptr (PlatterRequest) compared = NULL;
  gboolean is_image = FALSE;

  if (!window_is_of_request (self))
    return;
  compared = g_object_ref (self->request);
  is_image = PLATTER_IS_IMAGE (platter_request_get_source (compared));
  platter_window_begin (self, is_image ? PLATTER_REQUEST_WRITE : PLATTER_REQUEST_CLONE);
  platter_retry_repair (self->request, compared);
  /* With what is set there for every copy: the digest that is expected, and what is done at errors. */
  platter_options_page_load (self->options_page, self->request);
  platter_window_advance (self, "review");
}

void
platter_window_install_start (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.start", NULL, window_start_action);
  gtk_widget_class_install_action (widget_class, "win.again", NULL, window_again_action);
  gtk_widget_class_install_action (widget_class, "win.retry", NULL, window_retry_action);
  gtk_widget_class_install_action (widget_class, "win.repair", NULL, window_repair_action);
  gtk_widget_class_install_action (widget_class, "win.verify-again", NULL,
                                   window_verify_again_action);
}
