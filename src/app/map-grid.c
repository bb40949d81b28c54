// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where the cells of a map stand.

#include "map-grid.h"

#define MIN_PITCH 10
#define ROW_PITCH 12

PlatterMapGrid
platter_map_grid_new (guint n_cells, int width, guint rows)
{
  PlatterMapGrid self = { .n_cells = n_cells, .pitch_y = ROW_PITCH };

  if (rows > 0)
    self.n_columns = (n_cells + rows - 1) / rows;
  else
    {
      self.n_columns = 8;
      while (self.n_columns * 2 * MIN_PITCH <= (guint)MAX (width, 0) && self.n_columns < n_cells)
        self.n_columns *= 2;
    }
  self.n_rows = (n_cells + self.n_columns - 1) / self.n_columns;
  self.pitch_x = (double)(MAX (width, 1) + PLATTER_MAP_GRID_GAP) / self.n_columns;
  if (rows > 0)
    self.pitch_y = 9;
  return self;
}

int
platter_map_grid_get_height (const PlatterMapGrid *self)
{
  return (int)(self->n_rows * self->pitch_y) - PLATTER_MAP_GRID_GAP;
}

int
platter_map_grid_hit (const PlatterMapGrid *self, double x, double y)
{
  if (x < 0 || y < 0)
    return -1;

  double column = x / self->pitch_x;
  double row = y / self->pitch_y;
  if (column >= self->n_columns || row >= self->n_rows)
    return -1;

  guint cell = (guint)row * self->n_columns + (guint)column;
  return cell < self->n_cells ? (int)cell : -1;
}

guint
platter_map_grid_move (const PlatterMapGrid *self, guint cell, int columns, int rows)
{
  gint64 to = (gint64)cell + columns + (gint64)rows * self->n_columns;

  return to < 0 || to >= self->n_cells ? cell : (guint)to;
}

void
platter_map_grid_reduce (const guint8 *cells, gsize n_cells, guint8 *out, gsize n_out)
{
  for (gsize i = 0; i < n_out; i++)
    {
      gsize first = i * n_cells / n_out;
      gsize end = MAX ((i + 1) * n_cells / n_out, first + 1);

      out[i] = 0;
      for (gsize cell = first; cell < end && cell < n_cells; cell++)
        out[i] = MAX (out[i], cells[cell]);
    }
}
