// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The connection to the helper: on the system bus, or a helper of our own at the other end of a socket.

#include "config.h"

#include "helper.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "../dbus/errors.h"
#include "../dbus/names.h"
#include "helper-embedded.h"
#include "helper-private.h"
#include "job-private.h"

struct _PlatterHelper
{
  GObject parent_instance;
  GDBusConnection *connection;
  char *bus_name; /* the helper's unique name; NULL on a connection of our own */
  GListStore *jobs;
  GHashTable *by_path; /* (element-type utf8 PlatterJob): also those still loading */
  GTask *connecting;
  guint n_loading;
  guint subscription;
  guint watch;
  gboolean is_connected;
};

G_DEFINE_FINAL_TYPE (PlatterHelper, platter_helper, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_IS_EMBEDDED,
  PROP_IS_CONNECTED,
  N_PROPS,
};

enum
{
  SIGNAL_VANISHED,
  N_SIGNALS,
};

static GParamSpec *helper_props[N_PROPS];
static guint helper_signals[N_SIGNALS];

static void
helper_dispose (GObject *object)
{
  PlatterHelper *self = PLATTER_HELPER (object);

  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  self->subscription = 0;
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  g_hash_table_remove_all (self->by_path);
  g_list_store_remove_all (self->jobs);
  G_OBJECT_CLASS (platter_helper_parent_class)->dispose (object);
}

static void
helper_finalize (GObject *object)
{
  PlatterHelper *self = PLATTER_HELPER (object);

  g_object_unref (self->jobs);
  g_hash_table_unref (self->by_path);
  g_free (self->bus_name);
  G_OBJECT_CLASS (platter_helper_parent_class)->finalize (object);
}

static void
helper_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PlatterHelper *self = PLATTER_HELPER (object);

  if (id == PROP_IS_EMBEDDED)
    g_value_set_boolean (value, platter_helper_is_embedded (self));
  else if (id == PROP_IS_CONNECTED)
    g_value_set_boolean (value, self->is_connected);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
platter_helper_class_init (PlatterHelperClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = helper_dispose;
  object_class->finalize = helper_finalize;
  object_class->get_property = helper_get_property;

  helper_props[PROP_IS_EMBEDDED] = g_param_spec_boolean ("is-embedded", NULL, NULL, FALSE, flags);
  helper_props[PROP_IS_CONNECTED] = g_param_spec_boolean ("is-connected", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, helper_props);
  helper_signals[SIGNAL_VANISHED] = g_signal_new (
    "vanished", PLATTER_TYPE_HELPER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  platter_errors_register ();
}

static void
platter_helper_init (PlatterHelper *self)
{
  self->jobs = g_list_store_new (PLATTER_TYPE_JOB);
  self->by_path = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

static void
helper_fail_connecting (PlatterHelper *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->connecting);

  if (task != NULL)
    g_task_return_error (task, error);
  else
    g_error_free (error);
}

static void
helper_finish_connecting (PlatterHelper *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->connecting == NULL || self->n_loading > 0)
    return;
  task = g_steal_pointer (&self->connecting);
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

static void
helper_vanish (PlatterHelper *self)
{
  guint n_jobs = g_list_model_get_n_items (G_LIST_MODEL (self->jobs));
  g_autoptr (PlatterHelper) alive = g_object_ref (self);

  if (!self->is_connected)
    return;
  self->is_connected = FALSE;
  for (guint i = 0; i < n_jobs; i++)
    {
      g_autoptr (PlatterJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);

      if (job != NULL)
        platter_job_lose (job);
    }
  g_object_notify_by_pspec (G_OBJECT (self), helper_props[PROP_IS_CONNECTED]);
  g_signal_emit (self, helper_signals[SIGNAL_VANISHED], 0);
}

static void
helper_vanished_cb (GDBusConnection *connection, const char *name, gpointer user_data)
{
  helper_vanish (PLATTER_HELPER (user_data));
}

static void
helper_closed_cb (PlatterHelper *self, gboolean remote_peer_vanished, GError *error)
{
  helper_vanish (self);
}

static int
helper_compare_jobs (gconstpointer a, gconstpointer b, gpointer user_data)
{
  guint first = platter_job_get_id (PLATTER_JOB ((gpointer)a));
  guint second = platter_job_get_id (PLATTER_JOB ((gpointer)b));

  return first > second ? -1 : first < second;
}

static void
helper_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterHelper) self = user_data;
  PlatterJob *job = PLATTER_JOB (source);
  const char *path = platter_job_get_object_path (job);

  self->n_loading--;
  /* One that was released in the meantime has nothing to load any more. */
  if (!platter_job_load_finish (job, result, NULL))
    g_hash_table_remove (self->by_path, path);
  else if (g_hash_table_contains (self->by_path, path)
           && !g_list_store_find (self->jobs, job, NULL))
    g_list_store_insert_sorted (self->jobs, job, helper_compare_jobs, NULL);
  helper_finish_connecting (self);
}

