// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// All of a file that tells the worker something.

#include "whole-file.h"

#include <errno.h>
#include <unistd.h>

#include "engine/errors.h"

#define READ_BYTES 65536

GBytes *
platter_whole_file_read (int fd, gsize max_bytes, const char *name, GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_autofree guint8 *piece = g_malloc (READ_BYTES);
  gssize got = 1;

  while (got > 0 && content->len <= max_bytes)
    {
      got = pread (fd, piece, READ_BYTES, (off_t)content->len);
      if (got < 0 && errno == EINTR)
        got = 1;
      else if (got > 0)
        g_byte_array_append (content, piece, (guint)got);
    }
  if (got == 0)
    return g_byte_array_free_to_bytes (g_steal_pointer (&content));
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FAILED, "%s cannot be read: %s",
               name, got < 0 ? g_strerror (errno) : "it is too large");
  return NULL;
}
