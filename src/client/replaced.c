// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What has the names that a new image is to get: out of the way, and back if that does not get them.

#include "config.h"

#include "replaced.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct _PlatterReplaced
{
  int folder;
  GPtrArray *names;  /* (element-type filename): that they had, as they were hidden */
  GPtrArray *absent; /* (element-type filename): of what was not there to be hidden */
};

PlatterReplaced *
platter_replaced_new (int folder)
{
  PlatterReplaced *self = g_new0 (PlatterReplaced, 1);

  self->folder = folder;
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->absent = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
platter_replaced_free (PlatterReplaced *self)
{
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->absent);
  g_free (self);
}

char *
platter_replaced_dup_hidden (const char *name)
{
  return g_strdup_printf (".%s.platter-old", name);
}

gboolean
platter_replaced_hide (PlatterReplaced *self, const char *name)
{
  g_autofree char *hidden = platter_replaced_dup_hidden (name);
  struct stat status;

  if (fstatat (self->folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    {
      if (errno != ENOENT)
        return FALSE;
      g_ptr_array_add (self->absent, g_strdup (name));
      return TRUE;
    }
  if (!S_ISREG (status.st_mode) && !S_ISLNK (status.st_mode))
    {
      errno = S_ISDIR (status.st_mode) ? EISDIR : EEXIST;
      return FALSE;
    }
  /* What somebody who died has left there was to be replaced as well. */
  if (renameat (self->folder, name, self->folder, hidden) != 0)
    return FALSE;
  g_ptr_array_add (self->names, g_strdup (name));
  return TRUE;
}

/* Not in the place of what somebody else has made there meanwhile. */
static void
replaced_restore_one (PlatterReplaced *self, const char *name)
{
  g_autofree char *hidden = platter_replaced_dup_hidden (name);

  if (renameat2 (self->folder, hidden, self->folder, name, RENAME_NOREPLACE) == 0)
    return;
  /* Not every file system can be told so. */
  if ((errno == EINVAL || errno == ENOSYS)
      && faccessat (self->folder, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0
      && renameat (self->folder, hidden, self->folder, name) == 0)
    return;
  g_message ("%s could not get its name back, and is called %s now: %s", name, hidden,
             g_strerror (errno));
}

void
platter_replaced_restore (PlatterReplaced *self)
{
  for (guint i = self->names->len; i > 0; i--)
    replaced_restore_one (self, g_ptr_array_index (self->names, i - 1));
  g_ptr_array_set_size (self->names, 0);
}

static void
replaced_remove_all (PlatterReplaced *self, GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *hidden = platter_replaced_dup_hidden (g_ptr_array_index (names, i));

      unlinkat (self->folder, hidden, 0);
    }
  g_ptr_array_set_size (names, 0);
}

void
platter_replaced_remove (PlatterReplaced *self)
{
  replaced_remove_all (self, self->names);
  replaced_remove_all (self, self->absent);
}
