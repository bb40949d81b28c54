// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The reports of jobs that have ended, kept for their user.

#include "config.h"

#include "history.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "messages.h"
#include "report-file.h"
#include "report-read.h"
#include "shown.h"

#define ENDING ".json"
/* Ten times what the longest of ours needs. */
#define MAX_BYTES (4 * 1024 * 1024)
/* "20261128T143205Z" */
#define TIME_LENGTH 16

void
platter_history_entry_free (PlatterHistoryEntry *self)
{
  g_free (self->id);
  g_clear_pointer (&self->report, g_variant_unref);
  g_free (self);
}

char *
platter_history_dup_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "platter", "history", NULL);
}

static void
history_hash_end (GChecksum *hash, GVariant *end)
{
  static const char *const keys[] = { "name", "device", "serial" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const char *text = "";

      g_variant_lookup (end, keys[i], "&s", &text);
      /* With its zero, so that no two lists of texts look the same. */
      g_checksum_update (hash, (const guchar *)text, (gssize)strlen (text) + 1);
    }
}

/* The time, so that names sort by it, and a hash of what else tells one job from another. */
char *
platter_history_dup_id (GVariant *report)
{
  g_autoptr (GChecksum) hash = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GVariant) source = g_variant_lookup_value (report, "source", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) targets
    = g_variant_lookup_value (report, "targets", G_VARIANT_TYPE ("aa{sv}"));
  const char *started = "";
  gint64 duration_us = 0;

  g_variant_lookup (report, "started", "&s", &started);
  g_variant_lookup (report, "duration-us", "x", &duration_us);
  g_checksum_update (hash, (const guchar *)&duration_us, sizeof duration_us);
  if (source != NULL)
    history_hash_end (hash, source);
  for (gsize i = 0; targets != NULL && i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);

      history_hash_end (hash, target);
    }

  g_autofree char *time = g_strdup (started);
  g_autoptr (GString) id = g_string_new (NULL);
  for (const char *at = time; *at != '\0' && id->len < TIME_LENGTH; at++)
    if (g_ascii_isalnum (*at))
      g_string_append_c (id, *at);
  g_string_append_printf (id, "-%.8s", g_checksum_get_string (hash));
  return g_string_free (g_steal_pointer (&id), FALSE);
}

/* "20261128T143205Z-0f3c9a71" */
static gboolean
history_is_id (const char *id, gsize length)
{
  static const char shape[] = "ddddddddTddddddZ-xxxxxxxx";

  if (length != strlen (shape))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (shape[i] == 'd' ? !g_ascii_isdigit (id[i])
                        : (shape[i] == 'x' ? !g_ascii_isxdigit (id[i]) : id[i] != shape[i]))
      return FALSE;
  return TRUE;
}

/* Returns: (nullable): the id of a file that has the name of a report. */
static char *
history_dup_id_of (const char *name)
{
  gsize length = strlen (name);
  gsize ending = strlen (ENDING);

  if (!g_str_has_suffix (name, ENDING) || !history_is_id (name, length - ending))
    return NULL;
  return g_strndup (name, length - ending);
}

static char *
history_dup_path (const char *folder, const char *id)
{
  g_autofree char *name = g_strconcat (id, ENDING, NULL);

  return g_build_filename (folder, name, NULL);
}

static void
history_fail (GError **error, int code, const char *path)
{
  g_autofree char *display = platter_shown_dup_name (path);

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", display,
               g_strerror (code));
}

typedef struct
{
  char *id;
  struct timespec kept; /* when its file was written */
} HistoryFile;

static void
history_file_free (HistoryFile *self)
{
  g_free (self->id);
  g_free (self);
}

/* That which was kept last first. */
static int
history_compare_kept (gconstpointer a, gconstpointer b)
{
  const HistoryFile *one = *(const HistoryFile *const *)a;
  const HistoryFile *other = *(const HistoryFile *const *)b;

  if (one->kept.tv_sec != other->kept.tv_sec)
    return one->kept.tv_sec > other->kept.tv_sec ? -1 : 1;
  if (one->kept.tv_nsec != other->kept.tv_nsec)
    return one->kept.tv_nsec > other->kept.tv_nsec ? -1 : 1;
  return strcmp (other->id, one->id);
}

