// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// From a request to a job.

#include "config.h"

#include "preparation.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "authority.h"
#include "dbus/errors.h"
#include "hold.h"
#include "reply.h"

typedef struct
{
  PlatterService *service;
  PlatterCaller *caller;
  PlatterRequest *request;
  GDBusMethodInvocation *invocation;
  PlatterReservation *reservation;
  GArray *others; /* (nullable) (element-type PlatterRequestDrive): what others had taken before */
  PlatterPlan *plan;
  PlatterHold *hold;
  PlatterJob *job;
  PlatterJob *resumed;     /* (nullable): the one that goes on as this one */
  PlatterJournal *claimed; /* (nullable): its journal, even if it is forgotten meanwhile */
  PlatterRun *run;
  GQueue *actions; /* (element-type utf8): those that polkit has not allowed yet */
  GCancellable *given_up;
  gulong caller_gone;
} Preparation;

/* If it did not come to the end of the preparation. */
static void
preparation_let_resumed_be (Preparation *self)
{
  if (self->claimed != NULL)
    platter_journal_unclaim (self->claimed);
  g_clear_pointer (&self->claimed, platter_journal_unref);
  g_clear_pointer (&self->resumed, platter_job_unref);
}

static void
preparation_free (Preparation *self)
{
  if (self->resumed != NULL)
    preparation_let_resumed_be (self);
  g_ptr_array_remove_fast (self->service->preparations, self);
  g_signal_handler_disconnect (self->caller->gone, self->caller_gone);
  g_signal_handlers_disconnect_by_data (self->given_up, self);
  g_object_unref (self->given_up);
  platter_idle_release (self->service->idle);
  platter_caller_unref (self->caller);
  platter_request_unref (self->request);
  g_object_unref (self->invocation);
  g_clear_pointer (&self->hold, platter_hold_free);
  g_clear_pointer (&self->reservation, platter_reservation_free);
  g_clear_pointer (&self->others, g_array_unref);
  g_clear_pointer (&self->plan, platter_plan_free);
  g_clear_pointer (&self->job, platter_job_unref);
  g_queue_free (self->actions);
  g_free (self);
}

static void
preparation_fail (Preparation *self, const GError *error)
{
  platter_reply_error (self->invocation, error);
  preparation_free (self);
}

static void
preparation_set_journal (Preparation *self, PlatterJournal *journal)
{
  if (platter_journal_is_rescue (journal))
    platter_journal_set_page (journal, platter_job_get_map_fd (self->job));
  platter_job_set_journal (self->job, journal);
}

/* From now on, if it is cut off, it can go on. */
static void
preparation_keep (Preparation *self)
{
  PlatterService *service = self->service;
  const PlatterPlan *plan = platter_job_get_plan (self->job);
  g_autoptr (GVariant) details = platter_job_dup_details (self->job);
  g_autoptr (PlatterJournal) journal = NULL;

  /* A copy that may leave something out is not durable up to one place: its map says where it goes on. One that asks
     is, up to the first place that could not be read. */
  if (service->journals == NULL || (self->request->domain_fd >= 0 && plan->domain == NULL)
      || !platter_request_can_go_on (self->request))
    return;
  if (self->resumed == NULL)
    {
      journal = platter_journal_new (service->journals, self->caller->uid, details);
      platter_journal_set_domain (journal, plan->domain);
      preparation_set_journal (self, journal);
      return;
    }
  journal = g_steal_pointer (&self->claimed);
  platter_journal_take_over (journal, details, plan);
  preparation_set_journal (self, journal);
  platter_job_forget_journal (self->resumed);
  platter_jobs_remove (service->jobs, self->resumed);
}

static void
preparation_started_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Preparation *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  if (!platter_run_start_finish (result, &error))
    {
      preparation_fail (self, error);
      return;
    }
  preparation_keep (self);
  platter_jobs_add (self->service->jobs, self->job, self->run);
  /* Nobody else could give the file its name. */
  if (self->request->kind == PLATTER_REQUEST_IMAGE)
    platter_jobs_cancel_with (self->service->jobs, self->job, self->caller);
  path = platter_jobs_dup_path (self->job);
  g_dbus_method_invocation_return_value (g_object_ref (self->invocation),
                                         g_variant_new ("(o)", path));
  preparation_free (self);
}

