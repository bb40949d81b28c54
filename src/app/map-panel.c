// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One target's partitions, its map, the legend and what is under the cursor.

#include "config.h"

#include "map-panel.h"

#include <glib/gi18n.h>

#include "map-legend.h"
#include "map-view.h"
#include "partition-bar.h"

struct _PlatterMapPanel
{
  AdwBin parent_instance;

  PlatterPartitionBar *bar;
  PlatterMapView *map;
  PlatterMapLegend *legend;
  GtkLabel *cursor;
};

G_DEFINE_FINAL_TYPE (PlatterMapPanel, platter_map_panel, ADW_TYPE_BIN)

static void
map_panel_cursor_cb (PlatterMapPanel *self)
{
  g_autofree char *text = NULL;

  g_object_get (self->map, "cursor-text", &text, NULL);
  gtk_label_set_label (self->cursor, text != NULL
                                       ? text
                                       : _ ("Point at the map, or use the arrow keys in it, to see "
                                            "what a cell is."));
}

static void
platter_map_panel_class_init (PlatterMapPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (PLATTER_TYPE_PARTITION_BAR);
  g_type_ensure (PLATTER_TYPE_MAP_VIEW);
  g_type_ensure (PLATTER_TYPE_MAP_LEGEND);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/platter/Platter/map-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, bar);
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, map);
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, legend);
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, cursor);
}

static void
platter_map_panel_init (PlatterMapPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->map, "notify::cursor-text", G_CALLBACK (map_panel_cursor_cb),
                            self);
}

void
platter_map_panel_set_layout (PlatterMapPanel *self, GPtrArray *layout)
{
  g_return_if_fail (PLATTER_IS_MAP_PANEL (self));

  gtk_widget_set_visible (GTK_WIDGET (self->bar), layout != NULL);
  platter_partition_bar_set_layout (self->bar, layout);
  platter_map_view_set_layout (self->map, layout);
}

/* Of the cells of one state: an upper bound, since a cell has the worst state in it. */
static char *
map_panel_dup_cell_amount (PlatterMapState state, guint64 bytes)
{
  g_autofree char *size = g_format_size (bytes);

  if (state == PLATTER_MAP_FAILED)
    /* Translators: at most so many bytes. */
    return g_strdup_printf (_ ("up to %s"), size);
  return g_steal_pointer (&size);
}

void
platter_map_panel_set_target (PlatterMapPanel *self, PlatterJobTarget *target, guint64 size_bytes)
{
  guint64 bytes[PLATTER_MAP_N_STATES];

  g_return_if_fail (PLATTER_IS_MAP_PANEL (self));

  platter_map_view_set_map (self->map, platter_job_target_get_cells (target), size_bytes);
  platter_map_cells_count (target, size_bytes, bytes);
  for (guint state = 0; state < PLATTER_MAP_N_STATES; state++)
    {
      g_autofree char *amount
        = bytes[state] > 0 ? map_panel_dup_cell_amount (state, bytes[state]) : NULL;

      platter_map_legend_set_amount (self->legend, state, amount);
    }
}
