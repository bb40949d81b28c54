// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Opening a drive by its number, so that it is that drive or none.

#include "open.h"

#include "errors.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Others who probe a drive let go of it after a moment. */
#define PLATTER_DEVICE_WAIT_US (5 * G_USEC_PER_SEC)
/* udev holds the lock as long as it reads a drive that was just plugged in; a slow one takes its time. */
#define PLATTER_DEVICE_LOCK_WAIT_US (12 * G_USEC_PER_SEC)
#define PLATTER_DEVICE_WAIT_STEP_US (100 * 1000)

static PlatterDeviceError
platter_open_error_from_errno (int code)
{
  switch (code)
    {
    case EBUSY:
    case EWOULDBLOCK:
      return PLATTER_DEVICE_ERROR_IN_USE;
    case EROFS:
      return PLATTER_DEVICE_ERROR_READ_ONLY;
    case ENOENT:
    case ENXIO:
    case ENODEV:
    case ENOMEDIUM:
      return PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE;
    default:
      return PLATTER_DEVICE_ERROR_FAILED;
    }
}

static const char *
platter_open_advice (PlatterDeviceError code)
{
  switch (code)
    {
    case PLATTER_DEVICE_ERROR_IN_USE:
      return "Another program is using it. Close what uses the drive and try again.";
    case PLATTER_DEVICE_ERROR_READ_ONLY:
      return "It is write-protected. Look for a switch on it, or use another drive.";
    case PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE:
      return "It is gone or has no medium. Plug it in again and choose it anew.";
    default:
      return "Check the drive and its cable and try again.";
    }
}

static int
platter_open_fail (const char *path, int code, GError **error)
{
  PlatterDeviceError device_code = platter_open_error_from_errno (code);

  g_set_error (error, PLATTER_DEVICE_ERROR, (int)device_code, "%s can’t be opened: %s. %s", path,
               g_strerror (code), platter_open_advice (device_code));
  return -1;
}

static char *
platter_open_dup_path (const PlatterDeviceRoots *roots, dev_t number, GError **error)
{
  const PlatterDeviceRoots *used = roots != NULL ? roots : &platter_device_roots_real;
  g_autofree char *folder = platter_sysfs_dup_folder (used, number);
  g_autofree char *name = platter_sysfs_dup_node_name (folder);

  if (name != NULL)
    return g_build_filename (used->dev, name, NULL);
  g_set_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE,
               "There is no drive with the number %u:%u any more. Plug it in and choose it again.",
               major (number), minor (number));
  return NULL;
}

static int
platter_open_checked (const char *path, dev_t number, int flags, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + PLATTER_DEVICE_WAIT_US;
  struct stat status;
  int fd = -1;

  while ((fd = open (path, flags | O_NOFOLLOW | O_CLOEXEC)) < 0)
    {
      int code = errno;
      if (code == EINTR)
        continue;
      if (code != EBUSY || g_get_monotonic_time () >= deadline)
        return platter_open_fail (path, code, error);
      g_usleep (PLATTER_DEVICE_WAIT_STEP_US);
    }
  if (fstat (fd, &status) == 0 && S_ISBLK (status.st_mode) && status.st_rdev == number)
    return fd;
  close (fd);
  g_set_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IDENTITY_CHANGED,
               "%s is another device than the one that was chosen. Look at the list of drives and "
               "choose again.",
               path);
  return -1;
}

int
platter_device_open_source (const PlatterDeviceRoots *roots,
                            dev_t number,
                            gboolean is_shared,
                            GError **error)
{
  g_autofree char *path = platter_open_dup_path (roots, number, error);
  int exclusive = is_shared ? 0 : O_EXCL;
  int fd = -1;

  if (path != NULL)
    fd = platter_open_checked (path, number, O_RDONLY | O_DIRECT | exclusive, error);
  if (fd < 0 || !is_shared || flock (fd, LOCK_SH | LOCK_NB) == 0)
    return fd;
  close (fd);
  return platter_open_fail (path, EBUSY, error);
}

