// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An image in pieces.

#include "config.h"

#include "image-pieces.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device/file-state.h"
#include "image-document.h"
#include "image.h"
#include "pieces-row.h"
#include "pipe-feed.h"
#include "shown.h"

#define MAX_PIECES 512
/* A hole of so many pieces is still noticed. */
#define MAX_HOLE 8

struct _PlatterImagePieces
{
  PlatterPiecesRow row;
  GArray *fds;   /* int */
  GArray *sizes; /* guint64 */
};

/* Also where the second is the one that is missing: the first is not to be taken for all. */
static gboolean
image_pieces_has_more (const PlatterPiecesRow *row)
{
  for (guint i = 1; i <= MAX_HOLE; i++)
    if (platter_pieces_row_is_there (row, i))
      return TRUE;
  return FALSE;
}

/* Each but the last is as long as the first: one that is shorter did not come whole. */
static gboolean
image_pieces_check_sizes (const PlatterImagePieces *self, GError **error)
{
  guint64 first_bytes = g_array_index (self->sizes, guint64, 0);

  for (guint i = 1; i < self->sizes->len; i++)
    {
      guint64 size_bytes = g_array_index (self->sizes, guint64, i);
      g_autofree char *path = platter_pieces_row_dup_path (&self->row, i - 1);
      g_autofree char *name = platter_shown_dup_base_name (path);

      if (g_array_index (self->sizes, guint64, i - 1) == first_bytes && size_bytes <= first_bytes)
        continue;
      g_set_error (
        error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
        _ ("%s has another size than the other pieces of the image: it may not be whole. "
           "Get it again."),
        name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
image_pieces_check_hole (const PlatterImagePieces *self, GError **error)
{
  for (guint i = 1; i <= MAX_HOLE; i++)
    if (platter_pieces_row_is_there (&self->row, self->fds->len + i))
      {
        g_autofree char *path = platter_pieces_row_dup_path (&self->row, self->fds->len);
        g_autofree char *name = platter_shown_dup_base_name (path);

        g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                     _ ("%s is missing: the image is split into pieces, and there are later ones."),
                     name);
        return FALSE;
      }
  return TRUE;
}

/* Somebody may have put something else there since it was found. Returns: -1 with errno */
static int
image_pieces_open_file (const char *path, struct stat *status)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  int code = 0;

  if (fd >= 0 && fstat (fd, status) == 0 && S_ISREG (status->st_mode)
      && fcntl (fd, F_SETFL, 0) == 0)
    return fd;
  code = fd < 0 ? errno : EINVAL;
  if (fd >= 0)
    close (fd);
  errno = code;
  return -1;
}

static gboolean
image_pieces_open (PlatterImagePieces *self, const char *path, GError **error)
{
  struct stat status;
  int fd = image_pieces_open_file (path, &status);
  int code = errno;
  guint64 size_bytes = 0;

  if (fd < 0)
    {
      g_autofree char *name = platter_shown_dup_base_name (path);

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("%s cannot be read: %s."),
                   name, g_strerror (code));
      return FALSE;
    }
  size_bytes = (guint64)status.st_size;
  g_array_append_val (self->fds, fd);
  g_array_append_val (self->sizes, size_bytes);
  return TRUE;
}

static gboolean
image_pieces_open_all (PlatterImagePieces *self, GError **error)
{
  while (self->fds->len < MAX_PIECES && platter_pieces_row_is_there (&self->row, self->fds->len))
    {
      g_autofree char *path = platter_pieces_row_dup_path (&self->row, self->fds->len);

      if (!image_pieces_open (self, path, error))
        return FALSE;
    }
  if (self->fds->len == MAX_PIECES)
    {
      g_autofree char *name = platter_shown_dup_base_name (self->row.stem);

      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                   _ ("%s is split into more than %d pieces. Join them first."), name,
                   MAX_PIECES - 1);
      return FALSE;
    }
  return image_pieces_check_hole (self, error) && image_pieces_check_sizes (self, error);
}

static gboolean
image_pieces_fail_missing (const PlatterPiecesRow *row,
                           guint index,
                           const PlatterImageDocument *document,
                           GError **error)
{
  g_autofree char *path = platter_pieces_row_dup_path (row, index);
  g_autofree char *name = platter_shown_dup_base_name (path);

  g_set_error (
    error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
    /* Translators: the names of a piece and of the file that tells of all, and a number */
    _ ("%s is missing: %s says that the image is split into %" PRIu64 " pieces. Get all of them."),
    name, document->name, document->n_pieces);
  return FALSE;
}

