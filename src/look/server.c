// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A first look at what a Network Block Device server offers.

#include "server.h"

#include <errno.h>
#include <unistd.h>

#include "formats/nbd-reader.h"
#include "partitions.h"

#define HEAD_BYTES (1024 * 1024)

/* As large as what the server has, and holes but for its beginning. */
static gboolean
server_copy_head (PlatterNbdReader *reader, const char *name, int scratch, GError **error)
{
  PlatterReader *source = platter_nbd_reader_get_reader (reader);
  g_autofree guint8 *data = g_malloc (HEAD_BYTES);
  gssize length = source->funcs->read (source, 0, data, HEAD_BYTES, error);
  int code = 0;

  if (length < 0)
    return FALSE;
  if (pwrite (scratch, data, (gsize)length, 0) == length
      && ftruncate (scratch, (off_t)platter_nbd_reader_get_size_bytes (reader)) == 0)
    return TRUE;
  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               "%s: no memory for its beginning: %s", name, g_strerror (code));
  return FALSE;
}

GVariant *
platter_look_at_server (PlatterLookRequest *request, int scratch, GError **error)
{
  g_autoptr (PlatterNbdReader) reader
    = platter_nbd_reader_new (request->fd, -1, request->name, request->export_name);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  request->fd = -1;
  if (!platter_nbd_reader_open (reader, error)
      || !server_copy_head (reader, request->name, scratch, error))
    return NULL;
  g_variant_dict_insert (&dict, "size", "t", platter_nbd_reader_get_size_bytes (reader));
  g_variant_dict_insert_value (&dict, "partitions", platter_look_partitions_read (scratch));
  return g_variant_dict_end (&dict);
}