/* It comes to nothing now, but a thread may still wait for a file of the caller's that does not answer. */
static void
preparation_given_up_cb (GCancellable *given_up, gpointer data)
{
  Preparation *self = data;

  if (self->reservation != NULL)
    platter_reservation_let_go (self->reservation);
}

/* From any thread. */
static gboolean
preparation_is_abandoned (Preparation *self, GError **error)
{
  if (!g_cancellable_is_cancelled (self->given_up))
    return FALSE;
  g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_NOT_AUTHORIZED,
                       "Whoever asked has left or has given it up.");
  return TRUE;
}

static gboolean
preparation_check_apart (const Preparation *self, GError **error)
{
  g_autoptr (GArray) drives = platter_request_dup_drives (self->request);

  return platter_reservations_check_apart (drives, self->others, error);
}

static void
preparation_take_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Preparation *self = data;
  GError *error = NULL;

  /* A file of the caller's: nothing of it is read before polkit has said yes. */
  if (self->request->domain_fd >= 0)
    self->plan->domain = platter_journal_read_domain (self->request->domain_fd);
  if (preparation_is_abandoned (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  self->hold = platter_hold_new (self->request, self->plan, self->service->bus, &error);
  if (self->hold != NULL && preparation_check_apart (self, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
preparation_taken_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Preparation *self = data;
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)
      || preparation_is_abandoned (self, &error))
    {
      preparation_fail (self, error);
      return;
    }
  self->job = platter_jobs_new_job (self->service->jobs, self->caller->uid, self->request,
                                    g_steal_pointer (&self->plan));
  self->run = platter_run_start_async (
    self->job, g_steal_pointer (&self->hold), g_steal_pointer (&self->reservation),
    self->service->bus, self->service->worker, self->given_up, preparation_started_cb, self);
}

/* The thread is the only one to touch the preparation until it has called back. */
static void
preparation_run_thread (Preparation *self, GTaskThreadFunc thread, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, self);

  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, thread);
}

static char *
preparation_dup_names (Preparation *self, gboolean is_write)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint last
    = is_write || self->request->kind == PLATTER_REQUEST_VERIFY ? self->plan->sides->len : 1;

  for (guint i = is_write ? 1 : 0; i < last; i++)
    {
      const PlatterPlanSide *side = platter_plan_get_side (self->plan, i);
      g_autofree char *size = g_format_size (side->size_bytes);

      if (!side->is_image)
        g_ptr_array_add (names, g_strdup_printf ("%s (%s, %s)", side->name, size, side->device));
    }
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **)names->pdata);
}

static void preparation_ask_next (Preparation *self);

static void
preparation_asked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Preparation *self = data;
  g_autoptr (GError) error = NULL;

  if (platter_authority_check_finish (result, &error))
    preparation_ask_next (self);
  else
    preparation_fail (self, error);
}

static void
preparation_ask_next (Preparation *self)
{
  const char *action = g_queue_pop_head (self->actions);
  gboolean is_write = g_strcmp0 (action, PLATTER_ACTION_READ_DRIVE) != 0;
  /* Translators: $(drive) stays as it is; polkit puts the names of the drives there. */
  const char *message = is_write ? N_ ("Authentication is needed to overwrite all data on $(drive)")
                                 : N_ ("Authentication is needed to read all data on $(drive)");
  g_autofree char *names = NULL;

  if (action == NULL)
    {
      preparation_run_thread (self, preparation_take_thread, preparation_taken_cb);
      return;
    }
  names = preparation_dup_names (self, is_write);
  platter_authority_check_async (
    self->service->is_peer ? NULL : self->service->connection, self->caller, action, message, names,
    platter_reply_is_interactive (self->invocation), self->given_up, preparation_asked_cb, self);
}