/* The newest first. A name tells the second that a job began in; of those that began in one, it is the last to end. */
static int
history_compare_files (gconstpointer a, gconstpointer b)
{
  const HistoryFile *one = *(const HistoryFile *const *)a;
  const HistoryFile *other = *(const HistoryFile *const *)b;
  int order = strncmp (other->id, one->id, TIME_LENGTH);

  return order != 0 ? order : history_compare_kept (a, b);
}

static HistoryFile *
history_file_new (const char *folder, char *id)
{
  g_autofree char *path = history_dup_path (folder, id);
  HistoryFile *file = g_new0 (HistoryFile, 1);
  struct stat status;

  file->id = id;
  if (lstat (path, &status) == 0)
    file->kept = status.st_mtim;
  return file;
}

/* Returns: (element-type HistoryFile): all reports, the newest first. @others: (nullable): what is no report by its name */
static GPtrArray *
history_list_files (const char *folder, GPtrArray *others)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify)history_file_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      char *id = history_dup_id_of (name);

      if (id != NULL)
        g_ptr_array_add (files, history_file_new (folder, id));
      /* What is being written has a hidden name. */
      else if (others != NULL && name[0] != '.')
        g_ptr_array_add (others, platter_shown_dup_name (name));
    }
  g_ptr_array_sort (files, history_compare_files);
  return files;
}

/* A job that took long ended after others that began later, and a clock may have been wrong: what counts is when a report
 * was kept, and one that says that it will be is an old one. */
static void
history_sort_by_age (GPtrArray *files)
{
  const gint64 next_day_s = g_get_real_time () / G_USEC_PER_SEC + 24 * 60 * 60;

  for (guint i = 0; i < files->len; i++)
    {
      HistoryFile *file = g_ptr_array_index (files, i);

      if (file->kept.tv_sec > next_day_s)
        file->kept = (struct timespec){ 0 };
    }
  g_ptr_array_sort (files, history_compare_kept);
}

/* @spared: (nullable): the id of one that stays in any case */
static gboolean
history_prune (const char *folder, guint n_kept, const char *spared, GError **error)
{
  g_autoptr (GPtrArray) files = history_list_files (folder, NULL);

  history_sort_by_age (files);
  for (guint i = n_kept; i < files->len; i++)
    {
      const HistoryFile *file = g_ptr_array_index (files, i);
      g_autoptr (GError) failure = NULL;

      /* Somebody else may be at it, too. */
      if (g_strcmp0 (file->id, spared) == 0 || platter_history_delete (folder, file->id, &failure)
          || g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        continue;
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return TRUE;
}

gboolean
platter_history_add (const char *folder, GVariant *report, GError **error)
{
  g_autofree char *id = platter_history_dup_id (report);
  g_autofree char *path = history_dup_path (folder, id);
  g_autoptr (GPtrArray) no_drives = g_ptr_array_new ();
  g_autoptr (PlatterReportFile) file = NULL;
  g_autoptr (GError) failure = NULL;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      history_fail (error, errno, folder);
      return FALSE;
    }
  file = platter_report_file_new (path, no_drives, &failure);
  if (file != NULL && platter_report_file_open (file, &failure)
      && platter_report_file_write (file, report, &failure))
    return history_prune (folder, PLATTER_HISTORY_MAX, id, error);
  /* The window and platterctl may have watched the same job. */
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_EXISTS))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* Whatever lies there: a pipe is not waited for, and a link not followed. */
static char *
history_read_file (const char *path, gsize *length, GError **error)
{
  int fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat status = { 0 };
  g_autofree char *bytes = NULL;
  ssize_t n_read = 0;

  *length = 0;
  if (fd >= 0 && fstat (fd, &status) == 0 && S_ISREG (status.st_mode)
      && status.st_size <= MAX_BYTES)
    {
      bytes = g_malloc ((gsize)status.st_size + 1);
      do
        {
          n_read = read (fd, bytes + *length, (gsize)status.st_size - *length);
          *length += n_read > 0 ? (gsize)n_read : 0;
        }
      while (n_read > 0 || (n_read < 0 && errno == EINTR));
    }
  if (fd < 0 || n_read < 0)
    history_fail (error, errno, path);
  else if (bytes == NULL)
    history_fail (error, S_ISREG (status.st_mode) ? EFBIG : EINVAL, path);
  if (fd >= 0)
    close (fd);
  return n_read < 0 ? NULL : g_steal_pointer (&bytes);
}

