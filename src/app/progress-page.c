// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A job that runs.

#include "config.h"

#include "progress-page.h"

#include <glib/gi18n.h>

#include "client/messages.h"
#include "job-words.h"
#include "map-panel.h"
#include "question.h"
#include "read-question.h"
#include "speed-graph.h"
#include "target-list.h"

struct _PlatterProgressPage
{
  PlatterPage parent_instance;

  GtkButton *pause_button;
  GtkLabel *phase;
  GtkLabel *after;
  GtkLabel *percent;
  GtkProgressBar *bar;
  GtkLabel *facts;
  GtkLabel *limit;
  GtkLabel *question;
  GtkButton *answer_button;
  GtkLabel *warning;
  GtkButton *finish_button;
  GtkBox *single;
  GtkLabel *heading;
  PlatterMapPanel *panel;
  PlatterTargetList *many;
  PlatterSpeedGraph *graph;

  PlatterJob *job;
  PlatterJobTarget *target; /* of a job with one */
  GSignalGroup *job_signals;
  guint show_id;
  gboolean is_asking; /* to pause or to go on, and it is not so yet */
  gboolean is_to_pause;
  GtkWindow *dialog;         /* (nullable): asks what the job asks */
  gboolean is_put_off;       /* that */
  GtkWindow *warning_dialog; /* (nullable): asks whether the job is to be cancelled */
};

G_DEFINE_FINAL_TYPE (PlatterProgressPage, platter_progress_page, PLATTER_TYPE_PAGE)

static void
progress_page_show_percent (PlatterProgressPage *self)
{
  /* Translators: how many percent of a job are done. */
  g_autofree char *text = g_strdup_printf (_ ("%u %%"), platter_job_get_percent (self->job));

  gtk_label_set_label (self->percent, text);
  gtk_progress_bar_set_fraction (self->bar, platter_job_get_fraction (self->job));
}

/* One below the other. */
static char *
progress_page_dup_warnings (PlatterProgressPage *self)
{
  g_autoptr (GString) warnings = g_string_new (NULL);

  for (guint i = 0; i < PLATTER_JOB_N_WARNINGS; i++)
    {
      const char *warning = platter_job_get_warning (self->job, i);

      if (warning != NULL)
        g_string_append_printf (warnings, "%s%s", warnings->len > 0 ? "\n" : "", warning);
    }
  return g_string_free (g_steal_pointer (&warnings), FALSE);
}

static void
progress_page_show_words (PlatterProgressPage *self)
{
  g_autofree char *after = platter_job_words_dup_after (self->job);
  g_autofree char *facts = platter_job_words_dup_facts (self->job);
  g_autofree char *limit = platter_job_words_dup_limit (self->job);
  g_autofree char *warnings = progress_page_dup_warnings (self);

  gtk_label_set_label (self->phase, platter_job_words_get_phase (self->job));
  gtk_label_set_label (self->after, after);
  gtk_label_set_label (self->facts, facts);
  gtk_label_set_label (self->limit, limit);
  gtk_widget_set_visible (GTK_WIDGET (self->limit), !platter_job_is_asking (self->job));
  gtk_label_set_label (self->warning, warnings);
  gtk_widget_set_visible (GTK_WIDGET (self->warning), warnings[0] != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->finish_button),
                          platter_message_get_rescue (platter_job_get_rescue (self->job)) != NULL);
}

/* A sign, so that at 360 pixels the title has room beside it. */
static void
progress_page_name_pause (PlatterProgressPage *self, gboolean is_paused)
{
  const char *name = is_paused ? _ ("Resume") : _ ("Pause");

  gtk_button_set_icon_name (self->pause_button, is_paused ? "media-playback-start-symbolic"
                                                          : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pause_button), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* The button says what it does next; while that is not so yet, it can't be pressed again. */
static void
progress_page_show_pause (PlatterProgressPage *self)
{
  gboolean is_paused = platter_job_is_paused (self->job);

  if (self->is_asking && is_paused == self->is_to_pause)
    self->is_asking = FALSE;
  progress_page_name_pause (self, is_paused);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.pause",
                                 !self->is_asking && platter_job_is_running (self->job)
                                   && (is_paused || !platter_job_is_asking (self->job)));
}

static void
progress_page_tell (PlatterProgressPage *self, const GError *error)
{
  g_autofree char *text = platter_message_dup_refusal (error);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", text);
}

static void
progress_page_answer_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterProgressPage) self = PLATTER_PROGRESS_PAGE (user_data);
  g_autoptr (GError) error = NULL;

  if (!platter_job_answer_finish (PLATTER_JOB (object), result, &error))
    progress_page_tell (self, error);
}

