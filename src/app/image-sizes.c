// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How large an image becomes, as far as that is known before.

#include "config.h"

#include "image-sizes.h"

#include <glib/gi18n.h>

#include "client/image-format.h"

/* How much of the drive is in use; 0 unless every volume says so. */
static guint64
image_sizes_get_used_bytes (PlatterDrive *drive)
{
  GListModel *volumes = platter_drive_get_volumes (drive);
  guint64 used_bytes = 0;

  for (guint i = 0; i < g_list_model_get_n_items (volumes); i++)
    {
      g_autoptr (PlatterVolume) volume = g_list_model_get_item (volumes, i);

      if (platter_volume_get_used_bytes (volume) == 0)
        return 0;
      used_bytes += platter_volume_get_used_bytes (volume);
    }
  return used_bytes;
}

/* Whether all that is not zeros takes its full room. */
static gboolean
image_sizes_is_plain (PlatterRequest *request)
{
  return platter_image_format_find (platter_request_get_format (request))->is_plain;
}

static char *
image_sizes_dup_sizes_of_drive (PlatterRequest *request, PlatterDrive *drive)
{
  guint64 used_bytes = image_sizes_get_used_bytes (drive);
  g_autofree char *size = g_format_size (platter_drive_get_size_bytes (drive));
  g_autofree char *used = g_format_size (used_bytes);
  gboolean is_plain = image_sizes_is_plain (request);

  if (platter_request_is_rescue (request))
    /* Translators: the size of a drive, twice */
    return g_strdup_printf (_ ("As much of the %s is read as can be. The image takes the room of "
                               "what is not zeros, %s at most."),
                            size, size);
  if (used_bytes > 0 && is_plain)
    /* Translators: the size of a drive, and how much of it is in use */
    return g_strdup_printf (_ ("All of the %s are read. %s are in use; what was deleted counts, "
                               "too, unless it was overwritten with zeros."),
                            size, used);
  if (is_plain)
    /* Translators: the size of a drive, twice */
    return g_strdup_printf (
      _ ("All of the %s are read. The image takes the room of what is not zeros, %s at most."),
      size, size);
  /* Translators: the size of a drive, twice */
  return g_strdup_printf (_ ("All of the %s are read, and how well they compress shows only then: "
                             "at worst the image takes %s, as a rule far less."),
                          size, size);
}

static char *
image_sizes_dup_sizes_of_image (PlatterRequest *request, PlatterImage *image)
{
  const char *name = platter_image_get_name (image);
  g_autofree char *size = g_format_size (platter_image_get_size_bytes (image));

  if (platter_image_get_size_bytes (image) == 0)
    /* Translators: the name of an image */
    return g_strdup_printf (_ ("%s does not tell how much it holds, so how much room the new image "
                               "takes shows only while it is made."),
                            name);
  if (image_sizes_is_plain (request))
    /* Translators: the name of an image, and how much it holds */
    return g_strdup_printf (_ ("%s holds %s. The new image takes the room of what is not zeros, "
                               "and no more than that."),
                            name, size);
  /* Translators: the name of an image, and how much it holds */
  return g_strdup_printf (_ ("%s holds %s, and how well that compresses shows only while the new "
                             "image is made: at worst it takes as much room."),
                          name, size);
}

char *
platter_image_sizes_dup (PlatterRequest *request)
{
  gpointer source = platter_request_get_source (request);

  if (source == NULL)
    return NULL;
  return PLATTER_IS_IMAGE (source) ? image_sizes_dup_sizes_of_image (request, source)
                                   : image_sizes_dup_sizes_of_drive (request, source);
}

char *
platter_image_sizes_dup_room (PlatterNewImage *image)
{
  guint64 free_bytes = platter_new_image_get_free_bytes (image);
  g_autofree char *room = g_format_size (free_bytes);

  if (free_bytes == G_MAXUINT64)
    return NULL;
  /* Translators: a size: how much is free on a disk */
  return g_strdup_printf (_ ("%s are free there."), room);
}
