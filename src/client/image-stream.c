// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Images that are no files of this computer: what comes through a pipe, what GIO reads, and what an NBD server has.

#include "config.h"

#include "image.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "../engine/printable.h"
#include "formats/content.h"
#include "image-kind.h"
#include "image-private.h"
#include "image-remote.h"
#include "looker.h"
#include "pipe-peek.h"
#include "shown.h"
#include "sums.h"

/* @got: as platter_pipe_peek() returns it */
static gboolean
image_stream_check_pipe (const guint8 *head, gssize got, GError **error)
{
  const PlatterVirtualDisk *disk = NULL;

  if (got == 0)
    g_set_error_literal (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_EMPTY,
                         _ ("Nothing came through the pipe."));
  else if (platter_format_is_archive (platter_format_find (head, (gsize)got)))
    g_set_error_literal (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                         _ ("What comes through the pipe is an archive, which has to be looked "
                            "through first. Save it as a file, and give the name of that."));
  else if (!platter_virtual_disk_find (-1, head, (gsize)got, 0, "", &disk, NULL) || disk != NULL)
    g_set_error_literal (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                         _ ("What comes through the pipe is the disk of a virtual machine, which "
                            "cannot be read in order. Save it as a file, and give the name of "
                            "that."));
  else
    return TRUE;
  return FALSE;
}

PlatterImage *
platter_image_open_pipe (int fd, GError **error)
{
  g_autoptr (PlatterImage) self = g_object_new (PLATTER_TYPE_IMAGE, NULL);
  g_autoptr (GError) local_error = NULL;
  guint8 head[PLATTER_FORMAT_HEAD_BYTES];
  gssize got = platter_pipe_peek (fd, head, sizeof head, &local_error);

  if (got < 0 && g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      g_set_error_literal (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_NOT_A_FILE,
                           _ ("Standard input is no pipe. Give the name of the image instead."));
      return NULL;
    }
  if (got < 0 && g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    {
      g_set_error_literal (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                           _ ("What comes through the pipe comes in such small parts that it "
                              "cannot be told what it is. Save it as a file, and give the name of "
                              "that."));
      return NULL;
    }
  if (got < 0)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (!image_stream_check_pipe (head, got, error))
    return NULL;
  self->fd = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  self->is_pipe = TRUE;
  self->path = g_strdup ("");
  /* Translators: in place of the name of an image */
  self->name = g_strdup (_ ("Standard input"));
  self->kind
    = g_strdup (platter_image_kind_find (head, (gsize)got, self->name, &self->format, error));
  if (self->kind == NULL)
    return NULL;
  self->packing = g_strdup (platter_format_get_name (self->format));
  return g_steal_pointer (&self);
}

/* What is in them has to be plain sectors, or packed in a way that can be unpacked in order. */
static gboolean
image_stream_check_pieces (PlatterImage *self, GError **error)
{
  g_autofree guint8 *head = g_malloc0 (PLATTER_IMAGE_KIND_BYTES);
  gssize length
    = pread (platter_image_pieces_get_fd (self->pieces), head, PLATTER_IMAGE_KIND_BYTES, 0);
  const PlatterVirtualDisk *disk = NULL;
  gsize n_bytes = (gsize)MAX (length, 0);

  if (!platter_content_is_iso (head, n_bytes)
      && !platter_virtual_disk_find (platter_image_pieces_get_fd (self->pieces), head, n_bytes,
                                     self->size_bytes, self->name, &disk, error))
    return FALSE;
  self->kind = g_strdup (platter_image_kind_find (head, n_bytes, self->name, &self->format, error));
  if (self->kind == NULL)
    return FALSE;
  if (disk == NULL && !platter_format_is_archive (self->format)
      && self->format != PLATTER_FORMAT_DMG)
    return TRUE;
  g_set_error (
    error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
    _ ("%s is split into pieces, and what is in them has to be looked through. Join them "
       "with “cat” first."),
    self->name);
  return FALSE;
}

PlatterImage *
platter_image_open_pieces (PlatterImage *image, GError **error)
{
  g_autoptr (PlatterImage) self = image;
  g_autofree char *base_name = platter_image_pieces_dup_name (self->pieces);
  g_autofree char *whole = NULL;
  g_autoptr (PlatterLooked) looked = NULL;

  g_free (self->name);
  self->name = platter_shown_dup_name (base_name);
  self->size_bytes = self->file_bytes = platter_image_pieces_get_size_bytes (self->pieces);
  if (self->size_bytes == 0)
    {
      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_EMPTY,
                   _ ("%s holds nothing that could be written."), self->name);
      return NULL;
    }
  if (!image_stream_check_pieces (self, error))
    return NULL;
  whole = platter_image_pieces_dup_path (self->pieces);
  platter_sums_find_beside (&self->sums, whole, NULL);
  self->packing = g_strdup (platter_format_get_name (self->format));
  self->is_pipe = TRUE;
  if (self->format != PLATTER_FORMAT_NONE)
    {
      self->size_bytes = 0;
      return g_steal_pointer (&self);
    }
  looked = platter_looker_look_at_file (platter_image_pieces_get_fd (self->pieces), self->name,
                                        PLATTER_FORMAT_NONE, error);
  if (looked == NULL)
    return NULL;
  g_set_object (&self->partitions, looked->partitions);
  self->end_bytes = looked->end_bytes;
  self->end_partition = looked->end_partition;
  return g_steal_pointer (&self);
}

