// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The file that an image is written to: sectors as they are, packed, or the disk of a virtual machine.

#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "dbus/errors.h"
#include "engine/errors.h"
#include "formats/packing.h"
#include "more.h"

/* Of a source whose size shows only later: as large as a file of ext4 can be. */
#define OUTPUT_MAX_BYTES (G_GUINT64_CONSTANT (16) << 40)

/* It is as long as the source from the start: what is not written of it is a hole, and reads as zeros. */
static PlatterEndpoint *
output_new_raw (int fd, const PlatterSpec *spec, const PlatterEndpointHints *hints, GError **error)
{
  guint64 size_bytes = spec->options.size_bytes;
  PlatterEndpointHints own = *hints;
  int code = 0;

  own.is_cached = spec->options.on_error != PLATTER_ON_ERROR_STOP;
  if (ftruncate (fd, (off_t)size_bytes) == 0)
    return platter_endpoint_new_for_fd (fd, TRUE, &own, error);
  code = errno;
  close (fd);
  g_set_error (error, PLATTER_ENGINE_ERROR,
               platter_engine_error_from_errno (code, PLATTER_ENGINE_ERROR_WRITE),
               "The file system cannot hold a file of %" G_GUINT64_FORMAT " bytes: %s", size_bytes,
               g_strerror (code));
  return NULL;
}

/* @fd: the first piece; the endpoint keeps it, and the file has another descriptor of it */
static PlatterSplitFile *
output_new_file (int fd, PlatterMore *more)
{
  int first = more->pieces != NULL ? fcntl (fd, F_DUPFD_CLOEXEC, 0) : -1;
  PlatterSplitFile *file = NULL;

  if (more->pieces == NULL)
    return platter_split_file_new_whole (fd);
  g_array_prepend_val (more->pieces, first);
  file = platter_split_file_new ((const int *)(gpointer)more->pieces->data, more->pieces->len,
                                 more->piece_bytes);
  g_array_set_size (more->pieces, 0);
  return file;
}

static PlatterEndpoint *
output_new_packed (PlatterOutput *self,
                   int fd,
                   PlatterMore *more,
                   const PlatterSpec *spec,
                   const PlatterEndpointHints *hints,
                   GError **error)
{
  gboolean is_raw = strcmp (spec->format, "raw") == 0;
  guint64 size_bytes = spec->is_read_through ? OUTPUT_MAX_BYTES : spec->options.size_bytes;
  PlatterEncoder *maker = platter_encoder_new (
    output_new_file (fd, more), hints->name, platter_packing_new (spec->format, spec->level),
    is_raw ? PLATTER_DIGEST_NONE : PLATTER_DIGEST_SHA256, error);

  if (maker == NULL)
    {
      close (fd);
      return NULL;
    }
  if (!is_raw)
    self->encoder = maker;
  return platter_endpoint_new_for_writer (fd, platter_encoder_get_writer (maker), size_bytes,
                                          hints);
}

static PlatterEndpoint *
output_new_disk (PlatterOutput *self,
                 int fd,
                 PlatterMore *more,
                 const PlatterSpec *spec,
                 const PlatterEndpointHints *hints,
                 GError **error)
{
  guint64 size_bytes = spec->is_read_through ? OUTPUT_MAX_BYTES : spec->options.size_bytes;

  self->sockets[0] = more->write_socket;
  self->sockets[1] = more->read_socket;
  self->disk
    = platter_nbd_writer_new (g_steal_fd (&more->write_socket), g_steal_fd (&more->read_socket), fd,
                              hints->name, spec->options.verify, error);
  if (self->disk == NULL)
    {
      close (fd);
      return NULL;
    }
  return platter_endpoint_new_for_writer (fd, platter_nbd_writer_get_writer (self->disk),
                                          size_bytes, hints);
}

/* A rescue comes back to what it left out. All others can do without: where there are no holes, a file that is to be as
   long as the source from the start would be filled with zeros first. */
static gboolean
output_is_in_place (int fd, const PlatterMore *more, const PlatterSpec *spec)
{
  return strcmp (spec->format, "raw") == 0 && !spec->is_read_through && more->pieces == NULL
         && (spec->options.on_error != PLATTER_ON_ERROR_STOP || platter_split_file_has_holes (fd));
}

PlatterEndpoint *
platter_output_open (PlatterOutput *self,
                     int fd,
                     int more_fd,
                     const PlatterSpec *spec,
                     const PlatterEndpointHints *hints,
                     GError **error)
{
  g_auto (PlatterMore) more = PLATTER_MORE_NONE;

  if (more_fd >= 0 && !platter_more_receive (&more, more_fd, spec->resume_bytes->len > 0, error))
    {
      close (fd);
      return NULL;
    }
  if ((more.write_socket >= 0) != platter_packing_is_disk (spec->format))
    {
      close (fd);
      g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS,
                           "What came with the image does not go with its format: \"more\".");
      return NULL;
    }
  if (more.write_socket >= 0)
    return output_new_disk (self, fd, &more, spec, hints, error);
  if (output_is_in_place (fd, &more, spec))
    return output_new_raw (fd, spec, hints, error);
  return output_new_packed (self, fd, &more, spec, hints, error);
}

guint
platter_output_get_sockets (const PlatterOutput *self, int *sockets)
{
  if (self->disk == NULL)
    return 0;
  memcpy (sockets, self->sockets, sizeof self->sockets);
  return G_N_ELEMENTS (self->sockets);
}

gboolean
platter_output_describe (const PlatterOutput *self, guint64 *file_bytes, const char **digest)
{
  if (self->disk != NULL)
    {
      *file_bytes = platter_nbd_writer_get_file_bytes (self->disk);
      *digest = platter_nbd_writer_get_digest (self->disk);
    }
  else if (self->encoder != NULL)
    {
      *file_bytes = platter_encoder_get_packed_bytes (self->encoder);
      *digest = platter_encoder_get_digest (self->encoder, PLATTER_DIGEST_SHA256);
    }
  return self->disk != NULL || self->encoder != NULL;
}
