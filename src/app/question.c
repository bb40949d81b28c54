// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A dialog that asks before something is lost.

#include "config.h"

#include "question.h"

#include <adwaita.h>

GtkWindow *
platter_question_show (GtkWindow *window,
                       const char *heading,
                       const char *body,
                       const char *no,
                       const char *yes,
                       GCallback callback,
                       gpointer object)
{
  GtkWidget *dialog = adw_message_dialog_new (window, heading, body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "no", no, "yes", yes, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "yes",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "no");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "no");
  g_signal_connect_object (dialog, "response::yes", callback, object, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
  return GTK_WINDOW (dialog);
}

void
platter_question_set_heading (GtkWindow *dialog, const char *heading)
{
  adw_message_dialog_set_heading (ADW_MESSAGE_DIALOG (dialog), heading);
}

void
platter_question_set_body (GtkWindow *dialog, const char *body)
{
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), body);
}
