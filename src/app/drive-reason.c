// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Why a drive in a list cannot be chosen: short, and in the window's language.

#include "config.h"

#include "drive-reason.h"

#include <glib/gi18n.h>

#include "client/messages.h"
#include "device/errors.h"

static const char *const REASONS[PLATTER_DEVICE_ERROR_LAST + 1] = {
  [PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE] = N_ ("There is no medium in it."),
  [PLATTER_DEVICE_ERROR_SYSTEM_DRIVE] = N_ ("This computer runs from this drive."),
  [PLATTER_DEVICE_ERROR_SWAP] = N_ ("This computer uses it as swap space. Turn that off first."),
  [PLATTER_DEVICE_ERROR_HAS_HOLDERS]
  = N_ ("In use by LVM, RAID, encryption or a cache. Close or stop that first."),
  [PLATTER_DEVICE_ERROR_READ_ONLY]
  = N_ ("It is write-protected. Look for a switch on it, or choose another drive."),
  [PLATTER_DEVICE_ERROR_TOO_SMALL] = N_ ("Too small. Choose a larger drive."),
  [PLATTER_DEVICE_ERROR_SAME_DRIVE] = N_ ("It is the source, or a part of it."),
  [PLATTER_DEVICE_ERROR_HOLDS_IMAGE]
  = N_ ("The image lies on it. Copy the image to another drive first."),
  [PLATTER_DEVICE_ERROR_SECTOR_SIZE]
  = N_ ("Its sectors have another size, so the partitions would not be understood there."),
};

char *
platter_drive_reason_dup (const GError *error)
{
  const char *reason = NULL;

  if (error->domain == PLATTER_DEVICE_ERROR && error->code >= 0
      && error->code <= PLATTER_DEVICE_ERROR_LAST)
    reason = REASONS[error->code];
  return reason != NULL ? g_strdup (_ (reason)) : platter_message_dup_refusal (error);
}

char *
platter_drive_reason_dup_for_target (PlatterDrive *drive, PlatterRequest *request)
{
  gpointer source = platter_request_get_source (request);
  g_autoptr (GError) error = NULL;

  if (source == NULL
      || platter_drive_check_target (drive, platter_request_get_size_bytes (request),
                                     PLATTER_IS_DRIVE (source) ? source : NULL,
                                     PLATTER_IS_IMAGE (source) ? source : NULL, TRUE, &error))
    return NULL;
  return platter_drive_reason_dup (error);
}
