// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is kept of a job, from its beginning to its end or to the job that resumes it.

#include "journal-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "dbus/errors.h"
#include "dbus/map-page.h"

/* The first MiB is written last: until more than that is durable there is nothing to go on with. */
#define JOURNAL_WORTH_BYTES (1024 * 1024)

/* One journal */

static guint64 *
journal_get_place (const PlatterJournal *self, guint target)
{
  return &g_array_index (self->durable, guint64, target);
}

guint
platter_journal_count_targets (GVariant *details)
{
  g_autoptr (GVariant) targets
    = g_variant_lookup_value (details, "targets", G_VARIANT_TYPE ("aa{sv}"));

  return targets != NULL ? (guint)g_variant_n_children (targets) : 0;
}

PlatterJournal *
platter_journal_new_at (PlatterJournals *journals, char *path, uid_t owner, GVariant *details)
{
  PlatterJournal *self = g_rc_box_new0 (PlatterJournal);

  self->journals = journals;
  self->path = path;
  self->lock_fd = -1;
  self->page_fd = -1;
  self->is_page_kept = TRUE;
  self->owner = owner;
  self->details = g_variant_ref_sink (details);
  self->durable = g_array_new (FALSE, TRUE, sizeof (guint64));
  g_array_set_size (self->durable, platter_journal_count_targets (details));
  return self;
}

PlatterJournal *
platter_journal_new (PlatterJournals *journals, uid_t owner, GVariant *details)
{
  g_autofree char *name = g_uuid_string_random ();
  g_autofree char *file = g_strconcat (name, JOURNAL_SUFFIX, NULL);

  return platter_journal_new_at (journals, g_build_filename (journals->folder, file, NULL), owner,
                                 details);
}

PlatterJournal *
platter_journal_ref (PlatterJournal *self)
{
  return g_rc_box_acquire (self);
}

void
platter_journal_unclaim (PlatterJournal *self)
{
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = -1;
}

static void
journal_clear (gpointer data)
{
  PlatterJournal *self = data;

  platter_journal_unclaim (self);
  g_free (self->path);
  g_variant_unref (self->details);
  g_array_unref (self->durable);
  g_clear_pointer (&self->map, g_bytes_unref);
  g_clear_pointer (&self->domain, g_bytes_unref);
  if (self->page_fd >= 0)
    close (self->page_fd);
}

void
platter_journal_unref (PlatterJournal *self)
{
  g_rc_box_release_full (self, journal_clear);
}

uid_t
platter_journal_get_owner (const PlatterJournal *self)
{
  return self->owner;
}

void
platter_journal_set_number (PlatterJournal *self, guint32 number)
{
  self->number = number;
}

guint32
platter_journal_get_number (const PlatterJournal *self)
{
  return self->number;
}

GVariant *
platter_journal_get_details (const PlatterJournal *self)
{
  return self->details;
}

const char *
platter_journal_get_kind (const PlatterJournal *self)
{
  const char *kind = "";

  g_variant_lookup (self->details, "kind", "&s", &kind);
  return kind;
}

guint64
platter_journal_get_durable_bytes (const PlatterJournal *self, guint target)
{
  return *journal_get_place (self, target);
}

gboolean
platter_journal_is_rescue (const PlatterJournal *self)
{
  g_autoptr (GVariant) options
    = g_variant_lookup_value (self->details, "options", G_VARIANT_TYPE_VARDICT);
  const char *on_error = "stop";

  if (options != NULL)
    g_variant_lookup (options, "on-error", "&s", &on_error);
  return strcmp (on_error, "skip") == 0 || strcmp (on_error, "rescue") == 0;
}

void
platter_journal_set_page (PlatterJournal *self, int fd)
{
  if (self->page_fd >= 0)
    close (self->page_fd);
  self->page_fd = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  self->page_us = g_get_monotonic_time ();
}

void
platter_journal_set_domain (PlatterJournal *self, GBytes *domain)
{
  g_clear_pointer (&self->domain, g_bytes_unref);
  self->domain = domain != NULL ? g_bytes_ref (domain) : NULL;
}

