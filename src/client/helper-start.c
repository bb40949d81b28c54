// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Starting a job: one call that may wait for a password, and can be given up. Only its answer says what has become of it.

#include "config.h"

#include "helper.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>

#include "../dbus/errors.h"
#include "../dbus/names.h"
#include "../device/errors.h"
#include "helper-private.h"
#include "job-private.h"
#include "resume-request.h"

/* The data of the task that answers. */
typedef struct
{
  PlatterRequest *request;
  GCancellable *cancellable; /* (nullable) */
  gulong handler;
  guint32 serial; /* of the call; 0 once it was answered */
} HelperStart;

static void
helper_start_free (gpointer data)
{
  HelperStart *self = data;

  g_clear_object (&self->cancellable);
  g_object_unref (self->request);
  g_free (self);
}

static gboolean
helper_start_is_given_up (GTask *task)
{
  const HelperStart *self = g_task_get_task_data (task);

  return g_cancellable_is_cancelled (self->cancellable);
}

static void
helper_start_released_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  platter_job_release_finish (PLATTER_JOB (source), result, NULL);
}

/* What was there of an image that was cut off is gone by now, or goes, where it was not in the new one's place: that one cannot
   go on any more. */
static void
helper_start_supersede (PlatterHelper *self, PlatterRequest *request)
{
  GListModel *jobs = platter_helper_get_jobs (self);
  PlatterNewImage *image = g_ptr_array_index (platter_request_get_targets (request), 0);
  g_autofree char *path = NULL;

  if (platter_request_is_resumed (request))
    return;
  path = platter_new_image_dup_whole_path (image);
  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++)
    {
      g_autoptr (PlatterJob) job = g_list_model_get_item (jobs, i);
      g_autofree char *left = platter_resume_dup_new_path (job);
      gboolean is_elsewhere
        = platter_new_image_has_map (image)
          || (platter_resume_get_piece_bytes (job) > 0) != platter_new_image_is_split (image);

      if (platter_resume_is_possible (job) && g_strcmp0 (left, path) == 0)
        platter_job_release_async (job, NULL, is_elsewhere ? helper_start_released_cb : NULL, NULL);
    }
}

/* The reply comes before anything that says that the job has ended. */
static void
helper_start_follow (HelperStart *self, PlatterHelper *helper, PlatterJob *job)
{
  GPtrArray *targets = platter_request_get_targets (self->request);

  if (platter_request_get_kind (self->request) != PLATTER_REQUEST_IMAGE)
    return;
  platter_new_image_follow (g_ptr_array_index (targets, 0), job,
                            platter_request_get_source (self->request));
  helper_start_supersede (helper, self->request);
}

static void
helper_start_tell_given_up (GTask *task)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s",
                           _ ("Cancelled before it began. Nothing was written."));
}

/* Not before the helper knows, which nobody could tell it any more after the end of this process. */
static void
helper_start_job_cancelled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  g_task_return_pointer (task, g_object_ref (source), g_object_unref);
}

static void
helper_start_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PlatterJob *job = PLATTER_JOB (source);
  GError *error = NULL;

  if (!platter_job_load_finish (job, result, &error))
    g_task_return_error (task, error);
  /* It runs by now, and nobody wants it. */
  else if (helper_start_is_given_up (task))
    platter_job_cancel_async (job, NULL, helper_start_job_cancelled_cb, g_steal_pointer (&task));
  else
    g_task_return_pointer (task, g_object_ref (job), g_object_unref);
}

/* What the helper itself refuses has not begun. */
static void
helper_start_fail (GTask *task, GError *error)
{
  gboolean is_refusal
    = error->domain == PLATTER_HELPER_ERROR || error->domain == PLATTER_DEVICE_ERROR;

  if (is_refusal && helper_start_is_given_up (task))
    {
      helper_start_tell_given_up (task);
      g_error_free (error);
    }
  else
    g_task_return_error (task, error);
}

