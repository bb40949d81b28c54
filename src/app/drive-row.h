// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A drive in a list: what a person knows it by, and why it cannot be used if so.

#pragma once

#include <adwaita.h>

#include "client/drive.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_DRIVE_ROW (platter_drive_row_get_type ())
G_DECLARE_FINAL_TYPE (PlatterDriveRow, platter_drive_row, PLATTER, DRIVE_ROW, AdwActionRow)

/**
 * platter_drive_row_new:
 * @with_check: whether several can be selected; else activating the row chooses it
 *
 * Signals: "toggled": it was selected or deselected.
 */
GtkWidget *platter_drive_row_new (PlatterDrive *drive, gboolean with_check);

PlatterDrive *platter_drive_row_get_drive (PlatterDriveRow *self);
gboolean platter_drive_row_get_selected (PlatterDriveRow *self);
void platter_drive_row_set_selected (PlatterDriveRow *self, gboolean selected);

/**
 * platter_drive_row_set_reason:
 * @reason: (nullable): why it cannot be used; deselects and greys it out
 */
void platter_drive_row_set_reason (PlatterDriveRow *self, const char *reason);

G_END_DECLS
