// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The map: a grid of cells, each a stretch of the target coloured by what has become of it.

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PLATTER_TYPE_MAP_VIEW (platter_map_view_get_type ())
G_DECLARE_FINAL_TYPE (PlatterMapView, platter_map_view, PLATTER, MAP_VIEW, GtkWidget)

/**
 * platter_map_view_set_map:
 * @map: (nullable): one byte a cell, values of #PlatterMapState
 * @size_bytes: what all cells together stand for
 */
void platter_map_view_set_map (PlatterMapView *self, GBytes *map, guint64 size_bytes);

/**
 * platter_map_view_set_layout:
 * @layout: (nullable) (element-type PlatterSegment): names the partition under the cursor; a
 *   reference is taken
 */
void platter_map_view_set_layout (PlatterMapView *self, GPtrArray *layout);

G_END_DECLS
