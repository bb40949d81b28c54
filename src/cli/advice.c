// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is said of drives that are not well, before anything is done with them.

#include "config.h"

#include "advice.h"

#include <glib/gi18n.h>

/* Nobody has to be told of a rescue who has asked for one. */
static void
advice_tell_source (PlatterRequest *request, PlatterDrive *drive)
{
  g_autofree char *advice = platter_drive_health_dup_advice (
    platter_drive_get_health (drive), platter_drive_get_display_name (drive));

  if (advice == NULL || !g_str_equal (platter_request_get_on_error (request), "stop"))
    return;
  g_printerr ("%s\n%s\n", advice,
              _ ("“platterctl rescue”, or a clone with --on-error rescue, goes on at errors."));
}

static void
advice_tell_target (PlatterDrive *drive)
{
  g_autofree char *warning = platter_drive_health_dup_warning (
    platter_drive_get_health (drive), platter_drive_get_display_name (drive));

  if (warning != NULL)
    g_printerr ("%s\n", warning);
}

void
platter_advice_tell (PlatterRequest *request, PlatterOptions *options)
{
  gpointer source = platter_request_get_source (request);
  GPtrArray *targets = platter_request_get_targets (request);

  if (options->quiet || platter_request_get_kind (request) == PLATTER_REQUEST_VERIFY)
    return;
  if (PLATTER_IS_DRIVE (source))
    advice_tell_source (request, source);
  for (guint i = 0; i < targets->len; i++)
    if (PLATTER_IS_DRIVE (g_ptr_array_index (targets, i)))
      advice_tell_target (g_ptr_array_index (targets, i));
}
