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
} STATES[PLATTER_MAP_N_STATES] = {
  [PLATTER_MAP_UNTOUCHED] = { "map_untouched", MARK_NONE },
  [PLATTER_MAP_COPIED] = { "map_copied", MARK_NONE },
  [PLATTER_MAP_DURABLE] = { "map_durable", MARK_NONE },
  [PLATTER_MAP_ZERO] = { "map_zero", MARK_HOLE },
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

/* A bar through the middle of the cell, turned by so many degrees. */
static void
map_state_draw_stroke (GtkSnapshot *snapshot,
                       const graphene_rect_t *cell,
                       const GdkRGBA *color,
                       float degrees)
{
  float length = MIN (cell->size.width, cell->size.height);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (cell->origin.x + cell->size.width / 2,
                                                          cell->origin.y + cell->size.height / 2));
  gtk_snapshot_rotate (snapshot, degrees);
  gtk_snapshot_append_color (snapshot, color,
                             &GRAPHENE_RECT_INIT (-length * 0.6f, -1, length * 1.2f, 2));
  gtk_snapshot_restore (snapshot);
}

static void
map_state_draw_block (GtkSnapshot *snapshot,
                      const graphene_rect_t *cell,
                      const GdkRGBA *color,
                      float inset)
{
  graphene_rect_t block = *cell;

  graphene_rect_inset (&block, cell->size.width * inset, cell->size.height * inset);
  gtk_snapshot_append_color (snapshot, color, &block);
}

static void
map_state_draw_mark (MapMark mark,
                     GtkSnapshot *snapshot,
                     const graphene_rect_t *cell,
                     const GdkRGBA *color)
{
  switch (mark)
    {
    case MARK_HOLE:
      map_state_draw_block (snapshot, cell, color, 0.2f);
      break;
    case MARK_DOT:
      map_state_draw_block (snapshot, cell, color, 0.34f);
      break;
    case MARK_BAR:
      map_state_draw_stroke (snapshot, cell, color, 0);
      break;
    case MARK_CROSS:
      map_state_draw_stroke (snapshot, cell, color, -45);
      map_state_draw_stroke (snapshot, cell, color, 45);
      break;
    case MARK_SLASH:
      map_state_draw_stroke (snapshot, cell, color, -45);
      break;
    case MARK_NONE:
    default:
      break;
    }
}

void
platter_map_state_draw (PlatterMapState state,
                        GtkWidget *widget,
                        GtkSnapshot *snapshot,
                        const graphene_rect_t *cell)
{
  g_return_if_fail (state < PLATTER_MAP_N_STATES);

  GdkRGBA fill = map_state_get_color (widget, STATES[state].color);
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, cell, 2);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &fill, cell);
  if (STATES[state].mark != MARK_NONE)
    {
      GdkRGBA mark
        = map_state_get_color (widget, state == PLATTER_MAP_ZERO ? "map_hole" : "map_mark");
      map_state_draw_mark (STATES[state].mark, snapshot, cell, &mark);
    }
  gtk_snapshot_pop (snapshot);
}
