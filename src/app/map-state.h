// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How a state of the map is called, coloured and patterned.

#pragma once

#include <gtk/gtk.h>

#include "client/map-cells.h"

G_BEGIN_DECLS

/** platter_map_state_get_name: Returns: what the legend says, translated. */
const char *platter_map_state_get_name (PlatterMapState state);

/**
 * platter_map_state_draw:
 * @widget: whose style has the colours
 * @cr: with the width of the lines set
 * @cells: (array length=n_cells): where
 *
 * The cells of one state. States differ in lightness and the troubled ones in a pattern too, so that the map can
 * be read without seeing colours.
 */
void platter_map_state_draw (
  PlatterMapState state, GtkWidget *widget, cairo_t *cr, const GdkRectangle *cells, guint n_cells);

G_END_DECLS
