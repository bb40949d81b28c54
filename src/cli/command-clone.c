// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platterctl clone: a drive to drives.

#include "config.h"

#include "commands.h"

#include <glib/gi18n.h>

#include "options.h"
#include "refusal.h"
#include "run.h"
#include "status.h"
#include "targets.h"

static const PlatterOptionsCommand command_clone_command = {
  .name = "clone",
  .operands = "SOURCE-DRIVE TARGET-DRIVE…",
  .description = N_ ("Copies a whole drive to one or more others and reads back what was written."),
  .use = PLATTER_OPTIONS_JOB | PLATTER_OPTIONS_TARGET | PLATTER_OPTIONS_CLONE,
  .min_operands = 2,
  .max_operands = 33,
};

int
platter_command_clone (int argc, char **argv)
{
  int status = PLATTER_STATUS_DONE;
  g_autoptr (PlatterOptions) options
    = platter_options_parse (&command_clone_command, argc, argv, &status);
  g_autoptr (PlatterRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  if (options == NULL)
    return status;
  request = platter_targets_new_clone (options, &error);
  if (request == NULL)
    return platter_refusal_tell (error, options);
  return platter_run (request, PLATTER_HELPER_AUTO, options);
}
