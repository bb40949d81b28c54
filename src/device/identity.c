// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Is the device that was opened the drive that was chosen?

#include "identity.h"

#include "errors.h"

#include <errno.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/* Since Linux 5.15; older headers lack it. */
#ifndef BLKGETDISKSEQ
#  define BLKGETDISKSEQ _IOR (0x12, 128, __u64)
#endif

static gboolean
platter_identity_fail (GError **error, const char *what)
{
  g_set_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IDENTITY_CHANGED,
               "This is not the drive that was chosen any more: %s. Look at the list of drives and "
               "choose again.",
               what);
  return FALSE;
}

/* Where the kernel is too old for the ioctl, it has no sequence numbers in sysfs either. */
static gboolean
platter_identity_check_diskseq (int fd, guint64 expected, GError **error)
{
  guint64 diskseq = 0;

  if (expected == 0 || (ioctl (fd, BLKGETDISKSEQ, &diskseq) == 0 && diskseq == expected))
    return TRUE;
  return platter_identity_fail (error, "it was unplugged, or its medium changed");
}

gboolean
platter_device_identity_compare (const PlatterDevice *device,
                                 const char *serial,
                                 const PlatterDeviceIdentity *expected,
                                 GError **error)
{
  const char *what = NULL;

  if (device->number != expected->number)
    what = "another device is in its place";
  else if (device->diskseq != expected->diskseq)
    what = "it was unplugged, or its medium changed";
  else if (device->size_bytes != expected->size_bytes)
    what = "its size is another one";
  else if (expected->serial != NULL && g_strcmp0 (serial, expected->serial) != 0)
    what = "its serial number is another one";
  if (what != NULL)
    g_set_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IDENTITY_CHANGED,
                 "%s is not the drive that was chosen any more: %s. Look at the list of drives "
                 "and choose again.",
                 device->path, what);
  return what == NULL;
}

gboolean
platter_device_identity_is_other_medium (int fd, guint64 diskseq)
{
  guint64 now = 0;

  return diskseq != 0 && ioctl (fd, BLKGETDISKSEQ, &now) == 0 && now != diskseq;
}

static gboolean
platter_identity_check_serial (const PlatterDeviceRoots *roots,
                               const PlatterDeviceIdentity *expected,
                               GError **error)
{
  g_autoptr (PlatterDeviceView) view = NULL;
  g_autoptr (PlatterDevice) device = NULL;

  if (expected->serial == NULL)
    return TRUE;
  view = platter_device_view_new (roots, error);
  if (view == NULL)
    return FALSE;
  device = platter_device_new (view, expected->number, error);
  if (device == NULL)
    return FALSE;
  if (strcmp (device->serial, expected->serial) == 0)
    return TRUE;
  return platter_identity_fail (error, "its serial number is another one");
}

gboolean
platter_device_identity_check (const PlatterDeviceRoots *roots,
                               int fd,
                               const PlatterDeviceIdentity *expected,
                               GError **error)
{
  struct stat status;
  guint64 size_bytes = 0;

  if (fstat (fd, &status) < 0 || !S_ISBLK (status.st_mode) || status.st_rdev != expected->number)
    return platter_identity_fail (error, "another device is in its place");
  if (ioctl (fd, BLKGETSIZE64, &size_bytes) < 0)
    {
      int code = errno;
      g_set_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE,
                   "The drive does not tell its size: %s. Plug it in again and try once more.",
                   g_strerror (code));
      return FALSE;
    }
  if (size_bytes != expected->size_bytes)
    return platter_identity_fail (error, "its size is another one");
  return platter_identity_check_diskseq (fd, expected->diskseq, error)
         && platter_identity_check_serial (roots, expected, error);
}
