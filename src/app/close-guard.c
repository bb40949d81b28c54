// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether a window may be closed while jobs run that would end with it.

#include "config.h"

#include "close-guard.h"

#include <glib/gi18n.h>

#include "question.h"

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
  platter_question_show (GTK_WINDOW (window), _ ("Stop the Running Job?"),
                         _ ("It ends with this window. Its target will hold no usable copy "
                            "unless the job is resumed later."),
                         _ ("_Keep Going"), _ ("_Stop and Close"), G_CALLBACK (gtk_window_destroy),
                         window);
  return TRUE;
}
