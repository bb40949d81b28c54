// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One target's partitions, its map, the legend and what is under the cursor.

#include "config.h"

#include "map-panel.h"

#include <glib/gi18n.h>

#include "client/map-cells.h"
#include "job-words.h"
#include "map-legend.h"
#include "map-view.h"
#include "map-zoom.h"
#include "partition-bar.h"

/* A slider knows no more than this. */
#define SLIDER_STEPS 100000.0

struct _PlatterMapPanel
{
  AdwBin parent_instance;

  PlatterPartitionBar *bar;
  GtkWidget *tools;
  GtkLabel *where;
  GtkWidget *bad;
  GtkWidget *more;
  GtkWidget *all;
  PlatterMapView *map;
  GtkWidget *bar_of_stretch;
  GtkAdjustment *adjustment;
  PlatterMapLegend *legend;
  GtkLabel *cursor;

  PlatterJob *job;
  PlatterJobTarget *target;
  guint64 size_bytes;
  PlatterMapRange stretch; /* what is shown: all of it, or a part */
  guint64 bad_end_bytes;   /* behind this the next bad place is looked for */
};

G_DEFINE_FINAL_TYPE (PlatterMapPanel, platter_map_panel, ADW_TYPE_BIN)

static gboolean
map_panel_is_close (PlatterMapPanel *self)
{
  return self->stretch.length_bytes < self->size_bytes;
}

static void
map_panel_cursor_cb (PlatterMapPanel *self)
{
  g_autofree char *text = NULL;

  g_object_get (self->map, "cursor-text", &text, NULL);
  gtk_label_set_label (self->cursor, text != NULL
                                       ? text
                                       : _ ("Point at the map, or use the arrow keys in it, to see "
                                            "what a cell is. Click on it, or press Enter, to look "
                                            "closer."));
}

static void
map_panel_show_where (PlatterMapPanel *self)
{
  g_autofree char *at = g_format_size (self->stretch.offset_bytes);
  g_autofree char *size = g_format_size (self->stretch.length_bytes);
  g_autofree char *text = NULL;

  if (map_panel_is_close (self))
    /* Translators: which part of a drive is shown: how much, from where. */
    text = g_strdup_printf (_ ("%s from %s"), size, at);
  else if (platter_job_words_is_conversion (self->job))
    /* Translators: all of an image is shown; %s is how much it holds. */
    text = g_strdup_printf (_ ("The whole image: %s"), size);
  else
    /* Translators: all of a drive is shown; %s is its size. */
    text = g_strdup_printf (_ ("The whole drive: %s"), size);
  gtk_label_set_label (self->where, text);
}

static void map_panel_slid_cb (PlatterMapPanel *self);

static void
map_panel_show_slider (PlatterMapPanel *self)
{
  double size = MAX ((double)self->size_bytes, 1);
  double page = (double)self->stretch.length_bytes / size * SLIDER_STEPS;

  g_signal_handlers_block_by_func (self->adjustment, map_panel_slid_cb, self);
  gtk_adjustment_configure (self->adjustment,
                            (double)self->stretch.offset_bytes / size * SLIDER_STEPS, 0,
                            SLIDER_STEPS, page / 4, page, page);
  g_signal_handlers_unblock_by_func (self->adjustment, map_panel_slid_cb, self);
  gtk_widget_set_visible (self->bar_of_stretch, map_panel_is_close (self));
}

static void
map_panel_show_cells (PlatterMapPanel *self)
{
  guint8 cells[PLATTER_MAP_ZOOM_CELLS];
  g_autoptr (GBytes) close = NULL;

  if (!map_panel_is_close (self))
    {
      platter_map_view_set_map (self->map, platter_job_target_get_cells (self->target),
                                &self->stretch);
      return;
    }
  if (self->job != NULL)
    platter_job_refresh_maps (self->job);
  platter_map_cells_get_stretch (self->target, self->size_bytes, &self->stretch, cells,
                                 PLATTER_MAP_ZOOM_CELLS);
  close = g_bytes_new (cells, sizeof cells);
  platter_map_view_set_map (self->map, close, &self->stretch);
}

static void
map_panel_show_stretch (PlatterMapPanel *self, PlatterMapRange stretch)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean is_known = self->target != NULL && platter_job_target_get_cells (self->target) != NULL;
  PlatterMapRange closer;

  self->stretch = stretch;
  gtk_widget_set_visible (self->tools, is_known);
  if (!is_known)
    return;
  closer = platter_map_zoom_step (self->size_bytes, &stretch, 1, stretch.offset_bytes);
  gtk_widget_action_set_enabled (widget, "map.zoom-in", closer.length_bytes < stretch.length_bytes);
  gtk_widget_action_set_enabled (widget, "map.zoom-out", map_panel_is_close (self));
  gtk_widget_action_set_enabled (widget, "map.zoom-all", map_panel_is_close (self));
  map_panel_show_where (self);
  map_panel_show_slider (self);
  map_panel_show_cells (self);
}

static void
map_panel_go (PlatterMapPanel *self, PlatterMapRange stretch)
{
  self->bad_end_bytes = stretch.offset_bytes;
  map_panel_show_stretch (self, stretch);
}

static void
map_panel_slid_cb (PlatterMapPanel *self)
{
  double share = gtk_adjustment_get_value (self->adjustment) / SLIDER_STEPS;

  map_panel_go (self, platter_map_zoom_move (self->size_bytes, &self->stretch,
                                             (guint64)(share * (double)self->size_bytes)));
}

static void
map_panel_zoom_cb (PlatterMapPanel *self, int steps, guint64 at_bytes)
{
  map_panel_go (self, platter_map_zoom_step (self->size_bytes, &self->stretch, steps, at_bytes));
  if (gtk_widget_has_focus (GTK_WIDGET (self->map)))
    platter_map_view_point_at (self->map, at_bytes);
}

