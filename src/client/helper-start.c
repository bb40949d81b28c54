// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Starting a job: one call that may wait for a password, and can be given up.

#include "config.h"

#include "helper.h"

#include <gio/gunixfdlist.h>

#include "../dbus/names.h"
#include "helper-private.h"
#include "job-private.h"

/* Answers at most once: to the reply, or to the cancellable before it. */
typedef struct
{
  GTask *task;
  PlatterRequest *request;
  gulong handler;
} HelperStart;

static void
helper_start_free (HelperStart *self)
{
  GCancellable *cancellable = g_task_get_cancellable (self->task);

  if (self->handler != 0)
    g_cancellable_disconnect (cancellable, self->handler);
  g_object_unref (self->task);
  g_object_unref (self->request);
  g_free (self);
}

/* The reply comes before anything that says that the job has ended. */
static void
helper_start_follow (HelperStart *self, PlatterJob *job)
{
  GPtrArray *targets = platter_request_get_targets (self->request);

  if (platter_request_get_kind (self->request) == PLATTER_REQUEST_IMAGE)
    platter_new_image_follow (g_ptr_array_index (targets, 0), job,
                              platter_request_get_source (self->request));
}

static void
helper_start_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PlatterJob *job = PLATTER_JOB (source);
  GError *error = NULL;

  /* It runs by now, and was given up while it was looked at. */
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      platter_job_cancel_async (job, NULL, NULL, NULL);
      g_task_return_error_if_cancelled (task);
      return;
    }
  if (platter_job_load_finish (job, result, &error))
    g_task_return_pointer (task, g_object_ref (job), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
helper_start_reply_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HelperStart *self = user_data;
  PlatterHelper *helper = g_task_get_source_object (self->task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
    G_DBUS_CONNECTION (source), NULL, result, &error);
  PlatterJob *job = NULL;
  const char *path = NULL;
  gboolean is_given_up = g_task_get_completed (self->task)
                         || g_cancellable_is_cancelled (g_task_get_cancellable (self->task));

  if (reply == NULL)
    {
      if (is_given_up)
        g_error_free (error);
      else
        g_task_return_error (self->task, error);
      helper_start_free (self);
      return;
    }

  g_variant_get (reply, "(&o)", &path);
  job = platter_helper_add_job (helper, path);
  /* Nobody waits for it any more, so nobody must find his drive overwritten. */
  if (is_given_up)
    platter_job_cancel_async (job, NULL, NULL, NULL);
  else
    {
      helper_start_follow (self, job);
      platter_job_load_async (job, helper_start_loaded_cb, g_object_ref (self->task));
    }
  helper_start_free (self);
}

static gboolean
helper_start_give_up (gpointer user_data)
{
  GTask *task = user_data;

  if (!g_task_get_completed (task))
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
helper_start_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  /* Not from inside the cancellable's lock, and on the thread that asked. */
  g_idle_add_full (G_PRIORITY_DEFAULT, helper_start_give_up, g_object_ref (user_data),
                   g_object_unref);
}

void
platter_helper_start_async (PlatterHelper *self,
                            PlatterRequest *request,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  GError *error = NULL;
  GVariant *arguments = platter_request_build (request, fds, &error);
  HelperStart *start = NULL;

  /* What has started is not said to be cancelled: that is decided above, where it is cancelled as well. */
  g_task_set_check_cancellable (task, FALSE);
  if (arguments == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  start = g_new0 (HelperStart, 1);
  start->task = g_object_ref (task);
  start->request = g_object_ref (request);
  if (cancellable != NULL)
    start->handler = g_cancellable_connect (cancellable, G_CALLBACK (helper_start_cancelled_cb),
                                            g_object_ref (task), g_object_unref);
  g_dbus_connection_call_with_unix_fd_list (
    platter_helper_get_connection (self), platter_helper_get_bus_name (self), PLATTER_HELPER_PATH,
    PLATTER_HELPER_INTERFACE, platter_request_get_method (request), arguments,
    G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, G_MAXINT, fds, NULL,
    helper_start_reply_cb, start);
}

PlatterJob *
platter_helper_start_finish (PlatterHelper *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
