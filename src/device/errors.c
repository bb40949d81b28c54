// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The error domain of the device library.

#include "errors.h"

static const char *const platter_device_error_names[] = {
  [PLATTER_DEVICE_ERROR_FAILED] = "Failed",
  [PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE] = "NoSuchDrive",
  [PLATTER_DEVICE_ERROR_NOT_A_DRIVE] = "NotADrive",
  [PLATTER_DEVICE_ERROR_IDENTITY_CHANGED] = "IdentityChanged",
  [PLATTER_DEVICE_ERROR_SYSTEM_DRIVE] = "SystemDrive",
  [PLATTER_DEVICE_ERROR_MOUNTED] = "Mounted",
  [PLATTER_DEVICE_ERROR_SWAP] = "Swap",
  [PLATTER_DEVICE_ERROR_HAS_HOLDERS] = "HasHolders",
  [PLATTER_DEVICE_ERROR_BACKS_LOOP] = "BacksLoop",
  [PLATTER_DEVICE_ERROR_IN_USE] = "InUse",
  [PLATTER_DEVICE_ERROR_READ_ONLY] = "ReadOnly",
  [PLATTER_DEVICE_ERROR_TOO_SMALL] = "TooSmall",
  [PLATTER_DEVICE_ERROR_SAME_DRIVE] = "SameDrive",
  [PLATTER_DEVICE_ERROR_HOLDS_IMAGE] = "HoldsImage",
  [PLATTER_DEVICE_ERROR_SECTOR_SIZE] = "SectorSize",
  [PLATTER_DEVICE_ERROR_KEPT_MOUNTED] = "KeptMounted",
};

G_STATIC_ASSERT (G_N_ELEMENTS (platter_device_error_names) == PLATTER_DEVICE_ERROR_LAST + 1);

GQuark
platter_device_error_quark (void)
{
  return g_quark_from_static_string ("platter-device-error-quark");
}

const char *
platter_device_error_get_name (PlatterDeviceError code)
{
  g_return_val_if_fail (code <= PLATTER_DEVICE_ERROR_LAST, "Failed");
  return platter_device_error_names[code];
}
