// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One of several targets of a job: its name, its state, its map in small.

#include "config.h"

#include "target-row.h"

#include "job-words.h"
#include "map-view.h"
#include "tone.h"

struct _PlatterTargetRow
{
  AdwPreferencesRow parent_instance;

  GtkLabel *number;
  GtkLabel *name;
  GtkLabel *status;
  GtkLabel *badge;
  PlatterMapView *map;

  PlatterJob *job;
  PlatterJobTarget *target;
};

G_DEFINE_FINAL_TYPE (PlatterTargetRow, platter_target_row, ADW_TYPE_PREFERENCES_ROW)

static void
target_row_show (PlatterTargetRow *self)
{
  g_autofree char *status = platter_job_words_dup_target (self->job, self->target);

  gtk_label_set_label (self->name, platter_job_target_get_name (self->target));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self),
                                 platter_job_target_get_name (self->target));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  platter_job_target_get_name (self->target),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, status, -1);
  gtk_label_set_label (self->status, status);
  gtk_label_set_label (self->badge, platter_job_words_get_badge (self->job, self->target));
  platter_tone_apply (GTK_WIDGET (self->badge), platter_job_target_get_verdict (self->target));
  platter_map_view_set_map (
    self->map, platter_job_target_get_cells (self->target),
    &(PlatterMapRange){ .length_bytes = platter_job_get_map_bytes (self->job) });
}

static void
target_row_dispose (GObject *object)
{
  PlatterTargetRow *self = PLATTER_TARGET_ROW (object);

  g_clear_object (&self->job);
  g_clear_object (&self->target);
  G_OBJECT_CLASS (platter_target_row_parent_class)->dispose (object);
}

static void
platter_target_row_class_init (PlatterTargetRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = target_row_dispose;
  g_type_ensure (PLATTER_TYPE_MAP_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/platter/Platter/target-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterTargetRow, number);
  gtk_widget_class_bind_template_child (widget_class, PlatterTargetRow, name);
  gtk_widget_class_bind_template_child (widget_class, PlatterTargetRow, status);
  gtk_widget_class_bind_template_child (widget_class, PlatterTargetRow, badge);
  gtk_widget_class_bind_template_child (widget_class, PlatterTargetRow, map);
}

static void
platter_target_row_init (PlatterTargetRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
platter_target_row_new (PlatterJob *job,
                        PlatterJobTarget *target,
                        guint number,
                        GtkSizeGroup *badges)
{
  PlatterTargetRow *self = g_object_new (PLATTER_TYPE_TARGET_ROW, NULL);
  g_autofree char *text = g_strdup_printf ("%u", number);

  self->job = g_object_ref (job);
  self->target = g_object_ref (target);
  gtk_label_set_label (self->number, text);
  gtk_size_group_add_widget (badges, GTK_WIDGET (self->badge));
  /* A target tells everything at once: one property stands for all. */
  g_signal_connect_object (target, "notify::verdict", G_CALLBACK (target_row_show), self,
                           G_CONNECT_SWAPPED);
  target_row_show (self);
  return GTK_WIDGET (self);
}
