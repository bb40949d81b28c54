// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where a report goes: its place is made sure of before the job, and the file is there whole or not at all.

#include "config.h"

#include "report-file.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "drive.h"
#include "json.h"
#include "new-file.h"
#include "report-html.h"
#include "shown.h"

#define REPORT_FILE_MODE 0666

struct _PlatterReportFile
{
  PlatterNewFile *file;
  char *path;
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
  g_autofree char *path = platter_shown_dup_name (self->path);

  if (code == EEXIST)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 _ ("%s exists already. Give the report another name, or remove that file."), path);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                 /* Translators: the name of a file, and why */
                 _ ("The report cannot be written to %s: %s."), path, g_strerror (code));
  return FALSE;
}

/* A source is not written to, and a target forgets what was on it. */
static gboolean
report_file_check_drives (PlatterReportFile *self, GPtrArray *drives, GError **error)
{
  for (guint i = 0; i < drives->len; i++)
    {
      gpointer drive = g_ptr_array_index (drives, i);

      if (!PLATTER_IS_DRIVE (drive)
          || !platter_drive_holds_file (PLATTER_DRIVE (drive),
                                        platter_new_file_get_folder (self->file)))
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

  self->path = g_strdup (path);
  self->file = platter_new_file_new (path);
  if (self->file == NULL)
    {
      report_file_fail (self, errno, error);
      return NULL;
    }
  if (platter_new_file_exists (self->file))
    {
      report_file_fail (self, EEXIST, error);
      return NULL;
    }
  if (!report_file_check_drives (self, drives, error))
    return NULL;
  if (!platter_new_file_check (self->file))
    {
      report_file_fail (self, errno, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

gboolean
platter_report_file_is_at (PlatterReportFile *self, const char *path)
{
  return platter_new_file_is_at (self->file, path);
}

static gboolean
report_file_begin_named (PlatterReportFile *self)
{
  g_autofree char *temporary = g_strdup_printf (".platter-report-%08x", g_random_int ());

  return platter_new_file_begin (self->file, temporary, REPORT_FILE_MODE);
}

gboolean
platter_report_file_open (PlatterReportFile *self, GError **error)
{
  return (platter_new_file_try_name (self->file)
          && (platter_new_file_begin_nameless (self->file, REPORT_FILE_MODE)
              || report_file_begin_named (self)))
         || report_file_fail (self, errno, error);
}

static gboolean
report_file_store (PlatterReportFile *self, const char *text)
{
  return platter_new_file_write (self->file, text) && platter_new_file_commit (self->file, FALSE);
}

gboolean
platter_report_file_write (PlatterReportFile *self, GVariant *report, GError **error)
{
  g_autofree char *text = platter_report_file_dup_text (self->path, report);

  if (report_file_store (self, text))
    return TRUE;
  if (errno == EEXIST || platter_new_file_is_named (self->file))
    return report_file_fail (self, errno, error);
  /* A file system may have files without a name and yet no way to give them one. */
  platter_new_file_discard (self->file);
  return (report_file_begin_named (self) && report_file_store (self, text))
         || report_file_fail (self, errno, error);
}

void
platter_report_file_free (PlatterReportFile *self)
{
  g_clear_pointer (&self->file, platter_new_file_free);
  g_free (self->path);
  g_free (self);
}
