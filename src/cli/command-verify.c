// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platterctl verify: compares two drives or images; nothing is written.

#include "config.h"

#include "commands.h"

#include <glib/gi18n.h>

#include "operand.h"
#include "options.h"
#include "refusal.h"
#include "run.h"
#include "status.h"

static const PlatterOptionsCommand command_verify_command = {
  .name = "verify",
  .operands = "DRIVE|IMAGE DRIVE|IMAGE",
  .description
  = N_ ("Compares a drive or an image with a drive or an image, byte for byte. Nothing "
        "is written. An image is compared with the beginning of a drive."),
  .use = PLATTER_OPTIONS_JOB | PLATTER_OPTIONS_COMPARE | PLATTER_OPTIONS_BMAP,
  .min_operands = 2,
  .max_operands = 2,
};

/* An image on a larger drive is compared as far as it goes; what cannot fit is not the same. */
static gboolean
command_verify_is_beginning (GObject *first, GObject *second)
{
  PlatterImage *image = PLATTER_IS_IMAGE (first) ? PLATTER_IMAGE (first) : NULL;
  PlatterDrive *drive = PLATTER_IS_DRIVE (second) ? PLATTER_DRIVE (second) : NULL;

  if (image == NULL && drive == NULL && PLATTER_IS_IMAGE (second) && PLATTER_IS_DRIVE (first))
    return command_verify_is_beginning (second, first);
  /* How much a packed one holds may not be known yet; the job refuses what cannot fit. */
  return image != NULL && drive != NULL
         && platter_image_get_size_bytes (image) <= platter_drive_get_size_bytes (drive);
}

static gboolean
command_verify_is_allowed (GObject *operand, GError **error)
{
  return !PLATTER_IS_DRIVE (operand) || platter_drive_check_source (PLATTER_DRIVE (operand), error);
}

static gboolean
command_verify_is_packed (GObject *operand)
{
  return PLATTER_IS_IMAGE (operand) && platter_image_is_packed (PLATTER_IMAGE (operand));
}

/* What has to be unpacked, or has a bmap, is read as the source. */
static gboolean
command_verify_is_source (GObject *first, GObject *second)
{
  if (command_verify_is_packed (first) || command_verify_is_packed (second))
    return command_verify_is_packed (first);
  return !platter_operand_has_bmap (second) || platter_operand_has_bmap (first);
}

static PlatterRequest *
command_verify_new_request (PlatterOptions *options, GError **error)
{
  g_autoptr (PlatterRequest) request = platter_request_new (PLATTER_REQUEST_VERIFY);
  gboolean has_drive = platter_operand_is_drive (options->operands[0])
                       || platter_operand_is_drive (options->operands[1]);
  g_autoptr (PlatterDrives) drives
    = has_drive ? platter_operand_load_drives () : platter_drives_new ();
  g_autoptr (GObject) first = platter_operand_open (drives, options->operands[0], error);
  g_autoptr (GObject) second
    = first != NULL ? platter_operand_open (drives, options->operands[1], error) : NULL;
  gboolean is_in_order = TRUE;

  if (second == NULL || !command_verify_is_allowed (first, error)
      || !command_verify_is_allowed (second, error)
      || !platter_operand_choose_bmap (first, options, error)
      || !platter_operand_choose_bmap (second, options, error))
    return NULL;
  is_in_order = command_verify_is_source (first, second);
  if (command_verify_is_packed (second) && command_verify_is_packed (first))
    {
      g_set_error (
        error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
        _ ("Two images that have to be unpacked cannot be compared: unpack one of them first."));
      return NULL;
    }
  platter_request_set_source (request, is_in_order ? first : second);
  platter_request_add_target (request, is_in_order ? second : first);
  platter_operand_tell_bmap (is_in_order ? first : second, options);
  platter_options_apply (options, request);
  if (command_verify_is_beginning (first, second))
    platter_request_set_shorter (request, TRUE);
  return g_steal_pointer (&request);
}

int
platter_command_verify (int argc, char **argv)
{
  int status = PLATTER_STATUS_DONE;
  g_autoptr (PlatterOptions) options
    = platter_options_parse (&command_verify_command, argc, argv, &status);
  g_autoptr (PlatterRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_files_only = FALSE;

  if (options == NULL)
    return status;
  request = command_verify_new_request (options, &error);
  if (request == NULL)
    return platter_refusal_tell (error, options);
  /* Two files need nobody's rights but the user's own. */
  is_files_only
    = PLATTER_IS_IMAGE (platter_request_get_source (request))
      && PLATTER_IS_IMAGE (g_ptr_array_index (platter_request_get_targets (request), 0));
  return platter_run (request, is_files_only ? PLATTER_HELPER_EMBEDDED : PLATTER_HELPER_AUTO,
                      options);
}
