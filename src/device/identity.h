// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Is the device that was opened the drive that was chosen?

#pragma once

#include <glib.h>
#include <sys/types.h>

#include "device.h"
#include "sysfs.h"

G_BEGIN_DECLS

typedef struct
{
  dev_t number;
  guint64 diskseq; /* 0: not known, not compared */
  guint64 size_bytes;
  const char *serial; /* as sysfs says; (nullable): not compared */
} PlatterDeviceIdentity;

/**
 * platter_device_identity_check:
 * @roots: (nullable): %NULL for the machine's own
 * @fd: an open block device
 * @expected: what the person saw when choosing
 *
 * The number, the disk sequence number and the size are asked of the descriptor itself; only the
 * serial, which a descriptor does not know, of sysfs. The disk sequence number changes with each
 * medium and each attached image, so it finds what took the place of a drive under the same name.
 *
 * Returns: %FALSE with %PLATTER_DEVICE_ERROR_IDENTITY_CHANGED at any difference, or with
 * %PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE if the device does not answer.
 */
gboolean platter_device_identity_check (const PlatterDeviceRoots *roots,
                                        int fd,
                                        const PlatterDeviceIdentity *expected,
                                        GError **error);

/**
 * platter_device_identity_compare:
 * @serial: (nullable): what is known to be @device's, if that is to be compared
 * @expected: its disk sequence number is always compared
 *
 * The same before anything is opened, from what is in sysfs.
 *
 * Returns: %FALSE with %PLATTER_DEVICE_ERROR_IDENTITY_CHANGED at any difference.
 */
gboolean platter_device_identity_compare (const PlatterDevice *device,
                                          const char *serial,
                                          const PlatterDeviceIdentity *expected,
                                          GError **error);

/** Returns: whether an open block device surely holds another medium than when its disk sequence number was @diskseq. */
gboolean platter_device_identity_is_other_medium (int fd, guint64 diskseq);

G_END_DECLS
