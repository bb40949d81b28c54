// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A file beside an image, which anybody may have put there.

#include "small-file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Returns: how much; 0, too, if it cannot be read to its end. */
static gsize
small_file_fill (int fd, guint8 *data, gsize max_bytes)
{
  gsize length = 0;

  while (length < max_bytes)
    {
      gssize got = pread (fd, data + length, max_bytes - length, (off_t)length);

      if (got == 0)
        break;
      if (got < 0 && errno != EINTR)
        return 0;
      length += got > 0 ? (gsize)got : 0;
    }
  return length;
}

gboolean
platter_small_file_read (int folder, const char *path, gsize max_bytes, GByteArray *content)
{
  /* O_NONBLOCK: a FIFO of that name must not hold us up. */
  int fd = openat (folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat info;
  gboolean is_secret = fd < 0 && errno == EACCES;
  gboolean is_file = fd >= 0 && fstat (fd, &info) == 0 && S_ISREG (info.st_mode);

  g_byte_array_set_size (content, (guint)max_bytes);
  g_byte_array_set_size (content,
                         is_file ? (guint)small_file_fill (fd, content->data, max_bytes) : 0);
  if (fd >= 0)
    close (fd);
  return is_file || is_secret;
}
