// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Block maps as bmaptool writes them down: finding them.

#include "config.h"

#include "bmap.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"
#include "shown.h"

/* "disk.img.xz" may have "disk.bmap". */
#define MAX_ENDINGS 2

void
platter_bmap_free (PlatterBmap *self)
{
  if (self == NULL)
    return;
  platter_parts_free (self->parts);
  g_free (self->name);
  g_free (self);
}

static char *
bmap_read (int fd, const char *name, gsize *length, GError **error)
{
  g_autofree char *text = NULL;
  struct stat info = { 0 };
  gsize done = 0;
  gssize got = 1;

  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size > PLATTER_PARTS_MAX_BYTES)
    {
      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                   _ ("%s is too large for a bmap, or no file."), name);
      return NULL;
    }
  text = g_malloc ((gsize)info.st_size + 1);
  while (done < (gsize)info.st_size && got != 0)
    {
      got = pread (fd, text + done, (gsize)info.st_size - done, (off_t)done);
      if (got < 0 && errno != EINTR)
        {
          int code = errno;

          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                       _ ("%s cannot be read: %s."), name, g_strerror (code));
          return NULL;
        }
      done += got > 0 ? (gsize)got : 0;
    }
  *length = done;
  return g_steal_pointer (&text);
}

PlatterBmap *
platter_bmap_open (const char *path, GError **error)
{
  /* O_NONBLOCK: a FIFO of that name must not hold us up. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  int code = errno;
  g_autofree char *name = platter_shown_dup_base_name (path);
  g_autofree char *text = NULL;
  g_autoptr (PlatterBmap) self = NULL;
  gsize length = 0;

  if (fd < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("%s cannot be opened: %s."),
                   name, g_strerror (code));
      return NULL;
    }
  text = bmap_read (fd, name, &length, error);
  close (fd);
  if (text == NULL)
    return NULL;
  self = g_new0 (PlatterBmap, 1);
  self->parts = platter_bmap_parse (text, length, name, error);
  self->name = g_steal_pointer (&name);
  return self->parts != NULL ? g_steal_pointer (&self) : NULL;
}

PlatterBmap *
platter_bmap_find_beside (const char *path, GError **error)
{
  g_autofree char *stem = g_strdup (path);

  for (guint i = 0; i <= MAX_ENDINGS; i++)
    {
      g_autofree char *candidate = g_strconcat (stem, ".bmap", NULL);
      const char *slash = strrchr (stem, '/');
      char *dot = strrchr (slash != NULL ? slash : stem, '.');

      if (!g_str_equal (candidate, path) && g_file_test (candidate, G_FILE_TEST_EXISTS))
        return platter_bmap_open (candidate, error);
      if (dot == NULL || dot == stem || dot[-1] == '/')
        break;
      *dot = '\0';
    }
  return NULL;
}
