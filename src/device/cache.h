// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What programs have written to a drive and the kernel still keeps for it.

#pragma once

#include "device.h"

G_BEGIN_DECLS

/**
 * platter_device_write_out:
 * @device: a whole drive
 *
 * The kernel keeps what is written to a drive, to each of its partitions and to each other device with its bytes apart, and whoever
 * opens one of them, even exclusively and past the cache, sees nothing of what it keeps for the others. Has it write all of that
 * now; that is not to fail where the drive does, which is found out soon enough. May block as long as the drive does.
 */
void platter_device_write_out (PlatterDeviceView *view, const PlatterDevice *device);

G_END_DECLS
