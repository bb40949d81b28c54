// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The map: a grid of cells, each a stretch of the target coloured by what has become of it.
// The pointer and the arrow keys move a cursor over it that tells what the cell is.

#include "map-view.h"

#include <glib/gi18n.h>

#include "client/map-cells.h"
#include "map-grid.h"
#include "map-state.h"
#include "partition-layout.h"

/* Of a cell that is not larger the offset is told to the byte. */
#define EXACT_BYTES (1024 * 1024)
#define COMPACT_CELLS 96
#define COMPACT_ROWS 3
#define MIN_WIDTH 200
#define NATURAL_WIDTH 640
#define COMPACT_WIDTH 160
/* A pointer that moves less stands still. */
#define STILL_PIXELS 2

struct _PlatterMapView
{
  GtkWidget parent_instance;

  GBytes *map;
  PlatterMapRange stretch; /* what the cells stand for */
  GPtrArray *layout;
  gboolean is_compact;
  int cursor; /* a cell, or -1 */
  graphene_point_t pointer;
  char *cursor_text;
};

G_DEFINE_FINAL_TYPE (PlatterMapView, platter_map_view, GTK_TYPE_WIDGET)

enum
{
  PROP_COMPACT = 1,
  PROP_CURSOR_TEXT,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

enum
{
  SIGNAL_ZOOM,
  SIGNAL_PAN,
  N_SIGNALS,
};

static guint map_view_signals[N_SIGNALS];

static PlatterMapGrid
map_view_get_grid (PlatterMapView *self, int width)
{
  if (self->is_compact)
    return platter_map_grid_new (COMPACT_CELLS, width, COMPACT_ROWS);
  return platter_map_grid_new (self->map != NULL ? (guint)g_bytes_get_size (self->map) : 1024,
                               width, 0);
}

static const char *
map_view_get_segment_label (PlatterMapView *self, guint64 offset_bytes)
{
  for (guint i = 0; self->layout != NULL && i < self->layout->len; i++)
    {
      const PlatterSegment *segment = g_ptr_array_index (self->layout, i);

      if (offset_bytes >= segment->offset_bytes
          && offset_bytes - segment->offset_bytes < segment->size_bytes)
        return segment->label;
    }
  return NULL;
}

static char *
map_view_describe_cell (PlatterMapView *self, guint cell)
{
  gsize n_cells;
  const guint8 *cells = g_bytes_get_data (self->map, &n_cells);
  guint64 offset;
  guint64 length;

  platter_map_cells_get_range ((guint)n_cells, cell, self->stretch.length_bytes, &offset, &length);
  offset += self->stretch.offset_bytes;
  GFormatSizeFlags flags = length < EXACT_BYTES ? G_FORMAT_SIZE_LONG_FORMAT : G_FORMAT_SIZE_DEFAULT;
  g_autofree char *at = g_format_size_full (offset, flags);
  g_autofree char *size = g_format_size (length);
  const char *segment = map_view_get_segment_label (self, offset);
  const char *state = platter_map_state_get_name (MIN (cells[cell], PLATTER_MAP_MISMATCHED));

  if (segment != NULL)
    /* Translators: a cell of the map: where it begins, its size, the partition, its state. */
    return g_strdup_printf (_ ("At %s · %s · %s · %s"), at, size, segment, state);
  /* Translators: a cell of the map: where it begins, its size, its state. */
  return g_strdup_printf (_ ("At %s · %s · %s"), at, size, state);
}

static void
map_view_update_cursor_text (PlatterMapView *self)
{
  g_autofree char *text = NULL;

  if (self->cursor >= 0 && self->map != NULL && (gsize)self->cursor < g_bytes_get_size (self->map))
    text = map_view_describe_cell (self, (guint)self->cursor);
  if (g_strcmp0 (text, self->cursor_text) == 0)
    return;

  g_free (self->cursor_text);
  self->cursor_text = g_steal_pointer (&text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  self->cursor_text != NULL ? self->cursor_text : "", -1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURSOR_TEXT]);
}

