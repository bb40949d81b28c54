// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a loop device lies on, as the kernel knows it: the path that sysfs tells was true where the device was set up, and
// when.

#pragma once

#include <glib.h>
#include <sys/types.h>

#include "sysfs.h"

G_BEGIN_DECLS

/** PlatterLoop: all of it is 0 where it is not known: without the right to ask, or if it is no loop device. */
typedef struct
{
  dev_t device; /* the block device that it lies on itself; 0 if it lies on a file */
  dev_t file_system;
  guint64 inode; /* of the file or the node, on that file system */
} PlatterLoop;

/** platter_loop_look: @name: the kernel's, "loop0" */
PlatterLoop platter_loop_look (const PlatterDeviceRoots *roots, const char *name);

/** Returns: whether an open file surely is what the loop device lies on. */
gboolean platter_loop_is_file (const PlatterLoop *self, int fd);

/** Returns: whether two loop devices surely lie on the same file. */
gboolean platter_loop_is_same (const PlatterLoop *self, const PlatterLoop *other);

G_END_DECLS
