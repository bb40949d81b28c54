// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the helper asks of UDisks2: serial numbers, unmounting, and to look at a drive anew.

#pragma once

#include <gio/gio.h>

#include "request.h"

G_BEGIN_DECLS

/* All of them block; call them in a thread. @bus is the system bus. */

/**
 * platter_udisks_dup_serial:
 * @object: the path that the client gave for the drive
 * @number: must be that object's device number
 * @serial: (out) (nullable): its serial; %NULL if UDisks2 knows the block device only, as with loop devices
 *
 * Returns: %FALSE with %PLATTER_DEVICE_ERROR_IDENTITY_CHANGED or %PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE.
 */
gboolean platter_udisks_dup_serial (
  GDBusConnection *bus, const char *object, dev_t number, char **serial, GError **error);

/**
 * platter_udisks_unmount:
 * @drive: a whole drive, as it was chosen
 *
 * Unmounts everything of the drive and its partitions, as often as it is mounted, never by force. Each time it looks whether that
 * is still the drive that was chosen.
 *
 * Returns: %FALSE with %PLATTER_HELPER_ERROR_UNMOUNT_FAILED, naming what is in the way, with
 * %PLATTER_DEVICE_ERROR_IDENTITY_CHANGED or %PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE.
 */
gboolean
platter_udisks_unmount (GDBusConnection *bus, const PlatterRequestSide *drive, GError **error);

/**
 * platter_udisks_rescan:
 * @path: the drive's node
 *
 * Has udev and UDisks2 look at the drive and its partitions and waits until both have, for some seconds at most. Without
 * UDisks2 it does nothing.
 */
void platter_udisks_rescan (GDBusConnection *bus, const char *path);

G_END_DECLS
