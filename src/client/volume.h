// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One partition or file system, on a drive or inside an image file.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PLATTER_TYPE_VOLUME (platter_volume_get_type ())

/**
 * PlatterVolume:
 *
 * Properties: "label", "fs-type", "title" (strings), "offset-bytes", "size-bytes", "used-bytes" (uint64),
 * "is-mounted". Only "used-bytes" changes, with a notification, after the file system has answered.
 */
G_DECLARE_FINAL_TYPE (PlatterVolume, platter_volume, PLATTER, VOLUME, GObject)

/**
 * platter_volume_new:
 * @device: (nullable): "/dev/sdb1"; %NULL inside an image
 * @label: (nullable): the file system's label, or the partition's name
 * @fs_type: (nullable): "ext4", "vfat", "crypto_LUKS", …
 * @mount_points: (nullable) (array zero-terminated=1): copied
 */
PlatterVolume *platter_volume_new (const char *device,
                                   guint64 offset_bytes,
                                   guint64 size_bytes,
                                   const char *label,
                                   const char *fs_type,
                                   const char *const *mount_points);

/** platter_volume_load_used: Asks a mounted file system how full it is by now; it may answer later. */
void platter_volume_load_used (PlatterVolume *self);

/** Returns: (nullable) (transfer none): "/dev/sdb1"; %NULL inside an image. */
const char *platter_volume_get_device (PlatterVolume *self);
/** Returns: (transfer none): the label as it may be shown, by engine/printable.h; empty if there is none. */
const char *platter_volume_get_label (PlatterVolume *self);
/** Returns: (transfer none): "ext4", "vfat", … as it may be shown; empty if unknown. */
const char *platter_volume_get_fs_type (PlatterVolume *self);
/** Returns: where on the drive or in the image it begins. */
guint64 platter_volume_get_offset_bytes (PlatterVolume *self);
guint64 platter_volume_get_size_bytes (PlatterVolume *self);
/** Returns: how much of it is in use; 0 if not known (it is known of what is mounted). */
guint64 platter_volume_get_used_bytes (PlatterVolume *self);
/** Returns: (array zero-terminated=1) (transfer none): where it is mounted; empty if it is not. */
const char *const *platter_volume_get_mount_points (PlatterVolume *self);
/** Returns: (transfer full): these for people, with @separator between them; empty if there are none. */
char *platter_volume_dup_mount_words (PlatterVolume *self, const char *separator);
gboolean platter_volume_is_mounted (PlatterVolume *self);
/** Returns: (transfer full): for a row or a bar, e.g. "“Backup” ext4, 640 GB used"; translated. */
char *platter_volume_dup_title (PlatterVolume *self);
/** Returns: whether nothing but perhaps the used bytes differs. */
gboolean platter_volume_equal (PlatterVolume *self, PlatterVolume *other);

G_END_DECLS
