// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the colours of the map mean, and how much there is of each.

#pragma once

#include <gtk/gtk.h>

#include "map-state.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_MAP_LEGEND (platter_map_legend_get_type ())
G_DECLARE_FINAL_TYPE (PlatterMapLegend, platter_map_legend, PLATTER, MAP_LEGEND, GtkBox)

/**
 * platter_map_legend_set_amount:
 * @amount: (nullable): e.g. "198 GB"; %NULL hides the state
 */
void
platter_map_legend_set_amount (PlatterMapLegend *self, PlatterMapState state, const char *amount);

G_END_DECLS
