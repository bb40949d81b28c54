// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What build-aux/demo shows.

#include "config.h"

#include "demo.h"

#include "client/messages.h"

typedef struct
{
  PlatterApplication *application;
  char *source;
  char *target;
  gulong helper_handler;
} PlatterDemo;

static void
demo_free (PlatterDemo *self)
{
  g_clear_signal_handler (&self->helper_handler, self->application);
  g_clear_object (&self->application);
  g_free (self->source);
  g_free (self->target);
  g_free (self);
}

static void
demo_say (const GError *error)
{
  g_autofree char *text = platter_message_dup_refusal (error);

  g_print ("%s\n", text);
}

static void
demo_ended_cb (PlatterJob *job)
{
  g_print ("%s\n", platter_job_get_outcome (job));
}

static void
demo_started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterApplication) application = PLATTER_APPLICATION (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterJob) job
    = platter_helper_start_finish (PLATTER_HELPER (object), result, &error);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (job == NULL)
    {
      demo_say (error);
      return;
    }
  if (platter_job_is_running (job))
    g_signal_connect (job, "ended", G_CALLBACK (demo_ended_cb), NULL);
  else
    demo_ended_cb (job);
  if (window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.show-job", "u", platter_job_get_id (job));
}

static void
demo_clone (PlatterDemo *self, PlatterHelper *helper)
{
  g_autoptr (GError) error = NULL;
  PlatterDrives *drives = platter_application_get_drives (self->application);
  g_autoptr (PlatterRequest) request = platter_request_new (PLATTER_REQUEST_CLONE);
  g_autoptr (PlatterDrive) source = platter_drives_lookup (drives, self->source, &error);
  g_autoptr (PlatterDrive) target
    = source != NULL ? platter_drives_lookup (drives, self->target, &error) : NULL;

  if (target == NULL)
    {
      demo_say (error);
      return;
    }
  if (!platter_drive_is_loop (target))
    {
      g_print ("%s is not a virtual drive. Without a person's yes no other one is written.\n",
               self->target);
      return;
    }
  platter_request_set_source (request, source);
  platter_request_add_target (request, target);
  platter_request_add_digest (request, "sha256");
  platter_helper_start_async (helper, request, NULL, demo_started_cb,
                              g_object_ref (self->application));
}

static void
demo_helper_cb (PlatterDemo *self)
{
  PlatterHelper *helper = platter_application_get_helper (self->application);

  if (helper == NULL)
    return;
  demo_clone (self, helper);
  demo_free (self);
}

void
platter_demo_start (PlatterApplication *application, const char *source, const char *target)
{
  PlatterDemo *self = g_new0 (PlatterDemo, 1);

  self->application = g_object_ref (application);
  self->source = g_strdup (source);
  self->target = g_strdup (target);
  if (platter_application_get_helper (application) != NULL)
    {
      demo_helper_cb (self);
      return;
    }
  self->helper_handler
    = g_signal_connect_swapped (application, "notify::helper", G_CALLBACK (demo_helper_cb), self);
}