GVariant *
platter_history_find (const char *folder, const char *id, GError **error)
{
  g_autofree char *path = history_dup_path (folder, id);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) failure = NULL;
  gsize length = 0;

  if (history_is_id (id, strlen (id)))
    bytes = history_read_file (path, &length, &failure);
  if (bytes != NULL)
    return platter_report_read (bytes, length, error);
  if (failure != NULL && !g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _ ("There is no report %s. “platterctl history” lists those that there are."), id);
  return NULL;
}

GPtrArray *
platter_history_list (const char *folder, GPtrArray *skipped)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify)platter_history_entry_free);
  g_autoptr (GPtrArray) files = history_list_files (folder, skipped);

  for (guint i = 0; i < files->len; i++)
    {
      const HistoryFile *file = g_ptr_array_index (files, i);
      const char *id = file->id;
      PlatterHistoryEntry *entry = NULL;
      GVariant *report = platter_history_find (folder, id, NULL);

      if (report == NULL)
        {
          if (skipped != NULL)
            g_ptr_array_add (skipped, g_strconcat (id, ENDING, NULL));
          continue;
        }
      entry = g_new0 (PlatterHistoryEntry, 1);
      entry->id = g_strdup (id);
      entry->report = report;
      g_ptr_array_add (entries, entry);
    }
  return entries;
}

gboolean
platter_history_delete (const char *folder, const char *id, GError **error)
{
  g_autofree char *path = history_dup_path (folder, id);

  if (history_is_id (id, strlen (id)) && g_unlink (path) == 0)
    return TRUE;
  if (!history_is_id (id, strlen (id)) || errno == ENOENT)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _ ("There is no report %s. “platterctl history” lists those that there are."), id);
  else
    history_fail (error, errno, path);
  return FALSE;
}

gboolean
platter_history_clear (const char *folder, GError **error)
{
  return history_prune (folder, 0, NULL, error);
}

static void
history_append_words (GString *words, GVariant *dictionary)
{
  static const char *const keys[] = { "name", "device", "serial",  "vendor",  "model", "port",
                                      "path", "kind",   "outcome", "verdict", NULL };

  for (gsize i = 0; keys[i] != NULL; i++)
    {
      const char *text = NULL;

      if (g_variant_lookup (dictionary, keys[i], "&s", &text))
        g_string_append_printf (words, "%s\n", text);
    }
}

/* As it is shown: reports have it in UTC. */
static void
history_append_start (GString *words, GVariant *report)
{
  const char *text = "";
  g_autoptr (GDateTime) started = NULL;
  g_autoptr (GDateTime) shown = NULL;
  g_autofree char *when = NULL;

  g_variant_lookup (report, "started", "&s", &text);
  started = g_date_time_new_from_iso8601 (text, NULL);
  if (started == NULL)
    return;
  shown = g_date_time_to_local (started);
  when = g_date_time_format (shown, "%Y-%m-%d %H:%M");
  g_string_append_printf (words, "%s\n", when);
}

gboolean
platter_history_matches (GVariant *report, const char *search)
{
  g_autoptr (GString) words = g_string_new (NULL);
  g_autoptr (GVariant) source = g_variant_lookup_value (report, "source", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) targets
    = g_variant_lookup_value (report, "targets", G_VARIANT_TYPE ("aa{sv}"));

  const char *outcome = "";
  const char *kind = "";

  g_variant_lookup (report, "outcome", "&s", &outcome);
  g_variant_lookup (report, "kind", "&s", &kind);
  g_string_append (words, platter_message_get_verdict (outcome, g_str_equal (kind, "verify")));
  g_string_append_c (words, '\n');
  history_append_words (words, report);
  history_append_start (words, report);
  if (source != NULL)
    history_append_words (words, source);
  for (gsize i = 0; targets != NULL && i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);

      history_append_words (words, target);
    }

  g_autofree char *folded = g_utf8_casefold (words->str, -1);
  g_autofree char *valid = g_utf8_make_valid (search, -1);
  g_autofree char *wanted = g_utf8_casefold (valid, -1);
  g_auto (GStrv) parts = g_strsplit_set (wanted, " \t\n", -1);
  for (gsize i = 0; parts[i] != NULL; i++)
    if (strstr (folded, parts[i]) == NULL)
      return FALSE;
  return TRUE;
}
