// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How platterctl ends: its exit statuses, and the one place where an error is told.

#include "config.h"

#include "status.h"

#include <glib/gi18n.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "../client/image.h"
#include "../client/json.h"
#include "../client/messages.h"
#include "../dbus/errors.h"
#include "../device/errors.h"
#include "../engine/printable.h"

static PlatterStatus
status_of_helper_error (int code)
{
  switch (code)
    {
    case PLATTER_HELPER_ERROR_NOT_AUTHORIZED:
    case PLATTER_HELPER_ERROR_NOT_OWNER:
      return PLATTER_STATUS_NOT_AUTHORIZED;
    case PLATTER_HELPER_ERROR_UNMOUNT_FAILED:
    case PLATTER_HELPER_ERROR_DRIVE_BUSY:
    case PLATTER_HELPER_ERROR_TOO_MANY_JOBS:
      return PLATTER_STATUS_REFUSED;
    default:
      return PLATTER_STATUS_FAILED;
    }
}

PlatterStatus
platter_status_of_error (const GError *error)
{
  if (error->domain == PLATTER_HELPER_ERROR)
    return status_of_helper_error (error->code);
  if (error->domain == PLATTER_DEVICE_ERROR)
    return error->code == PLATTER_DEVICE_ERROR_FAILED ? PLATTER_STATUS_FAILED
                                                      : PLATTER_STATUS_REFUSED;
  if (error->domain == PLATTER_IMAGE_ERROR)
    return PLATTER_STATUS_REFUSED;
  if (error->domain == G_OPTION_ERROR)
    return PLATTER_STATUS_USAGE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return PLATTER_STATUS_CANCELLED;
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_AUTH_FAILED))
    return PLATTER_STATUS_NOT_AUTHORIZED;
  return PLATTER_STATUS_FAILED;
}

PlatterStatus
platter_status_of_outcome (const char *outcome, gboolean was_cancelled)
{
  static const char *const good[] = { "verified", "written", NULL };
  static const char *const damaged[]
    = { "repaired", "mismatched", "unverified", "incomplete", "source-unstable", NULL };

  if (g_strv_contains (good, outcome))
    return PLATTER_STATUS_DONE;
  if (g_str_equal (outcome, "cancelled") || (was_cancelled && g_str_equal (outcome, "unverified")))
    return PLATTER_STATUS_CANCELLED;
  return g_strv_contains (damaged, outcome) ? PLATTER_STATUS_DAMAGED : PLATTER_STATUS_FAILED;
}

static const char *
status_get_name (const GError *error, PlatterStatus status)
{
  if (error->domain == PLATTER_DEVICE_ERROR)
    return platter_device_error_get_name ((PlatterDeviceError)error->code);
  switch (status)
    {
    case PLATTER_STATUS_USAGE:
      return "Usage";
    case PLATTER_STATUS_REFUSED:
      return "Refused";
    case PLATTER_STATUS_CANCELLED:
      return "Cancelled";
    case PLATTER_STATUS_NOT_AUTHORIZED:
      return "NotAuthorized";
    default:
      return "Failed";
    }
}

static void
status_print (PlatterStatus status, const char *name, const char *sentence, gboolean is_json)
{
  g_autofree char *printable = platter_printable_dup (sentence, -1);
  GVariantBuilder builder;

  g_printerr ("platterctl: %s\n", printable);
  if (!is_json)
    return;
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "type", g_variant_new_string ("error"));
  g_variant_builder_add (&builder, "{sv}", "error", g_variant_new_string (name));
  g_variant_builder_add (&builder, "{sv}", "message", g_variant_new_string (printable));
  g_variant_builder_add (&builder, "{sv}", "status", g_variant_new_int32 ((int)status));
  platter_json_print (g_variant_builder_end (&builder));
}

PlatterStatus
platter_status_tell (const GError *error, gboolean is_json)
{
  PlatterStatus status = platter_status_of_error (error);
  g_autofree char *sentence = platter_message_dup_refusal (error);

  status_print (status, status_get_name (error, status), sentence, is_json);
  return status;
}

PlatterStatus
platter_status_tell_refusal (const char *message, gboolean is_json)
{
  status_print (PLATTER_STATUS_REFUSED, "Refused", message, is_json);
  return PLATTER_STATUS_REFUSED;
}

PlatterStatus
platter_status_end (PlatterStatus status)
{
  gboolean is_printed = fflush (stdout) == 0 && !ferror (stdout);
  struct pollfd reader = { .fd = STDOUT_FILENO };

  if (is_printed || status != PLATTER_STATUS_DONE)
    return status;
  if (poll (&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0)
    return status;
  status_print (PLATTER_STATUS_FAILED, "Failed", _ ("Standard output could not be written to."),
                FALSE);
  return PLATTER_STATUS_FAILED;
}

PlatterStatus
platter_status_tell_usage (const char *message, const char *command, gboolean is_json)
{
  status_print (PLATTER_STATUS_USAGE, "Usage", message, is_json);
  if (command[0] == '\0')
    g_printerr ("%s\n", _ ("“platterctl --help” tells what there is."));
  else
    /* Translators: %s is a command */
    g_printerr (_ ("“platterctl %s --help” tells how it is used.\n"), command);
  return PLATTER_STATUS_USAGE;
}
