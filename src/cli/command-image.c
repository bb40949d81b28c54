// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platterctl image: a drive to an image file.

#include "config.h"

#include "commands.h"

#include <glib/gi18n.h>

#include "operand.h"
#include "options.h"
#include "output-operand.h"
#include "refusal.h"
#include "run.h"
#include "status.h"

static const PlatterOptionsCommand command_image_command = {
  .name = "image",
  .operands = "SOURCE-DRIVE IMAGE",
  .description
  = N_ ("Reads a whole drive into a new image file and reads back what was written. The file gets "
        "its name only when all of it is there; its SHA-256 and what it was made of are put "
        "beside it."),
  .use = PLATTER_OPTIONS_JOB | PLATTER_OPTIONS_IMAGE,
  .min_operands = 2,
  .max_operands = 2,
};

static PlatterRequest *
command_image_new_request (PlatterOptions *options, GError **error)
{
  g_autoptr (PlatterRequest) request = platter_request_new (PLATTER_REQUEST_IMAGE);
  g_autoptr (PlatterDrives) drives = NULL;
  g_autoptr (PlatterDrive) source = NULL;
  g_autoptr (PlatterNewImage) image = NULL;

  image = platter_output_operand_new (request, options, error);
  if (image == NULL)
    return NULL;
  drives = platter_operand_load_drives ();
  source = platter_drives_lookup (drives, options->operands[0], error);
  if (source == NULL)
    return NULL;
  /* Where it would lie on its own source, that says more than that the source is mounted. */
  if (!platter_new_image_check (image, source, error)
      || !platter_drive_check_source (source, error))
    return NULL;
  platter_request_set_source (request, source);
  platter_request_add_target (request, image);
  platter_options_apply (options, request);
  return g_steal_pointer (&request);
}

int
platter_command_image (int argc, char **argv)
{
  int status = PLATTER_STATUS_DONE;
  g_autoptr (PlatterOptions) options
    = platter_options_parse (&command_image_command, argc, argv, &status);
  g_autoptr (PlatterRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  if (options == NULL)
    return status;
  request = command_image_new_request (options, &error);
  if (request == NULL)
    return platter_refusal_tell (error, options);
  return platter_run (request, PLATTER_HELPER_AUTO, options);
}
