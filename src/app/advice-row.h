// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a drive that is not well says of itself, where somebody chooses what is done at errors.

#pragma once

#include <adwaita.h>

#include "client/drive.h"

G_BEGIN_DECLS

/** platter_advice_row_show: @source: (nullable): the drive that is read; a row for one that is well is hidden */
void platter_advice_row_show (AdwActionRow *row, GtkImage *icon, PlatterDrive *source);

G_END_DECLS