/* Returns: (nullable) (transfer full): (o) */
static GVariant *
helper_start_take_reply (GDBusConnection *connection, GAsyncResult *result, GError **error)
{
  g_autoptr (GDBusMessage) reply
    = g_dbus_connection_send_message_with_reply_finish (connection, result, error);
  GVariant *body = NULL;

  if (reply == NULL || g_dbus_message_to_gerror (reply, error))
    return NULL;
  body = g_dbus_message_get_body (reply);
  if (body != NULL && g_variant_is_of_type (body, G_VARIANT_TYPE ("(o)")))
    return g_variant_ref (body);
  g_set_error_literal (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_SIGNATURE,
                       "The helper's answer is none.");
  return NULL;
}

static void
helper_start_reply_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  HelperStart *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = helper_start_take_reply (G_DBUS_CONNECTION (source), result, &error);
  PlatterHelper *helper = g_task_get_source_object (task);
  PlatterJob *job = NULL;
  const char *path = NULL;

  self->serial = 0;
  if (self->handler != 0)
    g_cancellable_disconnect (self->cancellable, self->handler);
  if (reply == NULL)
    {
      helper_start_fail (task, error);
      return;
    }
  g_variant_get (reply, "(&o)", &path);
  job = platter_helper_add_job (helper, path);
  helper_start_follow (self, helper, job);
  platter_job_load_async (job, helper_start_loaded_cb, g_steal_pointer (&task));
}

/* Nobody is asked for a password any more, and what has not begun will not. */
static gboolean
helper_start_give_up_cb (gpointer user_data)
{
  GTask *task = user_data;
  HelperStart *self = g_task_get_task_data (task);
  PlatterHelper *helper = g_task_get_source_object (task);

  if (self->serial != 0)
    g_dbus_connection_call (platter_helper_get_connection (helper),
                            platter_helper_get_bus_name (helper), PLATTER_HELPER_PATH,
                            PLATTER_HELPER_INTERFACE, "GiveUp", g_variant_new ("(u)", self->serial),
                            NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
helper_start_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  /* Not from inside the cancellable's lock, and on the thread that asked. */
  g_idle_add_full (G_PRIORITY_DEFAULT, helper_start_give_up_cb, g_object_ref (user_data),
                   g_object_unref);
}

/* Not the usual call: what is given up is named by the serial of its message. @arguments: floating */
static void
helper_start_call (PlatterHelper *helper, GTask *task, GVariant *arguments, GUnixFDList *fds)
{
  HelperStart *self = g_task_get_task_data (task);
  g_autoptr (GDBusMessage) call = g_dbus_message_new_method_call (
    platter_helper_get_bus_name (helper), PLATTER_HELPER_PATH, PLATTER_HELPER_INTERFACE,
    platter_request_get_method (self->request));

  g_dbus_message_set_body (call, arguments);
  g_dbus_message_set_unix_fd_list (call, fds);
  g_dbus_message_set_flags (call, G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION);
  g_dbus_connection_send_message_with_reply (
    platter_helper_get_connection (helper), call, G_DBUS_SEND_MESSAGE_FLAGS_NONE, G_MAXINT,
    &self->serial, NULL, helper_start_reply_cb, g_object_ref (task));
}

void
platter_helper_start_async (PlatterHelper *self,
                            PlatterRequest *request,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  HelperStart *start = g_new0 (HelperStart, 1);
  GError *error = NULL;
  GVariant *arguments = NULL;

  start->request = g_object_ref (request);
  g_set_object (&start->cancellable, cancellable);
  g_task_set_task_data (task, start, helper_start_free);
  if (helper_start_is_given_up (task))
    {
      helper_start_tell_given_up (task);
      return;
    }
  arguments = platter_request_build (request, fds, &error);
  if (arguments == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  helper_start_call (self, task, arguments, fds);
  if (cancellable != NULL)
    start->handler = g_cancellable_connect (cancellable, G_CALLBACK (helper_start_cancelled_cb),
                                            g_object_ref (task), g_object_unref);
}

PlatterJob *
platter_helper_start_finish (PlatterHelper *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