/* Overwriting is asked for first; reading, which the policy may keep, only when that was allowed. */
static void
preparation_list_actions (Preparation *self)
{
  gboolean is_write = platter_request_overwrites (self->request);
  gboolean has_fixed = FALSE;
  gboolean has_removable = FALSE;
  gboolean has_source = FALSE;

  for (guint i = 0; i < self->plan->sides->len; i++)
    {
      const PlatterPlanSide *side = platter_plan_get_side (self->plan, i);

      if (side->is_image)
        continue;
      has_source = has_source || i == 0 || !is_write;
      has_removable = has_removable || (i > 0 && is_write && side->is_removable);
      has_fixed = has_fixed || (i > 0 && is_write && !side->is_removable);
    }
  if (has_fixed)
    g_queue_push_tail (self->actions, (gpointer)PLATTER_ACTION_WRITE_FIXED);
  if (has_removable)
    g_queue_push_tail (self->actions, (gpointer)PLATTER_ACTION_WRITE_REMOVABLE);
  if (has_source)
    g_queue_push_tail (self->actions, (gpointer)PLATTER_ACTION_READ_DRIVE);
}

static void
preparation_plan_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Preparation *self = data;
  GError *error = NULL;

  self->plan = platter_plan_new (self->request, self->service->bus, self->request->unmount, &error);
  if (self->plan != NULL && preparation_check_apart (self, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
preparation_match_resumed (Preparation *self, GError **error)
{
  if (self->resumed == NULL)
    return TRUE;
  return platter_journal_match (self->claimed, self->request, self->plan, error);
}

static void
preparation_planned_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Preparation *self = data;
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) || preparation_is_abandoned (self, &error)
      || !preparation_match_resumed (self, &error))
    {
      preparation_fail (self, error);
      return;
    }
  preparation_list_actions (self);
  preparation_ask_next (self);
}

static gboolean
preparation_claim (Preparation *self, GError **error)
{
  PlatterJob *job = platter_jobs_find_id (self->service->jobs, self->request->resume);

  if (self->request->resume == 0)
    return TRUE;
  if (job == NULL || platter_job_get_owner (job) != self->caller->uid
      || platter_job_get_resumable (job) == NULL)
    {
      g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_NO_SUCH_JOB,
                           "There is no such job that could be resumed.");
      return FALSE;
    }
  if (!platter_journal_claim (platter_job_get_resumable (job), error))
    return FALSE;
  self->claimed = platter_journal_ref (platter_job_get_resumable (job));
  self->resumed = platter_job_ref (job);
  return TRUE;
}

static void
preparation_caller_gone_cb (GCancellable *gone, gpointer data)
{
  g_cancellable_cancel (((Preparation *)data)->given_up);
}

void
platter_preparation_start (PlatterService *service,
                           PlatterCaller *caller,
                           PlatterRequest *request,
                           GDBusMethodInvocation *invocation)
{
  Preparation *self = g_new0 (Preparation, 1);
  g_autoptr (GArray) drives = platter_request_dup_drives (request);
  g_autoptr (GError) error = NULL;

  self->service = service;
  self->caller = platter_caller_ref (caller);
  self->request = request;
  self->invocation = invocation;
  self->actions = g_queue_new ();
  self->given_up = g_cancellable_new ();
  g_signal_connect (self->given_up, "cancelled", G_CALLBACK (preparation_given_up_cb), self);
  self->caller_gone
    = g_signal_connect (caller->gone, "cancelled", G_CALLBACK (preparation_caller_gone_cb), self);
  if (g_cancellable_is_cancelled (caller->gone))
    g_cancellable_cancel (self->given_up);
  g_ptr_array_add (service->preparations, self);
  platter_idle_hold (service->idle);
  self->reservation
    = platter_reservations_take (service->reservations, caller->uid, drives, &error);
  if (self->reservation != NULL)
    self->others = platter_reservation_dup_others (self->reservation);
  if (self->reservation != NULL && preparation_claim (self, &error))
    preparation_run_thread (self, preparation_plan_thread, preparation_planned_cb);
  else
    preparation_fail (self, error);
}

void
platter_preparation_give_up (PlatterService *service, PlatterCaller *caller, guint32 serial)
{
  for (guint i = 0; i < service->preparations->len; i++)
    {
      Preparation *self = service->preparations->pdata[i];
      GDBusMessage *message = g_dbus_method_invocation_get_message (self->invocation);

      if (self->caller == caller && g_dbus_message_get_serial (message) == serial)
        g_cancellable_cancel (self->given_up);
    }
}
