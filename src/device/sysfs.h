// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Small questions to sysfs about one device.

#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/**
 * PlatterDeviceRoots: where the kernel's views are looked up; tests give a made-up tree.
 */
typedef struct
{
  const char *sysfs; /* "/sys" */
  const char *proc;  /* "/proc" */
  const char *dev;   /* "/dev" */
} PlatterDeviceRoots;

extern const PlatterDeviceRoots platter_device_roots_real;

/** Returns: (transfer full): the device's folder, "/sys/dev/block/8:0"; it need not exist. */
char *platter_sysfs_dup_folder (const PlatterDeviceRoots *roots, dev_t number);

/** Returns: (transfer full) (nullable): an attribute without the spaces around it, if there. */
char *platter_sysfs_dup_attribute (const char *folder, const char *attribute);

/** Returns: an attribute that is a decimal number, or @fallback. */
guint64 platter_sysfs_get_attribute (const char *folder, const char *attribute, guint64 fallback);

/** Returns: how much was ever written to or discarded on the device, by whomever; 0 where the kernel does not count it. */
guint64 platter_sysfs_get_written_bytes (const char *folder);

/** Returns: whether @folder has the attribute (or the folder) @attribute. */
gboolean platter_sysfs_has_attribute (const char *folder, const char *attribute);

/** Returns: the device number in @folder's file "dev"; 0 if it has none. */
dev_t platter_sysfs_get_number (const char *folder);

/** Returns: (transfer full) (nullable): DEVNAME of @folder's uevent: the node's path below /dev. */
char *platter_sysfs_dup_node_name (const char *folder);

/** Returns: (transfer full) (nullable): @folder without links; %NULL if it is not there. */
char *platter_sysfs_dup_real_folder (const char *folder);

/**
 * platter_sysfs_find_node:
 * @path: any path; that of a node is "/dev/sda", "/dev/mapper/root", "/dev/disk/by-id/..."
 *
 * Asks sysfs, not the node, so that it works without rights and in a made-up tree.
 *
 * Returns: the number of the block device that @path names; 0 if it names none.
 */
dev_t platter_sysfs_find_node (const PlatterDeviceRoots *roots, const char *path);

/** Returns: (element-type utf8) (transfer full): the names in a folder, sorted; empty if not there.
 */
GPtrArray *platter_sysfs_list (const char *folder, const char *subfolder);

G_END_DECLS
