// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The first page: what to do, and the jobs there are.

#include "config.h"

#include "start-page.h"

#include "client/resume-request.h"
#include "job-row.h"

/* More are behind “Show All”. */
#define N_RECENT 5

struct _PlatterStartPage
{
  AdwBin parent_instance;

  GtkBox *trouble_card;
  GtkLabel *trouble;
  GtkBox *jobs_box;
  GtkListBox *jobs_list;
  GtkBox *recent_box;
  GtkListBox *recent_list;

  PlatterRecent *recent;
  GtkFilterListModel *unkept;
  GtkSortListModel *jobs;
};

G_DEFINE_FINAL_TYPE (PlatterStartPage, platter_start_page, ADW_TYPE_BIN)

/* Running ones first, the newest of each first. */
static int
start_page_compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  PlatterJob *first = PLATTER_JOB ((gpointer)a);
  PlatterJob *second = PLATTER_JOB ((gpointer)b);
  int by_running = platter_job_is_running (second) - platter_job_is_running (first);

  if (by_running != 0)
    return by_running;
  return (int)(platter_job_get_id (second) > platter_job_get_id (first))
         - (int)(platter_job_get_id (second) < platter_job_get_id (first));
}

/* What has ended is below, as soon as its report is kept; what was cut off can go on. */
static gboolean
start_page_is_shown (gpointer item, gpointer user_data)
{
  PlatterStartPage *self = PLATTER_START_PAGE (user_data);

  return platter_job_is_running (item) || platter_resume_is_possible (item) || self->recent == NULL
         || !platter_recent_has_kept (self->recent, item);
}

static void
start_page_resort_cb (PlatterStartPage *self)
{
  gtk_sorter_changed (gtk_sort_list_model_get_sorter (self->jobs), GTK_SORTER_CHANGE_DIFFERENT);
}

static GtkWidget *
start_page_new_row (gpointer item, gpointer user_data)
{
  /* A row may be made anew for the same job. */
  g_signal_handlers_disconnect_by_func (item, start_page_resort_cb, user_data);
  g_signal_connect_object (item, "ended", G_CALLBACK (start_page_resort_cb), user_data,
                           G_CONNECT_SWAPPED);
  return platter_job_row_new (item);
}

static void
start_page_activated_cb (PlatterStartPage *self, GtkListBoxRow *row)
{
  PlatterJob *job = platter_job_row_get_job (PLATTER_JOB_ROW (row));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-job", "u", platter_job_get_id (job));
}

static void
start_page_recent_cb (PlatterStartPage *self, GtkListBoxRow *row)
{
  PlatterJob *job = platter_job_row_get_job (PLATTER_JOB_ROW (row));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-report", "s",
                              platter_recent_get_id (self->recent, job));
}

static void
start_page_recent_changed_cb (PlatterStartPage *self)
{
  GListModel *jobs = platter_recent_get_jobs (self->recent);

  gtk_widget_set_visible (GTK_WIDGET (self->recent_box), g_list_model_get_n_items (jobs) > 0);
  gtk_filter_changed (gtk_filter_list_model_get_filter (self->unkept), GTK_FILTER_CHANGE_DIFFERENT);
}

static GtkWidget *
start_page_new_recent_row (gpointer item, gpointer user_data)
{
  return platter_job_row_new (item);
}

static void
start_page_items_changed_cb (PlatterStartPage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->jobs_box),
                          g_list_model_get_n_items (G_LIST_MODEL (self->jobs)) > 0);
}

static void
start_page_dispose (GObject *object)
{
  PlatterStartPage *self = PLATTER_START_PAGE (object);

  g_clear_object (&self->jobs);
  g_clear_object (&self->unkept);
  g_clear_object (&self->recent);
  G_OBJECT_CLASS (platter_start_page_parent_class)->dispose (object);
}

static void
platter_start_page_class_init (PlatterStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = start_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/platter/Platter/start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterStartPage, trouble_card);
  gtk_widget_class_bind_template_child (widget_class, PlatterStartPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, PlatterStartPage, jobs_box);
  gtk_widget_class_bind_template_child (widget_class, PlatterStartPage, jobs_list);
  gtk_widget_class_bind_template_child (widget_class, PlatterStartPage, recent_box);
  gtk_widget_class_bind_template_child (widget_class, PlatterStartPage, recent_list);
  gtk_widget_class_bind_template_callback (widget_class, start_page_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, start_page_recent_cb);
}

static void
platter_start_page_init (PlatterStartPage *self)
{
  GtkSorter *sorter = GTK_SORTER (gtk_custom_sorter_new (start_page_compare, NULL, NULL));
  GtkFilter *filter = GTK_FILTER (gtk_custom_filter_new (start_page_is_shown, self, NULL));

  gtk_widget_init_template (GTK_WIDGET (self));
  self->unkept = gtk_filter_list_model_new (NULL, filter);
  self->jobs = gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (self->unkept)), sorter);
  g_signal_connect_object (self->jobs, "items-changed", G_CALLBACK (start_page_items_changed_cb),
                           self, G_CONNECT_SWAPPED);
  gtk_list_box_bind_model (self->jobs_list, G_LIST_MODEL (self->jobs), start_page_new_row, self,
                           NULL);
}

void
platter_start_page_set_jobs (PlatterStartPage *self, GListModel *jobs)
{
  g_return_if_fail (PLATTER_IS_START_PAGE (self));
  gtk_filter_list_model_set_model (self->unkept, jobs);
}

void
platter_start_page_set_recent (PlatterStartPage *self, PlatterRecent *recent)
{
  GListModel *jobs = platter_recent_get_jobs (recent);
  g_autoptr (GtkSliceListModel) newest = NULL;

  g_return_if_fail (PLATTER_IS_START_PAGE (self));

  self->recent = g_object_ref (recent);
  newest = gtk_slice_list_model_new (g_object_ref (jobs), 0, N_RECENT);
  gtk_list_box_bind_model (self->recent_list, G_LIST_MODEL (newest), start_page_new_recent_row,
                           NULL, NULL);
  g_signal_connect_object (jobs, "items-changed", G_CALLBACK (start_page_recent_changed_cb), self,
                           G_CONNECT_SWAPPED);
  start_page_recent_changed_cb (self);
}

void
platter_start_page_set_trouble (PlatterStartPage *self, const char *trouble)
{
  g_return_if_fail (PLATTER_IS_START_PAGE (self));

  gtk_label_set_label (self->trouble, trouble != NULL ? trouble : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble_card), trouble != NULL);
}
