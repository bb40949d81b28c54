// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The table of all methods, and the way of every call through it.

#include "config.h"

#include "methods.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>

#include "authority.h"
#include "closing.h"
#include "dbus/errors.h"
#include "dbus/interface.h"
#include "dbus/names.h"
#include "preparation.h"
#include "reply.h"

#define METHODS_PROPERTIES "org.freedesktop.DBus.Properties"
#define METHODS_CANCEL_PATIENCE_S 10
/* The path of jobs without the last slash. */
#define METHODS_JOBS_PATH "/org/platter/Helper1/jobs"

/* One call on its way. */
typedef struct
{
  PlatterService *service;
  GDBusMethodInvocation *invocation;
  PlatterCaller *caller;
  PlatterJob *job;                 /* (nullable): of a call to a job */
  PlatterReservation *reservation; /* (nullable): while polkit is asked */
} MethodsCall;

typedef struct
{
  const char *interface;
  const char *name;
  PlatterAccess access;
  void (*function) (MethodsCall *call);
} MethodsEntry;

static const char methods_object_manager_xml[]
  = "<node><interface name='org.freedesktop.DBus.ObjectManager'>"
    "<method name='GetManagedObjects'>"
    "<arg name='objects' type='a{oa{sa{sv}}}' direction='out'/></method>"
    "<signal name='InterfacesAdded'><arg name='object' type='o'/>"
    "<arg name='interfaces' type='a{sa{sv}}'/></signal>"
    "<signal name='InterfacesRemoved'><arg name='object' type='o'/>"
    "<arg name='interfaces' type='as'/></signal>"
    "</interface></node>";

static void
methods_call_free (MethodsCall *call)
{
  platter_idle_release (call->service->idle);
  platter_closing_start_message (g_dbus_method_invocation_get_message (call->invocation));
  g_clear_object (&call->invocation);
  g_clear_pointer (&call->caller, platter_caller_unref);
  g_clear_pointer (&call->job, platter_job_unref);
  g_clear_pointer (&call->reservation, platter_reservation_free);
  g_free (call);
}

static void
methods_return (MethodsCall *call, GVariant *value)
{
  g_dbus_method_invocation_return_value (g_object_ref (call->invocation), value);
}

static void
methods_fail (MethodsCall *call, PlatterHelperError code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (PLATTER_HELPER_ERROR, (int)code, message);

  platter_reply_error (call->invocation, error);
}

static void
methods_subscribe (MethodsCall *call)
{
  platter_callers_subscribe (call->service->callers, call->caller);
  methods_return (call, NULL);
}

static void
methods_request (MethodsCall *call, PlatterRequestKind kind)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (call->invocation);
  g_autoptr (GError) error = NULL;
  PlatterRequest *request
    = platter_request_new (kind, g_dbus_method_invocation_get_parameters (call->invocation),
                           g_dbus_message_get_unix_fd_list (message), &error);

  if (request == NULL)
    platter_reply_error (call->invocation, error);
  else
    platter_preparation_start (call->service, call->caller, request,
                               g_object_ref (call->invocation));
}

static void
methods_clone (MethodsCall *call)
{
  methods_request (call, PLATTER_REQUEST_CLONE);
}

static void
methods_write (MethodsCall *call)
{
  methods_request (call, PLATTER_REQUEST_WRITE);
}

static void
methods_verify (MethodsCall *call)
{
  methods_request (call, PLATTER_REQUEST_VERIFY);
}

static void
methods_image (MethodsCall *call)
{
  methods_request (call, PLATTER_REQUEST_IMAGE);
}

static void
methods_give_up (MethodsCall *call)
{
  guint32 serial = 0;

  g_variant_get (g_dbus_method_invocation_get_parameters (call->invocation), "(u)", &serial);
  platter_preparation_give_up (call->service, call->caller, serial);
  methods_return (call, NULL);
}

static void
methods_get_details (MethodsCall *call)
{
  g_autoptr (GVariant) details = platter_job_dup_details (call->job);

  methods_return (call, g_variant_new ("(@a{sv})", details));
}

static void
methods_get_report (MethodsCall *call)
{
  g_autoptr (GVariant) report = platter_job_dup_report (call->job);

  if (report != NULL)
    methods_return (call, g_variant_new ("(@a{sv})", report));
  else
    methods_fail (call, PLATTER_HELPER_ERROR_JOB_RUNNING,
                  "The job still runs; its report comes at its end.");
}

static void
methods_cancel (MethodsCall *call)
{
  platter_jobs_cancel (call->service->jobs, call->job, METHODS_CANCEL_PATIENCE_S);
  methods_return (call, NULL);
}