static void
map_panel_pan_cb (PlatterMapPanel *self, int stretches)
{
  map_panel_go (self, platter_map_zoom_pan (self->size_bytes, &self->stretch, stretches));
}

static void
map_panel_zoom_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterMapPanel *self = PLATTER_MAP_PANEL (widget);
  int steps = g_str_equal (action, "map.zoom-in") ? 1 : -1;
  guint64 middle = self->stretch.offset_bytes + self->stretch.length_bytes / 2;

  map_panel_go (self,
                platter_map_zoom_step (self->size_bytes, &self->stretch,
                                       g_str_equal (action, "map.zoom-all") ? 0 : steps, middle));
}

static void
map_panel_next_bad_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterMapPanel *self = PLATTER_MAP_PANEL (widget);
  const PlatterMapRanges *map = NULL;
  PlatterMapRange range;

  if (self->job != NULL)
    platter_job_refresh_maps (self->job);
  map = platter_job_target_get_map (self->target, NULL);
  if (map == NULL || platter_map_ranges_get_size_bytes (map) != self->size_bytes
      || !platter_map_ranges_find_bad (map, self->bad_end_bytes, &range))
    return;
  map_panel_show_stretch (self, platter_map_zoom_on (self->size_bytes, &range));
  self->bad_end_bytes = range.offset_bytes + range.length_bytes;
  gtk_widget_grab_focus (GTK_WIDGET (self->map));
  platter_map_view_point_at (self->map, range.offset_bytes);
}

static void
map_panel_dispose (GObject *object)
{
  PlatterMapPanel *self = PLATTER_MAP_PANEL (object);

  g_clear_object (&self->job);
  g_clear_object (&self->target);
  G_OBJECT_CLASS (platter_map_panel_parent_class)->dispose (object);
}

static void
platter_map_panel_class_init (PlatterMapPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = map_panel_dispose;
  g_type_ensure (PLATTER_TYPE_PARTITION_BAR);
  g_type_ensure (PLATTER_TYPE_MAP_VIEW);
  g_type_ensure (PLATTER_TYPE_MAP_LEGEND);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/platter/Platter/map-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, bar);
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, tools);
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, where);
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, bad);
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, more);
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, all);
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, map);
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, bar_of_stretch);
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, adjustment);
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, legend);
  gtk_widget_class_bind_template_child (widget_class, PlatterMapPanel, cursor);
  gtk_widget_class_install_action (widget_class, "map.zoom-in", NULL, map_panel_zoom_action);
  gtk_widget_class_install_action (widget_class, "map.zoom-out", NULL, map_panel_zoom_action);
  gtk_widget_class_install_action (widget_class, "map.zoom-all", NULL, map_panel_zoom_action);
  gtk_widget_class_install_action (widget_class, "map.next-bad", NULL, map_panel_next_bad_action);
}

static void
platter_map_panel_init (PlatterMapPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->map, "notify::cursor-text", G_CALLBACK (map_panel_cursor_cb),
                            self);
  g_signal_connect_swapped (self->map, "zoom", G_CALLBACK (map_panel_zoom_cb), self);
  g_signal_connect_swapped (self->map, "pan", G_CALLBACK (map_panel_pan_cb), self);
  g_signal_connect_swapped (self->adjustment, "value-changed", G_CALLBACK (map_panel_slid_cb),
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

static void
map_panel_show_legend (PlatterMapPanel *self)
{
  guint64 bytes[PLATTER_MAP_N_STATES];
  gboolean is_exact = platter_map_cells_count (self->target, self->size_bytes, bytes);
  guint64 bad_bytes = 0;

  for (guint state = 0; state < PLATTER_MAP_N_STATES; state++)
    {
      g_autofree char *amount = NULL;

      if (bytes[state] > 0 && is_exact)
        amount = g_format_size (bytes[state]);
      else if (bytes[state] > 0)
        amount = map_panel_dup_cell_amount (state, bytes[state]);
      platter_map_legend_set_amount (self->legend, state, amount);
      bad_bytes += state >= PLATTER_MAP_REPAIRED ? bytes[state] : 0;
    }
  gtk_widget_set_visible (self->bad, bad_bytes > 0);
}

static void
map_panel_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* Where an image becomes another, there is no drive. */
static void
map_panel_show_names (PlatterMapPanel *self)
{
  gboolean is_image = platter_job_words_is_conversion (self->job);

  gtk_widget_set_tooltip_text (self->more, is_image ? _ ("Show More of the Image")
                                                    : _ ("Show More of the Drive"));
  gtk_widget_set_tooltip_text (self->all,
                               is_image ? _ ("Show the Whole Image") : _ ("Show the Whole Drive"));
  map_panel_name (GTK_WIDGET (self->map),
                  is_image ? _ ("Map of the image") : _ ("Map of the drive"));
  map_panel_name (self->bar_of_stretch, is_image ? _ ("Which part of the image is shown")
                                                 : _ ("Which part of the drive is shown"));
}

void
platter_map_panel_set_target (PlatterMapPanel *self, PlatterJob *job, PlatterJobTarget *target)
{
  guint64 size_bytes = platter_job_get_map_bytes (job);
  gboolean is_other = self->target != target || self->size_bytes != size_bytes;

  g_return_if_fail (PLATTER_IS_MAP_PANEL (self));

  g_set_object (&self->job, job);
  g_set_object (&self->target, target);
  self->size_bytes = size_bytes;
  if (is_other)
    {
      map_panel_show_names (self);
      map_panel_go (self, (PlatterMapRange){ .length_bytes = size_bytes });
    }
  else
    map_panel_show_stretch (self, self->stretch);
  map_panel_show_legend (self);
}
