// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The image in an archive, for people.

#include "config.h"

#include "image-archive.h"

#include <glib/gi18n-lib.h>

#include "formats/packed-size.h"
#include "image.h"

static char *
image_archive_dup_names (const PlatterArchiveChoice *choice)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *joined = NULL;
  guint n_more = choice->n_candidates - choice->names->len;

  for (guint i = 0; i < choice->names->len; i++)
    g_ptr_array_add (names, g_ptr_array_index (choice->names, i));
  g_ptr_array_add (names, NULL);
  joined = g_strjoinv (", ", (char **)names->pdata);
  if (n_more == 0)
    return g_steal_pointer (&joined);
  /* Translators: the names of some files, and how many there are besides them */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s and %u more", "%s and %u more", n_more),
                          joined, n_more);
}

static gboolean
image_archive_refuse (const PlatterArchiveChoice *choice, const char *name, GError **error)
{
  g_autofree char *names = image_archive_dup_names (choice);

  if (choice->state == PLATTER_ARCHIVE_SEVERAL)
    /* Translators: the archive's name, and those of the files in it */
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 _ ("%s is an archive with several files that may be the image: %s. Unpack it and "
                    "choose the one to write."),
                 name, names);
  else if (choice->state == PLATTER_ARCHIVE_EMPTY)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_EMPTY,
                 _ ("%s is an archive without an image in it: there is nothing to write."), name);
  else if (choice->state == PLATTER_ARCHIVE_ENCRYPTED)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 _ ("%s is protected with a password. Unpack it and choose the image."), name);
  else
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 _ ("%s is an archive that is damaged or of an unknown kind. Get it again, or "
                    "unpack it and choose the image."),
                 name);
  return FALSE;
}

gboolean
platter_image_archive_check (const PlatterArchiveChoice *choice, const char *name, GError **error)
{
  return choice->state == PLATTER_ARCHIVE_GOOD || image_archive_refuse (choice, name, error);
}

static char *
image_archive_dup_title (PlatterFormat format)
{
  switch (format)
    {
    case PLATTER_FORMAT_ZIP:
      return g_strdup (_ ("zip archive"));
    case PLATTER_FORMAT_7Z:
      return g_strdup (_ ("7z archive"));
    case PLATTER_FORMAT_TAR:
      return g_strdup (_ ("tar archive"));
    default:
      /* Translators: %s is "xz", "gzip", … */
      return g_strdup_printf (_ ("tar archive compressed with %s"),
                              platter_format_get_name (format));
    }
}

char *
platter_image_archive_dup_kind (const PlatterArchiveChoice *choice, PlatterFormat format)
{
  g_autofree char *title = image_archive_dup_title (format);
  g_autofree char *size = g_format_size (choice->size_bytes);

  if (choice->size_bytes == PLATTER_PACKED_SIZE_UNKNOWN)
    return g_strdup_printf ("%s, %s", title, platter_archive_choice_get_name (choice));
  return g_strdup_printf ("%s, %s, %s", title, platter_archive_choice_get_name (choice), size);
}

char *
platter_image_archive_dup_packing (PlatterFormat format)
{
  const char *name = platter_format_get_name (format);

  return platter_format_is_archive (format) ? g_strdup (name) : g_strdup_printf ("tar.%s", name);
}