static void
progress_page_answered_cb (PlatterProgressPage *self, const char *answer)
{
  self->is_put_off = TRUE;
  if (g_strcmp0 (answer, "later") != 0)
    platter_job_answer_async (self->job, answer, progress_page_answer_done_cb, g_object_ref (self));
}

static void
progress_page_close_dialog (PlatterProgressPage *self)
{
  GtkWindow *dialog = self->dialog;

  g_clear_weak_pointer (&self->dialog);
  if (dialog != NULL)
    gtk_window_destroy (dialog);
}

static void
progress_page_answer_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterProgressPage *self = PLATTER_PROGRESS_PAGE (widget);

  if (self->dialog == NULL)
    g_set_weak_pointer (&self->dialog, platter_read_question_show (
                                         GTK_WINDOW (gtk_widget_get_root (widget)), self->job,
                                         G_CALLBACK (progress_page_answered_cb), self));
}

/* The dialog comes by itself, once each time that the job is looked at. */
static void
progress_page_show_question (PlatterProgressPage *self)
{
  gboolean is_asked = platter_job_is_asking (self->job);
  g_autofree char *text = platter_message_dup_question (platter_job_get_source_name (self->job),
                                                        platter_job_get_question_offset (self->job),
                                                        platter_job_get_source_bytes (self->job));

  gtk_label_set_label (self->question, is_asked ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->question), is_asked);
  gtk_widget_set_visible (GTK_WIDGET (self->answer_button), is_asked);
  if (is_asked && !self->is_put_off && gtk_widget_get_mapped (GTK_WIDGET (self)))
    progress_page_answer_action (GTK_WIDGET (self), NULL, NULL);
}

static void
progress_page_show_map (PlatterProgressPage *self)
{
  if (self->target != NULL)
    platter_map_panel_set_target (self->panel, self->job, self->target);
}

static void
progress_page_show_consequence (PlatterProgressPage *self)
{
  if (self->warning_dialog != NULL)
    platter_question_set_body (self->warning_dialog, platter_job_words_get_consequence (self->job));
}

static gboolean
progress_page_show_cb (gpointer user_data)
{
  PlatterProgressPage *self = PLATTER_PROGRESS_PAGE (user_data);

  self->show_id = 0;
  progress_page_show_percent (self);
  progress_page_show_words (self);
  progress_page_show_pause (self);
  progress_page_show_question (self);
  progress_page_show_map (self);
  progress_page_show_consequence (self);
  platter_speed_graph_update (self->graph);
  return G_SOURCE_REMOVE;
}

/* One message of the helper changes many properties: they are shown together. */
static void
progress_page_notify_cb (PlatterProgressPage *self)
{
  if (self->show_id == 0)
    self->show_id = g_idle_add (progress_page_show_cb, self);
}

static void
progress_page_close_warning (PlatterProgressPage *self)
{
  GtkWindow *dialog = self->warning_dialog;

  g_clear_weak_pointer (&self->warning_dialog);
  if (dialog != NULL)
    gtk_window_destroy (dialog);
}

static void
progress_page_ended_cb (PlatterProgressPage *self)
{
  progress_page_close_warning (self);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.job-ended", "u",
                              platter_job_get_id (self->job));
}

static void
progress_page_pause_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterProgressPage) self = PLATTER_PROGRESS_PAGE (user_data);
  g_autoptr (GError) error = NULL;

  if (platter_job_set_paused_finish (PLATTER_JOB (object), result, &error))
    return;
  self->is_asking = FALSE;
  progress_page_notify_cb (self);
  progress_page_tell (self, error);
}

static void
progress_page_pause_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterProgressPage *self = PLATTER_PROGRESS_PAGE (widget);

  self->is_asking = TRUE;
  self->is_to_pause = !platter_job_is_paused (self->job);
  gtk_widget_action_set_enabled (widget, "page.pause", FALSE);
  platter_job_set_paused_async (self->job, self->is_to_pause, NULL, progress_page_pause_done_cb,
                                g_object_ref (self));
}

static void
progress_page_finish_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterProgressPage) self = PLATTER_PROGRESS_PAGE (user_data);
  g_autoptr (GError) error = NULL;

  if (!platter_job_finish_reading_finish (PLATTER_JOB (object), result, &error))
    progress_page_tell (self, error);
}

static void
progress_page_finish_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterProgressPage *self = PLATTER_PROGRESS_PAGE (widget);

  platter_job_finish_reading_async (self->job, progress_page_finish_done_cb, g_object_ref (self));
}

static void
progress_page_cancel_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterProgressPage) self = PLATTER_PROGRESS_PAGE (user_data);
  g_autoptr (GError) error = NULL;

  if (!platter_job_cancel_finish (PLATTER_JOB (object), result, &error))
    progress_page_tell (self, error);
}

