// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Ejecting a drive through UDisks2.

#include "config.h"

#include "eject.h"

#define UDISKS_NAME "org.freedesktop.UDisks2"

static void
eject_call (GTask *task,
            const char *path,
            const char *interface,
            const char *method,
            GVariant *arguments,
            GAsyncReadyCallback callback)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);

  if (bus == NULL)
    {
      g_variant_unref (g_variant_ref_sink (arguments));
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
      return;
    }
  g_dbus_connection_call (bus, UDISKS_NAME, path, interface, method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, callback, task);
}

static GVariant *
eject_call_finish (GObject *object, GAsyncResult *result, GTask *task)
{
  GError *error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  if (reply == NULL)
    g_task_return_error (task, error);
  return reply;
}

static void
eject_properties_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  g_autoptr (GVariant) reply = eject_call_finish (object, result, task);
  g_autoptr (GVariant) properties = NULL;
  gboolean is_ejectable = FALSE;

  if (reply == NULL)
    return;
  g_variant_get (reply, "(@a{sv})", &properties);
  g_variant_lookup (properties, "Ejectable", "b", &is_ejectable);
  g_task_return_pointer (task, is_ejectable ? g_strdup (g_task_get_task_data (task)) : NULL,
                         g_free);
}

static void
eject_drive_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  g_autoptr (GVariant) reply = eject_call_finish (object, result, task);
  g_autoptr (GVariant) value = NULL;

  if (reply == NULL)
    return;
  g_variant_get (reply, "(v)", &value);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH)
      || g_strcmp0 (g_variant_get_string (value, NULL), "/") == 0)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }

  g_autofree char *path = g_variant_dup_string (value, NULL);
  g_task_set_task_data (task, g_strdup (path), g_free);
  eject_call (g_steal_pointer (&task), path, "org.freedesktop.DBus.Properties", "GetAll",
              g_variant_new ("(s)", UDISKS_NAME ".Drive"), eject_properties_cb);
}

void
platter_eject_check_async (const char *object_path,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  eject_call (g_task_new (NULL, NULL, callback, user_data), object_path,
              "org.freedesktop.DBus.Properties", "Get",
              g_variant_new ("(ss)", UDISKS_NAME ".Block", "Drive"), eject_drive_cb);
}

char *
platter_eject_check_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

static void
eject_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  g_autoptr (GVariant) reply = eject_call_finish (object, result, task);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
}

void
platter_eject_async (const char *drive_path, GAsyncReadyCallback callback, gpointer user_data)
{
  eject_call (g_task_new (NULL, NULL, callback, user_data), drive_path, UDISKS_NAME ".Drive",
              "Eject", g_variant_new ("(a{sv})", NULL), eject_done_cb);
}

gboolean
platter_eject_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
