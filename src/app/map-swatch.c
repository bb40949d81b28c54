// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One cell of the map, as the legend shows it.

#include "config.h"

#include "map-swatch.h"

#include "map-state.h"

#define SIZE 12

struct _PlatterMapSwatch
{
  GtkWidget parent_instance;

  PlatterMapState state;
};

G_DEFINE_FINAL_TYPE (PlatterMapSwatch, platter_map_swatch, GTK_TYPE_WIDGET)

static void
map_swatch_measure (GtkWidget *widget,
                    GtkOrientation orientation,
                    int for_size,
                    int *minimum,
                    int *natural,
                    int *minimum_baseline,
                    int *natural_baseline)
{
  *minimum = *natural = SIZE;
}

static void
map_swatch_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  const GdkRectangle cell = { 0, 0, SIZE, SIZE };
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, SIZE, SIZE));

  platter_map_state_draw (PLATTER_MAP_SWATCH (widget)->state, widget, cr, &cell, 1);
  cairo_destroy (cr);
}

static void
platter_map_swatch_class_init (PlatterMapSwatchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = map_swatch_measure;
  widget_class->snapshot = map_swatch_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
platter_map_swatch_init (PlatterMapSwatch *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
platter_map_swatch_new (PlatterMapState state)
{
  PlatterMapSwatch *self = g_object_new (PLATTER_TYPE_MAP_SWATCH, NULL);

  self->state = state;
  return GTK_WIDGET (self);
}
