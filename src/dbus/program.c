// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Those programs of Platter that others of them start.

#include "config.h"

#include "program.h"

#include "wire.h"

char *
platter_program_dup_path (const char *name)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);

  if (self != NULL && g_str_has_prefix (self, PLATTER_BUILD_ROOT "/"))
    return g_strdup_printf ("%s/src/%s/platter-%s", PLATTER_BUILD_ROOT, name, name);
  return g_strdup_printf ("%s/platter-%s", PLATTER_LIBEXECDIR, name);
}

GSubprocess *
platter_program_spawn (const char *path, int socket, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher
    = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  char *const nothing[] = { NULL };

  g_subprocess_launcher_set_environ (launcher, (char **)nothing);
  g_subprocess_launcher_set_cwd (launcher, "/");
  g_subprocess_launcher_take_fd (launcher, socket, PLATTER_WIRE_WORKER_FD);
  return g_subprocess_launcher_spawn (launcher, error, path, NULL);
}
