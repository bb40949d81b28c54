// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the helper asks of UDisks2.

#include "udisks.h"

#include <string.h>

#include "dbus/errors.h"
#include "device/errors.h"
#include "device/identity.h"

#define UDISKS_NAME "org.freedesktop.UDisks2"
#define UDISKS_BLOCK "org.freedesktop.UDisks2.Block"
#define UDISKS_DRIVE "org.freedesktop.UDisks2.Drive"
#define UDISKS_FILESYSTEM "org.freedesktop.UDisks2.Filesystem"
#define UDISKS_PROPERTIES "org.freedesktop.DBus.Properties"
/* Unmounting writes out what is cached, which takes long on a slow stick. */
#define UDISKS_UNMOUNT_TIMEOUT_MS (10 * 60 * 1000)
#define UDISKS_RESCAN_TIMEOUT_MS (10 * 1000)
/* A file system may be mounted more than once, each time over the last; something may mount it again as often. */
#define UDISKS_MAX_MORE 32

static GVariant *
udisks_get_property (
  GDBusConnection *bus, const char *object, const char *interface, const char *name, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  GVariant *value = NULL;

  reply = g_dbus_connection_call_sync (
    bus, UDISKS_NAME, object, UDISKS_PROPERTIES, "Get", g_variant_new ("(ss)", interface, name),
    G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);
  if (reply != NULL)
    g_variant_get (reply, "(v)", &value);
  return value;
}

static gboolean
udisks_fail_serial (GError **error, PlatterDeviceError code, const char *object, const char *why)
{
  g_set_error (error, PLATTER_DEVICE_ERROR, (int)code,
               "UDisks2’s object %s is not the drive that was chosen any more: %s. Look at the "
               "list of drives and choose again.",
               object, why);
  return FALSE;
}

gboolean
platter_udisks_dup_serial (
  GDBusConnection *bus, const char *object, dev_t number, char **serial, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GVariant) found = NULL;
  g_autoptr (GVariant) drive = NULL;
  g_autoptr (GVariant) value = NULL;

  *serial = NULL;
  found = udisks_get_property (bus, object, UDISKS_BLOCK, "DeviceNumber", &local);
  if (found == NULL)
    return udisks_fail_serial (error, PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE, object, local->message);
  if (!g_variant_is_of_type (found, G_VARIANT_TYPE_UINT64)
      || g_variant_get_uint64 (found) != number)
    return udisks_fail_serial (error, PLATTER_DEVICE_ERROR_IDENTITY_CHANGED, object,
                               "it has another device number");
  drive = udisks_get_property (bus, object, UDISKS_BLOCK, "Drive", &local);
  if (drive == NULL)
    return udisks_fail_serial (error, PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE, object, local->message);
  if (g_strcmp0 (g_variant_get_string (drive, NULL), "/") == 0)
    return TRUE;
  value
    = udisks_get_property (bus, g_variant_get_string (drive, NULL), UDISKS_DRIVE, "Serial", &local);
  if (value == NULL)
    return udisks_fail_serial (error, PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE, object, local->message);
  *serial = g_variant_dup_string (value, NULL);
  return TRUE;
}

static char *
udisks_dup_object (GDBusConnection *bus, const char *path, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  g_auto (GStrv) objects = NULL;
  GVariantDict device;

  g_variant_dict_init (&device, NULL);
  g_variant_dict_insert (&device, "path", "s", path);
  reply = g_dbus_connection_call_sync (
    bus, UDISKS_NAME, "/org/freedesktop/UDisks2/Manager", "org.freedesktop.UDisks2.Manager",
    "ResolveDevice", g_variant_new ("(@a{sv}a{sv})", g_variant_dict_end (&device), NULL),
    G_VARIANT_TYPE ("(ao)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);
  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(^ao)", &objects);
  if (objects[0] == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "UDisks2 does not know %s.", path);
  return g_strdup (objects[0]);
}

static char *
udisks_dup_path (dev_t number)
{
  g_autofree char *folder = platter_sysfs_dup_folder (&platter_device_roots_real, number);
  g_autofree char *name = platter_sysfs_dup_node_name (folder);

  return name != NULL ? g_build_filename (platter_device_roots_real.dev, name, NULL) : NULL;
}

static gboolean
udisks_lies_on (const PlatterMount *mount, dev_t number)
{
  g_autoptr (GArray) one = g_array_new (FALSE, FALSE, sizeof (dev_t));

  g_array_append_val (one, number);
  return platter_device_numbers_meet (mount->numbers, one);
}

/* Not by the name that it was mounted by: whoever made that may have made it of another drive since. But UDisks2 knows the mount of
   a btrfs on several drives only of the one that it was mounted by. */
static char *
udisks_dup_node (const PlatterDevice *device, const PlatterMount *mount)
{
  dev_t source = platter_sysfs_find_node (&platter_device_roots_real, mount->source);
  char *path = NULL;

  if (mount->numbers->len > 1 && source != 0 && udisks_lies_on (mount, source))
    path = udisks_dup_path (source);
  for (guint i = 0; i < device->numbers->len && path == NULL; i++)
    {
      dev_t number = g_array_index (device->numbers, dev_t, i);

      if (udisks_lies_on (mount, number))
        path = udisks_dup_path (number);
    }
  return path != NULL ? path : g_strdup (mount->source);
}

static gboolean
udisks_unmount_once (GDBusConnection *bus, const char *object, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "auth.no_user_interaction", "b", TRUE);
  reply = g_dbus_connection_call_sync (bus, UDISKS_NAME, object, UDISKS_FILESYSTEM, "Unmount",
                                       g_variant_new ("(@a{sv})", g_variant_dict_end (&options)),
                                       G_VARIANT_TYPE_UNIT, G_DBUS_CALL_FLAGS_NONE,
                                       UDISKS_UNMOUNT_TIMEOUT_MS, NULL, error);
  return reply != NULL;
}

static gboolean
udisks_fail_unmount (GError **error, const PlatterMount *mount, const char *why)
{
  g_set_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_UNMOUNT_FAILED,
               "“%s” could not be unmounted: %s. Close what uses it and try again.", mount->point,
               why);
  return FALSE;
}

