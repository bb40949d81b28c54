// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where the cells of a map stand: plain arithmetic, without a display.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** The gap between two cells, in pixels. */
#define PLATTER_MAP_GRID_GAP 2

typedef struct
{
  guint n_cells;
  guint n_columns;
  guint n_rows;
  double pitch_x; /* from the left edge of a cell to that of the next, in pixels */
  double pitch_y;
} PlatterMapGrid;

/**
 * platter_map_grid_new:
 * @n_cells: at least 1
 * @width: pixels there are
 * @rows: how many rows; 0 for as many as cells of a comfortable size need
 *
 * Without @rows the number of columns is a power of two, so that the picture keeps its structure
 * while the window is resized.
 */
PlatterMapGrid platter_map_grid_new (guint n_cells, int width, guint rows);

/** platter_map_grid_get_height: The pixels that all rows need. */
int platter_map_grid_get_height (const PlatterMapGrid *self);

/** platter_map_grid_hit: Returns: the cell at a point in pixels, or -1 where there is none. */
int platter_map_grid_hit (const PlatterMapGrid *self, double x, double y);

/** platter_map_grid_move: Returns: the cell next to @cell, or @cell at the edge. */
guint platter_map_grid_move (const PlatterMapGrid *self, guint cell, int columns, int rows);

/** platter_map_grid_reduce: The worst state in each of @n_out equal parts of @cells. */
void platter_map_grid_reduce (const guint8 *cells, gsize n_cells, guint8 *out, gsize n_out);

G_END_DECLS
