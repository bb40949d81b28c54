// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platterctl clone: a drive to drives.

#include "config.h"

#include "commands.h"

#include <glib/gi18n.h>

#include "operand.h"
#include "options.h"
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

static PlatterRequest *
command_clone_new_request (PlatterOptions *options, GError **error)
{
  g_autoptr (PlatterRequest) request = platter_request_new (PLATTER_REQUEST_CLONE);
  g_autoptr (PlatterDrives) drives = platter_operand_load_drives ();
  g_autoptr (PlatterDrive) source = platter_drives_lookup (drives, options->operands[0], error);

  if (source == NULL || !platter_drive_check_source (source, error))
    return NULL;
  platter_request_set_source (request, source);
  platter_options_apply (options, request);
  return platter_targets_add (request, drives, options, error) ? g_steal_pointer (&request) : NULL;
}

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
  request = command_clone_new_request (options, &error);
  if (request == NULL)
    return platter_status_tell (error, options->json);
  return platter_run (request, PLATTER_HELPER_AUTO, options);
}