/* Returns: (transfer full): or %NULL, if it is not the drive that was chosen any more. */
static PlatterDevice *
udisks_look (PlatterDeviceView *view, const PlatterRequestSide *drive, GError **error)
{
  const PlatterDeviceIdentity expected = {
    .number = drive->number,
    .diskseq = drive->diskseq,
    .size_bytes = drive->size_bytes,
  };
  g_autoptr (PlatterDevice) now = platter_device_new (view, drive->number, error);

  return now != NULL && platter_device_identity_compare (now, NULL, &expected, error)
           ? g_steal_pointer (&now)
           : NULL;
}

static gboolean
udisks_check_same (const PlatterRequestSide *drive, GError **error)
{
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (NULL, error);
  g_autoptr (PlatterDevice) now = view != NULL ? udisks_look (view, drive, error) : NULL;

  return now != NULL;
}

static gboolean
udisks_unmount_last (GDBusConnection *bus,
                     const PlatterRequestSide *drive,
                     const PlatterDevice *device,
                     GError **error)
{
  const PlatterMount *mount = g_ptr_array_index (device->mounts, device->mounts->len - 1);
  g_autoptr (GError) local = NULL;
  g_autofree char *node = udisks_dup_node (device, mount);
  g_autofree char *object = NULL;

  if (bus == NULL)
    return udisks_fail_unmount (error, mount, "that needs UDisks2, which is not there");
  object = udisks_dup_object (bus, node, &local);
  /* UDisks2 may have taken its time, and unmounts whatever has the node by now. */
  if (object != NULL && !udisks_check_same (drive, error))
    return FALSE;
  if (object != NULL && udisks_unmount_once (bus, object, &local))
    return TRUE;
  g_dbus_error_strip_remote_error (local);
  return udisks_fail_unmount (error, mount, local->message);
}

gboolean
platter_udisks_unmount (GDBusConnection *bus, const PlatterRequestSide *drive, GError **error)
{
  g_autofree char *path = NULL;
  guint n_left = G_MAXUINT;
  guint n_more = 0;

  while (n_more < UDISKS_MAX_MORE)
    {
      g_autoptr (PlatterDeviceView) view = platter_device_view_new (NULL, error);
      g_autoptr (PlatterDevice) now = view != NULL ? udisks_look (view, drive, error) : NULL;

      if (now == NULL)
        return FALSE;
      if (now->mounts->len == 0)
        return TRUE;
      n_more += now->mounts->len >= n_left ? 1 : 0;
      n_left = now->mounts->len;
      if (!udisks_unmount_last (bus, drive, now, error))
        return FALSE;
      g_free (path);
      path = g_strdup (now->path);
    }
  g_set_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_UNMOUNT_FAILED,
               "%s is mounted again and again. Find out what mounts it and try again.", path);
  return FALSE;
}

void
platter_udisks_rescan (GDBusConnection *bus, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *object = bus != NULL ? udisks_dup_object (bus, path, &error) : NULL;

  /* Rescan returns when the drive's own event was handled; udev handles it after those of its partitions. */
  if (object != NULL)
    reply = g_dbus_connection_call_sync (
      bus, UDISKS_NAME, object, UDISKS_BLOCK, "Rescan", g_variant_new ("(a{sv})", NULL),
      G_VARIANT_TYPE_UNIT, G_DBUS_CALL_FLAGS_NONE, UDISKS_RESCAN_TIMEOUT_MS, NULL, &error);
  if (error != NULL)
    g_debug ("UDisks2 did not look at %s anew: %s", path, error->message);
}