/* Platter's own are counted in its document; others may have split the same image otherwise. */
static gboolean
image_pieces_is_counted (const PlatterPiecesRow *row, const PlatterImageDocument *document)
{
  return document->n_pieces > 0 && row->radix == 10 && row->width == 3;
}

/* One that is complete and whole by itself may be the first of more, as the document beside it tells. */
static gboolean
image_pieces_check_document (const PlatterPiecesRow *row,
                             guint n_pieces,
                             guint64 size_bytes,
                             GError **error)
{
  g_auto (PlatterImageDocument) document = { 0 };
  g_autofree char *name = platter_shown_dup_base_name (row->stem);

  /* What tells of no pieces is of the file itself, if that is there. */
  if (!platter_image_document_read (&document, row->stem)
      || (document.n_pieces == 0 && g_file_test (row->stem, G_FILE_TEST_EXISTS)))
    return TRUE;
  if (image_pieces_is_counted (row, &document) && n_pieces < document.n_pieces)
    return image_pieces_fail_missing (row, n_pieces, &document, error);
  if ((document.size_bytes == 0 || document.size_bytes == size_bytes)
      && (!image_pieces_is_counted (row, &document) || n_pieces == document.n_pieces))
    return TRUE;
  g_set_error (
    error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
    /* Translators: the name of an image in pieces, a size, the file that tells of it, and what size that tells */
    _ ("The pieces of %s have %" PRIu64 " bytes, but %s says %" PRIu64
       ": some are missing or cut off, or do not belong to it. Get them again, or take that file "
       "away if it is of another image."),
    name, size_bytes, document.name, document.size_bytes);
  return FALSE;
}

/* Its first one is not there. Without a document it may be a file by itself. */
static gboolean
image_pieces_check_headless (const PlatterPiecesRow *row, GError **error)
{
  g_auto (PlatterImageDocument) document = { 0 };

  if (row->stem == NULL || !platter_image_document_read (&document, row->stem)
      || !image_pieces_is_counted (row, &document))
    return TRUE;
  return image_pieces_fail_missing (row, 0, &document, error);
}

static gboolean
image_pieces_check_lone (const PlatterPiecesRow *row, GError **error)
{
  g_autofree char *path = platter_pieces_row_dup_path (row, 0);
  struct stat status;

  return stat (path, &status) != 0
         || image_pieces_check_document (row, 1, (guint64)status.st_size, error);
}

gboolean
platter_image_pieces_find (const char *path, PlatterImagePieces **pieces, GError **error)
{
  g_auto (PlatterPiecesRow) row = { 0 };
  guint index = 0;
  g_autoptr (PlatterImagePieces) self = NULL;

  *pieces = NULL;
  if (!platter_pieces_row_find (&row, path, &index))
    return image_pieces_check_headless (&row, error);
  if (!image_pieces_has_more (&row))
    return image_pieces_check_lone (&row, error);
  if (index != 0)
    {
      g_autofree char *first = platter_pieces_row_dup_path (&row, 0);
      g_autofree char *name = platter_shown_dup_base_name (path);
      g_autofree char *first_name = platter_shown_dup_base_name (first);

      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                   /* Translators: names of two files */
                   _ ("%s is one piece of an image. Choose the first one, %s."), name, first_name);
      return FALSE;
    }
  self = g_new0 (PlatterImagePieces, 1);
  self->row = row;
  row.stem = NULL;
  self->fds = g_array_new (FALSE, FALSE, sizeof (int));
  self->sizes = g_array_new (FALSE, FALSE, sizeof (guint64));
  if (!image_pieces_open_all (self, error)
      || !image_pieces_check_document (&self->row, self->fds->len,
                                       platter_image_pieces_get_size_bytes (self), error))
    return FALSE;
  *pieces = g_steal_pointer (&self);
  return TRUE;
}

char *
platter_image_pieces_dup_whole (const char *path)
{
  g_auto (PlatterPiecesRow) row = { 0 };
  guint index = 0;

  if (!platter_pieces_row_find (&row, path, &index) || index != 0
      || g_file_test (row.stem, G_FILE_TEST_EXISTS))
    return NULL;
  return g_steal_pointer (&row.stem);
}

void
platter_image_pieces_free (PlatterImagePieces *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->fds->len; i++)
    close (g_array_index (self->fds, int, i));
  g_array_unref (self->fds);
  g_array_unref (self->sizes);
  platter_pieces_row_clear (&self->row);
  g_free (self);
}

