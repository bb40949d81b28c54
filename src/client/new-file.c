// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A file that gets its name only when it is whole.

#include "config.h"

#include "new-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

/* statfs(2). */
#define FAT_MAGIC 0x4d44

/* How long something that was left is waited for. */
#define LEFT_TIMES 20
#define LEFT_US (G_USEC_PER_SEC / 20)

struct _PlatterNewFile
{
  char *path;
  char *name;      /* in its folder, as the next one */
  char *temporary; /* NULL while there is none */
  char *left;      /* (nullable): the name of what it is to take the place of */
  int left_fd;     /* of that, locked; -1 without it */
  int folder;
  int fd;
  gboolean is_named;
  gboolean was_there; /* before it was begun in its place */
};

PlatterNewFile *
platter_new_file_new (const char *path)
{
  g_autofree char *folder_path = g_path_get_dirname (path);
  int folder = open (folder_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  PlatterNewFile *self = NULL;

  if (folder < 0)
    return NULL;
  self = g_new0 (PlatterNewFile, 1);
  self->path = g_strdup (path);
  self->name = g_path_get_basename (path);
  self->folder = folder;
  self->fd = -1;
  self->left_fd = -1;
  return self;
}

void
platter_new_file_leave (PlatterNewFile *self)
{
  g_clear_pointer (&self->temporary, g_free);
  g_clear_pointer (&self->left, g_free);
  if (self->fd >= 0)
    close (g_steal_fd (&self->fd));
  if (self->left_fd >= 0)
    close (g_steal_fd (&self->left_fd));
}

void
platter_new_file_discard (PlatterNewFile *self)
{
  if (self->temporary != NULL)
    unlinkat (self->folder, self->temporary, 0);
  platter_new_file_leave (self);
}

void
platter_new_file_free (PlatterNewFile *self)
{
  platter_new_file_discard (self);
  close (self->folder);
  g_free (self->path);
  g_free (self->name);
  g_free (self);
}

const char *
platter_new_file_get_path (const PlatterNewFile *self)
{
  return self->path;
}

const char *
platter_new_file_get_name (const PlatterNewFile *self)
{
  return self->name;
}

void
platter_new_file_rename (PlatterNewFile *self, const char *path)
{
  g_free (self->path);
  g_free (self->name);
  self->path = g_strdup (path);
  self->name = g_path_get_basename (path);
}

int
platter_new_file_get_folder (const PlatterNewFile *self)
{
  return self->folder;
}

int
platter_new_file_get_fd (const PlatterNewFile *self)
{
  return self->fd;
}

gboolean
platter_new_file_exists (const PlatterNewFile *self)
{
  struct stat status;

  return fstatat (self->folder, self->name, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

gboolean
platter_new_file_is_at (const PlatterNewFile *self, const char *path)
{
  g_autofree char *folder_path = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  struct stat folder;
  struct stat other_folder;
  struct stat file;
  struct stat other;

  if (fstatat (self->folder, self->name, &file, 0) == 0 && stat (path, &other) == 0
      && file.st_dev == other.st_dev && file.st_ino == other.st_ino)
    return TRUE;
  return strcmp (name, self->name) == 0 && fstat (self->folder, &folder) == 0
         && stat (folder_path, &other_folder) == 0 && folder.st_dev == other_folder.st_dev
         && folder.st_ino == other_folder.st_ino;
}

gboolean
platter_new_file_is_on_fat (const PlatterNewFile *self)
{
  struct statfs status;

  return fstatfs (self->folder, &status) == 0 && status.f_type == FAT_MAGIC;
}

gboolean
platter_new_file_check (const PlatterNewFile *self)
{
  return faccessat (self->folder, ".", W_OK | X_OK, AT_EACCESS) == 0;
}

gboolean
platter_new_file_try_name (const PlatterNewFile *self)
{
  int fd = openat (self->folder, self->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (fd < 0)
    return FALSE;
  close (fd);
  return unlinkat (self->folder, self->name, 0) == 0;
}

/* Of several who find or make a file of that name at the same time, it belongs to the one who has locked it while it
 * still had the name. Where there are no locks, nobody finds one stale: it is then only refused. */
static gboolean
new_file_lock (PlatterNewFile *self, int fd, const char *temporary, gboolean is_ours)
{
  struct stat status;
  struct stat named;

  if (flock (fd, LOCK_EX | LOCK_NB) != 0 && (errno == EWOULDBLOCK || !is_ours))
    return FALSE;
  if (fstat (fd, &status) != 0)
    return FALSE;
  if (S_ISREG (status.st_mode)
      && fstatat (self->folder, temporary, &named, AT_SYMLINK_NOFOLLOW) == 0
      && named.st_dev == status.st_dev && named.st_ino == status.st_ino)
    return TRUE;
  errno = S_ISREG (status.st_mode) ? EWOULDBLOCK : EEXIST;
  return FALSE;
}

/* flock(2): over NFS only what is open for writing can be locked so. */
static int
new_file_open_stale (PlatterNewFile *self, const char *temporary)
{
  const int flags = O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW;
  int fd = openat (self->folder, temporary, O_RDWR | flags);

  if (fd < 0 && errno != ENOENT)
    fd = openat (self->folder, temporary, O_RDONLY | flags);
  return fd;
}

/* Returns: a descriptor of what was left under that name and is nobody's, locked; -1 with errno */
static int
new_file_lock_stale (PlatterNewFile *self, const char *temporary)
{
  int fd = new_file_open_stale (self, temporary);
  int code = 0;

  if (fd < 0 || new_file_lock (self, fd, temporary, FALSE))
    return fd;
  code = errno;
  close (fd);
  errno = code;
  return -1;
}

/* Returns: whether a file of that name was nobody's, and is gone now; with errno if not. */
static gboolean
new_file_remove_stale (PlatterNewFile *self, const char *temporary)
{
  int fd = new_file_lock_stale (self, temporary);
  gboolean is_stale = FALSE;
  int code = 0;

  if (fd < 0)
    return errno == ENOENT;
  is_stale = unlinkat (self->folder, temporary, 0) == 0;
  code = errno;
  close (fd);
  errno = code;
  return is_stale;
}

gboolean
platter_new_file_begin (PlatterNewFile *self, const char *temporary, unsigned int mode)
{
  const int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
  int code = 0;

  self->fd = openat (self->folder, temporary, flags, mode);
  if (self->fd < 0 && errno == EEXIST && new_file_remove_stale (self, temporary))
    {
      self->fd = openat (self->folder, temporary, flags, mode);
      errno = self->fd < 0 && errno == EEXIST ? EWOULDBLOCK : errno;
    }
  if (self->fd < 0)
    return FALSE;
  /* Somebody may have taken it for stale before it was locked, and has the name now. */
  if (!new_file_lock (self, self->fd, temporary, TRUE))
    {
      code = errno;
      close (self->fd);
      self->fd = -1;
      errno = code;
      return FALSE;
    }
  self->temporary = g_strdup (temporary);
  return TRUE;
}

gboolean
platter_new_file_begin_beside (PlatterNewFile *self,
                               const char *temporary,
                               const char *waiting,
                               unsigned int mode)
{
  self->left_fd = new_file_lock_stale (self, temporary);
  if (self->left_fd < 0 && errno != ENOENT)
    return FALSE;
  if (self->left_fd < 0)
    {
      /* Whoever had that has died, and what it waited for is gone. */
      new_file_remove_stale (self, waiting);
      return platter_new_file_begin (self, temporary, mode);
    }
  if (!platter_new_file_begin (self, waiting, mode))
    {
      int code = errno;

      close (g_steal_fd (&self->left_fd));
      errno = code;
      return FALSE;
    }
  self->left = g_strdup (temporary);
  return TRUE;
}

gboolean
platter_new_file_has_left (const PlatterNewFile *self)
{
  return self->left != NULL;
}

gboolean
platter_new_file_take_over (PlatterNewFile *self)
{
  if (self->left == NULL)
    return TRUE;
  if (renameat (self->folder, self->temporary, self->folder, self->left) != 0)
    return FALSE;
  g_free (self->temporary);
  self->temporary = g_steal_pointer (&self->left);
  close (g_steal_fd (&self->left_fd));
  return TRUE;
}

gboolean
platter_new_file_begin_nameless (PlatterNewFile *self, unsigned int mode)
{
  self->fd = openat (self->folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
  return self->fd >= 0;
}

static int
new_file_open_left_once (PlatterNewFile *self, const char *temporary)
{
  int fd = openat (self->folder, temporary, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
  int code = 0;

  if (fd < 0 || new_file_lock (self, fd, temporary, TRUE))
    return fd;
  code = errno;
  close (fd);
  errno = code;
  return -1;
}

/* Whoever has left it may be just about to end. Returns: -1 with errno */
static int
new_file_open_left (PlatterNewFile *self, const char *temporary)
{
  int fd = new_file_open_left_once (self, temporary);

  for (guint i = 0; i < LEFT_TIMES && fd < 0 && errno == EWOULDBLOCK; i++)
    {
      g_usleep (LEFT_US);
      fd = new_file_open_left_once (self, temporary);
    }
  return fd;
}

gboolean
platter_new_file_begin_again (PlatterNewFile *self, const char *temporary)
{
  self->fd = new_file_open_left (self, temporary);
  if (self->fd >= 0)
    self->temporary = g_strdup (temporary);
  return self->fd >= 0;
}

gboolean
platter_new_file_remove_left (PlatterNewFile *self, const char *temporary)
{
  if (!platter_new_file_begin_again (self, temporary))
    return errno != EWOULDBLOCK;
  platter_new_file_discard (self);
  return TRUE;
}

char *
platter_new_file_dup_hidden (const PlatterNewFile *self)
{
  return g_strdup_printf (".%s.platter-part", self->name);
}

char *
platter_new_file_dup_waiting (const PlatterNewFile *self)
{
  return g_strdup_printf (".%s.platter-next", self->name);
}

gboolean
platter_new_file_add_left (const PlatterNewFile *self, const char *temporary, guint64 *bytes)
{
  struct stat status;

  if (fstatat (self->folder, temporary, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return FALSE;
  *bytes += (guint64)status.st_blocks * 512; /* stat(3) */
  return TRUE;
}

gboolean
platter_new_file_begin_in_place (PlatterNewFile *self, unsigned int mode)
{
  const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  int code = 0;
  gboolean is_made = FALSE;

  self->fd = openat (self->folder, self->name, flags | O_CREAT | O_EXCL, mode);
  is_made = self->fd >= 0;
  if (!is_made && errno == EEXIST)
    self->fd = openat (self->folder, self->name, flags);
  if (self->fd < 0)
    return FALSE;
  self->is_named = new_file_lock (self, self->fd, self->name, TRUE);
  self->was_there = !is_made;
  code = errno;
  if (!self->is_named)
    close (g_steal_fd (&self->fd));
  errno = code;
  return self->is_named;
}

gboolean
platter_new_file_write (PlatterNewFile *self, const char *text)
{
  gsize length = strlen (text);
  gsize done = 0;

  while (done < length)
    {
      ssize_t written = write (self->fd, text + done, length - done);

      if (written < 0 && errno != EINTR)
        return FALSE;
      done += written > 0 ? (gsize)written : 0;
    }
  return fsync (self->fd) == 0;
}

/* open(2), of O_TMPFILE. */
static gboolean
new_file_give_first_name (PlatterNewFile *self)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", self->fd);

  return linkat (AT_FDCWD, link, self->folder, self->name, AT_SYMLINK_FOLLOW) == 0;
}

static gboolean
new_file_give_name (PlatterNewFile *self, gboolean replace)
{
  if (self->temporary == NULL)
    return new_file_give_first_name (self);
  if (!replace
      && renameat2 (self->folder, self->temporary, self->folder, self->name, RENAME_NOREPLACE) == 0)
    return TRUE;
  /* Not every file system can be told not to replace what is there. */
  if (!replace && errno != EINVAL && errno != ENOSYS)
    return FALSE;
  if (!replace && platter_new_file_exists (self))
    {
      errno = EEXIST;
      return FALSE;
    }
  return renameat (self->folder, self->temporary, self->folder, self->name) == 0;
}

gboolean
platter_new_file_flush_folder (const PlatterNewFile *self)
{
  /* Some file systems cannot do that, and say so. */
  return fsync (self->folder) == 0 || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
}

gboolean
platter_new_file_commit (PlatterNewFile *self, gboolean replace)
{
  int fd = -1;

  if (fsync (self->fd) != 0 || (!self->is_named && !new_file_give_name (self, replace)))
    return FALSE;
  g_clear_pointer (&self->temporary, g_free);
  self->is_named = TRUE;
  fd = self->fd;
  self->fd = -1;
  return close (fd) == 0 && platter_new_file_flush_folder (self);
}

void
platter_new_file_withdraw (PlatterNewFile *self)
{
  if (self->is_named && !self->was_there)
    unlinkat (self->folder, self->name, 0);
  self->is_named = FALSE;
}

gboolean
platter_new_file_is_named (const PlatterNewFile *self)
{
  return self->is_named;
}
