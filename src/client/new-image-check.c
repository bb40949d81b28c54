// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether an image can be made where it is to be: before anything of it is.

#include "config.h"

#include "new-image.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"
#include "new-image-private.h"
#include "shown.h"

/* Returns: (transfer full) (nullable): a path */
static char *
new_image_check_dup_existing (PlatterNewImage *self)
{
  g_autoptr (GPtrArray) pieces
    = self->pieces != NULL ? platter_new_pieces_dup_existing (self->pieces) : NULL;

  if (pieces != NULL && pieces->len > 0)
    return g_strdup (pieces->pdata[0]);
  if (platter_new_file_exists (self->file))
    return g_strdup (platter_new_file_get_path (self->file));
  for (guint i = 0; i < N_FACTS; i++)
    if (platter_new_file_exists (self->facts[i]))
      return g_strdup (platter_new_file_get_path (self->facts[i]));
  return NULL;
}

char *
platter_new_image_dup_existing (PlatterNewImage *self)
{
  g_autofree char *path = new_image_check_dup_existing (self);
  return path != NULL ? platter_shown_dup_name (path) : NULL;
}

/* Of a loop device: its file, by whatever name. */
static gboolean
new_image_check_is_behind (PlatterDrive *drive, const char *path)
{
  const char *backing_file = platter_drive_get_backing_file (drive);
  struct stat backing;
  struct stat status;

  return backing_file != NULL && stat (backing_file, &backing) == 0 && stat (path, &status) == 0
         && backing.st_dev == status.st_dev && backing.st_ino == status.st_ino;
}

static gboolean
new_image_check_path_apart (gpointer source, const char *path, GError **error)
{
  g_autofree char *shown = platter_shown_dup_name (path);

  if (PLATTER_IS_DRIVE (source) && new_image_check_is_behind (source, path))
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_IN_THE_WAY,
                 _ ("The drive that is read is made of %s. Give the image another name."), shown);
  else if (PLATTER_IS_IMAGE (source) && platter_image_is_in (source, path))
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_IN_THE_WAY,
                 _ ("%s is the image that is read. Give the new one another name."), shown);
  else
    return TRUE;
  return FALSE;
}

/* Nor what an old piece is called on its way out. */
static gboolean
new_image_check_piece_apart (const char *path, gpointer source, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *hidden_name = platter_replaced_dup_hidden (name);
  g_autofree char *hidden = g_build_filename (folder, hidden_name, NULL);

  return new_image_check_path_apart (source, path, error)
         && new_image_check_path_apart (source, hidden, error);
}

static gboolean
new_image_check_pieces_apart (PlatterNewImage *self, gpointer source, GError **error)
{
  for (guint i = 0; self->pieces != NULL && i < PLATTER_NEW_PIECES_MAX; i++)
    {
      g_autofree char *path = platter_new_pieces_dup_path (self->pieces, i);

      if (!new_image_check_piece_apart (path, source, error))
        return FALSE;
    }
  return TRUE;
}

/* What is read is never replaced, whoever wants that; nor is it taken for what somebody has left of the new one. */
static gboolean
new_image_check_apart (PlatterNewImage *self, gpointer source, GError **error)
{
  const PlatterNewFile *const files[] = { self->file, self->facts[0], self->facts[1] };
  g_autoptr (GPtrArray) pieces
    = self->pieces != NULL ? platter_new_pieces_dup_existing (self->pieces) : NULL;
  g_autofree char *folder = g_path_get_dirname (platter_new_file_get_path (self->file));
  g_autofree char *hidden_name = platter_new_file_dup_hidden (self->file);
  g_autofree char *hidden = g_build_filename (folder, hidden_name, NULL);

  if (!new_image_check_path_apart (source, hidden, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    if (!new_image_check_path_apart (source, platter_new_file_get_path (files[i]), error))
      return FALSE;
  return new_image_check_pieces_apart (self, source, error);
}

/* What is beside it has longer names than the image, and gets them when all is done. */
static gboolean
new_image_check_names (PlatterNewImage *self)
{
  long max_bytes = fpathconf (platter_new_file_get_folder (self->file), _PC_NAME_MAX);

  for (guint i = 0; i < N_FACTS; i++)
    {
      g_autofree char *hidden = platter_new_file_dup_hidden (self->facts[i]);

      if (max_bytes > 0 && strlen (hidden) > (gsize)max_bytes)
        return FALSE;
    }
  return TRUE;
}

/* Of an image with a device's name the drive would learn nothing, and its node would be gone. */
static gboolean
new_image_check_fail_kind (const char *path, mode_t mode, GError **error)
{
  g_autofree char *shown = platter_shown_dup_name (path);

  if (S_ISBLK (mode))
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_IN_THE_WAY,
                 /* Translators: the path of a device */
                 _ ("%s is a device and no file. To copy onto a drive, clone the source to it or "
                    "write an image to it. To make an image, give that another name."),
                 shown);
  else
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_IN_THE_WAY,
                 /* Translators: the name of what is no file */
                 _ ("%s is no file that could be replaced. Give the image another name."), shown);
  return FALSE;
}

