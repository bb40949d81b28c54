// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One look at the machine: what is mounted, what is swapped to, and which devices lie below which.

#pragma once

#include <glib.h>
#include <sys/types.h>

#include "sysfs.h"

G_BEGIN_DECLS

typedef struct
{
  guint id;
  char *point;           /* where it is mounted */
  char *source;          /* what, in the file system's words: "/dev/sda1" */
  gboolean is_read_only; /* the file system itself, not only this mount of it */
  GArray *numbers; /* (element-type dev_t): the devices it lies on; empty for tmpfs and such */
} PlatterMount;

typedef struct
{
  char *path;      /* a node or a file */
  GArray *numbers; /* (element-type dev_t): the devices it lies on */
} PlatterSwap;

/**
 * PlatterDeviceView:
 *
 * Immutable, so to be made anew for each decision. Its owner may use it on any one thread. Needs no
 * rights. Sees the mounts of the caller's mount namespace.
 */
typedef struct _PlatterDeviceView PlatterDeviceView;

/**
 * platter_device_view_new:
 * @roots: (nullable): must outlive the view; %NULL for the machine's own
 *
 * Returns: (transfer full): or %NULL with %PLATTER_DEVICE_ERROR_FAILED if the mounts or swaps can't
 * be read. Nothing may be written then.
 */
PlatterDeviceView *platter_device_view_new (const PlatterDeviceRoots *roots, GError **error);
void platter_device_view_free (PlatterDeviceView *self);

const PlatterDeviceRoots *platter_device_view_get_roots (PlatterDeviceView *self);
/** Returns: (element-type PlatterMount) (transfer none) */
GPtrArray *platter_device_view_get_mounts (PlatterDeviceView *self);
/** Returns: (element-type PlatterSwap) (transfer none) */
GPtrArray *platter_device_view_get_swaps (PlatterDeviceView *self);

/**
 * platter_device_view_dup_path_numbers:
 * @path: an absolute path of a node or a file; it is not opened
 *
 * Returns: (element-type dev_t) (transfer full): the device that the node is, or those of the file
 * system that the file lies on.
 */
GArray *platter_device_view_dup_path_numbers (PlatterDeviceView *self, const char *path);

/**
 * platter_device_view_dup_loop_numbers:
 * @name: the loop device's
 * @file: the path that sysfs tells
 *
 * Returns: (element-type dev_t) (transfer full): that for @file, and what the kernel says if it may be asked: the path may
 *   have been another one's where the loop device was set up.
 */
GArray *
platter_device_view_dup_loop_numbers (PlatterDeviceView *self, const char *name, const char *file);

/**
 * platter_device_view_dup_fd_numbers:
 * @fd: any file, open
 *
 * Returns: (element-type dev_t) (transfer full): the devices of the file system that it lies on.
 */
GArray *platter_device_view_dup_fd_numbers (PlatterDeviceView *self, int fd);

/**
 * platter_device_view_dup_below:
 * @numbers: (element-type dev_t)
 *
 * Follows partitions to their disks, dm, md and bcache to their parts and loop devices to what
 * their files lie on, to the end.
 *
 * Returns: (element-type dev_t) (transfer full): @numbers themselves and everything that they lie
 * on.
 */
GArray *platter_device_view_dup_below (PlatterDeviceView *self, const GArray *numbers);

/** Returns: whether any of @numbers is one of @others. */
gboolean platter_device_numbers_meet (const GArray *numbers, const GArray *others);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterDeviceView, platter_device_view_free)

G_END_DECLS
