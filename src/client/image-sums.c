// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What files with checksums beside an image promise of it.

#include "config.h"

#include <glib/gi18n-lib.h>

#include "image-private.h"

/* An image that was to be made in pieces may have become one, with what lies beside it named after the whole. */
void
platter_image_find_sums (PlatterImage *self)
{
  const char *path = self->data_path != NULL ? self->data_path : self->path;
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *whole = platter_image_pieces_dup_whole (path);

  platter_sums_find_beside (&self->sums, path, NULL);
  if (self->sums.digest == NULL && whole != NULL)
    platter_sums_find_beside (&self->sums, whole, name);
}

const char *
platter_image_get_expected_digest (PlatterImage *self)
{
  return self->sums.digest;
}

const char *
platter_image_get_expected_algorithm (PlatterImage *self)
{
  return self->sums.algorithm;
}

const char *
platter_image_get_sums_name (PlatterImage *self)
{
  return self->sums.name;
}

const char *
platter_image_get_silent_sums_name (PlatterImage *self)
{
  return self->sums.silent_name;
}

char *
platter_image_dup_silence (PlatterImage *self)
{
  if (self->sums.silent_name == NULL)
    return NULL;
  /* Translators: the name of a file with checksums, and that of the image */
  return g_strdup_printf (_ ("%s tells nothing of %s, so the image is not checked against it."),
                          self->sums.silent_name, self->name);
}
