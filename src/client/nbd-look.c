// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A first look at what a Network Block Device server offers.

#include "config.h"

#include "nbd-look.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "formats/nbd-reader.h"

#define HEAD_BYTES (1024 * 1024)

/* As large as what the server has, and holes but for its beginning. */
static int
nbd_look_copy_head (PlatterNbdReader *reader, const char *name, GError **error)
{
  PlatterReader *source = platter_nbd_reader_get_reader (reader);
  g_autofree guint8 *data = g_malloc (HEAD_BYTES);
  gssize length = source->funcs->read (source, 0, data, HEAD_BYTES, error);
  int fd = -1;
  int code = 0;

  if (length < 0)
    return -1;
  fd = memfd_create ("platter-head", MFD_CLOEXEC);
  if (fd >= 0 && pwrite (fd, data, (gsize)length, 0) == length
      && ftruncate (fd, (off_t)platter_nbd_reader_get_size_bytes (reader)) == 0)
    return fd;
  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s: %s", name,
               _ ("no memory for its beginning"), g_strerror (code));
  if (fd >= 0)
    close (fd);
  return -1;
}

gboolean
platter_nbd_look (int socket,
                  const char *name,
                  const char *export_name,
                  guint64 *size_bytes,
                  int *head,
                  GError **error)
{
  g_autoptr (PlatterNbdReader) reader = platter_nbd_reader_new (socket, -1, name, export_name);

  *head = -1;
  if (!platter_nbd_reader_open (reader, error))
    return FALSE;
  *size_bytes = platter_nbd_reader_get_size_bytes (reader);
  *head = nbd_look_copy_head (reader, name, error);
  return *head >= 0;
}
