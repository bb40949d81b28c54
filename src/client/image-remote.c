// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An image somewhere else, that GIO can read.

#include "config.h"

#include "image-remote.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "image.h"
#include "pipe-feed.h"

/* What to do about it is worth more than GIO's own words. @cause: (transfer full) */
static void
image_remote_fail (GFile *file, const char *name, GError *cause, GError **error)
{
  g_autoptr (GError) own = cause;
  /* Some are connected by folders. */
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *uri = g_file_get_uri (folder != NULL ? folder : file);
  g_autofree char *scheme = g_file_get_uri_scheme (file);

  if (g_error_matches (own, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    g_set_error (
      error, own->domain, own->code,
      /* Translators: %s is what an address begins with, like "sftp" */
      _ ("Nothing on this computer reads from %s addresses: install GVfs (gvfs-backends), "
         "or get the image first, and choose the file."),
      scheme != NULL ? scheme : uri);
  else if (g_error_matches (own, G_IO_ERROR, G_IO_ERROR_NOT_MOUNTED))
    g_set_error (
      error, own->domain, own->code,
      /* Translators: %s is an address */
      _ ("%s is not connected yet: open it in Files, or with “gio mount”, and try again."), uri);
  else
    g_set_error (error, own->domain, own->code, _ ("%s cannot be read: %s."), name, own->message);
}

guint64
platter_image_remote_get_size_bytes (GFile *file,
                                     const char *name,
                                     GCancellable *cancellable,
                                     GError **error)
{
  GError *local_error = NULL;
  g_autoptr (GFileInfo) info
    = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                         G_FILE_QUERY_INFO_NONE, cancellable, &local_error);
  goffset size_bytes = 0;

  if (info == NULL)
    {
      image_remote_fail (file, name, local_error, error);
      return 0;
    }
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    {
      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_NOT_A_FILE,
                   _ ("%s is a folder, not an image file."), name);
      return 0;
    }
  if (g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_STANDARD_SIZE))
    size_bytes = g_file_info_get_size (info);
  if (size_bytes <= 0)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 _ ("The server does not say how large %s is, so nobody would see if it came only "
                    "in part. Get it first, and choose the file."),
                 name);
  return (guint64)MAX (size_bytes, 0);
}

gssize
platter_image_remote_read_head (GFile *file,
                                const char *name,
                                guint8 *head,
                                gsize length,
                                GCancellable *cancellable,
                                GError **error)
{
  GError *local_error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, &local_error);
  gsize got = 0;

  if (stream == NULL
      || !g_input_stream_read_all (G_INPUT_STREAM (stream), head, length, &got, cancellable,
                                   &local_error))
    {
      image_remote_fail (file, name, local_error, error);
      return -1;
    }
  return (gssize)got;
}

/* Feeding */

typedef struct
{
  GFile *file;
  guint64 size_bytes;
  int pipe;
} RemoteFeed;

/* Somebody may have put another file there since it was looked at. */
static GFileInputStream *
image_remote_open_same (const RemoteFeed *self, GError **error)
{
  g_autofree char *name = g_file_get_basename (self->file);

  return platter_image_remote_get_size_bytes (self->file, name, NULL, error) == self->size_bytes
           ? g_file_read (self->file, NULL, error)
           : NULL;
}

static void
image_remote_pass_on (const RemoteFeed *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *buffer = g_malloc (PLATTER_PIPE_FEED_BYTES);
  g_autoptr (GFileInputStream) stream = image_remote_open_same (self, &error);
  guint64 left_bytes = self->size_bytes;

  while (stream != NULL && left_bytes > 0)
    {
      gssize got
        = g_input_stream_read (G_INPUT_STREAM (stream), buffer,
                               (gsize)MIN (left_bytes, PLATTER_PIPE_FEED_BYTES), NULL, &error);

      if (got <= 0 || !platter_pipe_feed_write (self->pipe, buffer, (gsize)got))
        break;
      left_bytes -= (guint64)got;
    }
  /* The job sees that it is not all. */
  if (error != NULL)
    g_debug ("%s", error->message);
}

static gpointer
image_remote_feed_thread (gpointer data)
{
  RemoteFeed *self = data;

  platter_pipe_feed_begin ();
  image_remote_pass_on (self);
  close (self->pipe);
  g_object_unref (self->file);
  g_free (self);
  return NULL;
}

int
platter_image_remote_feed (GFile *file, guint64 size_bytes, GError **error)
{
  RemoteFeed *feed = NULL;
  int pipe[2] = { -1, -1 };

  if (!platter_pipe_feed_open (pipe, error))
    return -1;
  feed = g_new0 (RemoteFeed, 1);
  feed->file = g_object_ref (file);
  feed->size_bytes = size_bytes;
  feed->pipe = pipe[1];
  g_thread_unref (g_thread_new ("platter-remote", image_remote_feed_thread, feed));
  return pipe[0];
}
