// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An image file that is made of a drive or of another image, with the user's rights.

#include "config.h"

#include "new-image.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "image.h"
#include "job-private.h"
#include "new-image-facts.h"
#include "new-image-private.h"
#include "resume-request.h"
#include "shown.h"

#define FACTS_MODE 0666
const char *const platter_new_image_endings[N_FACTS] = { ".sha256", ".json" };

G_DEFINE_FINAL_TYPE (PlatterNewImage, platter_new_image, G_TYPE_OBJECT)

enum
{
  SIGNAL_FINISHING,
  N_SIGNALS,
};

static guint new_image_signals[N_SIGNALS];

static void
new_image_finalize (GObject *object)
{
  PlatterNewImage *self = PLATTER_NEW_IMAGE (object);

  g_clear_pointer (&self->replaced, platter_replaced_free);
  g_clear_pointer (&self->file, platter_new_file_free);
  for (guint i = 0; i < N_FACTS; i++)
    {
      g_clear_pointer (&self->facts[i], platter_new_file_free);
      g_free (self->texts[i]);
    }
  g_clear_object (&self->source);
  g_free (self->name);
  g_free (self->whole_name);
  g_free (self->disk_format);
  g_clear_pointer (&self->pieces, platter_new_pieces_free);
  g_clear_pointer (&self->keeper, platter_map_keeper_free);
  g_clear_pointer (&self->map, platter_map_file_free);
  g_free (self->map_path);
  G_OBJECT_CLASS (platter_new_image_parent_class)->finalize (object);
}

static void
platter_new_image_class_init (PlatterNewImageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = new_image_finalize;
  new_image_signals[SIGNAL_FINISHING] = g_signal_new (
    "finishing", PLATTER_TYPE_NEW_IMAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
platter_new_image_init (PlatterNewImage *self)
{
}

gboolean
platter_new_image_fail (const char *path, int code, GError **error)
{
  g_autofree char *shown = platter_shown_dup_name (path);

  if (code == EEXIST)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_EXISTS,
                 _ ("%s exists already. Give the image another name, or say that it is to be "
                    "replaced."),
                 shown);
  else if (code == EWOULDBLOCK)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                 _ ("Another job is making %s now. Wait for its end, or choose another name."),
                 shown);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                 /* Translators: the name of a file, and why */
                 _ ("The image cannot be saved as %s: %s."), shown, g_strerror (code));
  return FALSE;
}

static gboolean
new_image_open (PlatterNewFile **file, const char *path, GError **error)
{
  *file = platter_new_file_new (path);
  return *file != NULL || platter_new_image_fail (path, errno, error);
}