static void
map_view_set_cursor (PlatterMapView *self, int cursor)
{
  if (self->is_compact || self->cursor == cursor)
    return;

  self->cursor = cursor;
  map_view_update_cursor_text (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
map_view_point_cb (PlatterMapView *self, double x, double y)
{
  PlatterMapGrid grid = map_view_get_grid (self, gtk_widget_get_width (GTK_WIDGET (self)));

  map_view_set_cursor (self, platter_map_grid_hit (&grid, x, y));
}

/* Where the pointer is in the window: there it stays when the map moves below it. */
static graphene_point_t
map_view_get_pointer (GtkEventController *motion)
{
  GdkEvent *event = gtk_event_controller_get_current_event (motion);
  double x = -1;
  double y = -1;

  if (event != NULL)
    gdk_event_get_position (event, &x, &y);
  return GRAPHENE_POINT_INIT ((float)x, (float)y);
}

/* Whoever uses the keys is not disturbed by a pointer that the map has come under. */
static void
map_view_enter_cb (PlatterMapView *self, double x, double y, GtkEventController *motion)
{
  self->pointer = map_view_get_pointer (motion);
  if (!gtk_widget_has_focus (GTK_WIDGET (self)))
    map_view_point_cb (self, x, y);
}

static void
map_view_motion_cb (PlatterMapView *self, double x, double y, GtkEventController *motion)
{
  graphene_point_t pointer = map_view_get_pointer (motion);
  PlatterMapGrid grid = map_view_get_grid (self, gtk_widget_get_width (GTK_WIDGET (self)));
  int cell = platter_map_grid_hit (&grid, x, y);

  /* The toolkit tells of the same place in different fractions. */
  if (graphene_point_near (&pointer, &self->pointer, STILL_PIXELS))
    return;
  self->pointer = pointer;
  /* Between cells it means none of them: then what the keys have chosen stays. */
  if (cell >= 0 || !gtk_widget_has_focus (GTK_WIDGET (self)))
    map_view_set_cursor (self, cell);
}

static void
map_view_leave_cb (PlatterMapView *self)
{
  if (!gtk_widget_has_focus (GTK_WIDGET (self)))
    map_view_set_cursor (self, -1);
}

static guint64
map_view_get_offset (PlatterMapView *self, guint cell)
{
  guint n_cells = self->map != NULL ? (guint)g_bytes_get_size (self->map) : 1;
  guint64 offset;
  guint64 length;

  platter_map_cells_get_range (n_cells, cell, self->stretch.length_bytes, &offset, &length);
  return self->stretch.offset_bytes + offset + length / 2;
}

static void
map_view_zoom (PlatterMapView *self, int steps, int cell)
{
  if (self->is_compact || self->map == NULL)
    return;
  g_signal_emit (self, map_view_signals[SIGNAL_ZOOM], 0, steps,
                 map_view_get_offset (self, (guint)MAX (cell, 0)));
}

static void
map_view_pressed_cb (PlatterMapView *self, int n_presses, double x, double y)
{
  PlatterMapGrid grid = map_view_get_grid (self, gtk_widget_get_width (GTK_WIDGET (self)));
  int cell = platter_map_grid_hit (&grid, x, y);

  if (cell < 0)
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  map_view_zoom (self, 1, cell);
}

/* Without Control it is the page that scrolls. */
static gboolean
map_view_scroll_cb (GtkEventControllerScroll *scroll, double x, double y, PlatterMapView *self)
{
  GdkModifierType keys
    = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));

  if ((keys & GDK_CONTROL_MASK) == 0 || self->is_compact || y == 0)
    return FALSE;
  map_view_zoom (self, y < 0 ? 1 : -1, self->cursor);
  return TRUE;
}

static gboolean
map_view_zoom_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  PlatterMapView *self = PLATTER_MAP_VIEW (widget);

  map_view_zoom (self, g_variant_get_int32 (args), self->cursor);
  return TRUE;
}

static gboolean
map_view_pan_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  PlatterMapView *self = PLATTER_MAP_VIEW (widget);

  if (!self->is_compact)
    g_signal_emit (self, map_view_signals[SIGNAL_PAN], 0, g_variant_get_int32 (args));
  return TRUE;
}

static gboolean
map_view_move_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  PlatterMapView *self = PLATTER_MAP_VIEW (widget);
  PlatterMapGrid grid = map_view_get_grid (self, gtk_widget_get_width (widget));
  int columns;
  int rows;

  g_variant_get (args, "(ii)", &columns, &rows);
  map_view_set_cursor (
    self,
    self->cursor < 0 ? 0 : (int)platter_map_grid_move (&grid, (guint)self->cursor, columns, rows));
  return TRUE;
}

static gboolean
map_view_jump_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  PlatterMapView *self = PLATTER_MAP_VIEW (widget);
  PlatterMapGrid grid = map_view_get_grid (self, gtk_widget_get_width (widget));

  map_view_set_cursor (self, g_variant_get_boolean (args) ? (int)grid.n_cells - 1 : 0);
  return TRUE;
}

static void
map_view_focus_cb (PlatterMapView *self)
{
  map_view_set_cursor (self, gtk_widget_has_focus (GTK_WIDGET (self)) ? MAX (self->cursor, 0) : -1);
}