static void
methods_pause (MethodsCall *call)
{
  platter_jobs_set_paused (call->service->jobs, call->job, TRUE);
  methods_return (call, NULL);
}

static void
methods_resume (MethodsCall *call)
{
  platter_jobs_set_paused (call->service->jobs, call->job, FALSE);
  methods_return (call, NULL);
}

static void
methods_finish (MethodsCall *call)
{
  platter_jobs_finish (call->service->jobs, call->job);
  methods_return (call, NULL);
}

static void
methods_answer (MethodsCall *call)
{
  static const char *const answers[] = { "stop", "skip", "rescue", NULL };
  const char *answer = NULL;

  g_variant_get (g_dbus_method_invocation_get_parameters (call->invocation), "(&s)", &answer);
  if (!g_strv_contains (answers, answer))
    {
      methods_fail (call, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS,
                    "The answer is none of stop, skip and rescue.");
      return;
    }
  platter_jobs_answer (call->service->jobs, call->job, answer);
  methods_return (call, NULL);
}

/* For reading only: the file in memory is the worker's to write to. */
static void
methods_get_map (MethodsCall *call)
{
  int map = platter_job_get_map_fd (call->job);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", map);
  int fd = map >= 0 ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  g_autoptr (GUnixFDList) fds = NULL;

  if (fd < 0)
    {
      methods_fail (call, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS,
                    "The job keeps no map, or keeps it no longer.");
      return;
    }
  fds = g_unix_fd_list_new_from_array (&fd, 1);
  g_dbus_method_invocation_return_value_with_unix_fd_list (g_object_ref (call->invocation),
                                                           g_variant_new ("(h)", 0), fds);
}

static void
methods_release (MethodsCall *call)
{
  PlatterJournal *journal = NULL;
  g_autoptr (GError) error = NULL;

  if (!platter_job_has_ended (call->job))
    {
      methods_fail (call, PLATTER_HELPER_ERROR_JOB_RUNNING, "The job still runs. Cancel it first.");
      return;
    }
  journal = platter_job_get_resumable (call->job);
  /* Another helper may have brought it to its end, or given it up, meanwhile. */
  if (journal != NULL && !platter_journal_claim (journal, &error)
      && g_error_matches (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_NO_SUCH_JOB))
    journal = NULL;
  else if (error != NULL)
    {
      platter_reply_error (call->invocation, error);
      return;
    }
  if (journal != NULL)
    platter_journal_discard (journal);
  platter_jobs_remove (call->service->jobs, call->job);
  methods_return (call, NULL);
}

static void
methods_list (MethodsCall *call)
{
  methods_return (
    call, g_variant_new ("(@a{oa{sa{sv}}})",
                         platter_jobs_build_managed (call->service->jobs, call->caller->uid)));
}

/* GDBus has checked that the property is there and may be read. */
static void
methods_get_property (MethodsCall *call)
{
  const GDBusPropertyInfo *info = g_dbus_method_invocation_get_property_info (call->invocation);

  if (call->job != NULL)
    platter_jobs_tell (call->service->jobs, call->job);

  g_autoptr (GVariant) value = call->job != NULL
                                 ? platter_job_dup_property (call->job, info->name)
                                 : g_variant_ref_sink (g_variant_new_string (PLATTER_VERSION));

  methods_return (call, g_variant_new ("(v)", value));
}

static void
methods_get_properties (MethodsCall *call)
{
  g_autoptr (GVariant) properties = NULL;
  GVariantDict version;

  g_variant_dict_init (&version, NULL);
  g_variant_dict_insert (&version, "Version", "s", PLATTER_VERSION);
  properties = g_variant_ref_sink (g_variant_dict_end (&version));
  if (call->job != NULL)
    {
      platter_jobs_tell (call->service->jobs, call->job);
      g_variant_unref (properties);
      properties = platter_job_dup_properties (call->job);
    }
  methods_return (call, g_variant_new ("(@a{sv})", properties));
}

