// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platter-look: one look at something foreign, in a process that has nothing but its descriptor.

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "dbus/wire.h"
#include "sandbox/sandbox.h"
#include "session.h"

int
main (void)
{
  g_autoptr (GError) error = NULL;
  PlatterSandbox sandbox;

  signal (SIGPIPE, SIG_IGN);
  if (close_range (PLATTER_WIRE_WORKER_FD + 1, ~0U, 0) == 0
      && platter_sandbox_prepare (&sandbox, &error)
      && platter_look_session_run (PLATTER_WIRE_WORKER_FD, &sandbox, &error))
    _exit (EXIT_SUCCESS);
  g_printerr ("platter-look: %s\n", error != NULL ? error->message : "no question");
  _exit (EXIT_FAILURE);
}
