// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An image file that is made of a drive or of another image, with the user's rights.

#include "config.h"

#include "new-image.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/statvfs.h>

#include "image.h"
#include "job-private.h"
#include "new-file.h"
#include "new-image-facts.h"

/* What is read of a drive may be for its owner's eyes only. */
#define IMAGE_MODE 0600
#define FACTS_MODE 0666
#define N_FACTS 2

static const char *const new_image_endings[N_FACTS] = { ".sha256", ".json" };

struct _PlatterNewImage
{
  GObject parent_instance;
  PlatterNewFile *file;
  PlatterNewFile *facts[N_FACTS];
  char *name;
  gboolean replace;
  GObject *source;      /* (nullable): until the job has ended */
  char *texts[N_FACTS]; /* NULL where the image is not to be kept */
  gboolean is_finishing;
  gboolean is_kept;
};

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

  g_clear_pointer (&self->file, platter_new_file_free);
  for (guint i = 0; i < N_FACTS; i++)
    {
      g_clear_pointer (&self->facts[i], platter_new_file_free);
      g_free (self->texts[i]);
    }
  g_clear_object (&self->source);
  g_free (self->name);
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

static gboolean
new_image_fail (const char *path, int code, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);

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
  return *file != NULL || new_image_fail (path, errno, error);
}

PlatterNewImage *
platter_new_image_new (const char *path, GError **error)
{
  g_autoptr (PlatterNewImage) self = g_object_new (PLATTER_TYPE_NEW_IMAGE, NULL);

  if (!new_image_open (&self->file, path, error))
    return NULL;
  self->name = g_filename_display_basename (path);
  for (guint i = 0; i < N_FACTS; i++)
    {
      g_autofree char *beside = g_strconcat (path, new_image_endings[i], NULL);

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
  struct statvfs status;
  guint64 bytes = 0;

  if (fstatvfs (platter_new_file_get_folder (self->file), &status) != 0
      || !g_uint64_checked_mul (&bytes, status.f_bavail, status.f_frsize))
    return G_MAXUINT64;
  return bytes;
}

void
platter_new_image_set_replace (PlatterNewImage *self, gboolean replace)
{
  self->replace = replace;
}

static const PlatterNewFile *
new_image_find_existing (PlatterNewImage *self)
{
  if (platter_new_file_exists (self->file))
    return self->file;
  for (guint i = 0; i < N_FACTS; i++)
    if (platter_new_file_exists (self->facts[i]))
      return self->facts[i];
  return NULL;
}

char *
platter_new_image_dup_existing (PlatterNewImage *self)
{
  const PlatterNewFile *file = new_image_find_existing (self);

  return file != NULL ? g_filename_display_name (platter_new_file_get_path (file)) : NULL;
}

/* What is read is never replaced, whoever wants that. */
static gboolean
new_image_check_apart (PlatterNewImage *self, PlatterImage *source, GError **error)
{
  const PlatterNewFile *const files[] = { self->file, self->facts[0], self->facts[1] };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      const char *path = platter_new_file_get_path (files[i]);
      g_autofree char *shown = g_filename_display_name (path);

      if (!platter_image_is_in (source, path))
        continue;
      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_EXISTS,
                   _ ("%s is the image that is read. Give the new one another name."), shown);
      return FALSE;
    }
  return TRUE;
}

gboolean
platter_new_image_check (PlatterNewImage *self, gpointer source, GError **error)
{
  const char *path = platter_new_file_get_path (self->file);
  const PlatterNewFile *existing = new_image_find_existing (self);

  if (PLATTER_IS_DRIVE (source)
      && !platter_drive_check_place (source, platter_new_file_get_folder (self->file), error))
    return FALSE;
  if (PLATTER_IS_IMAGE (source) && !new_image_check_apart (self, source, error))
    return FALSE;
  if (g_str_has_suffix (path, "/") || g_file_test (path, G_FILE_TEST_IS_DIR))
    return new_image_fail (path, EISDIR, error);
  if (existing != NULL && !self->replace)
    return new_image_fail (platter_new_file_get_path (existing), EEXIST, error);
  return platter_new_file_check (self->file) || new_image_fail (path, errno, error);
}

