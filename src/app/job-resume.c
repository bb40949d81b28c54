// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A job that was cut off goes on, or is given up.

#include "config.h"

#include "job-resume.h"

#include <glib/gi18n.h>

#include "client/messages.h"
#include "client/resume-request.h"
#include "window.h"
#include "problem.h"
#include "question.h"

/* What a dialog is about. */
#define REQUEST "platter-request"

typedef struct
{
  PlatterWindow *window;
  PlatterJob *job;
  GCancellable *cancellable;     /* once something else is wanted */
  GPtrArray *images;             /* those that it reads, as far as they were found */
  GtkFileChooserNative *chooser; /* (nullable) */
} JobResume;

static void
job_resume_free (JobResume *self)
{
  g_object_unref (self->window);
  g_object_unref (self->job);
  g_ptr_array_unref (self->images);
  g_object_unref (self->cancellable);
  g_clear_object (&self->chooser);
  g_free (self);
}

static void
job_resume_fail (JobResume *self, const GError *error)
{
  g_autofree char *text = platter_message_dup_refusal (error);

  platter_problem_show (GTK_WINDOW (self->window), _ ("This Job Cannot Go On Now"), text);
}

static void
job_resume_without_cb (PlatterWindow *window, const char *response, GObject *dialog)
{
  platter_window_review (window, g_object_get_data (dialog, REQUEST));
}

/* Of several targets some are there. */
static void
job_resume_offer (JobResume *self, PlatterRequest *request, const GError *error)
{
  g_autofree char *text
    /* Translators: %s is a sentence: a drive is not connected */
    = g_strdup_printf (_ ("%s The job can go on without it, but then that drive has to be written "
                          "from the beginning."),
                       error->message);
  GtkWindow *dialog = platter_question_show (
    GTK_WINDOW (self->window), _ ("Not All Drives Are Connected"), text, _ ("_Cancel"),
    _ ("_Go On Without It"), G_CALLBACK (job_resume_without_cb), self->window);

  g_object_set_data_full (G_OBJECT (dialog), REQUEST, g_object_ref (request), g_object_unref);
}

static void
job_resume_review (JobResume *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self->window));
  PlatterDrives *drives = platter_application_get_drives (PLATTER_APPLICATION (application));
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterRequest) request
    = platter_resume_request_new (self->job, drives, self->images, FALSE, &error);
  g_autoptr (PlatterRequest) rest
    = request == NULL ? platter_resume_request_new (self->job, drives, self->images, TRUE, NULL)
                      : NULL;

  if (request != NULL)
    platter_window_review (self->window, request);
  else if (rest != NULL)
    job_resume_offer (self, rest, error);
  else
    job_resume_fail (self, error);
}

static void job_resume_next (JobResume *self);

static void
job_resume_opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  JobResume *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterImage) image = platter_image_open_finish (result, &error);
  gboolean is_unwanted = g_cancellable_is_cancelled (self->cancellable)
                         || gtk_window_get_application (GTK_WINDOW (self->window)) == NULL;

  if (!is_unwanted && image != NULL
      && platter_resume_check_image (self->job, self->images->len, image, &error))
    {
      g_ptr_array_add (self->images, g_steal_pointer (&image));
      job_resume_next (self);
      return;
    }
  if (!is_unwanted)
    job_resume_fail (self, error);
  job_resume_free (self);
}

static void
job_resume_chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  JobResume *self = user_data;
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    platter_image_open_async (file, self->cancellable, job_resume_opened_cb, self);
  else
    job_resume_free (self);
}

static void
job_resume_choose (JobResume *self)
{
  g_autofree char *name = platter_resume_dup_image_name (self->job, self->images->len);
  /* Translators: the title of a window to choose a file; %s is the name of the file. */
  g_autofree char *title = g_strdup_printf (_ ("Where Is %s?"), name);

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (
    title, GTK_WINDOW (self->window), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Resume"), _ ("_Cancel"));
  g_signal_connect (self->chooser, "response", G_CALLBACK (job_resume_chosen_cb), self);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* What is not where it was is asked for. */
static void
job_resume_next (JobResume *self)
{
  gboolean has_all = self->images->len == platter_resume_count_images (self->job);
  g_autofree char *path
    = has_all ? NULL : platter_resume_dup_image_path (self->job, self->images->len);
  g_autofree char *address
    = has_all ? NULL : platter_resume_dup_image_address (self->job, self->images->len);
  g_autoptr (GFile) file = path != NULL ? g_file_new_for_path (path) : NULL;

  if (has_all)
    {
      job_resume_review (self);
      job_resume_free (self);
    }
  else if (file != NULL)
    platter_image_open_async (file, self->cancellable, job_resume_opened_cb, self);
  else if (address != NULL)
    platter_image_open_server_async (address, self->cancellable, job_resume_opened_cb, self);
  else
    job_resume_choose (self);
}

void
platter_job_resume (GtkWidget *widget, PlatterJob *job)
{
  JobResume *self = g_new0 (JobResume, 1);

  self->window = g_object_ref (PLATTER_WINDOW (gtk_widget_get_root (widget)));
  self->job = g_object_ref (job);
  self->cancellable = platter_window_begin_opening (self->window);
  self->images = g_ptr_array_new_with_free_func (g_object_unref);
  job_resume_next (self);
}

/* By then somebody may be elsewhere in the window, and stays there. */
static void
job_resume_given_up_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterResultPage) page = user_data;
  PlatterJob *job = PLATTER_JOB (object);
  GtkWidget *widget = GTK_WIDGET (page);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (platter_job_release_finish (job, result, &error))
    {
      if (gtk_widget_get_mapped (widget) && platter_result_page_get_job (page) == job)
        gtk_widget_activate_action (widget, "win.home", NULL);
      return;
    }
  text = platter_message_dup_refusal (error);
  gtk_widget_activate_action (widget, "win.toast", "s", text);
}

void
platter_job_give_up (PlatterResultPage *page)
{
  platter_job_release_async (platter_result_page_get_job (page), NULL, job_resume_given_up_cb,
                             g_object_ref (page));
}