PlatterNewImage *
platter_new_image_new (const char *path, GError **error)
{
  g_autoptr (PlatterNewImage) self = g_object_new (PLATTER_TYPE_NEW_IMAGE, NULL);

  if (!new_image_open (&self->file, path, error))
    return NULL;
  self->name = platter_shown_dup_base_name (path);
  self->whole_name = g_path_get_basename (path);
  for (guint i = 0; i < N_FACTS; i++)
    {
      g_autofree char *beside = g_strconcat (path, platter_new_image_endings[i], NULL);

      if (!new_image_open (&self->facts[i], beside, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

const char *
platter_new_image_get_name (PlatterNewImage *self)
{
  return self->name;
}

const char *
platter_new_image_get_path (PlatterNewImage *self)
{
  return platter_new_file_get_path (self->file);
}

guint64
platter_new_image_get_free_bytes (PlatterNewImage *self)
{
  g_autofree char *hidden = platter_new_file_dup_hidden (self->file);
  struct statvfs status;
  guint64 bytes = 0;

  if (fstatvfs (platter_new_file_get_folder (self->file), &status) != 0
      || !g_uint64_checked_mul (&bytes, status.f_bavail, status.f_frsize))
    return G_MAXUINT64;
  /* What there is of it needs no more room, or goes as soon as the job has begun. */
  if (self->map_path == NULL && platter_new_file_add_left (self->file, hidden, &bytes)
      && self->pieces != NULL)
    bytes += platter_new_pieces_get_left_bytes (self->pieces);
  return bytes;
}

gboolean
platter_new_image_is_at (PlatterNewImage *self, const char *path)
{
  gboolean is_at = platter_new_file_is_at (self->file, path);

  for (guint i = 0; i < N_FACTS && !is_at; i++)
    is_at = platter_new_file_is_at (self->facts[i], path);
  return is_at;
}

void
platter_new_image_set_replace (PlatterNewImage *self, gboolean replace)
{
  self->replace = replace;
}

gboolean
platter_new_image_get_replace (PlatterNewImage *self)
{
  return self->replace;
}

gboolean
platter_new_image_split (PlatterNewImage *self, guint64 piece_bytes, GError **error)
{
  g_autoptr (PlatterNewPieces) pieces
    = platter_new_pieces_new (platter_new_file_get_path (self->file), piece_bytes);
  g_autofree char *first = platter_new_pieces_dup_path (pieces, 0);

  g_return_val_if_fail (self->pieces == NULL, FALSE);
  g_clear_pointer (&self->file, platter_new_file_free);
  if (!new_image_open (&self->file, first, error))
    return FALSE;
  self->pieces = g_steal_pointer (&pieces);
  return TRUE;
}

gboolean
platter_new_image_is_split (PlatterNewImage *self)
{
  return self->pieces != NULL;
}

/* Once there is an image of that name, it is not to be said that there is none. */
static gboolean
new_image_fail_beside (const char *path, int code, GError **error)
{
  g_autofree char *shown = platter_shown_dup_name (path);

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               /* Translators: the name of the image or of a file beside it, and why */
               _ ("The image has its name, but %s could not be stored for good: %s."), shown,
               g_strerror (code));
  return FALSE;
}

static gboolean
new_image_commit (PlatterNewImage *self, PlatterNewFile *file, GError **error)
{
  const char *path = platter_new_file_get_path (file);
  gboolean is_committed = platter_new_file_commit (file, self->replace || self->map_path != NULL);
  int code = errno;

  self->is_kept = platter_new_file_is_named (self->file);
  if (!is_committed && !self->is_kept)
    return platter_new_image_fail (path, code, error);
  return is_committed || new_image_fail_beside (path, code, error);
}

static gboolean
new_image_commit_pieces (PlatterNewImage *self, GError **error)
{
  g_autofree char *path = NULL;

  if (self->pieces == NULL || platter_new_pieces_commit (self->pieces, &path))
    return TRUE;
  return platter_new_image_fail (path, errno, error);
}

/* Old facts would condemn a new image, and old pieces belong to none. A file that is one only takes the place of the old one at once,
   so that there is always an image. */
static gboolean
new_image_hide_old (PlatterNewImage *self, GError **error)
{
  g_autofree char *path = NULL;

  if (!self->replace)
    return TRUE;
  self->replaced = platter_replaced_new (platter_new_file_get_folder (self->file));
  if (self->pieces != NULL && !platter_new_pieces_hide_old (self->pieces, self->replaced, &path))
    return platter_new_image_fail (path, errno, error);
  /* One that does not go is told when the new one does not get its name. */
  for (guint i = 0; i < N_FACTS; i++)
    platter_replaced_hide (self->replaced, platter_new_file_get_name (self->facts[i]));
  return platter_new_file_flush_folder (self->file)
         || platter_new_image_fail (platter_new_file_get_path (self->file), errno, error);
}

/* That one of them cannot be made is no reason to throw the image away. */
static gboolean
new_image_commit_fact (PlatterNewImage *self, guint index, GError **error)
{
  PlatterNewFile *file = self->facts[index];

  if (self->texts[index] == NULL)
    return TRUE;
  if (!platter_new_image_begin_file (file, FACTS_MODE)
      || !platter_new_file_write (file, self->texts[index]))
    return new_image_fail_beside (platter_new_file_get_path (file), errno, error);
  return new_image_commit (self, file, error);
}

/* The first piece is the last to get its name. */
static gboolean
new_image_keep (PlatterNewImage *self, GError **error)
{
  gboolean is_good = new_image_hide_old (self, error) && new_image_commit_pieces (self, error)
                     && new_image_commit (self, self->file, error);

  if (self->replaced != NULL && self->is_kept)
    platter_replaced_remove (self->replaced);
  for (guint i = 0; i < N_FACTS && self->is_kept; i++)
    is_good = new_image_commit_fact (self, i, is_good ? error : NULL) && is_good;
  return is_good;
}

/* Whether what there is of it is to stay. With the helper goes what is known of the job, but for what it has kept of it. */
static gboolean
new_image_is_to_stay (PlatterNewImage *self, PlatterJob *job, gboolean is_whole)
{
  if (self->map_path != NULL || is_whole || self->is_aside)
    return FALSE;
  if (job->report == NULL)
    return self->is_again || platter_resume_may_be_kept (job);
  return platter_resume_is_possible (job);
}

/* The thread is the only one to touch the files until it has called back. */
static void
new_image_finish_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PlatterNewImage *self = PLATTER_NEW_IMAGE (source);
  GError *error = NULL;
  gboolean is_good = self->texts[FACTS_DOCUMENT] == NULL || new_image_keep (self, &error);

  platter_new_image_discard (self);
  if (is_good)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
new_image_finished_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PlatterNewImage *self = PLATTER_NEW_IMAGE (object);
  g_autoptr (PlatterJob) job = user_data;
  g_autoptr (GError) trouble = g_steal_pointer (&self->trouble);
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error) && trouble != NULL)
    g_propagate_error (&error, g_steal_pointer (&trouble));
  self->is_kept = self->is_kept || self->map_path != NULL;
  platter_job_let_end (job, self->is_kept, error != NULL ? error->message : NULL);
}

