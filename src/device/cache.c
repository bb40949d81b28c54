// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What programs have written to a drive and the kernel still keeps for it.

#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alias.h"

/* What has gone meanwhile has nothing to write; and what the drive itself keeps, it gives out to whoever reads it. */
static void
cache_write_out (const PlatterDeviceRoots *roots, dev_t number)
{
  g_autofree char *folder = platter_sysfs_dup_folder (roots, number);
  g_autofree char *name = platter_sysfs_dup_node_name (folder);
  g_autofree char *path = name != NULL ? g_build_filename (roots->dev, name, NULL) : NULL;
  int fd = path != NULL ? open (path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
  struct stat status;

  if (fd < 0 && path != NULL)
    g_debug ("What is cached of %s could not be written: %s", path, g_strerror (errno));
  if (fd >= 0 && fstat (fd, &status) == 0 && S_ISBLK (status.st_mode) && status.st_rdev == number
      && sync_file_range (fd, 0, 0,
                          SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE
                            | SYNC_FILE_RANGE_WAIT_AFTER)
           < 0)
    g_debug ("What is cached of %s could not be written: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
}

static void
cache_write_out_all (const PlatterDeviceRoots *roots, const GArray *numbers)
{
  for (guint i = 0; i < numbers->len; i++)
    cache_write_out (roots, g_array_index (numbers, dev_t, i));
}

/* LVM, RAID and their like, loop devices over a partition and so on. */
static void
cache_write_out_above (PlatterDeviceView *view, const PlatterDevice *device)
{
  const PlatterDeviceRoots *roots = platter_device_view_get_roots (view);
  g_autoptr (GPtrArray) names = platter_sysfs_list (roots->sysfs, "class/block");

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *folder
        = g_build_filename (roots->sysfs, "class", "block", names->pdata[i], NULL);
      dev_t number = platter_sysfs_get_number (folder);
      g_autoptr (GArray) one = g_array_new (FALSE, FALSE, sizeof (dev_t));
      g_autoptr (GArray) below = NULL;

      /* A loop device that nobody uses lies nowhere, and there may be dozens. */
      if (platter_sysfs_get_attribute (folder, "size", 0) == 0)
        continue;
      g_array_append_val (one, number);
      below = platter_device_view_dup_below (view, one);
      if (platter_device_numbers_meet (below, device->numbers))
        cache_write_out (roots, number);
    }
}

void
platter_device_write_out (PlatterDeviceView *view, const PlatterDevice *device)
{
  const PlatterDeviceRoots *roots = platter_device_view_get_roots (view);
  g_autoptr (GPtrArray) aliases = platter_device_dup_aliases (view, device);

  cache_write_out_above (view, device);
  for (guint i = 0; i < aliases->len; i++)
    cache_write_out_all (roots, ((const PlatterDevice *)aliases->pdata[i])->numbers);
  /* Last, for what was written to the others may have come no farther than this. */
  cache_write_out_all (roots, device->numbers);
}
