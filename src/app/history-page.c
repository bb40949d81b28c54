// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// All jobs that have ended, to be searched and deleted.

#include "config.h"

#include "history-page.h"

#include <glib/gi18n.h>

#include "job-row.h"
#include "question.h"

struct _PlatterHistoryPage
{
  PlatterPage parent_instance;

  GtkSearchEntry *entry;
  GtkListBox *list;
  GtkLabel *empty;

  PlatterRecent *recent;
};

G_DEFINE_FINAL_TYPE (PlatterHistoryPage, platter_history_page, PLATTER_TYPE_PAGE)

static GtkWidget *
history_page_new_row (gpointer item, gpointer user_data)
{
  PlatterHistoryPage *self = PLATTER_HISTORY_PAGE (user_data);
  GtkWidget *row = platter_job_row_new (item);

  platter_job_row_set_id (PLATTER_JOB_ROW (row), platter_recent_get_id (self->recent, item));
  return row;
}

static void
history_page_show (PlatterHistoryPage *self)
{
  GListModel *all = platter_recent_get_jobs (self->recent);
  g_autoptr (GListModel) found
    = platter_recent_search (self->recent, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  gboolean has_any = g_list_model_get_n_items (all) > 0;
  gboolean is_empty = g_list_model_get_n_items (found) == 0;

  gtk_list_box_bind_model (self->list, found, history_page_new_row, self, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->list), !is_empty);
  gtk_widget_set_visible (GTK_WIDGET (self->empty), is_empty);
  gtk_label_set_label (self->empty, has_any ? _ ("No report has all of these words in it.")
                                            : _ ("Each job that ends leaves its report here."));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.clear", has_any);
}

static void
history_page_activated_cb (PlatterHistoryPage *self, GtkListBoxRow *row)
{
  PlatterJob *job = platter_job_row_get_job (PLATTER_JOB_ROW (row));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-report", "s",
                              platter_recent_get_id (self->recent, job));
}

static void
history_page_confirmed_cb (PlatterHistoryPage *self)
{
  if (self->recent != NULL)
    platter_recent_clear (self->recent);
}

static void
history_page_clear_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  platter_question_show (
    GTK_WINDOW (gtk_widget_get_root (widget)), _ ("Delete All Reports?"),
    _ ("Nothing will tell any more what was copied before. Reports that you have saved elsewhere "
       "stay, and so does everything on the drives."),
    _ ("_Keep"), _ ("_Delete Reports"), G_CALLBACK (history_page_confirmed_cb), widget);
}

static gboolean
history_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (PLATTER_HISTORY_PAGE (widget)->entry));
}

static void
history_page_dispose (GObject *object)
{
  g_clear_object (&PLATTER_HISTORY_PAGE (object)->recent);
  G_OBJECT_CLASS (platter_history_page_parent_class)->dispose (object);
}

static void
platter_history_page_class_init (PlatterHistoryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = history_page_dispose;
  widget_class->grab_focus = history_page_grab_focus;
  gtk_widget_class_install_action (widget_class, "page.clear", NULL, history_page_clear_action);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/platter/Platter/history-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterHistoryPage, entry);
  gtk_widget_class_bind_template_child (widget_class, PlatterHistoryPage, list);
  gtk_widget_class_bind_template_child (widget_class, PlatterHistoryPage, empty);
  gtk_widget_class_bind_template_callback (widget_class, history_page_show);
  gtk_widget_class_bind_template_callback (widget_class, history_page_activated_cb);
}

static void
platter_history_page_init (PlatterHistoryPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
platter_history_page_set_recent (PlatterHistoryPage *self, PlatterRecent *recent)
{
  g_return_if_fail (PLATTER_IS_HISTORY_PAGE (self));

  self->recent = g_object_ref (recent);
  g_signal_connect_object (platter_recent_get_jobs (recent), "items-changed",
                           G_CALLBACK (history_page_show), self, G_CONNECT_SWAPPED);
  history_page_show (self);
}
