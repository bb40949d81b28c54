// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The rules of what may be read as a source and what may be overwritten.

#include "guard.h"

#include <string.h>
#include <sys/stat.h>

#include "../engine/printable.h"
#include "alias.h"

/* A drive that holds one of these is the system's. */
static const char *const platter_guard_system_points[] = {
  "/",
  "/boot",
  "/boot/efi",
  "/boot/firmware",
  "/efi",
  "/etc",
  "/gnu",
  "/home",
  "/nix",
  "/opt",
  "/root",
  "/srv",
  "/sysroot",
  "/usr",
  "/usr/local",
  "/var",
  /* Where others are links to these. */
  "/var/home",
  "/var/opt",
  "/var/roothome",
  "/var/srv",
  NULL,
};

/* Or anything below these, where programs keep what they cannot do without; what we know of jobs, for one. People mount
 * what is theirs elsewhere: below /home, /mnt, or on some systems /var/mnt. */
static const char *const platter_guard_system_trees[] = {
  "/boot/",      "/efi/",     "/etc/",       "/nix/",     "/usr/",
  "/var/cache/", "/var/lib/", "/var/local/", "/var/log/", "/var/spool/",
};

/* By the kernel's name: what looks like a whole drive but is a part or a layer of one, or is
 * obsolete. */
static const char *const platter_guard_not_drives[] = {
  "bcache*", "dm-*", "fd*", "md*", "mmcblk*boot*", "mmcblk*rpmb*", "mtdblock*", NULL,
};

typedef gboolean (*PlatterGuardRule) (PlatterDeviceView *view,
                                      const PlatterDevice *device,
                                      GError **error);

