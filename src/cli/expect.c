// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a file beside an image promises of it.

#include "config.h"

#include "expect.h"

#include <glib/gi18n.h>

void
platter_expect_whole (PlatterImage *image, const PlatterOptions *options)
{
  g_autofree char *shortfall = platter_image_dup_shortfall (image);

  if (shortfall != NULL && !options->quiet)
    g_printerr ("%s\n", shortfall);
}

void
platter_expect_digest (PlatterRequest *request, PlatterImage *image, PlatterOptions *options)
{
  g_autofree char *silence = platter_image_dup_silence (image);

  if (silence != NULL && !options->quiet)
    g_printerr ("%s\n", silence);
  if (platter_image_get_expected_digest (image) == NULL)
    return;
  platter_request_set_expected (request, platter_image_get_expected_algorithm (image),
                                platter_image_get_expected_digest (image));
  if (!options->quiet)
    /* Translators: the name of a checksum, and the file that tells it */
    g_printerr (_ ("The image's %s is checked against %s on the way.\n"),
                platter_image_get_expected_algorithm (image), platter_image_get_sums_name (image));
}
