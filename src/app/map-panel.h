// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One target's partitions, its map, the legend and what is under the cursor.

#pragma once

#include <adwaita.h>

#include "client/job-target.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_MAP_PANEL (platter_map_panel_get_type ())
G_DECLARE_FINAL_TYPE (PlatterMapPanel, platter_map_panel, PLATTER, MAP_PANEL, AdwBin)

/** platter_map_panel_set_layout: See platter_partition_bar_set_layout(). */
void platter_map_panel_set_layout (PlatterMapPanel *self, GPtrArray *layout);

/** platter_map_panel_set_target: Shows a target's map and counts it; @size_bytes: see platter_map_cells_count(). */
void
platter_map_panel_set_target (PlatterMapPanel *self, PlatterJobTarget *target, guint64 size_bytes);

G_END_DECLS