static void
map_view_measure (GtkWidget *widget,
                  GtkOrientation orientation,
                  int for_size,
                  int *minimum,
                  int *natural,
                  int *minimum_baseline,
                  int *natural_baseline)
{
  PlatterMapView *self = PLATTER_MAP_VIEW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = self->is_compact ? COMPACT_WIDTH / 2 : MIN_WIDTH;
      *natural = self->is_compact ? COMPACT_WIDTH * 2 : NATURAL_WIDTH;
      return;
    }

  PlatterMapGrid grid = map_view_get_grid (self, for_size < 0 ? NATURAL_WIDTH : for_size);
  *minimum = *natural = platter_map_grid_get_height (&grid);
}

static void
map_view_draw_cursor (PlatterMapView *self, GtkSnapshot *snapshot, const PlatterMapGrid *grid)
{
  if (self->cursor < 0 || (guint)self->cursor >= grid->n_cells)
    return;

  GdkRGBA color;
  GskRoundedRect outline;
  float x = (float)((guint)self->cursor % grid->n_columns * grid->pitch_x);
  float y = (float)((guint)self->cursor / grid->n_columns * grid->pitch_y);
  graphene_rect_t ring
    = GRAPHENE_RECT_INIT (x - 2, y - 2, (float)grid->pitch_x + 2, (float)grid->pitch_y + 2);

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  gsk_rounded_rect_init_from_rect (&outline, &ring, 3);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 2, 2, 2, 2 },
                              (GdkRGBA[4]){ color, color, color, color });
}

/* On whole pixels, so that every gap is as wide as the next. */
static GdkRectangle
map_view_get_place (const PlatterMapGrid *grid, guint cell)
{
  int from = (int)(cell % grid->n_columns * grid->pitch_x);
  int to = (int)((cell % grid->n_columns + 1) * grid->pitch_x) - PLATTER_MAP_GRID_GAP;

  return (GdkRectangle){
    .x = from,
    .y = (int)(cell / grid->n_columns * grid->pitch_y),
    .width = MAX (to - from, 1),
    .height = (int)grid->pitch_y - PLATTER_MAP_GRID_GAP,
  };
}

/* All cells of a state at once: a frame costs a few fillings, not thousands. */
static void
map_view_draw_cells (PlatterMapView *self,
                     GtkSnapshot *snapshot,
                     const PlatterMapGrid *grid,
                     const guint8 *cells)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autofree GdkRectangle *places = g_new (GdkRectangle, grid->n_cells);
  cairo_t *cr = gtk_snapshot_append_cairo (
    snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)gtk_widget_get_width (widget),
                                   (float)gtk_widget_get_height (widget)));

  cairo_set_line_width (cr, 2);
  for (guint state = 0; state < PLATTER_MAP_N_STATES; state++)
    {
      guint n_places = 0;

      for (guint i = 0; i < grid->n_cells; i++)
        if (MIN (cells[i], PLATTER_MAP_MISMATCHED) == state)
          places[n_places++] = map_view_get_place (grid, i);
      if (n_places > 0)
        platter_map_state_draw (state, widget, cr, places, n_places);
    }
  cairo_destroy (cr);
}

static void
map_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PlatterMapView *self = PLATTER_MAP_VIEW (widget);
  PlatterMapGrid grid = map_view_get_grid (self, gtk_widget_get_width (widget));
  g_autofree guint8 *cells = g_new0 (guint8, grid.n_cells);

  if (self->map != NULL && g_bytes_get_size (self->map) > 0)
    {
      gsize n_cells;
      const guint8 *bytes = g_bytes_get_data (self->map, &n_cells);

      platter_map_grid_reduce (bytes, n_cells, cells, grid.n_cells);
    }
  map_view_draw_cells (self, snapshot, &grid, cells);
  map_view_draw_cursor (self, snapshot, &grid);
}

