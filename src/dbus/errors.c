// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The helper's error domain, and the D-Bus names of all errors that cross the bus.

#include "errors.h"

#include <gio/gio.h>

#include "device/errors.h"
#include "names.h"

static const char *const errors_helper_names[] = {
  [PLATTER_HELPER_ERROR_FAILED] = "Failed",
  [PLATTER_HELPER_ERROR_INVALID_ARGUMENTS] = "InvalidArguments",
  [PLATTER_HELPER_ERROR_NOT_AUTHORIZED] = "NotAuthorized",
  [PLATTER_HELPER_ERROR_UNMOUNT_FAILED] = "UnmountFailed",
  [PLATTER_HELPER_ERROR_DRIVE_BUSY] = "DriveBusy",
  [PLATTER_HELPER_ERROR_TOO_MANY_JOBS] = "TooManyJobs",
  [PLATTER_HELPER_ERROR_NO_SUCH_JOB] = "NoSuchJob",
  [PLATTER_HELPER_ERROR_JOB_RUNNING] = "JobRunning",
  [PLATTER_HELPER_ERROR_NOT_OWNER] = "NotOwner",
  [PLATTER_HELPER_ERROR_WORKER] = "Worker",
};

GQuark
platter_helper_error_quark (void)
{
  return g_quark_from_static_string ("platter-helper-error-quark");
}

static gpointer
errors_register_all (gpointer unused)
{
  for (gsize code = 0; code < G_N_ELEMENTS (errors_helper_names); code++)
    {
      g_autofree char *name
        = g_strconcat (PLATTER_ERROR_NAME_PREFIX, errors_helper_names[code], NULL);

      g_dbus_error_register_error (PLATTER_HELPER_ERROR, (int)code, name);
    }
  /* Both domains have a "Failed"; on the bus it is the helper's. */
  for (int code = PLATTER_DEVICE_ERROR_FAILED + 1; code <= (int)PLATTER_DEVICE_ERROR_LAST; code++)
    {
      g_autofree char *name
        = g_strconcat (PLATTER_ERROR_NAME_PREFIX, platter_device_error_get_name (code), NULL);

      g_dbus_error_register_error (PLATTER_DEVICE_ERROR, code, name);
    }
  return GINT_TO_POINTER (1);
}

void
platter_errors_register (void)
{
  static GOnce once = G_ONCE_INIT;

  g_once (&once, errors_register_all, NULL);
}
