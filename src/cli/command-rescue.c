// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platterctl rescue: a damaged drive to another one or into a file, with a map of what is missing.

#include "config.h"

#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>

#include "../client/shown.h"
#include "operand.h"
#include "options.h"
#include "refusal.h"
#include "run.h"
#include "status.h"
#include "targets.h"

static const PlatterOptionsCommand command_rescue_command = {
  .name = "rescue",
  .operands = "SOURCE-DRIVE TARGET-DRIVE|IMAGE",
  .description
  = N_ ("Copies what can be read of a damaged drive: the good parts first, then what lies "
        "between bad ones, sector by sector, to another drive or into a plain image file. With "
        "the same map it goes on where it was."),
  .use = PLATTER_OPTIONS_JOB | PLATTER_OPTIONS_TARGET | PLATTER_OPTIONS_RESCUE,
  .min_operands = 2,
  .max_operands = 2,
};

static gboolean
command_rescue_add_domain (PlatterRequest *request, const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  int code = errno;
  g_autofree char *shown = platter_shown_dup_name (path);

  if (fd >= 0)
    {
      platter_request_take_domain (request, fd);
      return TRUE;
    }
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("%s cannot be opened: %s."),
               shown, g_strerror (code));
  return FALSE;
}

static PlatterRequest *
command_rescue_new_image (PlatterOptions *options, GError **error)
{
  g_autoptr (PlatterRequest) request = platter_request_new (PLATTER_REQUEST_IMAGE);
  g_autoptr (PlatterDrives) drives = platter_operand_load_drives ();
  g_autoptr (PlatterDrive) source = platter_drives_lookup (drives, options->operands[0], error);
  g_autoptr (PlatterNewImage) image = NULL;

  image = source != NULL ? platter_new_image_new (options->operands[1], error) : NULL;
  if (image == NULL)
    return NULL;
  platter_new_image_set_in_place (image, options->map);
  if (!platter_new_image_check (image, source, error)
      || !platter_drive_check_source (source, error))
    return NULL;
  platter_request_set_source (request, source);
  platter_request_add_target (request, image);
  platter_options_apply (options, request);
  return g_steal_pointer (&request);
}

static PlatterRequest *
command_rescue_new_request (PlatterOptions *options, GError **error)
{
  /* One that is not there is not to become a file. */
  gboolean is_drive = platter_operand_is_drive (options->operands[1])
                      || g_str_has_prefix (options->operands[1], "/dev/");
  g_autoptr (PlatterRequest) request = is_drive ? platter_targets_new_clone (options, error)
                                                : command_rescue_new_image (options, error);

  if (request == NULL)
    return NULL;
  platter_request_set_rescue (request, TRUE);
  if (options->domain != NULL && !command_rescue_add_domain (request, options->domain, error))
    return NULL;
  return g_steal_pointer (&request);
}

int
platter_command_rescue (int argc, char **argv)
{
  int status = PLATTER_STATUS_DONE;
  g_autoptr (PlatterOptions) options
    = platter_options_parse (&command_rescue_command, argc, argv, &status);
  g_autoptr (PlatterRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  if (options == NULL)
    return status;
  if (options->map == NULL)
    return platter_status_tell_usage (
      _ ("A rescue takes --map FILE: without a map nobody could go on with it later."), "rescue",
      options->json);
  request = command_rescue_new_request (options, &error);
  if (request == NULL)
    return platter_refusal_tell (error, options);
  options->is_rescue = TRUE;
  return platter_run (request, PLATTER_HELPER_AUTO, options);
}
