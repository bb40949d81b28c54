// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Keeps the machine from sleeping and shutting down while something holds it.

#include "config.h"

#include "inhibitor.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

struct _PlatterInhibitor
{
  GDBusConnection *bus;
  gboolean is_active;
  GCancellable *asking; /* (nullable): while logind has not answered */
  int fd;               /* logind's lock, -1 without one */
};

PlatterInhibitor *
platter_inhibitor_new (GDBusConnection *bus)
{
  PlatterInhibitor *self = g_new0 (PlatterInhibitor, 1);

  g_set_object (&self->bus, bus);
  self->fd = -1;
  return self;
}

static void
inhibitor_release (PlatterInhibitor *self)
{
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static void
inhibitor_answer_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  PlatterInhibitor *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
    G_DBUS_CONNECTION (source), &fds, result, &error);

  /* Cancelled: another question may be on its way, and the lock goes with the list of descriptors. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->asking);
  if (reply != NULL && fds != NULL)
    self->fd = g_unix_fd_list_get (fds, 0, &error);
  if (error != NULL)
    g_debug ("The machine may go to sleep: %s", error->message);
}

void
platter_inhibitor_set_active (PlatterInhibitor *self, gboolean is_active)
{
  if (self->bus == NULL || is_active == self->is_active)
    return;
  self->is_active = is_active;
  if (!is_active)
    {
      inhibitor_release (self);
      return;
    }
  self->asking = g_cancellable_new ();
  g_dbus_connection_call_with_unix_fd_list (
    self->bus, "org.freedesktop.login1", "/org/freedesktop/login1",
    "org.freedesktop.login1.Manager", "Inhibit",
    g_variant_new ("(ssss)", "shutdown:sleep:idle", "Platter", _ ("A drive is being copied"),
                   "block"),
    G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, self->asking, inhibitor_answer_cb,
    self);
}
