// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Why a drive may not be used: the error domain of the device library.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PlatterDeviceError:
 * @PLATTER_DEVICE_ERROR_FAILED: anything without a code of its own
 * @PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE: there is no such device, or no medium in it
 * @PLATTER_DEVICE_ERROR_NOT_A_DRIVE: a partition, a floppy, a mapped device, ...
 * @PLATTER_DEVICE_ERROR_IDENTITY_CHANGED: not the drive that was chosen, or not the file as it was then
 * @PLATTER_DEVICE_ERROR_SYSTEM_DRIVE: the running system lies on it
 * @PLATTER_DEVICE_ERROR_MOUNTED: a file system of it is mounted; of a target, which is unmounted on demand
 * @PLATTER_DEVICE_ERROR_SWAP: the system swaps to it
 * @PLATTER_DEVICE_ERROR_HAS_HOLDERS: LVM, RAID, encryption or a cache is set up on it
 * @PLATTER_DEVICE_ERROR_BACKS_LOOP: a loop device lies on it
 * @PLATTER_DEVICE_ERROR_IN_USE: somebody else has it open exclusively or locked
 * @PLATTER_DEVICE_ERROR_READ_ONLY: it is write-protected
 * @PLATTER_DEVICE_ERROR_TOO_SMALL: it cannot hold what is to be written
 * @PLATTER_DEVICE_ERROR_SAME_DRIVE: source and target are the same or overlap
 * @PLATTER_DEVICE_ERROR_HOLDS_IMAGE: the image file lies on the target, or on the source it is made of
 * @PLATTER_DEVICE_ERROR_SECTOR_SIZE: source and target have logical blocks of different size
 * @PLATTER_DEVICE_ERROR_KEPT_MOUNTED: a file system of a source is mounted for writing, or one of another device with the content of the
 *   target at all: that is left to whoever mounted it
 *
 * The messages are whole sentences that say what to do.
 */
typedef enum
{
  PLATTER_DEVICE_ERROR_FAILED,
  PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE,
  PLATTER_DEVICE_ERROR_NOT_A_DRIVE,
  PLATTER_DEVICE_ERROR_IDENTITY_CHANGED,
  PLATTER_DEVICE_ERROR_SYSTEM_DRIVE,
  PLATTER_DEVICE_ERROR_MOUNTED,
  PLATTER_DEVICE_ERROR_SWAP,
  PLATTER_DEVICE_ERROR_HAS_HOLDERS,
  PLATTER_DEVICE_ERROR_BACKS_LOOP,
  PLATTER_DEVICE_ERROR_IN_USE,
  PLATTER_DEVICE_ERROR_READ_ONLY,
  PLATTER_DEVICE_ERROR_TOO_SMALL,
  PLATTER_DEVICE_ERROR_SAME_DRIVE,
  PLATTER_DEVICE_ERROR_HOLDS_IMAGE,
  PLATTER_DEVICE_ERROR_SECTOR_SIZE,
  PLATTER_DEVICE_ERROR_KEPT_MOUNTED,
} PlatterDeviceError;

#define PLATTER_DEVICE_ERROR_LAST PLATTER_DEVICE_ERROR_KEPT_MOUNTED
#define PLATTER_DEVICE_ERROR (platter_device_error_quark ())
GQuark platter_device_error_quark (void);

/**
 * platter_device_error_get_name:
 *
 * Returns: the code's name in docs/interface.md, "NoSuchDrive": the last part of its D-Bus name.
 */
const char *platter_device_error_get_name (PlatterDeviceError code);

G_END_DECLS
