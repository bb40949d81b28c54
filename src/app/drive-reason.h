// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Why a drive in a list cannot be chosen: short, and in the window's language.

#pragma once

#include "client/request.h"

G_BEGIN_DECLS

/**
 * platter_drive_reason_dup:
 * @error: what a check of the drive said
 *
 * The row says which drive it is and how large, so that the reason need not. What has no short
 * form is told in the words of the check.
 */
char *platter_drive_reason_dup (const GError *error);

/** Returns: (transfer full) (nullable): why the request cannot write to @drive; %NULL if it can, or has no source yet. */
char *platter_drive_reason_dup_for_target (PlatterDrive *drive, PlatterRequest *request);

G_END_DECLS
