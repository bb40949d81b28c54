// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where a drive is plugged in, read from its place in sysfs.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * platter_drive_port_get_bus:
 * @folder: the drive's folder in sysfs, without links
 * @name: the kernel's name of it
 *
 * Returns: (transfer none): "usb", "sata", "nvme", "mmc", "virtio", "loop", …; empty if unknown.
 */
const char *platter_drive_port_get_bus (const char *folder, const char *name);

/** Returns: (transfer full): "USB 3, hub port 2", "SATA 2"; empty if unknown; translated. */
char *platter_drive_port_dup (const char *folder);

G_END_DECLS
