// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The target drives of a command line.

#include "config.h"

#include "targets.h"

#include <glib/gi18n.h>

#include "../device/errors.h"
#include "operand.h"

static gboolean
targets_check_distinct (PlatterRequest *request, PlatterDrive *drive, GError **error)
{
  GPtrArray *targets = platter_request_get_targets (request);

  for (guint i = 0; i < targets->len; i++)
    if (platter_drive_get_number (PLATTER_DRIVE (g_ptr_array_index (targets, i)))
        == platter_drive_get_number (drive))
      {
        g_set_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_SAME_DRIVE,
                     _ ("%s was given as a target twice. Give each target once."),
                     platter_drive_get_device (drive));
        return FALSE;
      }
  return TRUE;
}

gboolean
platter_targets_add (PlatterRequest *request,
                     PlatterDrives *drives,
                     PlatterOptions *options,
                     GError **error)
{
  gpointer source = platter_request_get_source (request);
  guint64 size = platter_request_get_size_bytes (request);

  for (guint i = 1; i < options->n_operands; i++)
    {
      g_autoptr (PlatterDrive) drive = platter_drives_lookup (drives, options->operands[i], error);

      if (drive == NULL
          || !platter_drive_check_target (drive, size, PLATTER_IS_DRIVE (source) ? source : NULL,
                                          PLATTER_IS_IMAGE (source) ? source : NULL,
                                          options->unmount, error)
          || !targets_check_distinct (request, drive, error))
        return FALSE;
      platter_request_add_target (request, drive);
    }
  return TRUE;
}

PlatterRequest *
platter_targets_new_clone (PlatterOptions *options, GError **error)
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
