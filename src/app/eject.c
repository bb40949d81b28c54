// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Ejecting a drive through UDisks2. The desktop has mounted what was copied by then, and a mounted drive cannot be ejected.

#include "config.h"

#include "eject.h"

#define UDISKS_NAME "org.freedesktop.UDisks2"
#define UDISKS_BLOCK UDISKS_NAME ".Block"
#define UDISKS_ENCRYPTED UDISKS_NAME ".Encrypted"
#define UDISKS_FILESYSTEM UDISKS_NAME ".Filesystem"

/* Unmounting ends when all is written, which takes minutes on a slow stick. */
#define EJECT_LIMIT_MS G_MAXINT

/* What there is of UDisks2's objects, and of those of one drive. */
typedef struct
{
  GDBusConnection *bus;
  GVariant *objects; /* a{oa{sa{sv}}} */
  const char *drive_path;
} EjectView;

static void
eject_view_clear (EjectView *self)
{
  g_clear_pointer (&self->objects, g_variant_unref);
  g_clear_object (&self->bus);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EjectView, eject_view_clear)

static GVariant *
eject_call (GDBusConnection *bus,
            const char *path,
            const char *interface,
            const char *method,
            GVariant *arguments,
            const char *type,
            GError **error)
{
  return g_dbus_connection_call_sync (bus, UDISKS_NAME, path, interface, method, arguments,
                                      G_VARIANT_TYPE (type), G_DBUS_CALL_FLAGS_NONE, EJECT_LIMIT_MS,
                                      NULL, error);
}

static gboolean
eject_view_look (EjectView *self, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  self->bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, error);
  if (self->bus != NULL)
    reply = eject_call (self->bus, "/org/freedesktop/UDisks2", "org.freedesktop.DBus.ObjectManager",
                        "GetManagedObjects", NULL, "(a{oa{sa{sv}}})", error);
  if (reply == NULL)
    return FALSE;
  self->objects = g_variant_get_child_value (reply, 0);
  return TRUE;
}

/* Returns: (transfer full) (nullable) */
static GVariant *
eject_view_lookup (
  EjectView *self, const char *path, const char *interface, const char *property, const char *type)
{
  g_autoptr (GVariant) interfaces
    = g_variant_lookup_value (self->objects, path, G_VARIANT_TYPE ("a{sa{sv}}"));
  g_autoptr (GVariant) properties
    = interfaces != NULL ? g_variant_lookup_value (interfaces, interface, G_VARIANT_TYPE_VARDICT)
                         : NULL;

  return properties != NULL ? g_variant_lookup_value (properties, property, G_VARIANT_TYPE (type))
                            : NULL;
}

/* Returns: (transfer full) (nullable): the path of another object, if there is one */
static char *
eject_view_dup_other (EjectView *self, const char *path, const char *property)
{
  g_autoptr (GVariant) other = eject_view_lookup (self, path, UDISKS_BLOCK, property, "o");

  if (other == NULL || g_str_equal (g_variant_get_string (other, NULL), "/"))
    return NULL;
  return g_variant_dup_string (other, NULL);
}

/* What was unlocked of it is a block device of no drive. */
static gboolean
eject_view_is_of_drive (EjectView *self, const char *path)
{
  g_autofree char *locked = eject_view_dup_other (self, path, "CryptoBackingDevice");
  g_autofree char *drive = eject_view_dup_other (self, locked != NULL ? locked : path, "Drive");

  return g_strcmp0 (drive, self->drive_path) == 0;
}

/* It may be mounted at several places. */
static gboolean
eject_view_unmount (EjectView *self, const char *path, GError **error)
{
  g_autoptr (GVariant) points
    = eject_view_lookup (self, path, UDISKS_FILESYSTEM, "MountPoints", "aay");
  g_autofree char *locked = eject_view_dup_other (self, path, "CryptoBackingDevice");
  gsize n_points = points != NULL ? g_variant_n_children (points) : 0;

  for (gsize i = 0; i < n_points; i++)
    {
      g_autoptr (GVariant) reply = eject_call (self->bus, path, UDISKS_FILESYSTEM, "Unmount",
                                               g_variant_new ("(a{sv})", NULL), "()", error);

      if (reply == NULL)
        return FALSE;
    }
  if (locked != NULL)
    {
      g_autoptr (GVariant) reply = eject_call (self->bus, locked, UDISKS_ENCRYPTED, "Lock",
                                               g_variant_new ("(a{sv})", NULL), "()", error);

      return reply != NULL;
    }
  return TRUE;
}

static gboolean
eject_view_unmount_all (EjectView *self, GError **error)
{
  GVariantIter objects;
  const char *path = NULL;

  g_variant_iter_init (&objects, self->objects);
  while (g_variant_iter_next (&objects, "{&o@a{sa{sv}}}", &path, NULL))
    if (eject_view_is_of_drive (self, path) && !eject_view_unmount (self, path, error))
      return FALSE;
  return TRUE;
}

static void
eject_check_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_auto (EjectView) view = { NULL, NULL, NULL };
  g_autofree char *drive = NULL;
  g_autoptr (GVariant) is_ejectable = NULL;
  GError *error = NULL;

  if (!eject_view_look (&view, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  drive = eject_view_dup_other (&view, data, "Drive");
  is_ejectable = drive != NULL
                   ? eject_view_lookup (&view, drive, UDISKS_NAME ".Drive", "Ejectable", "b")
                   : NULL;
  g_task_return_pointer (
    task,
    is_ejectable != NULL && g_variant_get_boolean (is_ejectable) ? g_steal_pointer (&drive) : NULL,
    g_free);
}

static void
eject_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_auto (EjectView) view = { NULL, NULL, data };
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;

  if (eject_view_look (&view, &error) && eject_view_unmount_all (&view, &error))
    reply = eject_call (view.bus, data, UDISKS_NAME ".Drive", "Eject",
                        g_variant_new ("(a{sv})", NULL), "()", &error);
  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
eject_run (const char *path, GTaskThreadFunc run, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, run);
}

void
platter_eject_check_async (const char *object_path,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  eject_run (object_path, eject_check_thread, callback, user_data);
}

char *
platter_eject_check_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

void
platter_eject_async (const char *drive_path, GAsyncReadyCallback callback, gpointer user_data)
{
  eject_run (drive_path, eject_thread, callback, user_data);
}

gboolean
platter_eject_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
