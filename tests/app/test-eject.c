// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is asked of UDisks2 to eject a drive. Nothing that can be made here can be ejected, so a UDisks2 of our own is asked, which has
// the real one's interfaces.

#include "app/eject.h"

#include <udisks/udisks.h>

#define ROOT "/org/freedesktop/UDisks2"
#define STICK ROOT "/drives/stick"
#define OTHER ROOT "/drives/other"
#define FIXED ROOT "/drives/fixed"

typedef struct
{
  GDBusObjectManagerServer *objects;
  GMainLoop *loop;
  GString *asked; /* what was asked, in order */
  gboolean is_busy;
  gboolean is_done;
  GError *error;
} Fixture;

static gboolean
eject_cb (UDisksDrive *drive, GDBusMethodInvocation *invocation, GVariant *options, Fixture *self)
{
  g_string_append (self->asked, "eject ");
  udisks_drive_complete_eject (drive, invocation);
  return TRUE;
}

static gboolean
unmount_cb (UDisksFilesystem *filesystem,
            GDBusMethodInvocation *invocation,
            GVariant *options,
            Fixture *self)
{
  g_autofree char *name
    = g_path_get_basename (g_dbus_method_invocation_get_object_path (invocation));

  g_string_append_printf (self->asked, "unmount %s ", name);
  if (self->is_busy)
    g_dbus_method_invocation_return_error (invocation, UDISKS_ERROR, UDISKS_ERROR_DEVICE_BUSY,
                                           "target is busy");
  else
    udisks_filesystem_complete_unmount (filesystem, invocation);
  return TRUE;
}

static gboolean
lock_cb (UDisksEncrypted *encrypted,
         GDBusMethodInvocation *invocation,
         GVariant *options,
         Fixture *self)
{
  g_string_append (self->asked, "lock ");
  udisks_encrypted_complete_lock (encrypted, invocation);
  return TRUE;
}

static void
add_drive (Fixture *self, const char *path, gboolean is_ejectable)
{
  g_autoptr (UDisksObjectSkeleton) object = udisks_object_skeleton_new (path);
  g_autoptr (UDisksDrive) drive = udisks_drive_skeleton_new ();

  udisks_drive_set_ejectable (drive, is_ejectable);
  g_signal_connect (drive, "handle-eject", G_CALLBACK (eject_cb), self);
  udisks_object_skeleton_set_drive (object, drive);
  g_dbus_object_manager_server_export (self->objects, G_DBUS_OBJECT_SKELETON (object));
}

/* A block device of a drive, or what was unlocked of one; mounted at a number of places. */
static void
add_block (Fixture *self, const char *name, const char *drive, const char *locked, guint n_points)
{
  g_autofree char *path = g_strconcat (ROOT "/block_devices/", name, NULL);
  g_autoptr (UDisksObjectSkeleton) object = udisks_object_skeleton_new (path);
  g_autoptr (UDisksBlock) block = udisks_block_skeleton_new ();
  g_autoptr (UDisksFilesystem) filesystem = udisks_filesystem_skeleton_new ();
  g_autoptr (UDisksEncrypted) encrypted = udisks_encrypted_skeleton_new ();
  const char *const points[] = { "/media/a", "/media/b", NULL };

  udisks_block_set_drive (block, drive);
  udisks_block_set_crypto_backing_device (block, locked);
  udisks_filesystem_set_mount_points (filesystem, &points[2 - n_points]);
  g_signal_connect (filesystem, "handle-unmount", G_CALLBACK (unmount_cb), self);
  g_signal_connect (encrypted, "handle-lock", G_CALLBACK (lock_cb), self);
  udisks_object_skeleton_set_block (object, block);
  udisks_object_skeleton_set_filesystem (object, filesystem);
  udisks_object_skeleton_set_encrypted (object, encrypted);
  g_dbus_object_manager_server_export (self->objects, G_DBUS_OBJECT_SKELETON (object));
}

static void
fixture_set_up (Fixture *self, gconstpointer bus)
{
  self->loop = g_main_loop_new (NULL, FALSE);
  self->asked = g_string_new (NULL);
  self->objects = g_dbus_object_manager_server_new (ROOT);
  add_drive (self, STICK, TRUE);
  add_drive (self, OTHER, TRUE);
  add_drive (self, FIXED, FALSE);
  g_dbus_object_manager_server_set_connection (self->objects, G_DBUS_CONNECTION (bus));
}

