// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Any bytes as the disk of a virtual machine: what is refused is refused with a sentence, what is taken has a name.

#include <gio/gio.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/image.h"
#include "client/virtual-disk.h"

#define HEAD_BYTES ((size_t)64 * 1024)

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  int fd = memfd_create ("fuzz", MFD_CLOEXEC);
  const PlatterVirtualDisk *disk = NULL;
  g_autofree uint8_t *head = g_memdup2 (data, MIN (size, HEAD_BYTES));
  g_autoptr (GError) error = NULL;

  if (fd < 0 || write (fd, data, size) != (ssize_t)size)
    return 0;
  if (!platter_virtual_disk_find (fd, head, MIN (size, HEAD_BYTES), size, "x", &disk, &error))
    {
      g_assert_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
  else
    g_assert_true (disk == NULL || disk->name[0] != '\0');
  close (fd);
  return 0;
}
