// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The rate of a job over time, as a curve between the least and the greatest, on a band for each phase.

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
speed_graph_scale_y (const GraphScale *scale, guint64 rate_bytes_per_s)
{
  return scale->bottom - (double)rate_bytes_per_s / scale->max * (scale->bottom - scale->top);
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

/* Between the greatest and the least rates, of which a point may be many. */
static void
speed_graph_draw_extremes (cairo_t *cr,
                           const GraphScale *scale,
                           const PlatterSpeedPoint *points,
                           guint n_points)
{
  for (guint i = 0; i < n_points; i++)
    cairo_line_to (cr, speed_graph_scale_x (scale, &points[i]),
                   speed_graph_scale_y (scale, points[i].max_bytes_per_s));
  for (guint i = n_points; i > 0; i--)
    cairo_line_to (cr, speed_graph_scale_x (scale, &points[i - 1]),
                   speed_graph_scale_y (scale, points[i - 1].min_bytes_per_s));
  cairo_close_path (cr);
  cairo_fill (cr);
}

/* The time of a phase, from top to bottom. */
static void
speed_graph_draw_phase (GtkWidget *widget,
                        GtkSnapshot *snapshot,
                        const GraphScale *scale,
                        const PlatterSpeedPoint *points,
                        guint n_points)
{
  const char *name = points[0].kind == PLATTER_SPEED_VERIFYING ? _ ("Verifying") : _ ("Copying");
  g_autoptr (PangoLayout) text = gtk_widget_create_pango_layout (widget, name);
  GdkRGBA color = speed_graph_get_color (widget, points[0].kind);
  double left = speed_graph_scale_x (scale, &points[0]);
  double width = speed_graph_scale_x (scale, &points[n_points - 1]) - left;
  int text_width;
  int text_height;

  pango_layout_get_pixel_size (text, &text_width, &text_height);
  if (text_width + 2 * MARGIN <= width)
    {
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (
        snapshot,
        &GRAPHENE_POINT_INIT ((float)(left + MARGIN), (float)(scale->bottom - text_height - 4)));
      gtk_snapshot_append_layout (snapshot, text, &color);
      gtk_snapshot_restore (snapshot);
    }
  color.alpha = 0.08f;
  gtk_snapshot_append_color (
    snapshot, &color,
    &GRAPHENE_RECT_INIT ((float)left, 0, (float)MAX (width, 1), (float)scale->bottom));
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

  cairo_move_to (cr, first, speed_graph_scale_y (scale, points[0].rate_bytes_per_s));
  for (guint i = 1; i < n_points; i++)
    cairo_line_to (cr, speed_graph_scale_x (scale, &points[i]),
                   speed_graph_scale_y (scale, points[i].rate_bytes_per_s));
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
  color.alpha = 0.25f;
  gdk_cairo_set_source_rgba (cr, &color);
  speed_graph_draw_extremes (cr, scale, points, n_points);
}

static char *
speed_graph_dup_rate (guint64 rate)
{
  g_autofree char *size = g_format_size (rate);

  /* Translators: a rate: so many bytes a second. */
  return g_strdup_printf (_ ("%s/s"), size);
}

static void
speed_graph_draw_text (GtkWidget *widget,
                       GtkSnapshot *snapshot,
                       const char *label,
                       const GdkRGBA *color,
                       float x,
                       float y)
{
  g_autoptr (PangoLayout) text = gtk_widget_create_pango_layout (widget, label);
  int height;

  pango_layout_get_pixel_size (text, NULL, &height);
  y = CLAMP (y, 0, (float)(gtk_widget_get_height (widget) - height - 2));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, text, color);
  gtk_snapshot_restore (snapshot);
}

static char *
speed_graph_dup_extremes (PlatterSpeedHistory *history)
{
  g_autofree char *min = speed_graph_dup_rate (platter_speed_history_get_min (history));
  g_autofree char *max = speed_graph_dup_rate (platter_speed_history_get_max (history));
  guint n_points;

  platter_speed_history_get_points (history, &n_points);
  if (n_points == 0)
    return g_strdup (_ ("Not measured yet"));
  if (g_str_equal (min, max))
    return g_steal_pointer (&max);
  /* Translators: the least and the greatest rate so far. */
  return g_strdup_printf (_ ("%s to %s"), min, max);
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
        speed_graph_draw_phase (widget, snapshot, scale, points + first, i - first);
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
  g_autofree char *extremes = speed_graph_dup_extremes (history);
  GdkRGBA dim;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &dim);
  dim.alpha *= 0.65f;
  if (n_points == 0)
    {
      speed_graph_draw_text (widget, snapshot, extremes, &dim, MARGIN, 4);
      return;
    }

  GraphScale scale = speed_graph_get_scale (self, points, n_points);
  const PlatterSpeedPoint *last = &points[n_points - 1];
  GdkRGBA color = speed_graph_get_color (widget, last->kind);
  g_autofree char *now = speed_graph_dup_rate (last->rate_bytes_per_s);

  speed_graph_draw_curve (widget, snapshot, &scale, points, n_points);
  speed_graph_draw_text (widget, snapshot, extremes, &dim, MARGIN, 4);
  speed_graph_draw_text (widget, snapshot, now, &color, (float)scale.width + MARGIN,
                         (float)speed_graph_scale_y (&scale, last->rate_bytes_per_s) - 8);
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
platter_speed_graph_update (PlatterSpeedGraph *self)
{
  g_return_if_fail (PLATTER_IS_SPEED_GRAPH (self));

  g_autofree char *extremes = self->job != NULL
                                ? speed_graph_dup_extremes (platter_job_get_speed (self->job))
                                : g_strdup ("");

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  extremes, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
platter_speed_graph_set_job (PlatterSpeedGraph *self, PlatterJob *job)
{
  g_return_if_fail (PLATTER_IS_SPEED_GRAPH (self));

  g_set_object (&self->job, job);
  platter_speed_graph_update (self);
}
