// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The rate of a job over time, as a curve; copying and verifying in colours of their own.

#include "speed-graph.h"

#include <glib/gi18n.h>

#define MIN_HEIGHT 90
#define MARGIN 10
#define LABEL_ROOM 128 /* right of the curve, for the present rate */

struct _PlatterSpeedGraph
{
  GtkWidget parent_instance;

  PlatterJob *job; /* whose rates they are */
};

G_DEFINE_FINAL_TYPE (PlatterSpeedGraph, platter_speed_graph, GTK_TYPE_WIDGET)

/* Where times and rates stand in the widget. */
typedef struct
{
  double width;
  double top;
  double bottom;
  gint64 start_us;
  gint64 span_us;
  double max;
} GraphScale;

static GraphScale
speed_graph_get_scale (PlatterSpeedGraph *self, const PlatterSpeedPoint *points, guint n_points)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  PlatterSpeedHistory *history = platter_job_get_speed (self->job);
  gint64 span = points[n_points - 1].time_us - points[0].time_us;

  return (GraphScale){
    .width = MAX (width - MIN (LABEL_ROOM, width / 3), 1),
    .top = MARGIN + 16,
    .bottom = height,
    .start_us = points[0].time_us,
    .span_us = MAX (span, 1),
    .max = (double)MAX (platter_speed_history_get_max (history), 1),
  };
}

static double
speed_graph_scale_x (const GraphScale *scale, const PlatterSpeedPoint *point)
{
  return (double)(point->time_us - scale->start_us) / (double)scale->span_us * scale->width;
}

static double
speed_graph_scale_y (const GraphScale *scale, const PlatterSpeedPoint *point)
{
  return scale->bottom
         - (double)point->rate_bytes_per_s / scale->max * (scale->bottom - scale->top);
}

static GdkRGBA
speed_graph_get_color (GtkWidget *widget, PlatterSpeedKind kind)
{
  GdkRGBA color = { 0.5, 0.5, 0.5, 1 };

  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget),
                                  kind == PLATTER_SPEED_VERIFYING ? "graph_verify" : "graph_copy",
                                  &color);
  return color;
}

/* One run of points of the same kind. */
static void
speed_graph_draw_run (GtkWidget *widget,
                      cairo_t *cr,
                      const GraphScale *scale,
                      const PlatterSpeedPoint *points,
                      guint n_points)
{
  GdkRGBA color = speed_graph_get_color (widget, points[0].kind);
  double first = speed_graph_scale_x (scale, &points[0]);
  double last = speed_graph_scale_x (scale, &points[n_points - 1]);

  cairo_move_to (cr, first, speed_graph_scale_y (scale, &points[0]));
  for (guint i = 1; i < n_points; i++)
    cairo_line_to (cr, speed_graph_scale_x (scale, &points[i]),
                   speed_graph_scale_y (scale, &points[i]));
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, 2);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  if (points[0].kind == PLATTER_SPEED_VERIFYING)
    cairo_set_dash (cr, (double[2]){ 5, 3 }, 2, 0);
  cairo_stroke_preserve (cr);
  cairo_set_dash (cr, NULL, 0, 0);

  color.alpha = 0.14f;
  cairo_line_to (cr, last, scale->bottom);
  cairo_line_to (cr, first, scale->bottom);
  cairo_close_path (cr);
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_fill (cr);
}

static void
speed_graph_draw_text (
  GtkWidget *widget, GtkSnapshot *snapshot, guint64 rate, const GdkRGBA *color, float x, float y)
{
  g_autofree char *size = g_format_size (rate);
  /* Translators: a rate: so many bytes a second. */
  g_autofree char *label = g_strdup_printf (_ ("%s/s"), size);
  g_autoptr (PangoLayout) text = gtk_widget_create_pango_layout (widget, label);
  int height;

  pango_layout_get_pixel_size (text, NULL, &height);
  y = CLAMP (y, 0, (float)(gtk_widget_get_height (widget) - height - 2));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, text, color);
  gtk_snapshot_restore (snapshot);
}

static void
speed_graph_draw_curve (GtkWidget *widget,
                        GtkSnapshot *snapshot,
                        const GraphScale *scale,
                        const PlatterSpeedPoint *points,
                        guint n_points)
{
  graphene_rect_t area
    = GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &area);
  guint first = 0;

  for (guint i = 1; i <= n_points; i++)
    if (i == n_points || points[i].kind != points[first].kind)
      {
        speed_graph_draw_run (widget, cr, scale, points + first, i - first);
        first = i;
      }
  cairo_destroy (cr);
}

static void
speed_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PlatterSpeedGraph *self = PLATTER_SPEED_GRAPH (widget);
  if (self->job == NULL)
    return;

  PlatterSpeedHistory *history = platter_job_get_speed (self->job);
  guint n_points;
  const PlatterSpeedPoint *points = platter_speed_history_get_points (history, &n_points);
  if (n_points == 0)
    return;

  GraphScale scale = speed_graph_get_scale (self, points, n_points);
  const PlatterSpeedPoint *last = &points[n_points - 1];
  GdkRGBA color = speed_graph_get_color (widget, last->kind);
  GdkRGBA dim;

  speed_graph_draw_curve (widget, snapshot, &scale, points, n_points);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &dim);
  dim.alpha *= 0.65f;
  if (platter_speed_history_get_max (history) > 0)
    speed_graph_draw_text (widget, snapshot, platter_speed_history_get_max (history), &dim, MARGIN,
                           4);
  speed_graph_draw_text (widget, snapshot, last->rate_bytes_per_s, &color,
                         (float)scale.width + MARGIN,
                         (float)speed_graph_scale_y (&scale, last) - 8);
}

static void
speed_graph_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? MIN_HEIGHT : 0;
}

static void
speed_graph_dispose (GObject *object)
{
  g_clear_object (&PLATTER_SPEED_GRAPH (object)->job);
  G_OBJECT_CLASS (platter_speed_graph_parent_class)->dispose (object);
}

static void
platter_speed_graph_class_init (PlatterSpeedGraphClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = speed_graph_dispose;
  widget_class->measure = speed_graph_measure;
  widget_class->snapshot = speed_graph_snapshot;
  gtk_widget_class_set_css_name (widget_class, "platter-graph");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
platter_speed_graph_init (PlatterSpeedGraph *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Speed over time"), -1);
}

void
platter_speed_graph_set_job (PlatterSpeedGraph *self, PlatterJob *job)
{
  g_return_if_fail (PLATTER_IS_SPEED_GRAPH (self));

  g_set_object (&self->job, job);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