PlatterJob *
platter_helper_add_job (PlatterHelper *self, const char *path)
{
  PlatterJob *job = g_hash_table_lookup (self->by_path, path);

  if (job != NULL)
    return job;
  job = platter_job_new (self->connection, self->bus_name, path);
  g_hash_table_insert (self->by_path, g_strdup (path), job);
  self->n_loading++;
  platter_job_load_async (job, helper_loaded_cb, g_object_ref (self));
  return job;
}

static void
helper_remove_job (PlatterHelper *self, const char *path)
{
  PlatterJob *job = g_hash_table_lookup (self->by_path, path);
  guint position = 0;

  if (job == NULL)
    return;
  platter_job_forget_resumable (job);
  if (g_list_store_find (self->jobs, job, &position))
    g_list_store_remove (self->jobs, position);
  g_hash_table_remove (self->by_path, path);
}

static void
helper_update_job (PlatterHelper *self, const char *path, GVariant *parameters)
{
  PlatterJob *job = g_hash_table_lookup (self->by_path, path);
  g_autoptr (GVariant) changed = NULL;

  if (job == NULL || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  changed = g_variant_get_child_value (parameters, 1);
  platter_job_update (job, changed);
}

static void
helper_update_targets (PlatterHelper *self, const char *path, GVariant *parameters)
{
  PlatterJob *job = g_hash_table_lookup (self->by_path, path);
  g_autoptr (GVariant) targets = NULL;

  if (job == NULL || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(aa{sv})")))
    return;
  targets = g_variant_get_child_value (parameters, 0);
  platter_job_update_targets (job, targets);
}

static void
helper_signal_cb (GDBusConnection *connection,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *signal,
                  GVariant *parameters,
                  gpointer user_data)
{
  PlatterHelper *self = PLATTER_HELPER (user_data);
  g_autoptr (GVariant) first = NULL;

  if (g_str_equal (signal, "PropertiesChanged"))
    {
      helper_update_job (self, path, parameters);
      return;
    }
  if (g_str_equal (signal, "TargetsChanged"))
    {
      helper_update_targets (self, path, parameters);
      return;
    }
  if (!g_str_equal (interface, "org.freedesktop.DBus.ObjectManager")
      || g_variant_n_children (parameters) == 0)
    return;
  first = g_variant_get_child_value (parameters, 0);
  if (!g_variant_is_of_type (first, G_VARIANT_TYPE_OBJECT_PATH)
      || !g_str_has_prefix (g_variant_get_string (first, NULL), PLATTER_JOB_PATH_PREFIX))
    return;
  if (g_str_equal (signal, "InterfacesAdded"))
    platter_helper_add_job (self, g_variant_get_string (first, NULL));
  else if (g_str_equal (signal, "InterfacesRemoved"))
    helper_remove_job (self, g_variant_get_string (first, NULL));
}

static void
helper_objects_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterHelper) self = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariantIter) objects = NULL;
  const char *path = NULL;

  if (reply == NULL)
    {
      helper_fail_connecting (self, error);
      return;
    }
  g_variant_get (reply, "(a{oa{sa{sv}}})", &objects);
  while (g_variant_iter_next (objects, "{&o@a{sa{sv}}}", &path, NULL))
    if (g_str_has_prefix (path, PLATTER_JOB_PATH_PREFIX))
      platter_helper_add_job (self, path);
  self->is_connected = TRUE;
  helper_finish_connecting (self);
}

static void
helper_subscribed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterHelper) self = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    {
      helper_fail_connecting (self, error);
      return;
    }
  g_dbus_connection_call (self->connection, self->bus_name, PLATTER_OBJECT_MANAGER_PATH,
                          "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
                          G_VARIANT_TYPE ("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                          helper_objects_cb, g_object_ref (self));
}

/* First listen, then subscribe, then ask what is there: nothing can get lost in between. */
static void
helper_subscribe (PlatterHelper *self)
{
  if (self->bus_name != NULL)
    self->watch = g_bus_watch_name_on_connection (self->connection, self->bus_name,
                                                  G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                  helper_vanished_cb, self, NULL);
  g_signal_connect_object (self->connection, "closed", G_CALLBACK (helper_closed_cb), self,
                           G_CONNECT_SWAPPED);
  self->subscription
    = g_dbus_connection_signal_subscribe (self->connection, self->bus_name, NULL, NULL, NULL, NULL,
                                          G_DBUS_SIGNAL_FLAGS_NONE, helper_signal_cb, self, NULL);
  g_dbus_connection_call (self->connection, self->bus_name, PLATTER_HELPER_PATH,
                          PLATTER_HELPER_INTERFACE, "Subscribe", NULL, NULL, G_DBUS_CALL_FLAGS_NONE,
                          -1, NULL, helper_subscribed_cb, g_object_ref (self));
}

static void
helper_connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterHelper) self = user_data;
  GError *error = NULL;

  self->connection = g_dbus_connection_new_finish (result, &error);
  if (self->connection == NULL)
    helper_fail_connecting (self, error);
  else
    helper_subscribe (self);
}

