// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Why a command does not do what it was asked for, and the option with which it would. The sentences are those of the
// window, too, which has no options.

#include "config.h"

#include "refusal.h"

#include <glib/gi18n.h>

#include "../client/image.h"
#include "../client/messages.h"
#include "../device/errors.h"

/* Returns: (nullable): one that the command has, and that was not given */
static const char *
refusal_find_option (const GError *error, const PlatterOptions *options)
{
  if (g_error_matches (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_EXISTS)
      && (options->use & PLATTER_OPTIONS_IMAGE) && !options->force)
    return "--force";
  if (g_error_matches (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_MOUNTED)
      && (options->use & (PLATTER_OPTIONS_TARGET | PLATTER_OPTIONS_RESUME)) && !options->unmount)
    return "--unmount";
  if (g_error_matches (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_TOO_SMALL)
      && (options->use & PLATTER_OPTIONS_COMPARE) && !options->shorter)
    return "--shorter";
  return NULL;
}

PlatterStatus
platter_refusal_tell (const GError *error, const PlatterOptions *options)
{
  const char *option = refusal_find_option (error, options);
  g_autofree char *sentence = platter_message_dup_refusal (error);
  g_autoptr (GError) whole = NULL;

  if (option == NULL)
    return platter_status_tell (error, options->json);
  g_set_error (&whole, error->domain, error->code,
               /* Translators: a whole sentence that says what could be done, and an option */
               _ ("%s Give %s for that."), sentence, option);
  return platter_status_tell (whole, options->json);
}
