// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How a state of the map is called, coloured and patterned.

#include "map-state.h"

#include "client/messages.h"

typedef enum
{
  MARK_NONE,
  MARK_HOLE,
  MARK_BAR,
  MARK_DOT,
  MARK_CROSS,
  MARK_SLASH,
} MapMark;

static const struct
{
  const char *color;
  MapMark mark;
  const char *mark_color; /* NULL: that of most */
} STATES[PLATTER_MAP_N_STATES] = {
  [PLATTER_MAP_UNTOUCHED] = { "map_untouched", MARK_NONE },
  [PLATTER_MAP_FREE] = { "map_untouched", MARK_HOLE, "map_gap" },
  [PLATTER_MAP_COPIED] = { "map_copied", MARK_NONE },
  [PLATTER_MAP_DURABLE] = { "map_durable", MARK_NONE },
  [PLATTER_MAP_ZERO] = { "map_zero", MARK_HOLE, "map_hole" },
  [PLATTER_MAP_VERIFIED] = { "map_verified", MARK_NONE },
  [PLATTER_MAP_REPAIRED] = { "map_repaired", MARK_BAR },
  [PLATTER_MAP_SKIPPED] = { "map_skipped", MARK_DOT },
  [PLATTER_MAP_RETRIED] = { "map_retried", MARK_DOT },
  [PLATTER_MAP_SLOW] = { "map_slow", MARK_DOT },
  [PLATTER_MAP_FAILED] = { "map_failed", MARK_CROSS },
  [PLATTER_MAP_MISMATCHED] = { "map_mismatched", MARK_SLASH },
};

const char *
platter_map_state_get_name (PlatterMapState state)
{
  g_return_val_if_fail (state < PLATTER_MAP_N_STATES, "");
  return platter_message_get_map_state (platter_map_cells_get_code (state));
}

static GdkRGBA
map_state_get_color (GtkWidget *widget, const char *name)
{
  GdkRGBA color = { 0.5, 0.5, 0.5, 1 };

  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), name, &color);
  return color;
}

static void
map_state_set_color (GtkWidget *widget, const char *name, cairo_t *cr)
{
  GdkRGBA color = map_state_get_color (widget, name);

  gdk_cairo_set_source_rgba (cr, &color);
}

/* Round without a curve: boxes on whole pixels are filled without being flattened or blended, and there are a
 * thousand of them in each frame. */
static void
map_state_add_cell (cairo_t *cr, const GdkRectangle *cell)
{
  if (cell->width < 4)
    {
      cairo_rectangle (cr, cell->x, cell->y, cell->width, cell->height);
      return;
    }
  cairo_rectangle (cr, cell->x, cell->y + 1, 1, cell->height - 2);
  cairo_rectangle (cr, cell->x + 1, cell->y, cell->width - 2, cell->height);
  cairo_rectangle (cr, cell->x + cell->width - 1, cell->y + 1, 1, cell->height - 2);
}

static void
map_state_add_block (cairo_t *cr, const GdkRectangle *cell, double inset)
{
  int x = (int)(cell->width * inset + 0.5);
  int y = (int)(cell->height * inset + 0.5);

  cairo_rectangle (cr, cell->x + x, cell->y + y, cell->width - 2 * x, cell->height - 2 * y);
}

/* From corner to corner of the largest square in the cell. */
static void
map_state_add_slash (cairo_t *cr, const GdkRectangle *cell, int direction)
{
  double half = MIN (cell->width, cell->height) / 2.0 - 1;
  double x = cell->x + cell->width / 2.0;
  double y = cell->y + cell->height / 2.0;

  cairo_move_to (cr, x - half, y + half * direction);
  cairo_line_to (cr, x + half, y - half * direction);
}

static void
map_state_add_mark (MapMark mark, cairo_t *cr, const GdkRectangle *cell)
{
  switch (mark)
    {
    case MARK_HOLE:
      map_state_add_block (cr, cell, 0.2);
      break;
    case MARK_DOT:
      map_state_add_block (cr, cell, 0.34);
      break;
    case MARK_BAR:
      cairo_rectangle (cr, cell->x + 1, cell->y + cell->height / 2 - 1, cell->width - 2, 2);
      break;
    case MARK_CROSS:
      map_state_add_slash (cr, cell, -1);
      map_state_add_slash (cr, cell, 1);
      break;
    case MARK_SLASH:
      map_state_add_slash (cr, cell, 1);
      break;
    case MARK_NONE:
    default:
      break;
    }
}

void
platter_map_state_draw (
  PlatterMapState state, GtkWidget *widget, cairo_t *cr, const GdkRectangle *cells, guint n_cells)
{
  g_return_if_fail (state < PLATTER_MAP_N_STATES);

  MapMark mark = STATES[state].mark;

  map_state_set_color (widget, STATES[state].color, cr);
  for (guint i = 0; i < n_cells; i++)
    map_state_add_cell (cr, &cells[i]);
  cairo_fill (cr);
  if (mark == MARK_NONE)
    return;

  map_state_set_color (
    widget, STATES[state].mark_color != NULL ? STATES[state].mark_color : "map_mark", cr);
  for (guint i = 0; i < n_cells; i++)
    map_state_add_mark (mark, cr, &cells[i]);
  if (mark == MARK_CROSS || mark == MARK_SLASH)
    cairo_stroke (cr);
  else
    cairo_fill (cr);
}