static gboolean
platter_guard_fail (GError **error, PlatterDeviceError code, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

static gboolean
platter_guard_fail (GError **error, PlatterDeviceError code, const char *format, ...)
{
  g_autofree char *sentence = NULL;
  g_autofree char *printable = NULL;
  va_list arguments;

  va_start (arguments, format);
  sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  /* Whoever mounts something chooses the name of the place. */
  printable = platter_printable_dup (sentence, -1);
  g_set_error_literal (error, PLATTER_DEVICE_ERROR, (int)code, printable);
  return FALSE;
}

static gboolean
platter_guard_lies_on (PlatterDeviceView *view, const GArray *numbers, const PlatterDevice *device)
{
  g_autoptr (GArray) below = platter_device_view_dup_below (view, numbers);

  return platter_device_numbers_meet (below, device->numbers);
}

static gboolean
platter_guard_is_same_file (const char *first, const char *second)
{
  struct stat first_status;
  struct stat second_status;

  if (stat (first, &first_status) == 0 && stat (second, &second_status) == 0)
    return first_status.st_dev == second_status.st_dev
           && first_status.st_ino == second_status.st_ino;
  return strcmp (first, second) == 0;
}

gboolean
platter_device_check_distinct (PlatterDeviceView *view,
                               const PlatterDevice *first,
                               const PlatterDevice *second,
                               GError **error)
{
  if (first->number == second->number)
    return platter_guard_fail (error, PLATTER_DEVICE_ERROR_SAME_DRIVE,
                               "%s can’t be copied onto itself. Choose two different drives.",
                               first->path);
  if (first->disk == second->disk || platter_guard_lies_on (view, first->numbers, second)
      || platter_guard_lies_on (view, second->numbers, first))
    return platter_guard_fail (
      error, PLATTER_DEVICE_ERROR_SAME_DRIVE,
      "%s and %s are parts of the same drive. Choose two different drives.", first->path,
      second->path);
  if (platter_device_is_same_lun (first, second))
    return platter_guard_fail (
      error, PLATTER_DEVICE_ERROR_SAME_DRIVE,
      "%s and %s are two ways to the same drive (%s). Choose two different "
      "drives.",
      first->path, second->path, first->wwid);
  if (first->backing_file != NULL && second->backing_file != NULL
      && (platter_loop_is_same (&first->loop, &second->loop)
          || platter_guard_is_same_file (first->backing_file, second->backing_file)))
    return platter_guard_fail (error, PLATTER_DEVICE_ERROR_SAME_DRIVE,
                               "%s and %s are the same file, “%s”. Choose two different drives.",
                               first->path, second->path, first->backing_file);
  if (platter_device_shares_content (view, first, second))
    return platter_guard_fail (error, PLATTER_DEVICE_ERROR_SAME_DRIVE,
                               "%s and %s have the same content. Choose two different drives.",
                               first->path, second->path);
  return TRUE;
}

static gboolean
platter_guard_check_drive (const PlatterDevice *device, GError **error)
{
  gboolean is_drive = !device->is_partition && !device->is_hidden;

  for (guint i = 0; platter_guard_not_drives[i] != NULL; i++)
    is_drive = is_drive && !g_pattern_match_simple (platter_guard_not_drives[i], device->name);
  if (!is_drive)
    return platter_guard_fail (error, PLATTER_DEVICE_ERROR_NOT_A_DRIVE,
                               "%s is not a whole drive. Choose the drive that it is a part of.",
                               device->path);
  if (device->size_bytes == 0)
    return platter_guard_fail (error, PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE,
                               "%s has no medium in it. Insert one and choose the drive again.",
                               device->path);
  return TRUE;
}

static gboolean
platter_guard_is_of_system (const PlatterMount *mount)
{
  gboolean is_of_system = g_strv_contains (platter_guard_system_points, mount->point);

  for (guint i = 0; i < G_N_ELEMENTS (platter_guard_system_trees); i++)
    is_of_system = is_of_system || g_str_has_prefix (mount->point, platter_guard_system_trees[i]);
  return is_of_system;
}

static gboolean
platter_guard_check_system (PlatterDeviceView *view, const PlatterDevice *target, GError **error)
{
  GPtrArray *mounts = platter_device_view_get_mounts (view);

  for (guint i = 0; i < mounts->len; i++)
    {
      const PlatterMount *mount = mounts->pdata[i];
      if (platter_guard_is_of_system (mount)
          && platter_guard_lies_on (view, mount->numbers, target))
        return platter_guard_fail (error, PLATTER_DEVICE_ERROR_SYSTEM_DRIVE,
                                   "The running system uses %s as “%s”. It can only be overwritten "
                                   "from a system that was started from another drive.",
                                   target->path, mount->point);
    }
  return TRUE;
}

static gboolean
platter_guard_holds_file (PlatterDeviceView *view, const PlatterDevice *device, int fd)
{
  g_autoptr (GArray) numbers = platter_device_view_dup_fd_numbers (view, fd);
  struct stat file;
  struct stat backing;

  return platter_guard_lies_on (view, numbers, device) || platter_loop_is_file (&device->loop, fd)
         || (device->backing_file != NULL && stat (device->backing_file, &backing) == 0
             && fstat (fd, &file) == 0 && file.st_dev == backing.st_dev
             && file.st_ino == backing.st_ino);
}

gboolean
platter_device_holds_file (PlatterDeviceView *view, const PlatterDevice *device, int fd)
{
  g_autoptr (GPtrArray) aliases = platter_device_dup_aliases (view, device);
  gboolean holds = platter_guard_holds_file (view, device, fd);

  for (guint i = 0; i < aliases->len && !holds; i++)
    holds = platter_guard_holds_file (view, aliases->pdata[i], fd);
  return holds;
}

static gboolean
platter_guard_check_image (PlatterDeviceView *view,
                           const PlatterDevice *target,
                           int image_fd,
                           GError **error)
{
  if (image_fd >= 0 && platter_device_holds_file (view, target, image_fd))
    return platter_guard_fail (
      error, PLATTER_DEVICE_ERROR_HOLDS_IMAGE,
      "The image file lies on %s, which would be overwritten. Copy the file "
      "to another drive first, or choose another target.",
      target->path);
  return TRUE;
}

gboolean
platter_device_check_place (PlatterDeviceView *view,
                            const PlatterDevice *source,
                            int fd,
                            GError **error)
{
  if (platter_device_holds_file (view, source, fd))
    return platter_guard_fail (error, PLATTER_DEVICE_ERROR_HOLDS_IMAGE,
                               "The image would lie on %s, which it is made of. Save it on "
                               "another drive.",
                               source->path);
  return TRUE;
}

static gboolean
platter_guard_check_swap (PlatterDeviceView *view, const PlatterDevice *device, GError **error)
{
  GPtrArray *swaps = platter_device_view_get_swaps (view);

  for (guint i = 0; i < swaps->len; i++)
    {
      const PlatterSwap *swap = swaps->pdata[i];
      if (platter_guard_lies_on (view, swap->numbers, device))
        return platter_guard_fail (
          error, PLATTER_DEVICE_ERROR_SWAP,
          "The system swaps to “%s” on %s. Turn that off with “swapoff %s” "
          "and try again.",
          swap->path, device->path, swap->path);
    }
  return TRUE;
}

static gboolean
platter_guard_check_holders (const PlatterDevice *target, GError **error)
{
  if (g_strv_length (target->holders) == 0)
    return TRUE;

  g_autofree char *holders = g_strjoinv (", ", target->holders);
  return platter_guard_fail (
    error, PLATTER_DEVICE_ERROR_HAS_HOLDERS,
    "%s is in use by LVM, RAID, encryption or a cache (%s). Close or stop that "
    "first.",
    target->path, holders);
}

static gboolean
platter_guard_check_loops (PlatterDeviceView *view, const PlatterDevice *target, GError **error)
{
  const PlatterDeviceRoots *roots = platter_device_view_get_roots (view);
  g_autoptr (GPtrArray) names = platter_sysfs_list (roots->sysfs, "class/block");

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];
      g_autofree char *folder = g_build_filename (roots->sysfs, "class", "block", name, NULL);
      g_autofree char *file = platter_sysfs_dup_attribute (folder, "loop/backing_file");
      if (file == NULL || strcmp (name, target->name) == 0)
        continue;
      g_autoptr (GArray) numbers = platter_device_view_dup_loop_numbers (view, name, file);
      if (platter_guard_lies_on (view, numbers, target))
        return platter_guard_fail (error, PLATTER_DEVICE_ERROR_BACKS_LOOP,
                                   "The loop device /dev/%s lies on %s. Detach it with “losetup -d "
                                   "/dev/%s” and try again.",
                                   name, target->path, name);
    }
  return TRUE;
}

