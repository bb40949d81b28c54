// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether a drive may be read or overwritten: the helper's own rules, asked by the client.

#include "config.h"

#include "drive.h"

#include "../device/guard.h"

gboolean
platter_drive_check_target (PlatterDrive *self,
                            guint64 size_bytes,
                            PlatterDrive *source,
                            PlatterImage *image,
                            gboolean can_unmount,
                            GError **error)
{
  PlatterDevicePlan plan = PLATTER_DEVICE_PLAN_INIT;
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (NULL, error);
  g_autoptr (PlatterDevice) target = NULL;
  g_autoptr (PlatterDevice) source_device = NULL;

  if (view == NULL)
    return FALSE;
  target = platter_device_new (view, platter_drive_get_number (self), error);
  if (target == NULL)
    return FALSE;
  if (source != NULL)
    {
      source_device = platter_device_new (view, platter_drive_get_number (source), error);
      if (source_device == NULL)
        return FALSE;
    }

  plan.size_bytes = size_bytes;
  plan.source = source_device;
  plan.image_fd = image != NULL ? platter_image_get_fd (image) : -1;
  plan.can_unmount = can_unmount;
  return platter_device_check_target (view, target, &plan, error);
}

gboolean
platter_drive_check_source (PlatterDrive *self, GError **error)
{
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (NULL, error);
  g_autoptr (PlatterDevice) source = NULL;

  if (view == NULL)
    return FALSE;
  source = platter_device_new (view, platter_drive_get_number (self), error);
  return source != NULL && platter_device_check_source (view, source, error);
}

gboolean
platter_drive_check_place (PlatterDrive *self, int fd, GError **error)
{
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (NULL, error);
  g_autoptr (PlatterDevice) source = NULL;

  if (view == NULL)
    return FALSE;
  source = platter_device_new (view, platter_drive_get_number (self), error);
  return source != NULL && platter_device_check_place (view, source, fd, error);
}

gboolean
platter_drive_holds_file (PlatterDrive *self, int fd)
{
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (NULL, NULL);
  g_autoptr (PlatterDevice) device
    = view != NULL ? platter_device_new (view, platter_drive_get_number (self), NULL) : NULL;

  return device == NULL || platter_device_holds_file (view, device, fd);
}
