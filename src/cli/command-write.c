// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platterctl write: an image to drives.

#include "config.h"

#include "commands.h"

#include <glib/gi18n.h>

#include "expect.h"
#include "operand.h"
#include "options.h"
#include "refusal.h"
#include "run.h"
#include "status.h"
#include "targets.h"

static const PlatterOptionsCommand command_write_command = {
  .name = "write",
  .operands = "IMAGE TARGET-DRIVE…",
  .description = N_ ("Writes an image to one or more drives and reads back what was written. A "
                     "checksum file beside the image is used to check it on the way."),
  .use = PLATTER_OPTIONS_JOB | PLATTER_OPTIONS_TARGET | PLATTER_OPTIONS_BMAP,
  .min_operands = 2,
  .max_operands = 33,
};

static PlatterRequest *
command_write_new_request (PlatterOptions *options, GError **error)
{
  g_autoptr (PlatterRequest) request = platter_request_new (PLATTER_REQUEST_WRITE);
  g_autoptr (PlatterImage) image = platter_operand_open_image (options->operands[0], error);
  g_autoptr (PlatterDrives) drives = NULL;

  if (image == NULL || !platter_operand_choose_bmap (image, options, error))
    return NULL;
  platter_request_set_source (request, image);
  platter_options_apply (options, request);
  /* Of an image always, so that it can be compared with what its publisher says; but a bmap has its own. */
  if (!platter_operand_has_bmap (image) || platter_image_is_packed (image))
    platter_request_add_digest (request, "sha256");
  drives = platter_operand_load_drives ();
  if (!platter_targets_add (request, drives, options, error))
    return NULL;
  platter_expect_whole (image, options);
  platter_expect_digest (request, image, options);
  platter_operand_tell_bmap (image, options);
  return g_steal_pointer (&request);
}

int
platter_command_write (int argc, char **argv)
{
  int status = PLATTER_STATUS_DONE;
  g_autoptr (PlatterOptions) options
    = platter_options_parse (&command_write_command, argc, argv, &status);
  g_autoptr (PlatterRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  if (options == NULL)
    return status;
  request = command_write_new_request (options, &error);
  if (request == NULL)
    return platter_refusal_tell (error, options);
  return platter_run (request, PLATTER_HELPER_AUTO, options);
}