guint64
platter_image_pieces_get_size_bytes (const PlatterImagePieces *self)
{
  guint64 size_bytes = 0;

  for (guint i = 0; i < self->sizes->len; i++)
    size_bytes += g_array_index (self->sizes, guint64, i);
  return size_bytes;
}

gboolean
platter_image_pieces_have (const PlatterImagePieces *self, const struct stat *file)
{
  struct stat own;

  for (guint i = 0; i < self->fds->len; i++)
    if (fstat (g_array_index (self->fds, int, i), &own) == 0 && own.st_dev == file->st_dev
        && own.st_ino == file->st_ino)
      return TRUE;
  return FALSE;
}

char *
platter_image_pieces_dup_path (const PlatterImagePieces *self)
{
  return g_strdup (self->row.stem);
}

char *
platter_image_pieces_dup_name (const PlatterImagePieces *self)
{
  return g_path_get_basename (self->row.stem);
}

int
platter_image_pieces_get_fd (const PlatterImagePieces *self)
{
  return g_array_index (self->fds, int, 0);
}

/* Feeding */

typedef struct
{
  GArray *fds;   /* its own */
  GArray *sizes; /* what they are to be */
  PlatterFileState *states;
  int pipe;
} PiecesFeed;

static gboolean
image_pieces_feed_has_changed (const PiecesFeed *self)
{
  for (guint i = 0; i < self->fds->len; i++)
    if (self->states[i].size_bytes != g_array_index (self->sizes, guint64, i)
        || platter_file_state_has_changed (&self->states[i], g_array_index (self->fds, int, i)))
      return TRUE;
  return FALSE;
}

/* What was changed while it was read is not all sent: whoever knows how much is to come misses its end, and calls nothing whole. */
static gboolean
image_pieces_feed_may_send (const PiecesFeed *self, guint index, guint64 end_bytes)
{
  gboolean is_last
    = index + 1 == self->fds->len && end_bytes == g_array_index (self->sizes, guint64, index);

  return !is_last || !image_pieces_feed_has_changed (self);
}

static gboolean
image_pieces_feed_one (const PiecesFeed *self, guint index, guint8 *buffer)
{
  guint64 size_bytes = g_array_index (self->sizes, guint64, index);
  guint64 at = 0;

  while (at < size_bytes)
    {
      gssize got = pread (g_array_index (self->fds, int, index), buffer,
                          (gsize)MIN (size_bytes - at, PLATTER_PIPE_FEED_BYTES), (off_t)at);

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0 || !image_pieces_feed_may_send (self, index, at + (guint64)got)
          || !platter_pipe_feed_write (self->pipe, buffer, (gsize)got))
        return FALSE;
      at += (guint64)got;
    }
  return TRUE;
}

static gpointer
image_pieces_feed_thread (gpointer data)
{
  PiecesFeed *self = data;
  g_autofree guint8 *buffer = g_malloc (PLATTER_PIPE_FEED_BYTES);
  gboolean is_good = TRUE;

  platter_pipe_feed_begin ();
  for (guint i = 0; i < self->fds->len && is_good; i++)
    is_good = image_pieces_feed_one (self, i, buffer);
  for (guint i = 0; i < self->fds->len; i++)
    close (g_array_index (self->fds, int, i));
  close (self->pipe);
  g_array_unref (self->fds);
  g_array_unref (self->sizes);
  g_free (self->states);
  g_free (self);
  return NULL;
}

int
platter_image_pieces_feed (const PlatterImagePieces *self, GError **error)
{
  PiecesFeed *feed = NULL;
  int pipe[2] = { -1, -1 };

  if (!platter_pipe_feed_open (pipe, error))
    return -1;
  feed = g_new0 (PiecesFeed, 1);
  feed->pipe = pipe[1];
  feed->fds = g_array_new (FALSE, FALSE, sizeof (int));
  feed->sizes = g_array_copy (self->sizes);
  feed->states = g_new0 (PlatterFileState, self->fds->len);
  for (guint i = 0; i < self->fds->len; i++)
    {
      int fd = fcntl (g_array_index (self->fds, int, i), F_DUPFD_CLOEXEC, 3);

      g_array_append_val (feed->fds, fd);
      platter_file_state_take (&feed->states[i], fd);
    }
  g_thread_unref (g_thread_new ("platter-pieces", image_pieces_feed_thread, feed));
  return pipe[0];
}