static gboolean
platter_guard_check_mounts (const PlatterDevice *target, gboolean can_unmount, GError **error)
{
  if (target->mounts->len == 0 || can_unmount)
    return TRUE;

  const PlatterMount *mount = target->mounts->pdata[0];
  return platter_guard_fail (
    error, PLATTER_DEVICE_ERROR_MOUNTED,
    "%s is mounted at “%s”. Unmount it, or let Platter do that, and try again.", target->path,
    mount->point);
}

static gboolean
platter_guard_check_unchanging (PlatterDeviceView *view,
                                const PlatterDevice *source,
                                GError **error)
{
  GPtrArray *mounts = platter_device_view_get_mounts (view);

  for (guint i = 0; i < mounts->len; i++)
    {
      const PlatterMount *mount = mounts->pdata[i];
      if (!mount->is_read_only && platter_guard_lies_on (view, mount->numbers, source))
        return platter_guard_fail (
          error, PLATTER_DEVICE_ERROR_KEPT_MOUNTED,
          "%s is mounted for writing at “%s” and may change while it is read, "
          "so the copy would be inconsistent. Unmount it, or mount it "
          "read-only, and try again.",
          source->path, mount->point);
    }
  return TRUE;
}

/* What cannot be unmounted for the sake of the target, as it is not the target's. */
static gboolean
platter_guard_check_alias_mounts (const PlatterDevice *alias, GError **error)
{
  if (alias->mounts->len == 0)
    return TRUE;

  const PlatterMount *mount = alias->mounts->pdata[0];
  return platter_guard_fail (error, PLATTER_DEVICE_ERROR_KEPT_MOUNTED,
                             "%s is mounted at “%s”. Unmount it and try again.", alias->path,
                             mount->point);
}

