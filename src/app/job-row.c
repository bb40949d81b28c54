// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A job in the list of the start page.

#include "config.h"

#include "job-row.h"

#include <glib/gi18n.h>

#include "client/messages.h"
#include "client/resume-request.h"
#include "job-words.h"
#include "tone.h"

struct _PlatterJobRow
{
  AdwPreferencesRow parent_instance;

  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkProgressBar *bar;
  GtkLabel *badge;
  GtkButton *delete_button;
  GtkImage *arrow;

  PlatterJob *job;
};

G_DEFINE_FINAL_TYPE (PlatterJobRow, platter_job_row, ADW_TYPE_PREFERENCES_ROW)

static void
job_row_show (PlatterJobRow *self)
{
  gboolean is_running = platter_job_is_running (self->job);
  gboolean is_cut_off = platter_resume_is_possible (self->job);
  const char *title = platter_job_get_title (self->job);
  const char *outcome = platter_job_words_get_outcome (self->job);
  g_autofree char *subtitle = platter_job_words_dup_subtitle (self->job);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle, -1);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->subtitle, subtitle);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), is_running);
  gtk_widget_set_visible (GTK_WIDGET (self->badge), !is_running);
  gtk_progress_bar_set_fraction (self->bar, platter_job_get_fraction (self->job));
  gtk_image_set_from_icon_name (self->icon, platter_job_words_get_icon_name (self->job));
  gtk_label_set_label (self->badge, is_cut_off
                                      ? _ ("Cut off")
                                      : platter_message_get_verdict (
                                        outcome, platter_job_words_is_comparison (self->job)));
  platter_tone_apply (GTK_WIDGET (self->badge), is_cut_off ? "cut-off" : outcome);
}

static void
job_row_dispose (GObject *object)
{
  g_clear_object (&PLATTER_JOB_ROW (object)->job);
  G_OBJECT_CLASS (platter_job_row_parent_class)->dispose (object);
}

static void
platter_job_row_class_init (PlatterJobRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = job_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/platter/Platter/job-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterJobRow, icon);
  gtk_widget_class_bind_template_child (widget_class, PlatterJobRow, title);
  gtk_widget_class_bind_template_child (widget_class, PlatterJobRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, PlatterJobRow, bar);
  gtk_widget_class_bind_template_child (widget_class, PlatterJobRow, badge);
  gtk_widget_class_bind_template_child (widget_class, PlatterJobRow, delete_button);
  gtk_widget_class_bind_template_child (widget_class, PlatterJobRow, arrow);
}

static void
platter_job_row_init (PlatterJobRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
platter_job_row_new (PlatterJob *job)
{
  PlatterJobRow *self = g_object_new (PLATTER_TYPE_JOB_ROW, NULL);

  self->job = g_object_ref (job);
  /* A job tells everything at once: one property stands for all. */
  g_signal_connect_object (job, "notify::fraction", G_CALLBACK (job_row_show), self,
                           G_CONNECT_SWAPPED);
  job_row_show (self);
  return GTK_WIDGET (self);
}

PlatterJob *
platter_job_row_get_job (PlatterJobRow *self)
{
  g_return_val_if_fail (PLATTER_IS_JOB_ROW (self), NULL);
  return self->job;
}

void
platter_job_row_set_id (PlatterJobRow *self, const char *id)
{
  g_return_if_fail (PLATTER_IS_JOB_ROW (self));

  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->delete_button), "s", id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->delete_button), "win.delete-report");
  gtk_widget_set_visible (GTK_WIDGET (self->delete_button), TRUE);
  /* There is no room for both at 360 pixels. */
  gtk_widget_set_visible (GTK_WIDGET (self->arrow), FALSE);
}
