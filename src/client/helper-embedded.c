// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How a helper of our own is started.

#include "config.h"

#include "helper-embedded.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dbus/program.h"

#define HELPER_EMBEDDED_FD 3

/* Ctrl-C on our terminal is ours: the helper must live to take a job to its end. After fork(), so only what is
 * allowed in a signal handler. */
static void
helper_embedded_detach (gpointer user_data)
{
  setsid ();
}

static gboolean
helper_embedded_run (int fd, GError **error)
{
  g_autofree char *program = platter_program_dup_path ("helper");
  g_autofree char *option = g_strdup_printf ("--embedded=%d", HELPER_EMBEDDED_FD);
  /* Its messages come to us over the socket; what it logs belongs to stderr, never to our results. */
  g_autoptr (GSubprocessLauncher) launcher
    = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GSubprocess) process = NULL;

  g_subprocess_launcher_set_child_setup (launcher, helper_embedded_detach, NULL, NULL);
  g_subprocess_launcher_take_fd (launcher, fd, HELPER_EMBEDDED_FD);
  process = g_subprocess_launcher_spawn (launcher, error, program, option, NULL);
  return process != NULL;
}

GIOStream *
platter_helper_embedded_spawn (GError **error)
{
  int ends[2] = { -1, -1 };
  g_autoptr (GSocket) socket = NULL;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   _ ("No socket for Platter's helper: %s."), g_strerror (code));
      return NULL;
    }
  socket = g_socket_new_from_fd (ends[0], error);
  if (socket == NULL)
    {
      close (ends[0]);
      close (ends[1]);
      return NULL;
    }
  if (!helper_embedded_run (ends[1], error))
    return NULL;
  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}
