// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A dialog that asks what to do about a source that cannot be read.

#include "config.h"

#include "read-question.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "client/messages.h"

/* What AdwMessageDialog leaves for text where its buttons are above each other, pixels; there is more if they fit in a row. */
#define BODY_WIDTH 236
#define BODY_MAX_HEIGHT 420

static char *
read_question_dup_body (PlatterJob *job)
{
  g_autofree char *question = platter_message_dup_question (platter_job_get_source_name (job),
                                                            platter_job_get_question_offset (job),
                                                            platter_job_get_source_bytes (job));

  return g_strdup_printf (
    "%s\n\n%s: %s\n%s: %s\n%s: %s\n\n%s", question, _ ("Stop"), platter_message_get_answer ("stop"),
    _ ("Skip"), platter_message_get_answer ("skip"), _ ("Rescue"),
    platter_message_get_answer ("rescue"), platter_message_get_question_advice ());
}

/* With large text all of it can be taller than the screen, and the buttons would be below. */
static GtkWidget *
read_question_new_body (PlatterJob *job)
{
  g_autofree char *body = read_question_dup_body (job);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *label = gtk_label_new (body);
  int height = 0;

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_measure (label, GTK_ORIENTATION_VERTICAL, BODY_WIDTH, NULL, &height, NULL, NULL);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroller),
                                              MIN (height, BODY_MAX_HEIGHT));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), label);
  return scroller;
}

/* By accident it does not go: whoever wants to think about it says so. */
static gboolean
read_question_keep (GtkWindow *dialog)
{
  return TRUE;
}

static void
read_question_changed_cb (GtkWindow *dialog, GParamSpec *pspec, PlatterJob *job)
{
  if (!platter_job_is_asking (job))
    gtk_window_destroy (dialog);
}

GtkWindow *
platter_read_question_show (GtkWindow *window, PlatterJob *job, GCallback callback, gpointer object)
{
  GtkWidget *dialog = adw_message_dialog_new (window, _ ("The Source Cannot Be Read"), NULL);

  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), read_question_new_body (job));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "later", _ ("Decide _Later"),
                                    "stop", _ ("_Stop"), "skip", _ ("S_kip"), "rescue",
                                    _ ("_Rescue"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "later");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "later");
  g_signal_connect (dialog, "close-request", G_CALLBACK (read_question_keep), NULL);
  g_signal_connect_object (dialog, "response", callback, object, G_CONNECT_SWAPPED);
  g_signal_connect (dialog, "response", G_CALLBACK (gtk_window_destroy), NULL);
  g_signal_connect_object (job, "notify::question", G_CALLBACK (read_question_changed_cb), dialog,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
  return GTK_WINDOW (dialog);
}