static gboolean
platter_guard_check_written_alias (PlatterDeviceView *view,
                                   const PlatterDevice *alias,
                                   GError **error)
{
  return platter_guard_check_system (view, alias, error)
         && platter_guard_check_swap (view, alias, error)
         && platter_guard_check_holders (alias, error)
         && platter_guard_check_alias_mounts (alias, error);
}

static gboolean
platter_guard_check_read_alias (PlatterDeviceView *view, const PlatterDevice *alias, GError **error)
{
  return platter_guard_check_swap (view, alias, error)
         && platter_guard_check_unchanging (view, alias, error);
}

/* The kernel lets one be opened exclusively while another one is. */
static gboolean
platter_guard_check_aliases (PlatterDeviceView *view,
                             const PlatterDevice *device,
                             PlatterGuardRule rule,
                             GError **error)
{
  g_autoptr (GPtrArray) aliases = platter_device_dup_aliases (view, device);

  for (guint i = 0; i < aliases->len; i++)
    {
      const PlatterDevice *alias = aliases->pdata[i];
      g_autoptr (GError) local_error = NULL;

      if (!rule (view, alias, &local_error))
        return platter_guard_fail (error, (PlatterDeviceError)local_error->code,
                                   "%s has the same content as %s. %s", alias->path, device->path,
                                   local_error->message);
    }
  return TRUE;
}

static gboolean
platter_guard_check_fit (const PlatterDevice *target, const PlatterDevicePlan *plan, GError **error)
{
  g_autofree char *size = g_format_size_full (target->size_bytes, G_FORMAT_SIZE_LONG_FORMAT);
  g_autofree char *needed = g_format_size_full (plan->size_bytes, G_FORMAT_SIZE_LONG_FORMAT);

  if (plan->source != NULL && plan->source->logical_block_bytes != target->logical_block_bytes)
    return platter_guard_fail (
      error, PLATTER_DEVICE_ERROR_SECTOR_SIZE,
      "%s has sectors of %u bytes and %s of %u, so the partition table would "
      "not be understood there. Choose a drive with equal sectors.",
      plan->source->path, plan->source->logical_block_bytes, target->path,
      target->logical_block_bytes);
  if (target->size_bytes < plan->size_bytes)
    return platter_guard_fail (error, PLATTER_DEVICE_ERROR_TOO_SMALL,
                               "%s holds %s, but %s are needed. Choose a larger drive.",
                               target->path, size, needed);
  return TRUE;
}

static gboolean
platter_guard_check_writable (const PlatterDevice *target, GError **error)
{
  if (!target->is_read_only && !g_str_has_prefix (target->name, "sr"))
    return TRUE;
  return platter_guard_fail (
    error, PLATTER_DEVICE_ERROR_READ_ONLY,
    "%s is write-protected. Look for a switch on it, or choose another drive.", target->path);
}

gboolean
platter_device_check_target (PlatterDeviceView *view,
                             const PlatterDevice *target,
                             const PlatterDevicePlan *plan,
                             GError **error)
{
  const PlatterDevicePlan nothing = PLATTER_DEVICE_PLAN_INIT;
  const PlatterDevicePlan *used = plan != NULL ? plan : &nothing;

  return (used->source == NULL || platter_device_check_distinct (view, used->source, target, error))
         && platter_guard_check_drive (target, error)
         && platter_guard_check_system (view, target, error)
         && platter_guard_check_image (view, target, used->image_fd, error)
         && platter_guard_check_swap (view, target, error)
         && platter_guard_check_holders (target, error)
         && platter_guard_check_loops (view, target, error)
         && platter_guard_check_aliases (view, target, platter_guard_check_written_alias, error)
         && platter_guard_check_writable (target, error)
         && platter_guard_check_mounts (target, used->can_unmount, error)
         && platter_guard_check_fit (target, used, error);
}

gboolean
platter_device_check_source (PlatterDeviceView *view, const PlatterDevice *source, GError **error)
{
  return platter_guard_check_drive (source, error) && platter_guard_check_swap (view, source, error)
         && platter_guard_check_unchanging (view, source, error)
         && platter_guard_check_aliases (view, source, platter_guard_check_read_alias, error);
}
