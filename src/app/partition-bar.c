// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A drive drawn as a bar: one coloured segment a partition, with its label where there is room and
// as a tooltip anyway. Screen readers are told all of it as the bar's description.

#include "partition-bar.h"

#include <glib/gi18n.h>

#include "partition-layout.h"

#define GAP 2
#define MIN_SEGMENT 10
#define PADDING 6
#define N_COLORS 5

struct _PlatterPartitionBar
{
  GtkWidget parent_instance;

  GPtrArray *layout;
};

G_DEFINE_FINAL_TYPE (PlatterPartitionBar, platter_partition_bar, GTK_TYPE_WIDGET)

static const PlatterSegment *
partition_bar_get_segment (PlatterPartitionBar *self, guint i)
{
  return g_ptr_array_index (self->layout, i);
}

static guint
partition_bar_get_n_segments (PlatterPartitionBar *self)
{
  return self->layout != NULL ? self->layout->len : 0;
}

static int *
partition_bar_get_widths (PlatterPartitionBar *self)
{
  int n_segments = (int)partition_bar_get_n_segments (self);
  int width = gtk_widget_get_width (GTK_WIDGET (self)) - GAP * (n_segments - 1);
  int *widths = g_new0 (int, MAX (n_segments, 1));

  if (n_segments > 0)
    platter_partition_layout_get_widths (self->layout, MAX (width, 0), MIN_SEGMENT, widths);
  return widths;
}

static char *
partition_bar_describe (const PlatterSegment *segment)
{
  g_autofree char *size = g_format_size (segment->size_bytes);

  return g_strdup_printf ("%s, %s", segment->label != NULL ? segment->label : _ ("free"), size);
}

static void
partition_bar_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = *natural = (int)partition_bar_get_n_segments (PLATTER_PARTITION_BAR (widget));
      return;
    }

  g_autoptr (PangoLayout) text = gtk_widget_create_pango_layout (widget, "X");
  int height;
  pango_layout_get_pixel_size (text, NULL, &height);
  *minimum = *natural = height + PADDING;
}

static GdkRGBA
partition_bar_get_color (GtkWidget *widget, const char *name)
{
  GdkRGBA color = { 0.5, 0.5, 0.5, 1 };

  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), name, &color);
  return color;
}

static void
partition_bar_draw_label (
  GtkWidget *widget, GtkSnapshot *snapshot, const PlatterSegment *segment, int x, int width)
{
  g_autoptr (PangoLayout) text
    = gtk_widget_create_pango_layout (widget, segment->label != NULL ? segment->label : _ ("free"));
  GdkRGBA color
    = partition_bar_get_color (widget, segment->label != NULL ? "bar_text" : "bar_free_text");
  int text_width;
  int text_height;
  int whole_width;

  pango_layout_get_pixel_size (text, &whole_width, NULL);
  pango_layout_set_ellipsize (text, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (text, MAX (width - 2 * PADDING, 0) * PANGO_SCALE);
  pango_layout_get_pixel_size (text, &text_width, &text_height);
  /* A letter and three dots say less than the colour alone. */
  if (text_width > width - 2 * PADDING || (text_width < 36 && text_width < whole_width))
    return;

  pango_layout_set_alignment (text, PANGO_ALIGN_CENTER);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
    snapshot, &GRAPHENE_POINT_INIT ((float)x + PADDING,
                                    (float)(gtk_widget_get_height (widget) - text_height) / 2));
  gtk_snapshot_append_layout (snapshot, text, &color);
  gtk_snapshot_restore (snapshot);
}

static void
partition_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PlatterPartitionBar *self = PLATTER_PARTITION_BAR (widget);
  g_autofree int *widths = partition_bar_get_widths (self);
  int height = gtk_widget_get_height (widget);
  guint n_named = 0;
  int x = 0;

  for (guint i = 0; i < partition_bar_get_n_segments (self); i++)
    {
      const PlatterSegment *segment = partition_bar_get_segment (self, i);
      char name[16] = "bar_free";

      if (segment->label != NULL)
        g_snprintf (name, sizeof name, "bar_%u", n_named++ % N_COLORS + 1);
      GdkRGBA color = partition_bar_get_color (widget, name);
      gtk_snapshot_append_color (snapshot, &color, &GRAPHENE_RECT_INIT (x, 0, widths[i], height));
      partition_bar_draw_label (widget, snapshot, segment, x, widths[i]);
      x += widths[i] + GAP;
    }
}

static gboolean
partition_bar_query_tooltip (
  GtkWidget *widget, int x, int y, gboolean keyboard_tooltip, GtkTooltip *tooltip)
{
  PlatterPartitionBar *self = PLATTER_PARTITION_BAR (widget);
  g_autofree int *widths = partition_bar_get_widths (self);
  int left = 0;

  for (guint i = 0; !keyboard_tooltip && i < partition_bar_get_n_segments (self); i++)
    {
      if (x >= left && x < left + widths[i])
        {
          g_autofree char *text = partition_bar_describe (partition_bar_get_segment (self, i));

          gtk_tooltip_set_text (tooltip, text);
          return TRUE;
        }
      left += widths[i] + GAP;
    }
  return FALSE;
}

static void
partition_bar_dispose (GObject *object)
{
  g_clear_pointer (&PLATTER_PARTITION_BAR (object)->layout, g_ptr_array_unref);
  G_OBJECT_CLASS (platter_partition_bar_parent_class)->dispose (object);
}

static void
platter_partition_bar_class_init (PlatterPartitionBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = partition_bar_dispose;
  widget_class->measure = partition_bar_measure;
  widget_class->snapshot = partition_bar_snapshot;
  widget_class->query_tooltip = partition_bar_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "platter-bar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
platter_partition_bar_init (PlatterPartitionBar *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

void
platter_partition_bar_set_layout (PlatterPartitionBar *self, GPtrArray *layout)
{
  g_return_if_fail (PLATTER_IS_PARTITION_BAR (self));

  g_autoptr (GString) description = g_string_new (NULL);

  g_clear_pointer (&self->layout, g_ptr_array_unref);
  self->layout = layout != NULL ? g_ptr_array_ref (layout) : NULL;
  for (guint i = 0; i < partition_bar_get_n_segments (self); i++)
    {
      g_autofree char *text = partition_bar_describe (partition_bar_get_segment (self, i));

      g_string_append_printf (description, "%s%s", i > 0 ? "; " : "", text);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description->str, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
