// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The map of a rescued image, which says what in it was saved: neither is worth anything without the other.

#include "config.h"

#include "new-image.h"

#include <glib/gi18n-lib.h>
#include <sys/stat.h>

#include "image.h"
#include "new-image-private.h"
#include "shown.h"

#define MAP_ENDING ".map"

char *
platter_new_image_dup_map_path (const char *path)
{
  return g_strconcat (path, MAP_ENDING, NULL);
}

void
platter_new_image_set_in_place (PlatterNewImage *self, const char *map)
{
  g_return_if_fail (self->map_path == NULL);
  self->map_path = g_strdup (map);
}

gboolean
platter_new_image_goes_on (PlatterNewImage *self)
{
  return self->map_path != NULL && platter_new_file_exists (self->file);
}

PlatterNewImage *
platter_new_image_dup_to_go_on (PlatterNewImage *self)
{
  PlatterNewImage *image = platter_new_image_goes_on (self)
                             ? platter_new_image_new (platter_new_image_get_path (self), NULL)
                             : NULL;

  if (image != NULL)
    platter_new_image_set_in_place (image, self->map_path);
  return image;
}

/* What the map says is there has to be in this very file, and what is there has to have a map. */
static gboolean
new_image_map_check_pair (PlatterNewImage *self, GError **error)
{
  const char *path = platter_new_image_get_path (self);
  struct stat status;
  gboolean has_map = stat (self->map_path, &status) == 0 && status.st_size > 0;
  gboolean has_image = stat (path, &status) == 0 && status.st_size > 0;
  g_autofree char *shown = platter_shown_dup_name (path);
  g_autofree char *shown_map = platter_shown_dup_name (self->map_path);

  if (has_map == has_image)
    return TRUE;
  if (has_image)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_IN_THE_WAY,
                 /* Translators: the names of two files */
                 _ ("%s exists, but there is no map %s that says what in it was saved. Give the "
                    "image another name, or its map."),
                 shown, shown_map);
  else
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_IN_THE_WAY,
                 /* Translators: the names of two files */
                 _ ("The map %s says that something was saved already, but %s is not there. Give "
                    "the image that belongs to the map, or another map."),
                 shown_map, shown);
  return FALSE;
}

gboolean
platter_new_image_check_beside (PlatterNewImage *self, const char *path, GError **error)
{
  g_autofree char *shown = platter_shown_dup_name (path);

  if (!platter_new_image_is_at (self, path))
    return TRUE;
  g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_IN_THE_WAY,
               /* Translators: the name of a file */
               _ ("%s is the image, or what is put beside it. Give the map and the report other "
                  "names."),
               shown);
  return FALSE;
}

gboolean
platter_new_image_check_map (PlatterNewImage *self, gpointer source, GError **error)
{
  g_autoptr (GPtrArray) ends = g_ptr_array_new ();

  g_ptr_array_add (ends, source);
  return platter_new_image_check_beside (self, self->map_path, error)
         && new_image_map_check_pair (self, error)
         && platter_map_file_check (self->map_path, ends, error);
}

gboolean
platter_new_image_begin_map (PlatterNewImage *self, GError **error)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  /* Since it was looked at, one of the two may have gone. */
  if (!new_image_map_check_pair (self, error))
    return FALSE;
  g_clear_pointer (&self->map, platter_map_file_free);
  self->map = platter_map_file_new (self->map_path, none, error);
  return self->map != NULL;
}

gboolean
platter_new_image_has_map (PlatterNewImage *self)
{
  return self->map != NULL;
}

int
platter_new_image_open_map (PlatterNewImage *self, GError **error)
{
  return platter_map_file_open (self->map, error);
}
