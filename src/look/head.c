// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The beginning of what only a reader can read.

#include "head.h"

#include <errno.h>
#include <gio/gio.h>
#include <unistd.h>

#define HEAD_BYTES (1024 * 1024)

gboolean
platter_look_head_copy (
  PlatterReader *source, guint64 size_bytes, const char *name, int scratch, GError **error)
{
  g_autofree guint8 *data = g_malloc (HEAD_BYTES);
  gssize length = source->funcs->read (source, 0, data, (gsize)MIN (HEAD_BYTES, size_bytes), error);
  int code = 0;

  if (length < 0)
    return FALSE;
  if (pwrite (scratch, data, (gsize)length, 0) == length
      && ftruncate (scratch, (off_t)size_bytes) == 0)
    return TRUE;
  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               "%s: no memory for its beginning: %s", name, g_strerror (code));
  return FALSE;
}
