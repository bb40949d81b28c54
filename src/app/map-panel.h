// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One target's partitions, its map, which part of that is shown, the legend and what is under the cursor.

#pragma once

#include <adwaita.h>

#include "client/job.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_MAP_PANEL (platter_map_panel_get_type ())
G_DECLARE_FINAL_TYPE (PlatterMapPanel, platter_map_panel, PLATTER, MAP_PANEL, AdwBin)

/** platter_map_panel_set_layout: See platter_partition_bar_set_layout(). */
void platter_map_panel_set_layout (PlatterMapPanel *self, GPtrArray *layout);

/**
 * platter_map_panel_set_target:
 * @target: one of @job
 *
 * Shows a target's map and counts it. Of the same one again the part that is shown stays the same.
 */
void
platter_map_panel_set_target (PlatterMapPanel *self, PlatterJob *job, PlatterJobTarget *target);

G_END_DECLS