/* What has to be looked through, or read at more than one place, cannot be read in order. */
static gboolean
image_remote_check (PlatterImage *self, const guint8 *head, gsize length, GError **error)
{
  const PlatterVirtualDisk *disk = NULL;
  PlatterDiscKind disc = PLATTER_DISC_RAW;
  gboolean is_in_order
    = platter_content_is_iso (head, length)
      || (platter_virtual_disk_find (-1, head, length, self->file_bytes, self->name, &disk, NULL)
          && disk == NULL);

  if (is_in_order)
    self->kind
      = g_strdup (platter_image_kind_find (head, length, self->name, &self->format, error));
  if (is_in_order && self->kind == NULL)
    return FALSE;
  if (is_in_order && !platter_format_is_archive (self->format)
      && !platter_image_find_disc (self, head, length, &disc))
    return TRUE;
  g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
               _ ("%s has to be looked through before it can be read. Get it first, and choose the "
                  "file."),
               self->name);
  return FALSE;
}

PlatterImage *
platter_image_open_remote (PlatterImage *image,
                           GFile *file,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (PlatterImage) self = image;
  g_autofree guint8 *head = g_malloc0 (PLATTER_IMAGE_KIND_BYTES);
  gssize length = 0;

  self->path = g_strdup ("");
  self->file_bytes = platter_image_remote_get_size_bytes (file, self->name, cancellable, error);
  if (self->file_bytes == 0
      || (length = platter_image_remote_read_head (file, self->name, head, PLATTER_IMAGE_KIND_BYTES,
                                                   cancellable, error))
           < 0
      || !image_remote_check (self, head, (gsize)length, error))
    return NULL;
  self->packing = g_strdup (platter_format_get_name (self->format));
  self->size_bytes = self->format == PLATTER_FORMAT_NONE ? self->file_bytes : 0;
  self->is_pipe = TRUE;
  self->remote = g_object_ref (file);
  platter_sums_find_remote (&self->sums, file, cancellable);
  return g_steal_pointer (&self);
}

PlatterImage *
platter_image_open_server (const char *address, GError **error)
{
  g_autoptr (PlatterImage) self = g_object_new (PLATTER_TYPE_IMAGE, NULL);
  g_autoptr (PlatterLooked) looked = NULL;
  int socket = -1;

  self->server = platter_nbd_address_new (address, error);
  if (self->server == NULL || (socket = platter_nbd_address_connect (self->server, error)) < 0)
    return NULL;
  looked = platter_looker_look_at_server (socket, address, self->server->export_name, error);
  if (looked == NULL)
    return NULL;
  self->size_bytes = looked->size_bytes;
  g_set_object (&self->partitions, looked->partitions);
  if (self->size_bytes == 0)
    {
      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_EMPTY,
                   _ ("%s holds nothing that could be written."), address);
      return NULL;
    }
  self->file_bytes = self->size_bytes;
  self->path = g_strdup ("");
  self->packing = g_strdup ("nbd");
  self->name = platter_printable_dup (address, -1);
  self->kind = g_strdup (_ ("Disk of an NBD server"));
  return g_steal_pointer (&self);
}

static void
image_open_server_thread (GTask *task,
                          gpointer source_object,
                          gpointer task_data,
                          GCancellable *cancellable)
{
  GError *error = NULL;
  PlatterImage *image = platter_image_open_server (task_data, &error);

  if (image != NULL)
    g_task_return_pointer (task, image, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
platter_image_open_server_async (const char *address,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup (address), g_free);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, image_open_server_thread);
}
