// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Other block devices with the same bytes: a second loop device over a file, what a loop device lies on, a second cable.

#pragma once

#include <glib.h>

#include "device.h"

G_BEGIN_DECLS

/**
 * platter_device_dup_aliases:
 * @device: a whole drive
 *
 * What is written to @device changes these as well, and the kernel does not keep them apart: whoever has one of them for himself
 * does not have the others. Neither @device nor its partitions are among them, nor what is set up on them by LVM and its like.
 *
 * Follows loop devices to the device or the file that they lie in, and never to the drive that this file lies on; of
 * loop devices over parts of a file only those count that overlap. What only root may ask of a loop device is known to root alone.
 *
 * Returns: (element-type PlatterDevice) (transfer full): whole drives and partitions, borrowing from @view
 */
GPtrArray *platter_device_dup_aliases (PlatterDeviceView *view, const PlatterDevice *device);

/** Returns: whether what is written to one changes the other, even if they are no parts of the same drive. */
gboolean platter_device_shares_content (PlatterDeviceView *view,
                                        const PlatterDevice *first,
                                        const PlatterDevice *second);

/** Returns: whether both are ways to the same drive: over two cables, without multipathd. */
gboolean platter_device_is_same_lun (const PlatterDevice *first, const PlatterDevice *second);

G_END_DECLS
