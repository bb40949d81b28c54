// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The drives of this machine as a list that keeps itself up to date.

#pragma once

#include <gio/gio.h>

#include "drive.h"
#include "job.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_DRIVES (platter_drives_get_type ())

/**
 * PlatterDrives:
 *
 * A #GListModel of #PlatterDrive, sorted: removable drives first, then fixed ones, then loop devices; by
 * device in each. An item stays the same object as long as its drive is there.
 *
 * Properties: "show-all" (boolean: also loop devices and the drive of the running system), "is-available"
 * (boolean: UDisks2 answers), "error-message" (string, nullable: why it does not).
 *
 * Signals: "refreshed": all drives, listed or not, are what they were a moment ago; a drive that a list does not have any
 * more is gone (platter_drive_is_gone()).
 */
G_DECLARE_FINAL_TYPE (PlatterDrives, platter_drives, PLATTER, DRIVES, GObject)

/** platter_drives_new: An empty list, until platter_drives_load_async(). */
PlatterDrives *platter_drives_new (void);

/** platter_drives_load_async: Connects to UDisks2 and fills the list; watches from then on. */
void platter_drives_load_async (PlatterDrives *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/** Returns: %FALSE if UDisks2 is not to be had; the sentence stands in "error-message" as well. */
gboolean platter_drives_load_finish (PlatterDrives *self, GAsyncResult *result, GError **error);

/** platter_drives_refresh: Looks at the kernel at once; what UDisks2 told may be older. */
void platter_drives_refresh (PlatterDrives *self);

gboolean platter_drives_get_show_all (PlatterDrives *self);
void platter_drives_set_show_all (PlatterDrives *self, gboolean show_all);
gboolean platter_drives_is_available (PlatterDrives *self);
/** Returns: (transfer none) (nullable) */
const char *platter_drives_get_error_message (PlatterDrives *self);

/**
 * platter_drives_lookup:
 * @name: a /dev path, a link to one (/dev/disk/by-id/…), or a UDisks2 object path
 *
 * Finds a drive, whether the list shows it or not. One that UDisks2 does not know, or where there is no UDisks2, is
 * described by what the kernel says.
 *
 * Returns: (transfer full): or %NULL with %PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE or
 * %PLATTER_DEVICE_ERROR_NOT_A_DRIVE.
 */
PlatterDrive *platter_drives_lookup (PlatterDrives *self, const char *name, GError **error);

/** Returns: (transfer full) (nullable): the drive with that UDisks2 object path, or %NULL. */
PlatterDrive *platter_drives_find_object (PlatterDrives *self, const char *object_path);

/**
 * platter_drives_dup_ends:
 *
 * Returns: (transfer full) (element-type PlatterDrive): the drives that are now where those of the job are, for
 * platter_report_new(), which looks whether they are the same.
 */
GPtrArray *platter_drives_dup_ends (PlatterDrives *self, PlatterJob *job);

/** Returns: (transfer full) (nullable): a target of a job, if it is a drive and still the same one. */
PlatterDrive *platter_drives_find_target (PlatterDrives *self, PlatterJob *job, guint index);
/** Returns: (transfer full) (nullable): the source of a job, if it is a drive and still the same one. */
PlatterDrive *platter_drives_find_source (PlatterDrives *self, PlatterJob *job);

G_END_DECLS
