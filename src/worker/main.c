// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platter-worker: one job's copying, in a process that has nothing but the job's descriptors.

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "dbus/wire.h"
#include "sandbox/sandbox.h"
#include "session.h"

/* Without exit handlers, see session.h. A request that hangs in the kernel holds up the end of the
   process; who reads what it says, like a pipe of platterctl's, must not be held up as well. */
G_NORETURN static void
main_end (int status)
{
  close (STDERR_FILENO);
  _exit (status);
}

int
main (void)
{
  g_autoptr (GError) error = NULL;
  PlatterSandbox sandbox;

  signal (SIGPIPE, SIG_IGN);
  if (close_range (PLATTER_WIRE_WORKER_FD + 1, ~0U, 0) == 0
      && platter_sandbox_prepare (&sandbox, &error)
      && platter_session_run (PLATTER_WIRE_WORKER_FD, &sandbox, &error))
    main_end (EXIT_SUCCESS);
  g_printerr ("platter-worker: %s\n", error != NULL ? error->message : "no session");
  main_end (EXIT_FAILURE);
}