static GtkSizeRequestMode
map_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
map_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PlatterMapView *self = PLATTER_MAP_VIEW (object);

  switch (id)
    {
    case PROP_COMPACT:
      g_value_set_boolean (value, self->is_compact);
      break;
    case PROP_CURSOR_TEXT:
      g_value_set_string (value, self->cursor_text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
map_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PlatterMapView *self = PLATTER_MAP_VIEW (object);

  switch (id)
    {
    case PROP_COMPACT:
      self->is_compact = g_value_get_boolean (value);
      gtk_widget_set_focusable (GTK_WIDGET (self), !self->is_compact);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
map_view_finalize (GObject *object)
{
  PlatterMapView *self = PLATTER_MAP_VIEW (object);

  g_clear_pointer (&self->map, g_bytes_unref);
  g_clear_pointer (&self->layout, g_ptr_array_unref);
  g_free (self->cursor_text);
  G_OBJECT_CLASS (platter_map_view_parent_class)->finalize (object);
}

static void
map_view_install_signals (PlatterMapViewClass *klass)
{
  map_view_signals[SIGNAL_ZOOM]
    = g_signal_new ("zoom", PLATTER_TYPE_MAP_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_UINT64);
  map_view_signals[SIGNAL_PAN] = g_signal_new ("pan", PLATTER_TYPE_MAP_VIEW, G_SIGNAL_RUN_LAST, 0,
                                               NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
map_view_install_keys (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint key;
    int columns;
    int rows;
  } MOVES[] = {
    { GDK_KEY_Left, -1, 0 },
    { GDK_KEY_Right, 1, 0 },
    { GDK_KEY_Up, 0, -1 },
    { GDK_KEY_Down, 0, 1 },
  };
  static const struct
  {
    guint key;
    int steps;
  } ZOOMS[] = {
    { GDK_KEY_Return, 1 },       { GDK_KEY_KP_Enter, 1 }, { GDK_KEY_plus, 1 },
    { GDK_KEY_equal, 1 },        { GDK_KEY_KP_Add, 1 },   { GDK_KEY_minus, -1 },
    { GDK_KEY_KP_Subtract, -1 }, { GDK_KEY_0, 0 },        { GDK_KEY_KP_0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (MOVES); i++)
    gtk_widget_class_add_binding (widget_class, MOVES[i].key, 0, map_view_move_cb, "(ii)",
                                  MOVES[i].columns, MOVES[i].rows);
  for (guint i = 0; i < G_N_ELEMENTS (ZOOMS); i++)
    gtk_widget_class_add_binding (widget_class, ZOOMS[i].key, 0, map_view_zoom_cb, "i",
                                  ZOOMS[i].steps);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Home, 0, map_view_jump_cb, "b", FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_End, 0, map_view_jump_cb, "b", TRUE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Page_Up, 0, map_view_pan_cb, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Page_Down, 0, map_view_pan_cb, "i", 1);
}

static void
platter_map_view_class_init (PlatterMapViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = map_view_get_property;
  object_class->set_property = map_view_set_property;
  object_class->finalize = map_view_finalize;
  widget_class->measure = map_view_measure;
  widget_class->snapshot = map_view_snapshot;
  widget_class->get_request_mode = map_view_get_request_mode;

  properties[PROP_COMPACT] = g_param_spec_boolean ("compact", NULL, NULL, FALSE,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_CURSOR_TEXT] = g_param_spec_string ("cursor-text", NULL, NULL, NULL,
                                                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  map_view_install_signals (klass);
  map_view_install_keys (widget_class);
  gtk_widget_class_set_css_name (widget_class, "platter-map");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
platter_map_view_init (PlatterMapView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll
    = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *click = gtk_gesture_click_new ();

  self->cursor = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (map_view_enter_cb), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (map_view_motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (map_view_leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (map_view_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (scroll, "scroll", G_CALLBACK (map_view_scroll_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (map_view_focus_cb), NULL);
}

void
platter_map_view_set_map (PlatterMapView *self, GBytes *map, const PlatterMapRange *stretch)
{
  g_return_if_fail (PLATTER_IS_MAP_VIEW (self));

  if (self->map != NULL && map != NULL && self->stretch.offset_bytes == stretch->offset_bytes
      && self->stretch.length_bytes == stretch->length_bytes && g_bytes_equal (self->map, map))
    return;
  g_clear_pointer (&self->map, g_bytes_unref);
  self->map = map != NULL && g_bytes_get_size (map) > 0 ? g_bytes_ref (map) : NULL;
  self->stretch = *stretch;
  map_view_update_cursor_text (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
platter_map_view_point_at (PlatterMapView *self, guint64 offset_bytes)
{
  guint n_cells = self->map != NULL ? (guint)g_bytes_get_size (self->map) : 0;

  g_return_if_fail (PLATTER_IS_MAP_VIEW (self));

  for (guint cell = 0; cell < n_cells; cell++)
    {
      guint64 offset;
      guint64 length;

      platter_map_cells_get_range (n_cells, cell, self->stretch.length_bytes, &offset, &length);
      offset += self->stretch.offset_bytes;
      if (offset_bytes >= offset && offset_bytes - offset < length)
        map_view_set_cursor (self, (int)cell);
    }
}

void
platter_map_view_set_layout (PlatterMapView *self, GPtrArray *layout)
{
  g_return_if_fail (PLATTER_IS_MAP_VIEW (self));

  g_clear_pointer (&self->layout, g_ptr_array_unref);
  self->layout = layout != NULL ? g_ptr_array_ref (layout) : NULL;
  map_view_update_cursor_text (self);
}
