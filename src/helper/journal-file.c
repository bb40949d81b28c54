// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The files of jobs, one each, in the helper's own folder: a line with a checksum, then a serialised GVariant.

#include "journal-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOURNAL_MAGIC "platter-job 1 "
#define JOURNAL_TYPE "(ua{sv}at)"
/* Of a rescue: with the maps of its targets and, if not all is wanted, that of what is. */
#define JOURNAL_MAP_MAGIC "platter-job 3 "
#define JOURNAL_MAP_TYPE "((ua{sv}at)aymay)"
/* Of the job, in its details: only here, and not in journals of older helpers. */
#define JOURNAL_NUMBER "number"
#define JOURNAL_MAX_NUMBER G_MAXINT32
#define JOURNAL_MAX_BYTES (2 * JOURNAL_MAX_MAP_BYTES + 1024 * 1024)
#define JOURNAL_MAX_AGE_S ((gint64)90 * 24 * 60 * 60)
/* What a helper that ended all of a sudden was just making. */
#define JOURNAL_RUBBISH_AGE_S (24 * 60 * 60)

/* The folder */

static gboolean
journal_file_check_folder (const char *folder, GError **error)
{
  struct stat status;

  if (g_mkdir_with_parents (folder, 0700) != 0 || lstat (folder, &status) != 0)
    {
      int code = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", folder,
                   g_strerror (code));
      return FALSE;
    }
  if (S_ISDIR (status.st_mode) && status.st_uid == geteuid () && (status.st_mode & 0077) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
               "%s belongs to somebody else, or others may look into it", folder);
  return FALSE;
}

PlatterJournals *
platter_journals_new (const char *folder, GError **error)
{
  PlatterJournals *self = NULL;

  if (!journal_file_check_folder (folder, error))
    return NULL;
  self = g_new0 (PlatterJournals, 1);
  self->folder = g_strdup (folder);
  return self;
}

gboolean
platter_journals_are_writing (PlatterJournals *self)
{
  return self->n_writing > 0;
}

/* Reading */

/* Returns: (transfer full) (nullable): the head, if the file is whole. */
static GVariant *
journal_parse_file (const char *text, gsize length, GBytes **map, GBytes **domain)
{
  const char *line_end = memchr (text, '\n', length);
  gboolean has_map = g_str_has_prefix (text, JOURNAL_MAP_MAGIC);
  gsize magic_length = strlen (JOURNAL_MAGIC);
  g_autofree char *sum = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) content = NULL;
  g_autoptr (GVariant) text_of_map = NULL;
  g_autoptr (GVariant) text_of_domain = NULL;

  G_STATIC_ASSERT (sizeof (JOURNAL_MAGIC) == sizeof (JOURNAL_MAP_MAGIC));
  if (line_end == NULL || !(has_map || g_str_has_prefix (text, JOURNAL_MAGIC)))
    return NULL;
  bytes = g_bytes_new (line_end + 1, length - (gsize)(line_end + 1 - text));
  sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  content = g_variant_ref_sink (g_variant_new_from_bytes (
    G_VARIANT_TYPE (has_map ? JOURNAL_MAP_TYPE : JOURNAL_TYPE), bytes, FALSE));
  if (strlen (sum) != (gsize)(line_end - text) - magic_length
      || strncmp (text + magic_length, sum, strlen (sum)) != 0
      || !g_variant_is_normal_form (content))
    return NULL;
  if (!has_map)
    return g_steal_pointer (&content);
  g_variant_get_child (content, 1, "@ay", &text_of_map);
  g_variant_get_child (content, 2, "m@ay", &text_of_domain);
  *map = g_variant_get_data_as_bytes (text_of_map);
  *domain = text_of_domain != NULL ? g_variant_get_data_as_bytes (text_of_domain) : NULL;
  return g_variant_get_child_value (content, 0);
}

