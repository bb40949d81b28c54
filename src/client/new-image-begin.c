// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How an image begins that is made: in a hidden file, in pieces, as a disk that others write, or in its place.

#include "config.h"

#include "new-image.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk-maker.h"
#include "image.h"
#include "new-image-private.h"

#define FAT_MAX_BYTES G_MAXUINT32
/* The most that packing adds to what it cannot make smaller, and what it adds to each image. */
#define PACKED_PART 64
#define PACKED_MORE_BYTES ((guint64)1024 * 1024)

/* What is read of a drive may be for its owner's eyes only. */
#define IMAGE_MODE 0600

gboolean
platter_new_image_begin_file (PlatterNewFile *file, unsigned int mode)
{
  g_autofree char *temporary = platter_new_file_dup_hidden (file);

  return platter_new_file_begin (file, temporary, mode);
}

/* A disk has its size from the start. */
static gboolean
new_image_begin_disk (PlatterNewImage *self, const char *format, guint64 size_bytes, GError **error)
{
  if (size_bytes == 0)
    {
      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                   /* Translators: the name of a file, and a format of files */
                   _ ("%s cannot be made as a %s disk: it needs its size from the start, and how "
                      "much the image holds shows only at its end. Make a plain image of it first, "
                      "and convert that."),
                   self->name, format);
      return FALSE;
    }
  g_free (self->disk_format);
  self->disk_format = g_strdup (format);
  self->disk_bytes = size_bytes;
  return platter_disk_maker_create (format, platter_new_file_get_fd (self->file), size_bytes,
                                    self->name, error);
}

static gboolean
new_image_begin_pieces (PlatterNewImage *self,
                        const char *format,
                        guint64 size_bytes,
                        GError **error)
{
  guint64 piece_bytes = platter_new_pieces_get_bytes (self->pieces);
  guint64 more_bytes
    = g_str_equal (format, "raw") ? 0 : size_bytes / PACKED_PART + PACKED_MORE_BYTES;
  guint64 n_pieces = (size_bytes + more_bytes - 1) / piece_bytes + 1;

  if (size_bytes == 0)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 /* Translators: the name of a file */
                 _ ("%s cannot be made in pieces: how much the image holds shows only at its end. "
                    "Make one file of it, and split that with “split -d -a 3 "
                    "--numeric-suffixes=1”."),
                 self->name);
  else if (n_pieces > PLATTER_NEW_PIECES_MAX)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 /* Translators: the name of a file, and two numbers */
                 _ ("%s could become %u pieces, and %d are the most. Make larger ones."),
                 self->name, (guint)MIN (n_pieces, G_MAXUINT), PLATTER_NEW_PIECES_MAX);
  else if (!platter_new_pieces_begin (self->pieces, (guint)n_pieces, IMAGE_MODE, self->is_again))
    platter_new_image_fail (platter_new_image_get_path (self), errno, error);
  else
    return TRUE;
  return FALSE;
}

gboolean
platter_new_image_fits_fat (const char *format, guint64 size_bytes, guint64 piece_bytes)
{
  /* How small it gets by packing shows only at its end; but whoever asks for pieces can have smaller ones. */
  if (piece_bytes == 0 && !g_str_equal (format, "raw"))
    return TRUE;
  return MIN (size_bytes, piece_bytes > 0 ? piece_bytes : G_MAXUINT64) <= FAT_MAX_BYTES;
}

/* FAT would say so only after its 4 GiB were written. */
static gboolean
new_image_begin_check_fat (PlatterNewImage *self,
                           const char *format,
                           guint64 size_bytes,
                           GError **error)
{
  if (platter_new_image_fits_fat (format, size_bytes, platter_new_image_get_piece_bytes (self))
      || !platter_new_file_is_on_fat (self->file))
    return TRUE;
  if (self->pieces != NULL)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 /* Translators: the name of a file */
                 _ ("The pieces of %s could become 4 GiB or larger, and no file on a FAT file "
                    "system can be. Make them of 4095M at most, or save it somewhere else."),
                 self->name);
  else
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 /* Translators: the name of a file */
                 _ ("%s would become larger than 4 GiB, and no file on a FAT file system can be. "
                    "Make it in pieces or compressed, or save it somewhere else."),
                 self->name);
  return FALSE;
}

/* What is there is of the same drive, as far as its size tells. */
static gboolean
new_image_begin_in_place (PlatterNewImage *self, guint64 size_bytes, GError **error)
{
  struct stat status;

  if (!platter_new_file_begin_in_place (self->file, IMAGE_MODE)
      || fstat (platter_new_file_get_fd (self->file), &status) != 0)
    return platter_new_image_fail (platter_new_image_get_path (self), errno, error);
  if (status.st_size == 0 || (guint64)status.st_size == size_bytes)
    return platter_new_image_begin_map (self, error);
  g_set_error (
    error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_IN_THE_WAY,
    /* Translators: the name of a file */
    _ ("%s exists and has another size than the drive, so it is no image of it. Give the "
       "image another name."),
    self->name);
  return FALSE;
}

/* The first piece, or the only one. */
static gboolean
new_image_begin_hidden (PlatterNewImage *self, GError **error)
{
  g_autofree char *hidden = platter_new_file_dup_hidden (self->file);
  g_autofree char *waiting = platter_new_file_dup_waiting (self->file);
  gboolean is_begun = self->is_again
                        ? platter_new_file_begin_again (self->file, hidden)
                        : platter_new_file_begin_beside (self->file, hidden, waiting, IMAGE_MODE);

  if (is_begun || errno != ENOENT || !self->is_again)
    return is_begun || platter_new_image_fail (platter_new_image_get_path (self), errno, error);
  g_set_error (
    error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
    /* Translators: the name of a file */
    _ ("What there was of the image %s is gone, so this job cannot go on. Give it up, and "
       "make the image anew."),
    self->name);
  return FALSE;
}

gboolean
platter_new_image_begin (PlatterNewImage *self,
                         const char *format,
                         guint64 size_bytes,
                         GError **error)
{
  gboolean is_good = TRUE;

  if (!new_image_begin_check_fat (self, format, size_bytes, error))
    return FALSE;
  if (self->map_path == NULL && !new_image_begin_hidden (self, error))
    return FALSE;
  if (self->map_path != NULL)
    is_good = new_image_begin_in_place (self, size_bytes, error);
  else if (self->pieces != NULL)
    is_good = new_image_begin_pieces (self, format, size_bytes, error);
  else if (platter_disk_maker_makes (format))
    is_good = new_image_begin_disk (self, format, size_bytes, error);
  if (!is_good)
    platter_new_image_discard (self);
  return is_good;
}

gboolean
platter_new_image_is_passed_on (PlatterNewImage *self)
{
  return self->disk_format != NULL
         || (self->pieces != NULL && platter_new_pieces_get_n (self->pieces) > 1);
}

int
platter_new_image_pass_on (PlatterNewImage *self, GError **error)
{
  if (self->pieces != NULL)
    return platter_new_pieces_pass_on (self->pieces, error);
  return platter_disk_maker_serve (self->disk_format, platter_new_file_get_fd (self->file),
                                   self->disk_bytes, self->name, error);
}

int
platter_new_image_open (PlatterNewImage *self, GError **error)
{
  int own = platter_new_file_get_fd (self->file);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", own);
  int fd = self->disk_format != NULL ? open (path, O_RDONLY | O_CLOEXEC)
                                     : fcntl (own, F_DUPFD_CLOEXEC, 3);

  if (fd < 0)
    platter_new_image_fail (platter_new_image_get_path (self), errno, error);
  return fd;
}
