// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Ejecting a drive through UDisks2.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * platter_eject_check_async:
 * @object_path: UDisks2's for the block device
 *
 * Finds out whether the drive can be ejected at all.
 */
void platter_eject_check_async (const char *object_path,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/** Returns: (transfer full) (nullable): the drive to give to platter_eject_async(), if it can be. */
char *platter_eject_check_finish (GAsyncResult *result);

/**
 * platter_eject_async:
 * @drive_path: from platter_eject_check_finish()
 *
 * Unmounts and locks what of it the desktop or somebody else has mounted and unlocked since it was copied, and ejects it. It is not
 * ejected if something still uses it.
 */
void platter_eject_async (const char *drive_path, GAsyncReadyCallback callback, gpointer user_data);
gboolean platter_eject_finish (GAsyncResult *result, GError **error);

G_END_DECLS
