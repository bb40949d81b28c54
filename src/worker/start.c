// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The start of a worker's process and its end.

#include "start.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "dbus/wire.h"
#include "sandbox/sandbox.h"

/* Both programs have the name that people look for among the processes. */
#define START_NAME "platter-worker"

int
platter_worker_start (const PlatterImagesClass *images)
{
  g_autoptr (GError) error = NULL;
  PlatterSandbox sandbox;
  int status = EXIT_SUCCESS;

  prctl (PR_SET_NAME, START_NAME);
  signal (SIGPIPE, SIG_IGN);
  if (close_range (PLATTER_WIRE_WORKER_FD + 1, ~0U, 0) != 0
      || !platter_sandbox_prepare (&sandbox, &error)
      || !platter_session_run (PLATTER_WIRE_WORKER_FD, &sandbox, images, &error))
    {
      g_printerr (START_NAME ": %s\n", error != NULL ? error->message : "no session");
      status = EXIT_FAILURE;
    }
  /* A request that hangs in the kernel holds up the end of the process; who reads what it says, like a pipe of
     platterctl's, must not be held up as well. */
  close (STDERR_FILENO);
  return status;
}
