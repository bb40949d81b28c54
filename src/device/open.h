// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Opening a drive by its number, so that it is that drive or none.

#pragma once

#include <glib.h>
#include <sys/types.h>

#include "device.h"

G_BEGIN_DECLS

/*
 * All of them find the node through sysfs, open it without following a link and look at the
 * descriptor: a block device with exactly that number. They may block as long as the drive does.
 *
 * @roots: (nullable): %NULL for the machine's own
 *
 * Each returns a descriptor with close-on-exec, or -1 with a PlatterDeviceError: NO_SUCH_DRIVE,
 * IN_USE, READ_ONLY, IDENTITY_CHANGED or FAILED.
 */

/**
 * platter_device_open_source:
 * @is_shared: it is known who else holds it, and that they do not write
 *
 * For reading only, past the page cache. Not shared it is held exclusively: nothing mounts it, sets it up or overwrites it
 * meanwhile; waits up to five seconds for whoever probes it. Shared it is locked against those who lock what they write.
 */
int platter_device_open_source (const PlatterDeviceRoots *roots,
                                dev_t number,
                                gboolean is_shared,
                                GError **error);

/**
 * platter_device_open_target: For reading and writing, exclusively, past the page cache. Waits up
 * to five seconds for whoever probes it. There is no shared fallback.
 */
int platter_device_open_target (const PlatterDeviceRoots *roots, dev_t number, GError **error);

/**
 * platter_device_check_partitions:
 * @target: looked at after it was opened
 * @fd: what platter_device_open_target() returned; the drive is locked as well, so that udev stays away from its partitions
 *
 * Who has a partition open, however, may still write through a cache of its own, over what was written to the drive. Waits up to five
 * seconds for whoever probes one. The kernel forgets the partitions for a moment and finds them again in the drive's table. Loop
 * devices on which it finds none by itself, it does not tell of; who locks what he opens is found there, too.
 *
 * Returns: %FALSE with IN_USE if somebody has one open or locked
 */
gboolean platter_device_check_partitions (const PlatterDeviceRoots *roots,
                                          const PlatterDevice *target,
                                          int fd,
                                          GError **error);

/**
 * platter_device_lock: A second descriptor, which holds flock(LOCK_EX) on the whole disk as long as
 * it is open: udev does not probe it and nothing is mounted by itself. See systemd's
 * BLOCK_DEVICE_LOCKING. Waits up to twelve seconds.
 */
int platter_device_lock (const PlatterDeviceRoots *roots, dev_t number, GError **error);

G_END_DECLS
