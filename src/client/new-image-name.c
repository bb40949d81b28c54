// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Another name for an image, where somebody has taken its own while it was made.

#include "config.h"

#include <glib/gi18n-lib.h>
#include <sys/stat.h>

#include "image.h"
#include "new-image-private.h"
#include "shown.h"

/* After that it is not worth a try. */
#define LAST_NUMBER 99

/* Returns: (transfer full): "disk.img.zst" as "disk-2.img.zst" */
static char *
new_image_name_dup_other (const char *name, guint number)
{
  const char *ending = strstr (name, ".img");

  if (ending == NULL || ending == name)
    ending = strrchr (name, '.');
  if (ending == NULL || ending == name)
    return g_strdup_printf ("%s-%u", name, number);
  return g_strdup_printf ("%.*s-%u%s", (int)(ending - name), name, number, ending);
}

char *
platter_new_image_dup_namesake (PlatterNewImage *self)
{
  g_autofree char *folder = g_path_get_dirname (platter_new_file_get_path (self->file));
  g_autofree char *name = self->pieces != NULL ? g_strdup (self->whole_name)
                                               : g_strconcat (self->whole_name, ".001", NULL);
  struct stat status;

  if (fstatat (platter_new_file_get_folder (self->file), name, &status, 0) != 0
      || !S_ISREG (status.st_mode))
    return NULL;
  return g_build_filename (folder, name, NULL);
}

static gboolean
new_image_name_has_namesake (PlatterNewImage *self)
{
  g_autofree char *namesake = platter_new_image_dup_namesake (self);

  return namesake != NULL;
}

static gboolean
new_image_name_is_taken (PlatterNewImage *self)
{
  g_autoptr (GPtrArray) pieces
    = self->pieces != NULL ? platter_new_pieces_dup_existing (self->pieces) : NULL;

  return (pieces != NULL && pieces->len > 0) || platter_new_file_exists (self->file)
         || new_image_name_has_namesake (self);
}

/* Nor what is to lie beside it. */
static gboolean
new_image_name_is_free (PlatterNewImage *self)
{
  for (guint i = 0; i < N_FACTS; i++)
    if (platter_new_file_exists (self->facts[i]))
      return FALSE;
  return !new_image_name_is_taken (self);
}

/* Whoever has something replaced does not mean a namesake. */
static gboolean
new_image_name_is_lost (PlatterNewImage *self)
{
  if (self->map_path != NULL)
    return FALSE;
  return self->replace ? new_image_name_has_namesake (self) : new_image_name_is_taken (self);
}

static void
new_image_name_set (PlatterNewImage *self, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *first = NULL;

  if (self->pieces != NULL)
    platter_new_pieces_rename (self->pieces, path);
  first = self->pieces != NULL ? platter_new_pieces_dup_path (self->pieces, 0) : g_strdup (path);
  platter_new_file_rename (self->file, first);
  for (guint i = 0; i < N_FACTS; i++)
    {
      g_autofree char *beside = g_strconcat (path, platter_new_image_endings[i], NULL);

      platter_new_file_rename (self->facts[i], beside);
    }
}

gboolean
platter_new_image_evade (PlatterNewImage *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (platter_new_file_get_path (self->file));
  g_autofree char *wanted = g_steal_pointer (&self->whole_name);
  g_autofree char *shown = NULL;
  gboolean is_free = FALSE;

  self->whole_name = g_strdup (wanted);
  if (!new_image_name_is_lost (self))
    return FALSE;
  for (guint number = 2; number <= LAST_NUMBER && !is_free; number++)
    {
      g_free (self->whole_name);
      self->whole_name = new_image_name_dup_other (wanted, number);
      new_image_name_set (self, folder, self->whole_name);
      is_free = new_image_name_is_free (self);
    }
  if (!is_free)
    {
      g_free (self->whole_name);
      self->whole_name = g_strdup (wanted);
      new_image_name_set (self, folder, wanted);
      return FALSE;
    }
  shown = platter_shown_dup_base_name (wanted);
  g_free (self->name);
  self->name = platter_shown_dup_base_name (self->whole_name);
  g_set_error (
    error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_EXISTS,
    /* Translators: the name that was asked for, and the one that the image has got */
    _ ("While the image was made, something else was given its name, %s, and was left as "
       "it is. The image is called %s."),
    shown, self->name);
  return TRUE;
}