static void
helper_embed (PlatterHelper *self)
{
  GError *error = NULL;
  g_autoptr (GIOStream) stream = platter_helper_embedded_spawn (&error);

  if (stream == NULL)
    helper_fail_connecting (self, error);
  else
    g_dbus_connection_new (stream, NULL, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL,
                           helper_connected_cb, g_object_ref (self));
}

/* The helper there may still be at work, on drives that one of our own would know nothing of. */
static void
helper_fail_with_bus (PlatterHelper *self)
{
  helper_fail_connecting (
    self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED,
                               _ ("The system bus went away, and Platter's helper cannot be "
                                  "reached. Close Platter and open it again.")));
}

/* There is none on the bus: @error tells why. */
static void
helper_do_without_bus (PlatterHelper *self, const GError *error)
{
  PlatterHelperMode mode = GPOINTER_TO_UINT (g_task_get_task_data (self->connecting));

  if (mode == PLATTER_HELPER_AUTO && geteuid () == 0)
    helper_embed (self);
  else
    helper_fail_connecting (
      self, g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         _ ("Platter's helper cannot be reached on the system bus (%s). Install "
                            "Platter completely, or run this as root."),
                         error->message));
}

static void
helper_owner_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterHelper) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    {
      helper_fail_connecting (self, g_steal_pointer (&error));
      return;
    }
  g_variant_get (reply, "(s)", &self->bus_name);
  helper_subscribe (self);
}

static void
helper_started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterHelper) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL && g_dbus_connection_is_closed (self->connection))
    {
      helper_fail_with_bus (self);
      return;
    }
  if (reply == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_clear_object (&self->connection);
      helper_do_without_bus (self, error);
      return;
    }
  /* Its unique name stands for this very process: signals of nobody else are listened to. */
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", "GetNameOwner",
                          g_variant_new ("(s)", PLATTER_HELPER_BUS_NAME), G_VARIANT_TYPE ("(s)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, helper_owner_cb, g_object_ref (self));
}

static void
helper_bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterHelper) self = user_data;
  g_autoptr (GError) error = NULL;

  self->connection = g_bus_get_finish (result, &error);
  if (self->connection == NULL)
    {
      helper_do_without_bus (self, error);
      return;
    }
  g_dbus_connection_set_exit_on_close (self->connection, FALSE);
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", "StartServiceByName",
                          g_variant_new ("(su)", PLATTER_HELPER_BUS_NAME, 0),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                          helper_started_cb, g_object_ref (self));
}

void
platter_helper_connect_async (PlatterHelperMode mode,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (PlatterHelper) self = g_object_new (PLATTER_TYPE_HELPER, NULL);

  self->connecting = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_task_data (self->connecting, GUINT_TO_POINTER (mode), NULL);
  if (mode == PLATTER_HELPER_EMBEDDED)
    helper_embed (self);
  else
    g_bus_get (G_BUS_TYPE_SYSTEM, cancellable, helper_bus_cb, g_object_ref (self));
}

PlatterHelper *
platter_helper_connect_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
platter_helper_is_embedded (PlatterHelper *self)
{
  return self->bus_name == NULL;
}

gboolean
platter_helper_is_connected (PlatterHelper *self)
{
  return self->is_connected;
}

GListModel *
platter_helper_get_jobs (PlatterHelper *self)
{
  return G_LIST_MODEL (self->jobs);
}

PlatterJob *
platter_helper_find_job (PlatterHelper *self, guint id)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs)); i++)
    {
      g_autoptr (PlatterJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);

      if (platter_job_get_id (job) == id)
        return job;
    }
  return NULL;
}

GDBusConnection *
platter_helper_get_connection (PlatterHelper *self)
{
  return self->connection;
}

const char *
platter_helper_get_bus_name (PlatterHelper *self)
{
  return self->bus_name;
}