/* What QEMU does to the disks of a virtual machine that runs; it does not ask the kernel for them alone. */
static gboolean
platter_open_is_locked (int fd)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  return fcntl (fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

int
platter_device_open_target (const PlatterDeviceRoots *roots, dev_t number, GError **error)
{
  g_autofree char *path = platter_open_dup_path (roots, number, error);
  int fd = -1;
  int is_read_only = 0;

  if (path != NULL)
    fd = platter_open_checked (path, number, O_RDWR | O_EXCL | O_DIRECT, error);
  if (fd >= 0 && platter_open_is_locked (fd))
    {
      close (fd);
      return platter_open_fail (path, EBUSY, error);
    }
  /* The kernel lets root open a write-protected device for writing, and fails the writes. */
  if (fd < 0 || (ioctl (fd, BLKROGET, &is_read_only) == 0 && is_read_only == 0))
    return fd;
  close (fd);
  return platter_open_fail (path, EROFS, error);
}

/* Returns: (transfer full) (nullable): the first partition that somebody has locked */
static char *
platter_open_dup_locked_partition (const PlatterDeviceRoots *roots, const PlatterDevice *target)
{
  for (guint i = 1; i < target->numbers->len; i++)
    {
      dev_t number = g_array_index (target->numbers, dev_t, i);
      g_autofree char *path = platter_open_dup_path (roots, number, NULL);
      int fd = path != NULL ? platter_open_checked (path, number, O_RDONLY, NULL) : -1;
      gboolean is_locked = fd >= 0 && platter_open_is_locked (fd);

      if (fd >= 0)
        close (fd);
      if (is_locked)
        return g_steal_pointer (&path);
    }
  return NULL;
}

/* Only for this does the kernel count those who have a partition open. One that finds no partitions by itself on such a drive says
   EINVAL, and of a table that cannot be read something else: neither tells of anybody. */
static gboolean
platter_open_has_open_partition (int fd)
{
  gint64 deadline = g_get_monotonic_time () + PLATTER_DEVICE_WAIT_US;

  while (ioctl (fd, BLKRRPART) < 0 && errno == EBUSY)
    {
      if (g_get_monotonic_time () >= deadline)
        return TRUE;
      g_usleep (PLATTER_DEVICE_WAIT_STEP_US);
    }
  return FALSE;
}

gboolean
platter_device_check_partitions (const PlatterDeviceRoots *roots,
                                 const PlatterDevice *target,
                                 int fd,
                                 GError **error)
{
  g_autofree char *partition = platter_open_dup_locked_partition (roots, target);
  const guint n_partitions = target->numbers->len - 1;

  /* Without partitions there is nothing to ask, and the kernel need not read a drive that may be slow. */
  if (n_partitions == 0 || (partition == NULL && !platter_open_has_open_partition (fd)))
    return TRUE;
  if (partition == NULL && n_partitions == 1)
    partition = platter_open_dup_path (roots, g_array_index (target->numbers, dev_t, 1), NULL);
  g_set_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IN_USE,
               "%s can’t be overwritten: another program has %s open. Close what uses it and try "
               "again.",
               target->path, partition != NULL ? partition : "one of its partitions");
  return FALSE;
}

int
platter_device_lock (const PlatterDeviceRoots *roots, dev_t number, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + PLATTER_DEVICE_LOCK_WAIT_US;
  g_autofree char *path = platter_open_dup_path (roots, number, error);
  int fd = path != NULL ? platter_open_checked (path, number, O_RDONLY, error) : -1;

  while (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) < 0)
    {
      int code = errno;
      if (code == EINTR)
        continue;
      if (code != EWOULDBLOCK || g_get_monotonic_time () >= deadline)
        {
          close (fd);
          return platter_open_fail (path, code, error);
        }
      g_usleep (PLATTER_DEVICE_WAIT_STEP_US);
    }
  return fd;
}
