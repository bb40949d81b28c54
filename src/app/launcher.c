// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The progress that a desktop shows at the program's icon.

#include "config.h"

#include "launcher.h"

#define LAUNCHER_INTERFACE "com.canonical.Unity.LauncherEntry"
#define LAUNCHER_PATH "/com/canonical/unity/launcherentry/1"

void
platter_launcher_tell (GApplication *application, int percent)
{
  GDBusConnection *bus = g_application_get_is_registered (application)
                           ? g_application_get_dbus_connection (application)
                           : NULL;
  g_autofree char *uri
    = g_strdup_printf ("application://%s.desktop", g_application_get_application_id (application));
  GVariantDict properties;

  /* Without a session bus there is no desktop to tell. */
  if (bus == NULL)
    return;
  g_variant_dict_init (&properties, NULL);
  g_variant_dict_insert (&properties, "progress", "d", MAX (percent, 0) / 100.0);
  g_variant_dict_insert (&properties, "progress-visible", "b", percent >= 0);
  g_dbus_connection_emit_signal (bus, NULL, LAUNCHER_PATH, LAUNCHER_INTERFACE, "Update",
                                 g_variant_new ("(s@a{sv})", uri, g_variant_dict_end (&properties)),
                                 NULL);
}
