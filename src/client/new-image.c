// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An image file that is made of a drive or of another image, with the user's rights.

#include "config.h"

#include "new-image.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "disk-maker.h"
#include "image.h"
#include "job-private.h"
#include "new-file.h"
#include "new-image-facts.h"
#include "new-pieces.h"

#define FAT_MAX_BYTES G_MAXUINT32
/* The most that packing adds to what it cannot make smaller, and what it adds to each image. */
#define PACKED_PART 64
#define PACKED_MORE_BYTES ((guint64)1024 * 1024)

/* What is read of a drive may be for its owner's eyes only. */
#define IMAGE_MODE 0600
#define FACTS_MODE 0666
enum
{
  FACTS_SUMS,
  FACTS_DOCUMENT,
  N_FACTS,
};

static const char *const new_image_endings[N_FACTS] = { ".sha256", ".json" };

struct _PlatterNewImage
{
  GObject parent_instance;
  PlatterNewFile *file;
  PlatterNewFile *facts[N_FACTS];
  char *name;
  char *whole_name; /* as the file system has it */
  char *
    disk_format; /* (nullable): of one that QEMU's programs write, once it was begun, and its size */
  guint64 disk_bytes;
  PlatterNewPieces *pieces; /* (nullable): those behind the file, if it is made in several */
  gboolean replace;
  gboolean is_in_place;
  GObject *source;      /* (nullable): until the job has ended */
  char *texts[N_FACTS]; /* NULL where the image is not to be kept */
  guint n_pieces;       /* once it is finishing */
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
  g_free (self->whole_name);
  g_free (self->disk_format);
  g_clear_pointer (&self->pieces, platter_new_pieces_free);
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
  self->whole_name = g_path_get_basename (path);
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
platter_new_image_set_in_place (PlatterNewImage *self)
{
  self->is_in_place = TRUE;
}

void
platter_new_image_set_replace (PlatterNewImage *self, gboolean replace)
{
  self->replace = replace;
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

/* Returns: (transfer full) (nullable): a path */
static char *
new_image_dup_existing (PlatterNewImage *self)
{
  if (self->pieces != NULL)
    {
      char *path = platter_new_pieces_dup_existing (self->pieces);

      if (path != NULL)
        return path;
    }
  if (platter_new_file_exists (self->file))
    return g_strdup (platter_new_file_get_path (self->file));
  for (guint i = 0; i < N_FACTS; i++)
    if (platter_new_file_exists (self->facts[i]))
      return g_strdup (platter_new_file_get_path (self->facts[i]));
  return NULL;
}

char *
platter_new_image_dup_existing (PlatterNewImage *self)
{
  g_autofree char *path = new_image_dup_existing (self);
  return path != NULL ? g_filename_display_name (path) : NULL;
}

static gboolean
new_image_check_path_apart (PlatterImage *source, const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  if (!platter_image_is_in (source, path))
    return TRUE;
  g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_EXISTS,
               _ ("%s is the image that is read. Give the new one another name."), shown);
  return FALSE;
}

static gboolean
new_image_check_pieces_apart (PlatterNewImage *self, PlatterImage *source, GError **error)
{
  for (guint i = 0; self->pieces != NULL && i < PLATTER_NEW_PIECES_MAX; i++)
    {
      g_autofree char *path = platter_new_pieces_dup_path (self->pieces, i);

      if (!new_image_check_path_apart (source, path, error))
        return FALSE;
    }
  return TRUE;
}

/* What is read is never replaced, whoever wants that. */
static gboolean
new_image_check_apart (PlatterNewImage *self, PlatterImage *source, GError **error)
{
  const PlatterNewFile *const files[] = { self->file, self->facts[0], self->facts[1] };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    if (!new_image_check_path_apart (source, platter_new_file_get_path (files[i]), error))
      return FALSE;
  return new_image_check_pieces_apart (self, source, error);
}

gboolean
platter_new_image_check (PlatterNewImage *self, gpointer source, GError **error)
{
  const char *path = platter_new_file_get_path (self->file);
  g_autofree char *existing = new_image_dup_existing (self);

  if (PLATTER_IS_DRIVE (source)
      && !platter_drive_check_place (source, platter_new_file_get_folder (self->file), error))
    return FALSE;
  if (PLATTER_IS_IMAGE (source) && !new_image_check_apart (self, source, error))
    return FALSE;
  if (g_str_has_suffix (path, "/") || g_file_test (path, G_FILE_TEST_IS_DIR))
    return new_image_fail (path, EISDIR, error);
  if (existing != NULL && !self->replace
      && !(self->is_in_place && platter_new_file_exists (self->file)))
    return new_image_fail (existing, EEXIST, error);
  return platter_new_file_check (self->file) || new_image_fail (path, errno, error);
}

static gboolean
new_image_begin_file (PlatterNewFile *file, unsigned int mode)
{
  g_autofree char *temporary
    = g_strdup_printf (".%s.platter-part", platter_new_file_get_name (file));

  return platter_new_file_begin (file, temporary, mode);
}

/* A disk has its size from the start. */
static gboolean
new_image_begin_disk (PlatterNewImage *self, const char *format, guint64 size_bytes, GError **error)
{
  if (size_bytes == 0)
    {
      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                   /* Translators: the name of a file, and a format of files */
                   _ ("%s cannot be made as a %s disk: it needs its size from the start, and how "
                      "much the image holds shows only at its end. Make a plain image of it first, "
                      "and convert that."),
                   self->name, format);
      return FALSE;
    }
  g_free (self->disk_format);
  self->disk_format = g_strdup (format);
  self->disk_bytes = size_bytes;
  return platter_disk_maker_create (format, platter_new_file_get_fd (self->file), size_bytes,
                                    self->name, error);
}