/* Put together they have the name without an ending. */
static PlatterNewImageLayout
new_image_get_layout (PlatterNewImage *self)
{
  PlatterNewImageLayout layout = { .name = platter_new_file_get_name (self->file) };

  self->n_pieces = self->pieces != NULL ? platter_new_pieces_count_used (self->pieces) : 1;
  if (self->n_pieces == 1)
    return layout;
  layout.name = self->whole_name;
  layout.n_pieces = self->n_pieces;
  layout.piece_bytes = platter_new_pieces_get_bytes (self->pieces);
  return layout;
}

/* What is rescued into may be of an earlier job. One that found that it is of another drive, or of which nobody knows how it ended,
   has nothing to say of it: what lies beside it stays. */
static gboolean
new_image_is_told (PlatterNewImage *self, PlatterJob *job)
{
  g_autoptr (PlatterJobTarget) target = g_list_model_get_item (platter_job_get_targets (job), 0);
  guint64 n_missing = 0;

  if (self->map_path == NULL)
    return platter_job_is_whole (job);
  return job->report != NULL && g_variant_lookup (job->report, "missing-count", "t", &n_missing)
         && target != NULL && strcmp (platter_job_target_get_error_code (target), "changed") != 0;
}

static void
new_image_finish_files (PlatterNewImage *self, PlatterJob *job)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, new_image_finished_cb, g_object_ref (job));
  PlatterNewImageLayout layout;

  /* Hours have passed since its name was free. */
  if (platter_job_is_whole (job) && platter_new_image_evade (self, &self->trouble))
    platter_job_rename_target (job, self->name);
  layout = new_image_get_layout (self);
  if (new_image_is_told (self, job))
    {
      self->texts[FACTS_SUMS]
        = self->map_path != NULL ? NULL : platter_new_image_dup_sums (&layout, job);
      self->texts[FACTS_DOCUMENT] = platter_new_image_dup_document (&layout, job, self->source);
    }
  g_clear_object (&self->source);
  self->is_left = new_image_is_to_stay (self, job, self->texts[FACTS_DOCUMENT] != NULL);
  self->is_finishing = TRUE;
  g_signal_emit (self, new_image_signals[SIGNAL_FINISHING], 0);
  g_task_run_in_thread (task, new_image_finish_thread);
}

/* What the map does not have could not be gone on with. */
static void
new_image_mapped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterNewImage) self = user_data;

  platter_map_keeper_end_finish (result, &self->trouble);
  g_clear_pointer (&self->keeper, platter_map_keeper_free);
  new_image_finish_files (self, PLATTER_JOB (source));
}

static void
new_image_finish (PlatterJob *job, gpointer user_data)
{
  PlatterNewImage *self = PLATTER_NEW_IMAGE (user_data);

  if (self->keeper != NULL && !platter_job_is_lost (job))
    platter_map_keeper_end_async (self->keeper, new_image_mapped_cb, g_object_ref (self));
  else
    new_image_finish_files (self, job);
}