static void
fixture_tear_down (Fixture *self, gconstpointer bus)
{
  g_dbus_object_manager_server_set_connection (self->objects, NULL);
  g_object_unref (self->objects);
  g_main_loop_unref (self->loop);
  g_string_free (self->asked, TRUE);
  g_clear_error (&self->error);
}

static void
ejected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *self = data;

  self->is_done = platter_eject_finish (result, &self->error);
  g_main_loop_quit (self->loop);
}

static void
fixture_eject (Fixture *self)
{
  platter_eject_async (STICK, ejected_cb, self);
  g_main_loop_run (self->loop);
}

static void
test_what_is_mounted (Fixture *self, gconstpointer bus)
{
  add_block (self, "sdb", STICK, "/", 0);
  add_block (self, "sdb1", STICK, "/", 2);
  add_block (self, "sdc1", OTHER, "/", 1);
  fixture_eject (self);
  g_assert_no_error (self->error);
  g_assert_true (self->is_done);
  g_assert_cmpstr (self->asked->str, ==, "unmount sdb1 unmount sdb1 eject ");
}

static void
test_what_was_unlocked (Fixture *self, gconstpointer bus)
{
  add_block (self, "sdb1", STICK, "/", 0);
  add_block (self, "dm_0", "/", ROOT "/block_devices/sdb1", 1);
  fixture_eject (self);
  g_assert_no_error (self->error);
  g_assert_cmpstr (self->asked->str, ==, "unmount dm_0 lock eject ");
}

static void
test_what_is_busy (Fixture *self, gconstpointer bus)
{
  add_block (self, "sdb1", STICK, "/", 1);
  self->is_busy = TRUE;
  fixture_eject (self);
  g_assert_false (self->is_done);
  g_assert_error (self->error, UDISKS_ERROR, UDISKS_ERROR_DEVICE_BUSY);
  g_assert_cmpstr (self->asked->str, ==, "unmount sdb1 ");
}

typedef struct
{
  GMainLoop *loop;
  char *drive;
} Checked;

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Checked *checked = data;

  checked->drive = platter_eject_check_finish (result);
  g_main_loop_quit (checked->loop);
}

static char *
fixture_check (Fixture *self, const char *path)
{
  Checked checked = { self->loop, NULL };

  platter_eject_check_async (path, checked_cb, &checked);
  g_main_loop_run (self->loop);
  return checked.drive;
}

static void
test_what_can_be (Fixture *self, gconstpointer data)
{
  g_autofree char *stick = NULL;
  g_autofree char *fixed = NULL;
  g_autofree char *of_no_drive = NULL;
  g_autofree char *gone = NULL;

  add_block (self, "sdb", STICK, "/", 0);
  add_block (self, "sda", FIXED, "/", 0);
  add_block (self, "loop0", "/", "/", 0);
  stick = fixture_check (self, ROOT "/block_devices/sdb");
  fixed = fixture_check (self, ROOT "/block_devices/sda");
  of_no_drive = fixture_check (self, ROOT "/block_devices/loop0");
  gone = fixture_check (self, ROOT "/block_devices/sdx");
  g_assert_cmpstr (stick, ==, STICK);
  g_assert_null (fixed);
  g_assert_null (of_no_drive);
  g_assert_null (gone);
}

/* Returns: (transfer full): where UDisks2 is on the bus */
static GDBusConnection *
connect_as_udisks (const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (
    address,
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
    NULL, NULL, &error);

  g_assert_no_error (error);
  reply = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", "org.freedesktop.UDisks2", 0), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  return bus;
}

static void
add (const char *path, GDBusConnection *bus, void (*test) (Fixture *self, gconstpointer bus))
{
  g_test_add (path, Fixture, bus, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_autoptr (GTestDBus) daemon = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (daemon);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (daemon), TRUE);
  bus = connect_as_udisks (g_test_dbus_get_bus_address (daemon));
  add ("/eject/what-is-mounted", bus, test_what_is_mounted);
  add ("/eject/what-was-unlocked", bus, test_what_was_unlocked);
  add ("/eject/what-is-busy", bus, test_what_is_busy);
  add ("/eject/what-can-be", bus, test_what_can_be);
  status = g_test_run ();
  g_dbus_connection_close_sync (bus, NULL, NULL);
  g_test_dbus_stop (daemon);
  return status;
}