static gboolean
new_image_begin_pieces (PlatterNewImage *self,
                        const char *format,
                        guint64 size_bytes,
                        GError **error)
{
  guint64 piece_bytes = platter_new_pieces_get_bytes (self->pieces);
  guint64 more_bytes
    = g_str_equal (format, "raw") ? 0 : size_bytes / PACKED_PART + PACKED_MORE_BYTES;
  guint64 n_pieces = (size_bytes + more_bytes - 1) / piece_bytes + 1;

  if (size_bytes == 0)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 /* Translators: the name of a file */
                 _ ("%s cannot be made in pieces: how much the image holds shows only at its end. "
                    "Make one file of it, and split that with “split -d -a 3 "
                    "--numeric-suffixes=1”."),
                 self->name);
  else if (n_pieces > PLATTER_NEW_PIECES_MAX)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 /* Translators: the name of a file, and two numbers */
                 _ ("%s could become %u pieces, and %d are the most. Make larger ones."),
                 self->name, (guint)MIN (n_pieces, G_MAXUINT), PLATTER_NEW_PIECES_MAX);
  else if (!platter_new_pieces_begin (self->pieces, (guint)n_pieces, IMAGE_MODE))
    new_image_fail (platter_new_image_get_path (self), errno, error);
  else
    return TRUE;
  return FALSE;
}

/* FAT would say so only after its 4 GiB were written. */
static gboolean
new_image_check_fat (PlatterNewImage *self, const char *format, guint64 size_bytes, GError **error)
{
  if (self->pieces != NULL || !g_str_equal (format, "raw") || size_bytes <= FAT_MAX_BYTES
      || !platter_new_file_is_on_fat (self->file))
    return TRUE;
  g_set_error (
    error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
    /* Translators: the name of a file */
    _ ("%s would become larger than 4 GiB, and no file on a FAT file system can be. Make "
       "it in pieces or compressed, or save it somewhere else."),
    self->name);
  return FALSE;
}

/* What is there is of the same drive, as far as its size tells. */
static gboolean
new_image_begin_in_place (PlatterNewImage *self, guint64 size_bytes, GError **error)
{
  struct stat status;

  if (!platter_new_file_begin_in_place (self->file, IMAGE_MODE)
      || fstat (platter_new_file_get_fd (self->file), &status) != 0)
    return new_image_fail (platter_new_image_get_path (self), errno, error);
  if (status.st_size == 0 || (guint64)status.st_size == size_bytes)
    return TRUE;
  platter_new_image_discard (self);
  g_set_error (
    error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_EXISTS,
    /* Translators: the name of a file */
    _ ("%s exists and has another size than the drive, so it is no image of it. Give the "
       "image another name."),
    self->name);
  return FALSE;
}

