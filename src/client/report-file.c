// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where a report goes: its place is made sure of before the job, and the file is there whole or not at all.

#include "config.h"

#include "report-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drive.h"
#include "json.h"
#include "report-html.h"

struct _PlatterReportFile
{
  char *path;
  char *name;      /* in its folder, as the next one */
  char *temporary; /* NULL while there is none */
  int folder;
  int fd;
};

static gboolean
report_file_ends_with (const char *path, const char *ending)
{
  const char *slash = strrchr (path, '/');
  const char *dot = strrchr (slash != NULL ? slash + 1 : path, '.');

  /* A name that is nothing but an ending has none. */
  return dot != NULL && dot != path && dot[-1] != '/' && g_ascii_strcasecmp (dot, ending) == 0;
}

static gboolean
report_file_is_html (const char *path)
{
  return report_file_ends_with (path, ".html") || report_file_ends_with (path, ".htm");
}

gboolean
platter_report_file_is_named (const char *path)
{
  return report_file_ends_with (path, ".json") || report_file_is_html (path);
}

char *
platter_report_file_dup_text (const char *path, GVariant *report)
{
  return report_file_is_html (path) ? platter_report_html_dup (report)
                                    : platter_json_dup_document (report);
}

static gboolean
report_file_fail (PlatterReportFile *self, int code, GError **error)
{
  g_autofree char *path = g_filename_display_name (self->path);

  if (code == EEXIST)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 _ ("%s exists already. Give the report another name, or remove that file."), path);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                 /* Translators: the name of a file, and why */
                 _ ("The report cannot be written to %s: %s."), path, g_strerror (code));
  return FALSE;
}

static gboolean
report_file_exists (PlatterReportFile *self)
{
  struct stat status;

  return fstatat (self->folder, self->name, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A source is not written to, and a target forgets what was on it. */
static gboolean
report_file_check_drives (PlatterReportFile *self, GPtrArray *drives, GError **error)
{
  for (guint i = 0; i < drives->len; i++)
    {
      gpointer drive = g_ptr_array_index (drives, i);

      if (!PLATTER_IS_DRIVE (drive)
          || !platter_drive_holds_file (PLATTER_DRIVE (drive), self->folder))
        continue;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   _ ("The report would lie on %s, which the job is about. Choose another place."),
                   platter_drive_get_device (PLATTER_DRIVE (drive)));
      return FALSE;
    }
  return TRUE;
}

PlatterReportFile *
platter_report_file_new (const char *path, GPtrArray *drives, GError **error)
{
  g_autoptr (PlatterReportFile) self = g_new0 (PlatterReportFile, 1);
  g_autofree char *folder = g_path_get_dirname (path);

  self->path = g_strdup (path);
  self->name = g_path_get_basename (path);
  self->fd = -1;
  self->folder = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->folder < 0)
    {
      report_file_fail (self, errno, error);
      return NULL;
    }
  if (report_file_exists (self))
    {
      report_file_fail (self, EEXIST, error);
      return NULL;
    }
  if (!report_file_check_drives (self, drives, error))
    return NULL;
  if (faccessat (self->folder, ".", W_OK | X_OK, AT_EACCESS) != 0)
    {
      report_file_fail (self, errno, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

gboolean
platter_report_file_open (PlatterReportFile *self, GError **error)
{
  g_autofree char *temporary = NULL;
  int code = 0;

  do
    {
      g_free (temporary);
      temporary = g_strdup_printf (".platter-report-%08x", g_random_int ());
      self->fd = openat (self->folder, temporary,
                         O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
      code = errno;
    }
  while (self->fd < 0 && code == EEXIST);
  if (self->fd < 0)
    return report_file_fail (self, code, error);
  self->temporary = g_steal_pointer (&temporary);
  return TRUE;
}

static gboolean
report_file_store (PlatterReportFile *self, const char *text)
{
  gsize length = strlen (text);
  gsize done = 0;
  int fd = -1;

  while (done < length)
    {
      ssize_t written = write (self->fd, text + done, length - done);

      if (written < 0 && errno != EINTR)
        return FALSE;
      done += written > 0 ? (gsize)written : 0;
    }
  if (fsync (self->fd) != 0)
    return FALSE;
  fd = self->fd;
  self->fd = -1;
  return close (fd) == 0;
}

static gboolean
report_file_give_name (PlatterReportFile *self)
{
  if (renameat2 (self->folder, self->temporary, self->folder, self->name, RENAME_NOREPLACE) == 0)
    return TRUE;
  /* Not every file system can be told not to replace what is there. */
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;
  if (report_file_exists (self))
    {
      errno = EEXIST;
      return FALSE;
    }
  return renameat (self->folder, self->temporary, self->folder, self->name) == 0;
}

gboolean
platter_report_file_write (PlatterReportFile *self, GVariant *report, GError **error)
{
  g_autofree char *text = platter_report_file_dup_text (self->path, report);

  g_return_val_if_fail (self->temporary != NULL, FALSE);
  if (!report_file_store (self, text) || !report_file_give_name (self))
    return report_file_fail (self, errno, error);
  g_clear_pointer (&self->temporary, g_free);
  /* The name, too; not every file system can do it, and the content is stored anyway. */
  (void)!fsync (self->folder);
  return TRUE;
}

void
platter_report_file_free (PlatterReportFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (self->temporary != NULL)
    unlinkat (self->folder, self->temporary, 0);
  if (self->folder >= 0)
    close (self->folder);
  g_free (self->path);
  g_free (self->name);
  g_free (self->temporary);
  g_free (self);
}
