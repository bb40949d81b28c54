// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One drive, as people know it.

#pragma once

#include <gio/gio.h>

#include "drive-health.h"
#include "image.h"
#include "volume.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_DRIVE (platter_drive_get_type ())

/**
 * PlatterDrive:
 *
 * Made by #PlatterDrives only, which keeps it up to date as long as the drive is there: it emits “changed” once each time that the
 * drives were looked at, and when it becomes known how much of a volume is used.
 */
G_DECLARE_FINAL_TYPE (PlatterDrive, platter_drive, PLATTER, DRIVE, GObject)

/** Returns: (transfer none) (nullable): UDisks2's; %NULL where UDisks2 does not know it. */
const char *platter_drive_get_object_path (PlatterDrive *self);
/** Returns: (transfer none): "/dev/sdb". */
const char *platter_drive_get_device (PlatterDrive *self);
/** Returns: its dev_t. */
guint64 platter_drive_get_number (PlatterDrive *self);
/** Returns: changes whenever the medium behind the number does; 0 where the kernel has none. */
guint64 platter_drive_get_diskseq (PlatterDrive *self);
/** Returns: 0 without a medium. */
guint64 platter_drive_get_size_bytes (PlatterDrive *self);
/** Returns: (transfer none): may be empty, as the next two. */
const char *platter_drive_get_vendor (PlatterDrive *self);
const char *platter_drive_get_model (PlatterDrive *self);
const char *platter_drive_get_serial (PlatterDrive *self);
/** Returns: (transfer none): "usb", "sata", "nvme", "mmc", "virtio", "loop", … or empty. */
const char *platter_drive_get_bus (PlatterDrive *self);
/** Returns: (transfer none): where it is plugged in, "USB 3, hub port 2"; may be empty; translated. */
const char *platter_drive_get_port (PlatterDrive *self);
/** Returns: whether it can be taken out or unplugged: no need to type its name. */
gboolean platter_drive_is_removable (PlatterDrive *self);
gboolean platter_drive_is_loop (PlatterDrive *self);
/** Returns: whether the running system lies on it. */
gboolean platter_drive_is_system (PlatterDrive *self);
gboolean platter_drive_is_read_only (PlatterDrive *self);
guint platter_drive_get_logical_block_bytes (PlatterDrive *self);
/** Returns: (transfer none): a symbolic icon's name. */
const char *platter_drive_get_icon_name (PlatterDrive *self);
/** Returns: (transfer none): vendor and model; of a loop device its file's base name. */
const char *platter_drive_get_display_name (PlatterDrive *self);
/** Returns: (transfer none): "SanDisk Ultra · 32 GB". */
const char *platter_drive_get_title (PlatterDrive *self);
/** Returns: (transfer full): device, port and serial, in words; translated. What tells it from another of its name and size. */
char *platter_drive_dup_place (PlatterDrive *self);
/** Returns: (transfer none): the same and what is on it; translated. */
const char *platter_drive_get_subtitle (PlatterDrive *self);
/** Returns: (transfer none): as UDisks2 last read it; nothing is asked of the drive. */
const PlatterDriveHealth *platter_drive_get_health (PlatterDrive *self);
/** Returns: (transfer none): "gpt", "dos"; empty without a partition table, or if it is not known. */
const char *platter_drive_get_table (PlatterDrive *self);
/** Returns: (transfer none): of #PlatterVolume, in order of offset; the model stays, its items change. */
GListModel *platter_drive_get_volumes (PlatterDrive *self);
/** Returns: whether what is on it is known; if not, it has no volumes and may be full all the same. */
gboolean platter_drive_is_content_known (PlatterDrive *self);
/** Returns: (transfer none) (nullable): of a loop device, its backing file. */
const char *platter_drive_get_backing_file (PlatterDrive *self);

/** Returns: (transfer floating): a{sv}: what was seen, for the helper (docs/interface.md, "A drive"). */
GVariant *platter_drive_dup_identity (PlatterDrive *self);
/** Returns: whether the drive went away; what else is known of it is from before. */
gboolean platter_drive_is_gone (PlatterDrive *self);
/**
 * platter_drive_has_identity:
 * @identity: a{sv}: as from platter_drive_dup_identity(), or a drive in the details of a job
 *
 * Returns: whether the drive is there, with the same number, diskseq, size and serial number; %FALSE if one is not told.
 */
gboolean platter_drive_has_identity (PlatterDrive *self, GVariant *identity);

/**
 * platter_drive_check_target:
 * @size_bytes: what must fit; 0 if not known yet
 * @source: (nullable): the drive that would be copied to it
 * @image: (nullable): the image that would be written to it
 * @can_unmount: whether what is mounted would be unmounted first
 *
 * The rules of src/device/guard.h, by which the helper decides too. Looks at the kernel's lists only and does
 * not wait for a drive; cheap enough for each row of a list.
 *
 * Returns: %FALSE with a #PlatterDeviceError and a sentence that says why it cannot be a target.
 */
gboolean platter_drive_check_target (PlatterDrive *self,
                                     guint64 size_bytes,
                                     PlatterDrive *source,
                                     PlatterImage *image,
                                     gboolean can_unmount,
                                     GError **error);

/**
 * platter_drive_check_place:
 * @fd: the folder that an image of the drive is to be saved in
 *
 * Refuses %PLATTER_DEVICE_ERROR_HOLDS_IMAGE: it lies on the drive itself.
 */
gboolean platter_drive_check_place (PlatterDrive *self, int fd, GError **error);
/** platter_drive_holds_file: @fd: a file or folder, open. Returns: whether it lies on the drive; also if that is not known. */
gboolean platter_drive_holds_file (PlatterDrive *self, int fd);

/** Returns: %FALSE with a #PlatterDeviceError and a sentence that says why it cannot be a source. */
gboolean platter_drive_check_source (PlatterDrive *self, GError **error);

G_END_DECLS
