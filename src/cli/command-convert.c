// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platterctl convert: an image to an image of another format.

#include "config.h"

#include "commands.h"

#include <glib/gi18n.h>

#include "expect.h"
#include "operand.h"
#include "options.h"
#include "output-operand.h"
#include "refusal.h"
#include "run.h"
#include "status.h"

static const PlatterOptionsCommand command_convert_command = {
  .name = "convert",
  .operands = "SOURCE-IMAGE NEW-IMAGE",
  .description = N_ (
    "Makes a new image file of an image, in the format that its name tells, and reads back what "
    "was written. No drive is touched, and no special rights are needed. The file gets its "
    "name only when all of it is there; its SHA-256 and what it was made of are put beside "
    "it."),
  .use = PLATTER_OPTIONS_JOB | PLATTER_OPTIONS_IMAGE,
  .min_operands = 2,
  .max_operands = 2,
};

static PlatterRequest *
command_convert_new_request (PlatterOptions *options, GError **error)
{
  g_autoptr (PlatterRequest) request = platter_request_new (PLATTER_REQUEST_IMAGE);
  g_autoptr (PlatterImage) source = NULL;
  g_autoptr (PlatterNewImage) image = platter_output_operand_new (request, options, error);

  if (image == NULL)
    return NULL;
  if (platter_operand_is_drive (options->operands[0]))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("%s is a drive. “platterctl image” makes an image of it."),
                   options->operands[0]);
      return NULL;
    }
  source = platter_operand_open_image (options->operands[0], error);
  if (source == NULL || !platter_new_image_check (image, source, error))
    return NULL;
  platter_request_set_source (request, source);
  platter_request_add_target (request, image);
  platter_options_apply (options, request);
  /* Whatever a bmap calls content: the new image is to hold what the old one holds. */
  platter_request_set_whole (request, TRUE);
  platter_expect_whole (source, options);
  platter_expect_digest (request, source, options);
  return g_steal_pointer (&request);
}

int
platter_command_convert (int argc, char **argv)
{
  int status = PLATTER_STATUS_DONE;
  g_autoptr (PlatterOptions) options
    = platter_options_parse (&command_convert_command, argc, argv, &status);
  g_autoptr (PlatterRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  if (options == NULL)
    return status;
  request = command_convert_new_request (options, &error);
  if (request == NULL)
    return platter_refusal_tell (error, options);
  /* Two files need nobody's rights but the user's own, so nobody else is asked to do it. */
  return platter_run (request, PLATTER_HELPER_EMBEDDED, options);
}