static const MethodsEntry methods_table[] = {
  { PLATTER_HELPER_INTERFACE, "Subscribe", PLATTER_ACCESS_ANYONE, methods_subscribe },
  { PLATTER_HELPER_INTERFACE, "Clone", PLATTER_ACCESS_DRIVES, methods_clone },
  { PLATTER_HELPER_INTERFACE, "Write", PLATTER_ACCESS_DRIVES, methods_write },
  { PLATTER_HELPER_INTERFACE, "Verify", PLATTER_ACCESS_DRIVES, methods_verify },
  { PLATTER_HELPER_INTERFACE, "Image", PLATTER_ACCESS_DRIVES, methods_image },
  { PLATTER_HELPER_INTERFACE, "GiveUp", PLATTER_ACCESS_ANYONE, methods_give_up },
  { PLATTER_HELPER_INTERFACE, "Get", PLATTER_ACCESS_ANYONE, methods_get_property },
  { PLATTER_HELPER_INTERFACE, "GetAll", PLATTER_ACCESS_ANYONE, methods_get_properties },
  { PLATTER_JOB_INTERFACE, "GetDetails", PLATTER_ACCESS_OWNER_OR_MANAGER, methods_get_details },
  { PLATTER_JOB_INTERFACE, "GetReport", PLATTER_ACCESS_OWNER_OR_MANAGER, methods_get_report },
  { PLATTER_JOB_INTERFACE, "GetMap", PLATTER_ACCESS_OWNER_OR_MANAGER, methods_get_map },
  { PLATTER_JOB_INTERFACE, "Finish", PLATTER_ACCESS_OWNER_OR_MANAGER, methods_finish },
  { PLATTER_JOB_INTERFACE, "Answer", PLATTER_ACCESS_OWNER, methods_answer },
  { PLATTER_JOB_INTERFACE, "Cancel", PLATTER_ACCESS_OWNER_OR_MANAGER, methods_cancel },
  { PLATTER_JOB_INTERFACE, "Pause", PLATTER_ACCESS_OWNER_OR_MANAGER, methods_pause },
  { PLATTER_JOB_INTERFACE, "Resume", PLATTER_ACCESS_OWNER_OR_MANAGER, methods_resume },
  { PLATTER_JOB_INTERFACE, "Release", PLATTER_ACCESS_OWNER_OR_MANAGER, methods_release },
  { PLATTER_JOB_INTERFACE, "Get", PLATTER_ACCESS_OWNER, methods_get_property },
  { PLATTER_JOB_INTERFACE, "GetAll", PLATTER_ACCESS_OWNER, methods_get_properties },
  { "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", PLATTER_ACCESS_ANYONE,
    methods_list },
};

static const MethodsEntry *
methods_find (const char *interface, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (methods_table); i++)
    if (strcmp (methods_table[i].interface, interface) == 0
        && strcmp (methods_table[i].name, name) == 0)
      return &methods_table[i];
  return NULL;
}

PlatterAccess
platter_methods_get_access (const char *interface, const char *method)
{
  const MethodsEntry *entry = methods_find (interface, method);

  return entry != NULL ? entry->access : PLATTER_ACCESS_NONE;
}

/* Reading properties comes as a call of the standard interface; its table entries stand under the object's own. */
static const MethodsEntry *
methods_get_entry (MethodsCall *call)
{
  const char *interface = g_dbus_method_invocation_get_interface_name (call->invocation);
  const char *own = call->job != NULL ? PLATTER_JOB_INTERFACE : PLATTER_HELPER_INTERFACE;

  return methods_find (strcmp (interface, METHODS_PROPERTIES) == 0 ? own : interface,
                       g_dbus_method_invocation_get_method_name (call->invocation));
}

static void
methods_allowed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  MethodsCall *call = data;
  g_autoptr (GError) error = NULL;

  if (platter_authority_check_finish (result, &error))
    methods_get_entry (call)->function (call);
  else
    methods_fail (call, PLATTER_HELPER_ERROR_NOT_OWNER, "The job belongs to somebody else.");
  methods_call_free (call);
}

static void
methods_ask (MethodsCall *call)
{
  g_autoptr (GArray) nothing = g_array_new (FALSE, FALSE, sizeof (PlatterRequestDrive));
  g_autoptr (GError) error = NULL;

  call->reservation
    = platter_reservations_take (call->service->reservations, call->caller->uid, nothing, &error);
  if (call->reservation == NULL)
    {
      platter_reply_error (call->invocation, error);
      methods_call_free (call);
      return;
    }
  platter_authority_check_async (call->service->is_peer ? NULL : call->service->connection,
                                 call->caller, PLATTER_ACTION_MANAGE_JOBS, NULL, NULL,
                                 platter_reply_is_interactive (call->invocation),
                                 call->caller->gone, methods_allowed_cb, call);
}

