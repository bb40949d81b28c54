// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One target's partitions, its map, the legend and what is under the cursor.

#pragma once

#include <adwaita.h>

#include "map-state.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_MAP_PANEL (platter_map_panel_get_type ())
G_DECLARE_FINAL_TYPE (PlatterMapPanel, platter_map_panel, PLATTER, MAP_PANEL, AdwBin)

/** What the helper counts exactly; the other states are known to a cell only. */
typedef struct
{
  guint64 verified_bytes;
  guint64 repaired_bytes;
  guint64 mismatched_bytes;
} PlatterMapCounts;

/** platter_map_panel_set_layout: See platter_partition_bar_set_layout(). */
void platter_map_panel_set_layout (PlatterMapPanel *self, GPtrArray *layout);

/** platter_map_panel_set_map: See platter_map_view_set_map(). */
void platter_map_panel_set_map (PlatterMapPanel *self,
                                GBytes *map,
                                guint64 size_bytes,
                                const PlatterMapCounts *counts);

G_END_DECLS
