// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the colours of the map mean, and how much there is of each.

#include "config.h"

#include "map-legend.h"

#include <glib/gi18n.h>

#include "map-swatch.h"

struct _PlatterMapLegend
{
  GtkBox parent_instance;

  GtkFlowBox *flow;
  GtkWidget *items[PLATTER_MAP_N_STATES];
  GtkLabel *labels[PLATTER_MAP_N_STATES];
};

G_DEFINE_FINAL_TYPE (PlatterMapLegend, platter_map_legend, GTK_TYPE_BOX)

static void
map_legend_add (PlatterMapLegend *self, PlatterMapState state)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (platter_map_state_get_name (state));
  GtkWidget *item = gtk_flow_box_child_new ();

  gtk_box_append (GTK_BOX (box), platter_map_swatch_new (state));
  gtk_box_append (GTK_BOX (box), label);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (item), box);
  gtk_widget_set_focusable (item, FALSE);
  gtk_widget_set_visible (item, FALSE);
  gtk_flow_box_append (self->flow, item);
  self->items[state] = item;
  self->labels[state] = GTK_LABEL (label);
}

static void
platter_map_legend_class_init (PlatterMapLegendClass *klass)
{
}

static void
platter_map_legend_init (PlatterMapLegend *self)
{
  self->flow = GTK_FLOW_BOX (gtk_flow_box_new ());
  gtk_flow_box_set_selection_mode (self->flow, GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (self->flow, PLATTER_MAP_N_STATES);
  gtk_flow_box_set_column_spacing (self->flow, 12);
  gtk_widget_set_hexpand (GTK_WIDGET (self->flow), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->flow), "legend");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->flow), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What the colours mean"), -1);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->flow));
  for (guint state = 0; state < PLATTER_MAP_N_STATES; state++)
    map_legend_add (self, state);
}

void
platter_map_legend_set_amount (PlatterMapLegend *self, PlatterMapState state, const char *amount)
{
  g_return_if_fail (PLATTER_IS_MAP_LEGEND (self));
  g_return_if_fail (state < PLATTER_MAP_N_STATES);

  gtk_widget_set_visible (self->items[state], amount != NULL);
  if (amount == NULL)
    return;

  /* Translators: a state of the map and how many bytes are in it, e.g. "copied 198 GB". */
  g_autofree char *text = g_strdup_printf (_ ("%s %s"), platter_map_state_get_name (state), amount);
  gtk_label_set_label (self->labels[state], text);
}
