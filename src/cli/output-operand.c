// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The second operand of a command that makes an image.

#include "config.h"

#include "output-operand.h"

#include <glib/gi18n.h>

#include "../client/image-format.h"
#include "../client/shown.h"

static gboolean
output_operand_set_format (PlatterRequest *request, PlatterOptions *options, GError **error)
{
  const char *path = options->operands[1];
  const PlatterImageFormat *format = options->format != NULL
                                       ? platter_image_format_find (options->format)
                                       : platter_image_format_of_path (path);

  if (format == NULL)
    {
      g_autofree char *shown = platter_shown_dup_name (path);

      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("Platter makes no images of the kind that %s is named as. Give it another "
                      "name, or say with --format what it is to be."),
                   shown);
      return FALSE;
    }
  if (options->level > 0 && format->max_level == 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _ ("--level goes with zst, xz and gz: the other formats have none to "
                              "choose."));
      return FALSE;
    }
  if (options->level > (int)format->max_level)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("--level takes a number from 1 to %u for this format."), format->max_level);
      return FALSE;
    }
  if (options->split_bytes > 0 && platter_image_format_is_disk (format))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _ ("The disk of a virtual machine cannot be made in pieces: --split "
                              "goes with raw, zst, xz and gz."));
      return FALSE;
    }
  platter_request_set_format (request, format->name);
  if (options->level > 0)
    platter_request_set_level (request, (guint)options->level);
  return TRUE;
}

PlatterNewImage *
platter_output_operand_new (PlatterRequest *request, PlatterOptions *options, GError **error)
{
  PlatterNewImage *image = NULL;

  if (g_str_equal (options->operands[1], "-"))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _ ("An image is made in a file, which is read back, and not in a pipe. "
                              "./- is a file of that name."));
      return NULL;
    }
  if (output_operand_set_format (request, options, error))
    image = platter_new_image_new (options->operands[1], error);
  if (image != NULL && options->split_bytes > 0
      && !platter_new_image_split (image, options->split_bytes, error))
    g_clear_object (&image);
  if (image != NULL)
    platter_new_image_set_replace (image, options->force);
  return image;
}