/* A link goes, and what it leads to stays, but whoever names one to a drive has meant that drive. */
static gboolean
new_image_check_kind (const char *path, GError **error)
{
  struct stat status;

  if (stat (path, &status) != 0 || S_ISREG (status.st_mode))
    return TRUE;
  if (S_ISDIR (status.st_mode))
    return platter_new_image_fail (path, EISDIR, error);
  return new_image_check_fail_kind (path, status.st_mode, error);
}

/* Whatever is to be replaced, only files are. */
static gboolean
new_image_check_kinds (PlatterNewImage *self, GError **error)
{
  const PlatterNewFile *const files[] = { self->file, self->facts[0], self->facts[1] };
  g_autoptr (GPtrArray) pieces
    = self->pieces != NULL ? platter_new_pieces_dup_existing (self->pieces) : NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    if (!new_image_check_kind (platter_new_file_get_path (files[i]), error))
      return FALSE;
  for (guint i = 0; pieces != NULL && i < pieces->len; i++)
    if (!new_image_check_kind (pieces->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* Where the kernel keeps the device files everything is in memory, and a name that is missed by a letter is a new file. A
   system without such a place has them among other files. */
static gboolean
new_image_check_folder (PlatterNewImage *self, GError **error)
{
  g_autofree char *shown = NULL;
  struct stat folder;
  struct stat devices;
  struct stat root;

  if (fstat (platter_new_file_get_folder (self->file), &folder) != 0 || stat ("/dev", &devices) != 0
      || stat ("/", &root) != 0 || devices.st_dev == root.st_dev || folder.st_dev != devices.st_dev)
    return TRUE;
  shown = platter_shown_dup_name (platter_new_file_get_path (self->file));
  g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_IN_THE_WAY,
               /* Translators: the path of a new file in /dev */
               _ ("%s would be a file among the device files, which are in memory only. Choose "
                  "another place."),
               shown);
  return FALSE;
}

/* What it was begun as is what it becomes: neither another name nor replacing something can be chosen any more. */
static gboolean
new_image_check_fail_again (const char *path, GError **error)
{
  g_autofree char *shown = platter_shown_dup_name (path);

  g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_IN_THE_WAY,
               /* Translators: the name of a file */
               _ ("%s exists already. Move it away or rename it; then the job can be resumed."),
               shown);
  return FALSE;
}

/* With --force, too: what lies beside it would be taken for that of the new one. */
static gboolean
new_image_check_namesake (PlatterNewImage *self, GError **error)
{
  g_autofree char *namesake = platter_new_image_dup_namesake (self);
  g_autofree char *shown = namesake != NULL ? platter_shown_dup_name (namesake) : NULL;

  if (namesake != NULL && self->is_again)
    return new_image_check_fail_again (namesake, error);
  if (namesake != NULL)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_IN_THE_WAY,
                 /* Translators: the name of a file, which is an image or its first piece */
                 _ ("%s exists already, and the checksum of the new image would be taken for that "
                    "of this one. Give the image another name, or move that file away."),
                 shown);
  return namesake == NULL;
}

gboolean
platter_new_image_check (PlatterNewImage *self, gpointer source, GError **error)
{
  const char *path = platter_new_file_get_path (self->file);
  g_autofree char *existing = new_image_check_dup_existing (self);

  if (PLATTER_IS_DRIVE (source)
      && !platter_drive_check_place (source, platter_new_file_get_folder (self->file), error))
    return FALSE;
  if (!new_image_check_apart (self, source, error))
    return FALSE;
  if (!new_image_check_names (self))
    return platter_new_image_fail (path, ENAMETOOLONG, error);
  if (g_str_has_suffix (path, "/"))
    return platter_new_image_fail (path, EISDIR, error);
  if (!new_image_check_kinds (self, error) || !new_image_check_folder (self, error)
      || !new_image_check_namesake (self, error))
    return FALSE;
  if (existing != NULL && !self->replace
      && !(self->map_path != NULL && platter_new_file_exists (self->file)))
    return self->is_again ? new_image_check_fail_again (existing, error)
                          : platter_new_image_fail (existing, EEXIST, error);
  if (self->map_path != NULL && !platter_new_image_check_map (self, source, error))
    return FALSE;
  return platter_new_file_check (self->file) || platter_new_image_fail (path, errno, error);
}