gboolean
platter_new_image_begin (PlatterNewImage *self,
                         const char *format,
                         guint64 size_bytes,
                         GError **error)
{
  gboolean is_good = TRUE;

  if (!new_image_check_fat (self, format, size_bytes, error))
    return FALSE;
  if (self->is_in_place)
    return new_image_begin_in_place (self, size_bytes, error);
  if (!new_image_begin_file (self->file, IMAGE_MODE))
    return new_image_fail (platter_new_image_get_path (self), errno, error);
  if (self->pieces != NULL)
    is_good = new_image_begin_pieces (self, format, size_bytes, error);
  else if (platter_disk_maker_makes (format))
    is_good = new_image_begin_disk (self, format, size_bytes, error);
  if (!is_good)
    platter_new_image_discard (self);
  return is_good;
}

gboolean
platter_new_image_is_passed_on (PlatterNewImage *self)
{
  return self->disk_format != NULL
         || (self->pieces != NULL && platter_new_pieces_get_n (self->pieces) > 1);
}

int
platter_new_image_pass_on (PlatterNewImage *self, GError **error)
{
  if (self->pieces != NULL)
    return platter_new_pieces_pass_on (self->pieces, error);
  return platter_disk_maker_serve (self->disk_format, platter_new_file_get_fd (self->file),
                                   self->disk_bytes, self->name, error);
}

int
platter_new_image_open (PlatterNewImage *self, GError **error)
{
  int own = platter_new_file_get_fd (self->file);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", own);
  int fd = self->disk_format != NULL ? open (path, O_RDONLY | O_CLOEXEC)
                                     : fcntl (own, F_DUPFD_CLOEXEC, 3);

  if (fd < 0)
    new_image_fail (platter_new_image_get_path (self), errno, error);
  return fd;
}

static gboolean
new_image_write_facts (PlatterNewImage *self, GError **error)
{
  for (guint i = 0; i < N_FACTS; i++)
    if (self->texts[i] != NULL
        && (!new_image_begin_file (self->facts[i], FACTS_MODE)
            || !platter_new_file_write (self->facts[i], self->texts[i])))
      return new_image_fail (platter_new_file_get_path (self->facts[i]), errno, error);
  return TRUE;
}

/* Once there is an image of that name, it is not to be said that there is none. */
static gboolean
new_image_commit (PlatterNewImage *self, PlatterNewFile *file, GError **error)
{
  const char *path = platter_new_file_get_path (file);
  gboolean is_committed = platter_new_file_commit (file, self->replace || self->is_in_place);
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
new_image_commit_pieces (PlatterNewImage *self, GError **error)
{
  g_autofree char *path = NULL;

  if (self->pieces == NULL || platter_new_pieces_commit (self->pieces, self->replace, &path))
    return TRUE;
  return new_image_fail (path, errno, error);
}

/* The first piece is the last to get its name. */
static gboolean
new_image_keep (PlatterNewImage *self, GError **error)
{
  gboolean is_good = new_image_write_facts (self, error) && new_image_commit_pieces (self, error)
                     && new_image_commit (self, self->file, error);

  for (guint i = 0; i < N_FACTS && self->is_kept; i++)
    if (self->texts[i] != NULL)
      is_good = new_image_commit (self, self->facts[i], is_good ? error : NULL) && is_good;
  return is_good;
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
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
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

static void
new_image_finish (PlatterJob *job, gpointer user_data)
{
  PlatterNewImage *self = PLATTER_NEW_IMAGE (user_data);
  PlatterNewImageLayout layout = new_image_get_layout (self);
  g_autoptr (GTask) task = g_task_new (self, NULL, new_image_finished_cb, g_object_ref (job));

  if (platter_job_is_whole (job) || self->is_in_place)
    {
      self->texts[FACTS_SUMS]
        = self->is_in_place ? NULL : platter_new_image_dup_sums (&layout, job);
      self->texts[FACTS_DOCUMENT] = platter_new_image_dup_document (&layout, job, self->source);
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

  return self->is_in_place && fstat (platter_new_file_get_fd (self->file), &status) == 0
         && status.st_size == 0;
}

void
platter_new_image_discard (PlatterNewImage *self)
{
  if (new_image_is_unused (self))
    platter_new_file_withdraw (self->file);
  platter_new_file_discard (self->file);
  if (self->pieces != NULL && !self->is_kept)
    platter_new_pieces_withdraw (self->pieces);
  if (self->pieces != NULL)
    platter_new_pieces_discard (self->pieces);
  for (guint i = 0; i < N_FACTS; i++)
    platter_new_file_discard (self->facts[i]);
}
