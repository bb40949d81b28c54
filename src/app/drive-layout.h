// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// From the volumes of a drive or an image to the segments of a bar.

#pragma once

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

/** platter_drive_layout_dup_loss: Returns: (transfer full): what is lost on @drive, in words. */
char *platter_drive_layout_dup_loss (PlatterDrive *drive);

G_END_DECLS
