// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The map: a grid of cells, each a stretch of the target coloured by what has become of it.

#pragma once

#include <gtk/gtk.h>

#include "engine/map.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_MAP_VIEW (platter_map_view_get_type ())
G_DECLARE_FINAL_TYPE (PlatterMapView, platter_map_view, PLATTER, MAP_VIEW, GtkWidget)

/**
 * PlatterMapView:
 *
 * Signals, which change nothing by themselves:
 * - "zoom" (int steps, guint64 offset_bytes): the user wants to see more (1) or less (-1) of what is there, or all
 *   of the drive (0);
 * - "pan" (int stretches): the user wants to see what lies before (-1) or behind (1).
 */

/**
 * platter_map_view_set_map:
 * @map: (nullable): one byte a cell, values of #PlatterMapState
 * @stretch: what all cells together stand for; its state does not count
 */
void platter_map_view_set_map (PlatterMapView *self, GBytes *map, const PlatterMapRange *stretch);

/** platter_map_view_point_at: Moves the cursor to the cell that a byte lies in. */
void platter_map_view_point_at (PlatterMapView *self, guint64 offset_bytes);

/**
 * platter_map_view_set_layout:
 * @layout: (nullable) (element-type PlatterSegment): names the partition under the cursor; a
 *   reference is taken
 */
void platter_map_view_set_layout (PlatterMapView *self, GPtrArray *layout);

G_END_DECLS
