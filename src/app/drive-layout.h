// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// From the volumes of a drive or an image to the segments of a bar.

#pragma once

#include "client/drives.h"
#include "client/job.h"
#include "client/request.h"
#include "partition-layout.h"

G_BEGIN_DECLS

/**
 * platter_drive_layout_new:
 * @source: a #PlatterDrive or a #PlatterImage
 * @size_bytes: of the drive that the bar stands for: its own, or the larger one it is copied to
 *
 * Returns: (transfer full) (element-type PlatterSegment): finished.
 */
GPtrArray *platter_drive_layout_new (gpointer source, guint64 size_bytes);

/**
 * platter_drive_layout_new_for_job:
 * @source: (nullable): what @job was started with, if that is known
 *
 * The partitions of what @job copies, while its source is still there to be asked.
 *
 * Returns: (transfer full) (nullable)
 */
GPtrArray *
platter_drive_layout_new_for_job (PlatterJob *job, gpointer source, PlatterDrives *drives);

/** platter_drive_layout_dup_loss: Returns: (transfer full): what is lost on @drive, in words. */
char *platter_drive_layout_dup_loss (PlatterDrive *drive);
/** platter_drive_layout_dup_mounted: Returns: (transfer full) (nullable): where @drive is mounted, and what becomes of that. */
char *platter_drive_layout_dup_mounted (PlatterDrive *drive);

G_END_DECLS