/* Returns: (transfer full): @details without it */
static GVariant *
journal_take_number (GVariant *details, guint32 *number)
{
  GVariantDict dict;

  if (!g_variant_lookup (details, JOURNAL_NUMBER, "u", number) || *number > JOURNAL_MAX_NUMBER)
    *number = 0;
  g_variant_dict_init (&dict, details);
  g_variant_dict_remove (&dict, JOURNAL_NUMBER);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static PlatterJournal *
journal_parse (PlatterJournals *journals, const char *path, const char *text, gsize length)
{
  g_autoptr (GBytes) map = NULL;
  g_autoptr (GBytes) domain = NULL;
  g_autoptr (GVariant) head = journal_parse_file (text, length, &map, &domain);
  g_autoptr (GVariant) kept = NULL;
  g_autoptr (GVariant) details = NULL;
  g_autoptr (GVariant) durable = NULL;
  g_autoptr (PlatterJournal) self = NULL;
  const char *kind = NULL;
  guint32 owner = 0;
  guint32 number = 0;

  if (head == NULL)
    return NULL;
  g_variant_get (head, "(u@a{sv}@at)", &owner, &kept, &durable);
  details = journal_take_number (kept, &number);
  if (g_variant_n_children (durable) == 0
      || g_variant_n_children (durable) != platter_journal_count_targets (details)
      || !g_variant_lookup (details, "kind", "&s", &kind))
    return NULL;
  self = platter_journal_new_at (journals, g_strdup (path), (uid_t)owner, details);
  for (guint i = 0; i < self->durable->len; i++)
    g_variant_get_child (durable, i, "t", &g_array_index (self->durable, guint64, i));
  self->number = number;
  self->map = g_steal_pointer (&map);
  self->domain = g_steal_pointer (&domain);
  /* One without its map is nothing to go on with, and a map of anything else is none of ours. */
  return platter_journal_is_rescue (self) == (self->map != NULL) ? g_steal_pointer (&self) : NULL;
}

static guint64
journal_get_started (const PlatterJournal *self)
{
  guint64 started_s = 0;

  g_variant_lookup (self->details, "started", "t", &started_s);
  return started_s;
}

/* Clocks that were wrong are put right: what looks old at first sight may be of this morning, so its age counts from now on, and
   its file was written to long after it began. */
static gboolean
journal_is_old (const PlatterJournal *self, const struct stat *status)
{
  gint64 started_s = (gint64)journal_get_started (self);
  gint64 oldest_s = g_get_real_time () / G_USEC_PER_SEC - JOURNAL_MAX_AGE_S;

  if (MAX (started_s, (gint64)status->st_mtime) >= oldest_s)
    return FALSE;
  if (status->st_mtime - started_s >= JOURNAL_MAX_AGE_S)
    return TRUE;
  if (utimensat (AT_FDCWD, self->path, NULL, AT_SYMLINK_NOFOLLOW) != 0)
    g_message ("%s looks old: %s", self->path, g_strerror (errno));
  return FALSE;
}

static void
journal_remove_rubbish (const char *path, const struct stat *status)
{
  if (status->st_mtime < g_get_real_time () / G_USEC_PER_SEC - JOURNAL_RUBBISH_AGE_S)
    g_unlink (path);
}

/* A lock whose journal is gone, or was never written. */
static gboolean
journal_is_alone (const char *lock_path)
{
  g_autofree char *path = g_strndup (lock_path, strlen (lock_path) - strlen (JOURNAL_LOCK_SUFFIX));

  return !g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
journal_is_running (PlatterJournal *self)
{
  gboolean is_running = !platter_journal_lock (self);

  platter_journal_unclaim (self);
  return is_running;
}

static PlatterJournal *
journal_load (PlatterJournals *journals, const char *name)
{
  g_autofree char *path = g_build_filename (journals->folder, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (PlatterJournal) self = NULL;
  struct stat status;
  gsize length = 0;

  if (lstat (path, &status) != 0 || !S_ISREG (status.st_mode) || status.st_uid != geteuid ())
    return NULL;
  if (!g_str_has_suffix (name, JOURNAL_SUFFIX))
    {
      if (!g_str_has_suffix (name, JOURNAL_LOCK_SUFFIX) || journal_is_alone (path))
        journal_remove_rubbish (path, &status);
      return NULL;
    }
  if (status.st_size < JOURNAL_MAX_BYTES && g_file_get_contents (path, &text, &length, NULL))
    self = journal_parse (journals, path, text, length);
  if (self == NULL)
    g_message ("%s cannot be read, so the job that it tells of cannot be resumed.", path);
  else if (journal_is_running (self))
    {
      journals->last_number = MAX (journals->last_number, self->number);
      return NULL;
    }
  else if (journal_is_old (self, &status))
    {
      platter_journal_discard (self);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* In the order in which they began. */
static int
journal_compare (gconstpointer a, gconstpointer b)
{
  const PlatterJournal *first = *(PlatterJournal *const *)a;
  const PlatterJournal *second = *(PlatterJournal *const *)b;
  guint64 first_s = journal_get_started (first);
  guint64 second_s = journal_get_started (second);

  if (first_s != second_s)
    return first_s < second_s ? -1 : 1;
  return strcmp (first->path, second->path);
}

/* Two helpers at a time may have given the same to two jobs, and older ones did not keep any. */
static void
journal_number_all (PlatterJournals *self, GPtrArray *journals)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < journals->len; i++)
    self->last_number
      = MAX (self->last_number, platter_journal_get_number (g_ptr_array_index (journals, i)));
  for (guint i = 0; i < journals->len; i++)
    {
      PlatterJournal *journal = g_ptr_array_index (journals, i);

      if (journal->number == 0 || !g_hash_table_add (taken, GUINT_TO_POINTER (journal->number)))
        platter_journal_renumber (journal, ++self->last_number);
    }
}

guint32
platter_journals_get_last_number (const PlatterJournals *self)
{
  return self->last_number;
}

GPtrArray *
platter_journals_load (PlatterJournals *self)
{
  GPtrArray *journals = g_ptr_array_new_with_free_func ((GDestroyNotify)platter_journal_unref);
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  const char *name = NULL;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      PlatterJournal *journal = journal_load (self, name);
      if (journal != NULL)
        g_ptr_array_add (journals, journal);
    }
  g_ptr_array_sort (journals, journal_compare);
  journal_number_all (self, journals);
  return journals;
}

GVariant *
platter_journal_build_head (const PlatterJournal *self)
{
  GVariantDict details;

  g_variant_dict_init (&details, self->details);
  g_variant_dict_insert (&details, JOURNAL_NUMBER, "u", self->number);
  return g_variant_new ("(u@a{sv}@at)", (guint32)self->owner, g_variant_dict_end (&details),
                        g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, self->durable->data,
                                                   self->durable->len, sizeof (guint64)));
}

static GVariant *
journal_add_map (GVariant *head, GBytes *map, GBytes *domain)
{
  GVariant *wanted
    = domain != NULL ? g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, domain, TRUE) : NULL;

  return g_variant_new ("(@(ua{sv}at)@aym@ay)", head,
                        g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, map, TRUE), wanted);
}

GBytes *
platter_journal_build (GVariant *head, GBytes *map, GBytes *domain)
{
  const char *magic = map != NULL ? JOURNAL_MAP_MAGIC : JOURNAL_MAGIC;
  g_autoptr (GVariant) content
    = map != NULL ? g_variant_ref_sink (journal_add_map (head, map, domain)) : g_variant_ref (head);
  g_autoptr (GVariant) normal = g_variant_get_normal_form (content);
  g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (normal);
  g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  GByteArray *file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *)magic, (guint)strlen (magic));
  g_byte_array_append (file, (const guint8 *)sum, (guint)strlen (sum));
  g_byte_array_append (file, (const guint8 *)"\n", 1);
  g_byte_array_append (file, g_bytes_get_data (bytes, NULL), (guint)g_bytes_get_size (bytes));
  return g_byte_array_free_to_bytes (file);
}
