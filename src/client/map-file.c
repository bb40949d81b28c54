// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The user's mapfile of a rescue.

#include "config.h"

#include "map-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drive.h"
#include "new-file.h"
#include "shown.h"

#define MAP_FILE_MODE 0666

struct _PlatterMapFile
{
  char *path; /* behind every link, so that a link stays one */
  char *saved;
  unsigned int mode;
  gboolean is_made; /* there was none before */
};

static gboolean
map_file_fail (const char *path, int code, GError **error)
{
  g_autofree char *shown = platter_shown_dup_name (path);

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               /* Translators: the name of a file, and why */
               _ ("The map cannot be kept in %s: %s."), shown, g_strerror (code));
  return FALSE;
}

/* A source is not written to, and a target forgets what was on it. */
static gboolean
map_file_check_drives (const char *path, GPtrArray *drives, GError **error)
{
  g_autoptr (PlatterNewFile) place = platter_new_file_new (path);

  if (place == NULL || !platter_new_file_check (place))
    return map_file_fail (path, errno, error);
  for (guint i = 0; i < drives->len; i++)
    {
      gpointer drive = g_ptr_array_index (drives, i);

      if (!PLATTER_IS_DRIVE (drive)
          || !platter_drive_holds_file (PLATTER_DRIVE (drive), platter_new_file_get_folder (place)))
        continue;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   _ ("The map would lie on %s, which the job is about. Choose another place."),
                   platter_drive_get_device (PLATTER_DRIVE (drive)));
      return FALSE;
    }
  return TRUE;
}

/* Only a regular file is given another's place. */
static gboolean
map_file_make (PlatterMapFile *self, GError **error)
{
  const int flags = O_RDONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  struct stat status;
  int fd = open (self->path, flags | O_EXCL, MAP_FILE_MODE);
  int code = errno;

  self->is_made = fd >= 0;
  if (fd < 0 && code == EEXIST)
    {
      fd = open (self->path, flags, MAP_FILE_MODE);
      code = errno;
    }
  if (fd < 0)
    return map_file_fail (self->path, code, error);
  if (fstat (fd, &status) != 0)
    code = errno;
  else
    code = S_ISREG (status.st_mode) ? 0 : EINVAL;
  close (fd);
  self->mode = status.st_mode & 0777;
  return code == 0 || map_file_fail (self->path, code, error);
}

/* Returns: (transfer full) (nullable): a file that is to take its place; %NULL with errno */
static PlatterNewFile *
map_file_begin_next (PlatterMapFile *self)
{
  g_autoptr (PlatterNewFile) file = platter_new_file_new (self->path);
  g_autofree char *temporary = NULL;

  if (file == NULL)
    return NULL;
  temporary = g_strdup_printf (".%s.new", platter_new_file_get_name (file));
  return platter_new_file_begin (file, temporary, self->mode) ? g_steal_pointer (&file) : NULL;
}

/* In a folder like /tmp only its owner may give a file's name to another one; see inode(7), of the sticky bit. */
static gboolean
map_file_may_be_replaced (PlatterMapFile *self, const PlatterNewFile *next)
{
  struct stat folder;
  struct stat file;

  if (fstat (platter_new_file_get_folder (next), &folder) != 0 || stat (self->path, &file) != 0)
    return FALSE;
  errno = EPERM;
  return (folder.st_mode & S_ISVTX) == 0 || geteuid () == 0 || geteuid () == folder.st_uid
         || geteuid () == file.st_uid;
}

/* Not every file that can be read can be replaced, as by somebody else's folder, or under so long a name. */
static gboolean
map_file_try (PlatterMapFile *self, GError **error)
{
  g_autoptr (PlatterNewFile) next = map_file_begin_next (self);

  return (next != NULL && map_file_may_be_replaced (self, next))
         || map_file_fail (self->path, errno, error);
}

gboolean
platter_map_file_check (const char *path, GPtrArray *drives, GError **error)
{
  char real[PATH_MAX];

  return map_file_check_drives (realpath (path, real) != NULL ? real : path, drives, error);
}

PlatterMapFile *
platter_map_file_new (const char *path, GPtrArray *drives, GError **error)
{
  g_autoptr (PlatterMapFile) self = g_new0 (PlatterMapFile, 1);
  char real[PATH_MAX];

  self->path = g_strdup (realpath (path, real) != NULL ? real : path);
  if (!map_file_check_drives (self->path, drives, error) || !map_file_make (self, error))
    return NULL;
  if (!map_file_try (self, error))
    {
      platter_map_file_discard (self);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
platter_map_file_free (PlatterMapFile *self)
{
  g_free (self->path);
  g_free (self->saved);
  g_free (self);
}

int
platter_map_file_open (PlatterMapFile *self, GError **error)
{
  int fd = open (self->path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    map_file_fail (self->path, errno, error);
  return fd;
}

gboolean
platter_map_file_is_empty (PlatterMapFile *self)
{
  struct stat status;

  return stat (self->path, &status) == 0 && status.st_size == 0;
}

void
platter_map_file_discard (PlatterMapFile *self)
{
  if (self->is_made && platter_map_file_is_empty (self))
    unlink (self->path);
}

static gboolean
map_file_replace (PlatterMapFile *self, const char *text)
{
  g_autoptr (PlatterNewFile) file = map_file_begin_next (self);

  return file != NULL && platter_new_file_write (file, text)
         && platter_new_file_commit (file, TRUE);
}

gboolean
platter_map_file_save (PlatterMapFile *self, const char *text, GError **error)
{
  if (g_strcmp0 (text, self->saved) == 0)
    return TRUE;
  if (!map_file_replace (self, text))
    return map_file_fail (self->path, errno, error);
  g_free (self->saved);
  self->saved = g_strdup (text);
  return TRUE;
}