static gboolean
journal_is_worth (const PlatterJournal *self)
{
  for (guint i = 0; i < self->durable->len; i++)
    if (platter_journal_get_durable_bytes (self, i) > JOURNAL_WORTH_BYTES)
      return TRUE;
  return FALSE;
}

static char *
journal_dup_lock_path (const PlatterJournal *self)
{
  return g_strconcat (self->path, JOURNAL_LOCK_SUFFIX, NULL);
}

/* A file of its own, as the journal's is replaced all the time. */
gboolean
platter_journal_lock (PlatterJournal *self)
{
  g_autofree char *path = journal_dup_lock_path (self);

  if (self->lock_fd >= 0)
    return TRUE;
  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock_fd >= 0 && flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  platter_journal_unclaim (self);
  return FALSE;
}

static void
journal_forget_lock (PlatterJournal *self)
{
  g_autofree char *path = journal_dup_lock_path (self);

  g_unlink (path);
  platter_journal_unclaim (self);
}

gboolean
platter_journal_claim (PlatterJournal *self, GError **error)
{
  /* Its end is still on its way to the disk. */
  if (self->is_ended && self->is_writing)
    {
      self->is_ended = FALSE;
      return TRUE;
    }
  if (self->lock_fd >= 0 || !platter_journal_lock (self))
    {
      g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_JOB_RUNNING,
                           "The job goes on already.");
      return FALSE;
    }
  self->is_ended = FALSE;
  /* Where it could not be stored, what it needs is still here. */
  if (self->is_failing || g_file_test (self->path, G_FILE_TEST_EXISTS))
    return TRUE;
  journal_forget_lock (self);
  g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_NO_SUCH_JOB,
                       "There is no such job any more.");
  return FALSE;
}

/* Writing */

typedef struct
{
  char *path;
  char *lock_path;
  GVariant *head; /* NULL: to be removed */
  GBytes *map;    /* (nullable) */
  GBytes *domain; /* (nullable) */
  int page_fd;    /* -1 */
  gboolean needs_map;
} JournalWrite;

static void
journal_write_free (gpointer data)
{
  JournalWrite *write = data;

  g_free (write->path);
  g_free (write->lock_path);
  g_clear_pointer (&write->head, g_variant_unref);
  g_clear_pointer (&write->map, g_bytes_unref);
  g_clear_pointer (&write->domain, g_bytes_unref);
  if (write->page_fd >= 0)
    close (write->page_fd);
  g_free (write);
}

static void
journal_write_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const JournalWrite *write = data;
  g_autoptr (GError) error = NULL;

  if (write->head == NULL)
    {
      g_unlink (write->path);
      g_unlink (write->lock_path);
    }
  else
    {
      g_autoptr (GBytes) map = platter_journal_read_map (write->page_fd, write->map);
      g_autoptr (GBytes) bytes = platter_journal_build (write->head, map, write->domain);
      gsize length = 0;
      const char *text = g_bytes_get_data (bytes, &length);
      /* Written anew, flushed, renamed, and the folder flushed. */
      if ((map != NULL || !write->needs_map)
          && !g_file_set_contents_full (
            write->path, text, (gssize)length,
            G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &error))
        g_message ("The job could not be kept for resuming: %s", error->message);
    }
  g_task_return_boolean (task, error == NULL);
}

static void journal_write (PlatterJournal *self);

static void
journal_written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PlatterJournal) self = data;

  self->is_writing = FALSE;
  self->is_failing = !g_task_propagate_boolean (G_TASK (result), NULL);
  self->journals->n_writing--;
  if (self->has_more)
    journal_write (self);
  else if (self->is_ended)
    platter_journal_unclaim (self);
}