static gboolean
new_image_begin_file (PlatterNewFile *file, unsigned int mode)
{
  g_autofree char *temporary
    = g_strdup_printf (".%s.platter-part", platter_new_file_get_name (file));

  return platter_new_file_begin (file, temporary, mode);
}

gboolean
platter_new_image_begin (PlatterNewImage *self, GError **error)
{
  return new_image_begin_file (self->file, IMAGE_MODE)
         || new_image_fail (platter_new_image_get_path (self), errno, error);
}

int
platter_new_image_get_fd (PlatterNewImage *self)
{
  return platter_new_file_get_fd (self->file);
}

static gboolean
new_image_write_facts (PlatterNewImage *self, GError **error)
{
  for (guint i = 0; i < N_FACTS; i++)
    if (!new_image_begin_file (self->facts[i], FACTS_MODE)
        || !platter_new_file_write (self->facts[i], self->texts[i]))
      return new_image_fail (platter_new_file_get_path (self->facts[i]), errno, error);
  return TRUE;
}

/* Once there is an image of that name, it is not to be said that there is none. */
static gboolean
new_image_commit (PlatterNewImage *self, PlatterNewFile *file, GError **error)
{
  const char *path = platter_new_file_get_path (file);
  gboolean is_committed = platter_new_file_commit (file, self->replace);
  int code = errno;
  g_autofree char *shown = g_filename_display_name (path);

  self->is_kept = platter_new_file_is_named (self->file);
  if (!is_committed && !self->is_kept)
    return new_image_fail (path, code, error);
  if (!is_committed)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                 /* Translators: the name of the image or of a file beside it, and why */
                 _ ("The image has its name, but %s could not be stored for good: %s."), shown,
                 g_strerror (code));
  return is_committed;
}

static gboolean
new_image_keep (PlatterNewImage *self, GError **error)
{
  gboolean is_good
    = new_image_write_facts (self, error) && new_image_commit (self, self->file, error);

  for (guint i = 0; i < N_FACTS && self->is_kept; i++)
    is_good = new_image_commit (self, self->facts[i], is_good ? error : NULL) && is_good;
  return is_good;
}

/* The thread is the only one to touch the files until it has called back. */
static void
new_image_finish_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PlatterNewImage *self = PLATTER_NEW_IMAGE (source);
  GError *error = NULL;
  gboolean is_good = self->texts[0] == NULL || new_image_keep (self, &error);

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
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  platter_job_let_end (job, self->is_kept, error != NULL ? error->message : NULL);
}

static void
new_image_finish (PlatterJob *job, gpointer user_data)
{
  PlatterNewImage *self = PLATTER_NEW_IMAGE (user_data);
  const char *name = platter_new_file_get_name (self->file);
  g_autoptr (GTask) task = g_task_new (self, NULL, new_image_finished_cb, g_object_ref (job));

  if (platter_job_is_whole (job))
    {
      self->texts[0] = platter_new_image_dup_sums (name, job);
      self->texts[1] = platter_new_image_dup_document (name, job, self->source);
    }
  g_clear_object (&self->source);
  self->is_finishing = TRUE;
  g_signal_emit (self, new_image_signals[SIGNAL_FINISHING], 0);
  g_task_run_in_thread (task, new_image_finish_thread);
}

void
platter_new_image_follow (PlatterNewImage *self, PlatterJob *job, gpointer source)
{
  g_set_object (&self->source, G_OBJECT (source));
  platter_job_hold_end (job, new_image_finish, g_object_ref (self), g_object_unref);
}

gboolean
platter_new_image_is_finishing (PlatterNewImage *self)
{
  return self->is_finishing;
}

gboolean
platter_new_image_is_kept (PlatterNewImage *self)
{
  return self->is_kept;
}

void
platter_new_image_discard (PlatterNewImage *self)
{
  platter_new_file_discard (self->file);
  for (guint i = 0; i < N_FACTS; i++)
    platter_new_file_discard (self->facts[i]);
}
