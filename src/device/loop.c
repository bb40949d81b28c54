// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a loop device lies on. LOOP_GET_STATUS64 of loop(4).

#include "loop.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

PlatterLoop
platter_loop_look (const PlatterDeviceRoots *roots, const char *name)
{
  g_autofree char *path = g_build_filename (roots->dev, name, NULL);
  PlatterLoop self = { 0 };
  struct loop_info64 info = { 0 };
  struct stat status;
  int fd = g_str_has_prefix (name, "loop") ? open (path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;

  if (fd >= 0 && fstat (fd, &status) == 0 && S_ISBLK (status.st_mode)
      && ioctl (fd, LOOP_GET_STATUS64, &info) == 0)
    {
      self.file_system = info.lo_device;
      self.inode = info.lo_inode;
      /* Of a file it is that of its file system again. */
      self.device = info.lo_rdevice != info.lo_device ? info.lo_rdevice : 0;
    }
  if (fd >= 0)
    close (fd);
  return self;
}

gboolean
platter_loop_is_file (const PlatterLoop *self, int fd)
{
  struct stat status;

  return self->inode != 0 && fstat (fd, &status) == 0 && status.st_dev == self->file_system
         && status.st_ino == self->inode;
}

gboolean
platter_loop_is_same (const PlatterLoop *self, const PlatterLoop *other)
{
  return self->inode != 0 && self->inode == other->inode && self->file_system == other->file_system;
}