/* The last state counts; how it got there need not be kept. */
static void
journal_write (PlatterJournal *self)
{
  g_autoptr (GTask) task = NULL;
  JournalWrite *write = NULL;

  self->has_more = self->is_writing;
  if (self->is_writing)
    return;
  self->is_writing = TRUE;
  self->journals->n_writing++;
  write = g_new0 (JournalWrite, 1);
  write->path = g_strdup (self->path);
  write->lock_path = journal_dup_lock_path (self);
  write->page_fd = -1;
  if (!self->is_discarded)
    {
      write->head = g_variant_ref_sink (platter_journal_build_head (self));
      write->needs_map = platter_journal_is_rescue (self);
      write->map = self->map != NULL ? g_bytes_ref (self->map) : NULL;
      write->domain = self->domain != NULL ? g_bytes_ref (self->domain) : NULL;
      if (self->page_fd >= 0)
        write->page_fd = fcntl (self->page_fd, F_DUPFD_CLOEXEC, 3);
    }
  task = g_task_new (NULL, NULL, journal_written_cb, platter_journal_ref (self));
  g_task_set_task_data (task, write, journal_write_free);
  g_task_run_in_thread (task, journal_write_thread);
}

void
platter_journal_renumber (PlatterJournal *self, guint32 number)
{
  self->number = number;
  if (!platter_journal_lock (self))
    return;
  self->is_ended = TRUE;
  journal_write (self);
}

gboolean
platter_journal_is_failing (const PlatterJournal *self)
{
  return self->is_failing;
}

/* Returns: whether any of them has grown. */
static gboolean
journal_take_numbers (PlatterJournal *self, GVariant *targets)
{
  /* What is durable of a rescue lies anywhere; its sum tells that the map is to be kept anew. */
  const char *key = platter_journal_is_rescue (self) ? "durable" : "durable-until";
  gboolean has_grown = FALSE;

  for (guint i = 0; i < self->durable->len; i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);
      guint64 *place = journal_get_place (self, i);
      guint64 durable_bytes = 0;

      g_variant_lookup (target, key, "t", &durable_bytes);
      durable_bytes += self->carried_bytes;
      if (durable_bytes <= *place)
        continue;
      *place = durable_bytes;
      has_grown = TRUE;
    }
  return has_grown;
}

/* The map that tells of what became durable may come a while later: then it is kept once more. So it is from time to time when
   nothing new came: what was tried in vain need not be tried again. */
static gboolean
journal_has_news (PlatterJournal *self, gboolean has_grown)
{
  gint64 now_us = g_get_monotonic_time ();
  guint64 number = 0;

  if (self->page_fd < 0
      || (!has_grown && self->is_page_kept && now_us - self->page_us < JOURNAL_PAGE_US))
    return has_grown;
  number = platter_map_page_get_number (self->page_fd, PLATTER_MAP_PAGE_FILE);
  if (!has_grown && number == self->page_number)
    return FALSE;
  self->page_number = number;
  self->page_us = now_us;
  self->is_page_kept = !has_grown;
  return TRUE;
}

gboolean
platter_journal_note (PlatterJournal *self, GVariant *targets)
{
  if (!journal_has_news (self, journal_take_numbers (self, targets)) || !journal_is_worth (self))
    return FALSE;
  if (platter_journal_lock (self))
    journal_write (self);
  else
    self->is_failing = TRUE;
  return TRUE;
}

/* What ended because of what it is, and not because of what happened to it, would end so again. Of an image, which nobody
   can use as it is, nothing stays unless there is hope. */
static gboolean
journal_can_go_on (gboolean is_image, gboolean is_rescue, GVariant *target, gboolean was_stopped)
{
  static const char *const final_codes[]
    = { "too-small", "sizes-differ", "no-space", "digest", "unsupported", "finished", NULL };
  static const char *const image_codes[]
    = { "gone", "stalled", "changed", "finished", "worker-crashed", "interrupted", NULL };
  const char *verdict = "";
  const char *code = "";

  g_variant_lookup (target, "verdict", "&s", &verdict);
  g_variant_lookup (target, "error-code", "&s", &code);
  if (strcmp (verdict, "cancelled") == 0)
    return was_stopped;
  /* Of a drive that became another one nothing is called finished that came since then. Where the source was written to, all is, and
     would be called good once it was gone on with. */
  if (is_rescue && strcmp (verdict, "source-unstable") == 0)
    return strcmp (code, "source-changed") != 0;
  if (strcmp (verdict, "failed") != 0)
    return FALSE;
  return is_image ? g_strv_contains (image_codes, code) : !g_strv_contains (final_codes, code);
}

