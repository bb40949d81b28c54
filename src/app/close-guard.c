// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether a window may be closed while jobs run that would end with it.

#include "config.h"

#include "close-guard.h"

#include <glib/gi18n.h>

static void
close_guard_response_cb (GtkWindow *window, const char *response)
{
  if (g_strcmp0 (response, "close") == 0)
    gtk_window_destroy (window);
}

static void
close_guard_ask (GtkWindow *window)
{
  GtkWidget *dialog
    = adw_message_dialog_new (window, _ ("Stop the Running Job?"),
                              _ ("It ends with this window. Its target will hold no usable copy."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _ ("_Keep Going"), "close",
                                    _ ("_Stop and Close"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "close",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (close_guard_response_cb), window,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
close_guard_is_last (GtkApplication *application)
{
  guint n_windows = 0;

  for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next)
    n_windows += PLATTER_IS_WINDOW (l->data) ? 1 : 0;
  return n_windows == 1;
}

gboolean
platter_close_guard_asks (PlatterWindow *window)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (window));

  if (!close_guard_is_last (application)
      || !platter_application_has_own_jobs (PLATTER_APPLICATION (application)))
    return FALSE;
  close_guard_ask (GTK_WINDOW (window));
  return TRUE;
}
