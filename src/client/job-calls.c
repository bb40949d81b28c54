// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What can be asked of the helper about a job.

#include "config.h"

#include "job.h"

#include "../dbus/names.h"
#include "job-private.h"
#include "new-image.h"
#include "resume-request.h"

void
platter_job_call (PlatterJob *self,
                  const char *method,
                  GVariant *parameters,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_dbus_connection_call (self->connection, self->bus_name, self->object_path,
                          PLATTER_JOB_INTERFACE, method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, G_MAXINT, cancellable,
                          callback, user_data);
}

static void
job_called_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
platter_job_set_paused_async (PlatterJob *self,
                              gboolean is_paused,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  platter_job_call (self, is_paused ? "Pause" : "Resume", NULL, cancellable, job_called_cb,
                    g_task_new (self, cancellable, callback, user_data));
}

gboolean
platter_job_set_paused_finish (PlatterJob *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
platter_job_finish_reading_async (PlatterJob *self,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  platter_job_call (self, "Finish", NULL, NULL, job_called_cb,
                    g_task_new (self, NULL, callback, user_data));
}

gboolean
platter_job_finish_reading_finish (PlatterJob *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
job_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PlatterJob *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  /* What the helper told last is older than that. */
  self->is_answered = self->is_answered || platter_job_is_asking (self);
  platter_job_notify_all (self);
  g_task_return_boolean (task, TRUE);
}

void
platter_job_answer_async (PlatterJob *self,
                          const char *answer,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  platter_job_call (self, "Answer", g_variant_new ("(s)", answer), NULL, job_answered_cb,
                    g_task_new (self, NULL, callback, user_data));
}

gboolean
platter_job_answer_finish (PlatterJob *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
platter_job_cancel_async (PlatterJob *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  platter_job_call (self, "Cancel", NULL, cancellable, job_called_cb,
                    g_task_new (self, cancellable, callback, user_data));
}

gboolean
platter_job_cancel_finish (PlatterJob *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
platter_job_release_async (PlatterJob *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  /* By the time of the answer it has gone from the helper's list. */
  g_task_set_task_data (task, GINT_TO_POINTER (platter_resume_is_possible (self)), NULL);
  platter_job_call (self, "Release", NULL, cancellable, job_called_cb, task);
}

gboolean
platter_job_release_finish (PlatterJob *self, GAsyncResult *result, GError **error)
{
  gboolean was_resumable = GPOINTER_TO_INT (g_task_get_task_data (G_TASK (result)));
  gboolean is_released = g_task_propagate_boolean (G_TASK (result), error);

  /* Nobody else will. */
  if (is_released && was_resumable)
    platter_new_image_remove_left (self);
  return is_released;
}