static void
methods_caller_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  MethodsCall *call = data;
  g_autoptr (GError) error = NULL;
  const MethodsEntry *entry = methods_get_entry (call);
  gboolean is_owner;

  call->caller = platter_callers_find_finish (result, &error);
  if (call->caller == NULL || entry == NULL)
    {
      if (error != NULL)
        platter_reply_error (call->invocation, error);
      else
        methods_fail (call, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS, "There is no such method.");
      methods_call_free (call);
      return;
    }
  is_owner = call->job == NULL || platter_job_get_owner (call->job) == call->caller->uid;
  if (!is_owner && entry->access == PLATTER_ACCESS_OWNER_OR_MANAGER)
    {
      methods_ask (call);
      return;
    }
  if (is_owner)
    entry->function (call);
  else
    methods_fail (call, PLATTER_HELPER_ERROR_NOT_OWNER, "The job belongs to somebody else.");
  methods_call_free (call);
}

static void
methods_call_cb (GDBusConnection *connection,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *method,
                 GVariant *parameters,
                 GDBusMethodInvocation *invocation,
                 gpointer data)
{
  MethodsCall *call = g_new0 (MethodsCall, 1);
  gboolean is_job = g_str_has_prefix (path, PLATTER_JOB_PATH_PREFIX);
  PlatterJob *job;

  call->service = data;
  call->invocation = invocation;
  platter_idle_hold (call->service->idle);
  job = is_job ? platter_jobs_find (call->service->jobs, path) : NULL;
  if (is_job && job == NULL && strcmp (method, "GetReport") == 0)
    job = platter_jobs_find_released (call->service->jobs, path);
  if (is_job && job == NULL)
    {
      methods_fail (call, PLATTER_HELPER_ERROR_NO_SUCH_JOB, "There is no such job any more.");
      methods_call_free (call);
      return;
    }
  if (job != NULL)
    call->job = platter_job_ref (job);
  platter_callers_find_async (call->service->callers, sender, methods_caller_cb, call);
}

/* Without functions for properties: GDBus hands over their calls with the others, with their sender. */
static const GDBusInterfaceVTable methods_vtable = { .method_call = methods_call_cb };

/* Nobody learns from introspection which jobs there are. */
static char **
methods_enumerate_cb (GDBusConnection *connection,
                      const char *sender,
                      const char *path,
                      gpointer data)
{
  return g_new0 (char *, 1);
}

static GDBusInterfaceInfo **
methods_introspect_cb (GDBusConnection *connection,
                       const char *sender,
                       const char *path,
                       const char *node,
                       gpointer data)
{
  GDBusInterfaceInfo **interfaces = g_new0 (GDBusInterfaceInfo *, 2);

  if (node != NULL)
    interfaces[0] = g_dbus_interface_info_ref (platter_interface_get (PLATTER_JOB_INTERFACE));
  return interfaces;
}

static const GDBusInterfaceVTable *
methods_dispatch_cb (GDBusConnection *connection,
                     const char *sender,
                     const char *path,
                     const char *interface,
                     const char *node,
                     gpointer *out_data,
                     gpointer data)
{
  *out_data = data;
  return node != NULL ? &methods_vtable : NULL;
}

static const GDBusSubtreeVTable methods_jobs_vtable = {
  .enumerate = methods_enumerate_cb,
  .introspect = methods_introspect_cb,
  .dispatch = methods_dispatch_cb,
};

static gboolean
methods_check (GDBusInterfaceInfo *info, GError **error)
{
  for (guint i = 0; info->methods != NULL && info->methods[i] != NULL; i++)
    if (platter_methods_get_access (info->name, info->methods[i]->name) == PLATTER_ACCESS_NONE)
      {
        g_set_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_FAILED,
                     "The method %s of %s has no entry that says who may call it.",
                     info->methods[i]->name, info->name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
methods_register (PlatterService *service,
                  const char *path,
                  GDBusInterfaceInfo *info,
                  GError **error)
{
  return methods_check (info, error)
         && g_dbus_connection_register_object (service->connection, path, info, &methods_vtable,
                                               service, NULL, error)
              != 0;
}

gboolean
platter_methods_export (PlatterService *service, GError **error)
{
  g_autoptr (GDBusNodeInfo) manager
    = g_dbus_node_info_new_for_xml (methods_object_manager_xml, error);

  return manager != NULL
         && methods_register (service, PLATTER_OBJECT_MANAGER_PATH, manager->interfaces[0], error)
         && methods_register (service, PLATTER_HELPER_PATH,
                              platter_interface_get (PLATTER_HELPER_INTERFACE), error)
         && methods_check (platter_interface_get (PLATTER_JOB_INTERFACE), error)
         && g_dbus_connection_register_subtree (
              service->connection, METHODS_JOBS_PATH, &methods_jobs_vtable,
              G_DBUS_SUBTREE_FLAGS_DISPATCH_TO_UNENUMERATED_NODES, service, NULL, error)
              != 0;
}
