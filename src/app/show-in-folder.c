// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Having a file shown by the file manager: org.freedesktop.FileManager1.

#include "config.h"

#include "show-in-folder.h"

typedef struct
{
  GtkWindow *window;
  GFile *file;
} ShowInFolder;

static void
show_in_folder_free (ShowInFolder *self)
{
  g_object_unref (self->window);
  g_object_unref (self->file);
  g_free (self);
}

static void
show_in_folder_open (ShowInFolder *self)
{
  g_autoptr (GFile) folder = g_file_get_parent (self->file);
  g_autofree char *uri = folder != NULL ? g_file_get_uri (folder) : NULL;

  if (uri != NULL)
    gtk_show_uri (self->window, uri, GDK_CURRENT_TIME);
}

static void
show_in_folder_shown_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ShowInFolder *self = user_data;
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply == NULL)
    show_in_folder_open (self);
  show_in_folder_free (self);
}

static void
show_in_folder_bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ShowInFolder *self = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);
  g_autofree char *uri = g_file_get_uri (self->file);
  const char *const uris[] = { uri, NULL };

  if (bus == NULL)
    {
      show_in_folder_open (self);
      show_in_folder_free (self);
      return;
    }
  g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                          "org.freedesktop.FileManager1", "ShowItems",
                          g_variant_new ("(^ass)", uris, ""), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                          NULL, show_in_folder_shown_cb, self);
}

void
platter_show_in_folder (GtkWindow *window, const char *path)
{
  ShowInFolder *self = g_new0 (ShowInFolder, 1);

  self->window = g_object_ref (window);
  self->file = g_file_new_for_path (path);
  g_bus_get (G_BUS_TYPE_SESSION, NULL, show_in_folder_bus_cb, self);
}
