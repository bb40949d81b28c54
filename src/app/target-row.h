// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One of several targets of a job: its name, its state, its map in small.

#pragma once

#include <adwaita.h>

#include "client/job.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_TARGET_ROW (platter_target_row_get_type ())
G_DECLARE_FINAL_TYPE (PlatterTargetRow, platter_target_row, PLATTER, TARGET_ROW, AdwPreferencesRow)

/**
 * platter_target_row_new:
 * @number: counted from 1
 * @badges: makes the badges of all rows equally wide
 */
GtkWidget *platter_target_row_new (PlatterJob *job,
                                   PlatterJobTarget *target,
                                   guint number,
                                   GtkSizeGroup *badges);

G_END_DECLS