void
platter_new_image_follow (PlatterNewImage *self, PlatterJob *job, gpointer source)
{
  gboolean had_left = FALSE;

  g_set_object (&self->source, G_OBJECT (source));
  had_left = platter_new_file_has_left (self->file);
  self->is_aside
    = !platter_new_file_take_over (self->file)
      || (self->pieces != NULL && !platter_new_pieces_take_over (self->pieces, had_left));
  if (self->map != NULL)
    self->keeper = platter_map_keeper_new (job, self->map);
  platter_job_hold_end (job, new_image_finish, g_object_ref (self), g_object_unref);
}

gboolean
platter_new_image_is_finishing (PlatterNewImage *self)
{
  return self->is_finishing;
}

guint
platter_new_image_get_n_pieces (PlatterNewImage *self)
{
  return self->n_pieces;
}

gboolean
platter_new_image_is_kept (PlatterNewImage *self)
{
  return self->is_kept;
}

/* One that was made for nothing. */
static gboolean
new_image_is_unused (PlatterNewImage *self)
{
  struct stat status;

  return self->map_path != NULL && fstat (platter_new_file_get_fd (self->file), &status) == 0
         && status.st_size == 0;
}

void
platter_new_image_leave (PlatterNewImage *self, PlatterJob *job)
{
  self->is_left = new_image_is_to_stay (self, job, FALSE);
  platter_new_image_discard (self);
}

gboolean
platter_new_image_is_left (PlatterNewImage *self)
{
  return self->is_left;
}

void
platter_new_image_set_again (PlatterNewImage *self)
{
  self->is_again = TRUE;
  self->is_left = TRUE;
}

gboolean
platter_new_image_is_again (PlatterNewImage *self)
{
  return self->is_again;
}

char *
platter_new_image_dup_whole_path (PlatterNewImage *self)
{
  /* The folder that was opened, whatever links lead there. */
  g_autofree char *link
    = g_strdup_printf ("/proc/self/fd/%d", platter_new_file_get_folder (self->file));
  g_autofree char *folder = g_file_read_link (link, NULL);
  g_autofree char *given = g_path_get_dirname (platter_new_file_get_path (self->file));
  g_autofree char *path
    = g_build_filename (folder != NULL ? folder : given, self->whole_name, NULL);

  return g_canonicalize_filename (path, NULL);
}

guint64
platter_new_image_get_piece_bytes (PlatterNewImage *self)
{
  return self->pieces != NULL ? platter_new_pieces_get_bytes (self->pieces) : 0;
}

void
platter_new_image_remove_left (PlatterJob *job)
{
  g_autofree char *path = platter_resume_dup_new_path (job);
  g_autoptr (PlatterNewImage) image = path != NULL ? platter_new_image_new (path, NULL) : NULL;
  guint64 piece_bytes = platter_resume_get_piece_bytes (job);
  g_autofree char *hidden = NULL;
  g_autofree char *waiting = NULL;

  if (image == NULL || (piece_bytes > 0 && !platter_new_image_split (image, piece_bytes, NULL)))
    return;
  hidden = platter_new_file_dup_hidden (image->file);
  waiting = platter_new_file_dup_waiting (image->file);
  if (platter_new_file_remove_left (image->file, hidden)
      && platter_new_file_remove_left (image->file, waiting) && image->pieces != NULL)
    platter_new_pieces_remove_left (image->pieces);
}

void
platter_new_image_discard (PlatterNewImage *self)
{
  if (self->is_left)
    {
      platter_new_file_leave (self->file);
      if (self->pieces != NULL)
        platter_new_pieces_leave (self->pieces);
    }
  if (new_image_is_unused (self))
    {
      platter_new_file_withdraw (self->file);
      if (self->map != NULL)
        platter_map_file_discard (self->map);
    }
  platter_new_file_discard (self->file);
  if (self->pieces != NULL && !self->is_kept)
    platter_new_pieces_withdraw (self->pieces);
  if (self->pieces != NULL)
    platter_new_pieces_discard (self->pieces);
  /* Not before their names are free again. */
  if (self->replaced != NULL)
    platter_replaced_restore (self->replaced);
  for (guint i = 0; i < N_FACTS; i++)
    platter_new_file_discard (self->facts[i]);
}