/* Returns: (transfer full) (element-type guint): which these are */
static GArray *
journal_keep_unfinished (PlatterJournal *self, GVariant *targets, gboolean was_stopped)
{
  g_autoptr (GVariant) known
    = g_variant_lookup_value (self->details, "targets", G_VARIANT_TYPE ("aa{sv}"));
  gboolean is_image = strcmp (platter_journal_get_kind (self), "image") == 0;
  gboolean is_rescue = platter_journal_is_rescue (self);
  g_autoptr (GVariant) details = g_steal_pointer (&self->details);
  g_autoptr (GArray) durable = g_steal_pointer (&self->durable);
  GArray *indexes = g_array_new (FALSE, FALSE, sizeof (guint));
  GVariantBuilder kept;
  GVariantDict dict;

  self->durable = g_array_new (FALSE, TRUE, sizeof (guint64));
  g_variant_builder_init (&kept, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < durable->len; i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);
      g_autoptr (GVariant) side = g_variant_get_child_value (known, i);

      if (!journal_can_go_on (is_image, is_rescue, target, was_stopped))
        continue;
      g_array_append_val (indexes, i);
      g_variant_builder_add_value (&kept, side);
      g_array_append_val (self->durable, g_array_index (durable, guint64, i));
    }
  g_variant_dict_init (&dict, details);
  g_variant_dict_insert_value (&dict, "targets", g_variant_builder_end (&kept));
  self->details = g_variant_ref_sink (g_variant_dict_end (&dict));
  return indexes;
}

/* The worker has left its last. */
static void
journal_keep_maps (PlatterJournal *self, guint n_maps, const GArray *kept)
{
  g_autoptr (GBytes) maps = NULL;

  if (!platter_journal_is_rescue (self))
    return;
  maps = platter_journal_read_map (self->page_fd, self->map);
  g_clear_pointer (&self->map, g_bytes_unref);
  self->map = platter_journal_select_maps (maps, n_maps, kept);
  if (self->page_fd >= 0)
    close (self->page_fd);
  self->page_fd = -1;
}

GVariant *
platter_journal_end (PlatterJournal *self, GVariant *targets, gboolean was_stopped)
{
  g_autoptr (GArray) kept = NULL;
  GVariant *indexes = NULL;
  guint n_maps = 0;

  journal_take_numbers (self, targets);
  n_maps = self->durable->len;
  kept = journal_keep_unfinished (self, targets, was_stopped);
  journal_keep_maps (self, n_maps, kept);
  indexes
    = g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, kept->data, kept->len, sizeof (guint32));
  if (journal_is_worth (self) && (self->map != NULL || !platter_journal_is_rescue (self))
      && platter_journal_lock (self))
    {
      self->is_ended = TRUE;
      journal_write (self);
      return indexes;
    }
  g_variant_unref (g_variant_ref_sink (indexes));
  platter_journal_discard (self);
  return g_variant_new ("au", NULL);
}

void
platter_journal_discard (PlatterJournal *self)
{
  self->is_discarded = TRUE;
  journal_write (self);
}

void
platter_journal_take_over (PlatterJournal *self, GVariant *details, const PlatterPlan *plan)
{
  const GArray *resume_bytes = plan->resume_bytes;
  guint64 least_bytes = G_MAXUINT64;

  g_variant_unref (self->details);
  self->details = g_variant_ref_sink (details);
  g_array_set_size (self->durable, 0);
  g_array_append_vals (self->durable, resume_bytes->data, resume_bytes->len);
  g_clear_pointer (&self->map, g_bytes_unref);
  self->map = plan->resume_map != NULL ? g_bytes_ref (plan->resume_map) : NULL;
  self->carried_bytes = 0;
  /* What one of the targets of a rescue lacks is read for all of them. */
  for (guint i = 0; i < resume_bytes->len; i++)
    least_bytes = MIN (least_bytes, g_array_index (resume_bytes, guint64, i));
  for (guint i = 0; i < resume_bytes->len && self->map != NULL; i++)
    self->carried_bytes = *journal_get_place (self, i) = least_bytes;
  journal_write (self);
}