/* It is closed when another job is shown, so a yes is one to the job that it asks about. */
static void
progress_page_confirmed_cb (PlatterProgressPage *self)
{
  g_clear_weak_pointer (&self->warning_dialog);
  platter_job_cancel_async (self->job, NULL, progress_page_cancel_done_cb, g_object_ref (self));
}

static void
progress_page_cancel_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterProgressPage *self = PLATTER_PROGRESS_PAGE (widget);

  progress_page_close_warning (self);
  g_set_weak_pointer (
    &self->warning_dialog,
    platter_question_show (GTK_WINDOW (gtk_widget_get_root (widget)), _ ("Cancel This Job?"),
                           platter_job_words_get_consequence (self->job), _ ("_Keep Going"),
                           _ ("_Cancel Job"), G_CALLBACK (progress_page_confirmed_cb), self));
}

static void
progress_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (platter_progress_page_parent_class)->map (widget);
  if (PLATTER_PROGRESS_PAGE (widget)->job != NULL)
    progress_page_notify_cb (PLATTER_PROGRESS_PAGE (widget));
}

static void
progress_page_dispose (GObject *object)
{
  PlatterProgressPage *self = PLATTER_PROGRESS_PAGE (object);

  g_clear_handle_id (&self->show_id, g_source_remove);
  progress_page_close_dialog (self);
  progress_page_close_warning (self);
  g_clear_object (&self->job_signals);
  g_clear_object (&self->job);
  if (self->target != NULL)
    g_signal_handlers_disconnect_by_data (self->target, self);
  g_clear_object (&self->target);
  G_OBJECT_CLASS (platter_progress_page_parent_class)->dispose (object);
}

static void
platter_progress_page_class_init (PlatterProgressPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = progress_page_dispose;
  widget_class->map = progress_page_map;
  g_type_ensure (PLATTER_TYPE_MAP_PANEL);
  g_type_ensure (PLATTER_TYPE_TARGET_LIST);
  g_type_ensure (PLATTER_TYPE_SPEED_GRAPH);
  gtk_widget_class_install_action (widget_class, "page.pause", NULL, progress_page_pause_action);
  gtk_widget_class_install_action (widget_class, "page.cancel", NULL, progress_page_cancel_action);
  gtk_widget_class_install_action (widget_class, "page.finish", NULL, progress_page_finish_action);
  gtk_widget_class_install_action (widget_class, "page.answer", NULL, progress_page_answer_action);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/platter/Platter/progress-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, pause_button);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, phase);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, after);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, percent);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, bar);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, facts);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, limit);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, question);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, answer_button);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, warning);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, finish_button);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, single);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, heading);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, panel);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, many);
  gtk_widget_class_bind_template_child (widget_class, PlatterProgressPage, graph);
}

static void
platter_progress_page_init (PlatterProgressPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->job_signals = g_signal_group_new (PLATTER_TYPE_JOB);
  g_signal_group_connect_swapped (self->job_signals, "notify", G_CALLBACK (progress_page_notify_cb),
                                  self);
  g_signal_group_connect_swapped (self->job_signals, "ended", G_CALLBACK (progress_page_ended_cb),
                                  self);
}

static void
progress_page_set_target (PlatterProgressPage *self, PlatterJobTarget *target)
{
  if (self->target != NULL)
    g_signal_handlers_disconnect_by_data (self->target, self);
  g_set_object (&self->target, target);
  if (target != NULL)
    g_signal_connect_object (target, "notify", G_CALLBACK (progress_page_notify_cb), self,
                             G_CONNECT_SWAPPED);
}

void
platter_progress_page_load (PlatterProgressPage *self, PlatterJob *job, GPtrArray *layout)
{
  g_return_if_fail (PLATTER_IS_PROGRESS_PAGE (self));

  GListModel *targets = platter_job_get_targets (job);
  gboolean is_single = g_list_model_get_n_items (targets) == 1;
  g_autoptr (PlatterJobTarget) target = is_single ? g_list_model_get_item (targets, 0) : NULL;

  if (job != self->job)
    self->is_asking = FALSE;
  progress_page_close_dialog (self);
  progress_page_close_warning (self);
  self->is_put_off = FALSE;
  g_set_object (&self->job, job);
  platter_speed_graph_set_job (self->graph, job);
  g_signal_group_set_target (self->job_signals, job);
  progress_page_set_target (self, target);
  platter_page_set_title (PLATTER_PAGE (self), platter_job_words_get_title (job));
  gtk_label_set_label (self->heading, platter_job_get_title (job));
  gtk_widget_set_visible (GTK_WIDGET (self->single), is_single);
  platter_map_panel_set_layout (self->panel, layout);
  platter_target_list_set_job (self->many, job);
  g_clear_handle_id (&self->show_id, g_source_remove);
  progress_page_show_cb (self);
}
