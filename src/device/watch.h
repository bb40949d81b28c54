// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether somebody writes to a drive that is only read.

#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

typedef struct _PlatterDeviceWatch PlatterDeviceWatch;

/**
 * platter_device_watch_new:
 * @number: a whole drive, which is open already
 *
 * Has the kernel write what programs wrote to it before, so that it is read, and counts for nobody: platter_device_write_out().
 * Remembers how much the kernel has ever seen written to it and to other devices with its content, and of loop devices how the file is
 * in which they lie, if it is where the kernel says and may be looked at. May block.
 *
 * Returns: (transfer full): or %NULL with #PlatterDeviceError.
 */
PlatterDeviceWatch *platter_device_watch_new (dev_t number, GError **error);

/**
 * platter_device_watch_find_written:
 *
 * May block.
 *
 * Returns: (transfer full) (nullable): a sentence, if somebody has written to it since
 */
char *platter_device_watch_find_written (const PlatterDeviceWatch *self);
void platter_device_watch_free (PlatterDeviceWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterDeviceWatch, platter_device_watch_free)

G_END_DECLS
