// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The window: its pages, and the way from one to the next. Pages ask for what they need by actions.

#include "config.h"

#include "window.h"

#include <glib/gi18n.h>

#include "close-guard.h"
#include "drive-layout.h"
#include "image-keeper.h"
#include "window-private.h"

G_DEFINE_FINAL_TYPE (PlatterWindow, platter_window, ADW_TYPE_APPLICATION_WINDOW)

static const struct
{
  const char *name;
  const char *previous;
} PAGES[] = {
  { "start", NULL },        { "source", "start" },   { "targets", "source" },
  { "options", "targets" }, { "review", "options" }, { "progress", "start" },
  { "image", "source" },    { "result", "start" },   { "history", "start" },
};

PlatterApplication *
platter_window_get_platter (PlatterWindow *self)
{
  return PLATTER_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
}

gboolean
platter_window_is_at (PlatterWindow *self, const char *page)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), page) == 0;
}

void
platter_window_toast (PlatterWindow *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

/* A stack leaves the pages behind the visible one to assistive technology, which would read all of
 * them; so they are hidden once they have slid away. */
static void
window_hide_other_pages (PlatterWindow *self)
{
  if (gtk_stack_get_transition_running (self->stack))
    return;
  for (GtkWidget *page = gtk_widget_get_first_child (GTK_WIDGET (self->stack)); page != NULL;
       page = gtk_widget_get_next_sibling (page))
    gtk_widget_set_visible (page, page == gtk_stack_get_visible_child (self->stack));
}

static void
window_show_page (PlatterWindow *self, const char *page, gboolean is_back)
{
  gtk_widget_set_visible (gtk_stack_get_child_by_name (self->stack, page), TRUE);
  gtk_stack_set_visible_child_full (self->stack, page,
                                    is_back ? GTK_STACK_TRANSITION_TYPE_SLIDE_RIGHT
                                            : GTK_STACK_TRANSITION_TYPE_SLIDE_LEFT);
  window_hide_other_pages (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.back",
                                 !platter_window_is_at (self, "start"));
  /* These are read and not filled in. */
  if (platter_window_is_at (self, "progress") || platter_window_is_at (self, "result"))
    gtk_widget_grab_focus (gtk_stack_get_visible_child (self->stack));
}

void
platter_window_go (PlatterWindow *self, const char *page, gboolean is_back)
{
  platter_application_connect (platter_window_get_platter (self));
  if (!platter_window_is_at (self, page))
    platter_window_stop_opening (self);
  if (g_strcmp0 (page, "source") == 0)
    platter_source_page_load (
      self->source_page, self->request,
      self->is_conversion || platter_request_get_kind (self->request) == PLATTER_REQUEST_WRITE);
  else if (g_strcmp0 (page, "targets") == 0)
    platter_targets_page_load (self->targets_page, self->request);
  else if (g_strcmp0 (page, "image") == 0)
    platter_image_page_load (self->image_page, self->request);
  else if (g_strcmp0 (page, "options") == 0)
    platter_options_page_load (self->options_page, self->request);
  else if (g_strcmp0 (page, "review") == 0)
    platter_review_page_load (self->review_page, self->request);
  window_show_page (self, page, is_back);
}

void
platter_window_begin (PlatterWindow *self, PlatterRequestKind kind)
{
  platter_window_stop_opening (self);
  platter_targets_page_load (self->targets_page, NULL);
  g_clear_object (&self->request);
  g_clear_object (&self->request_job);
  self->is_conversion = FALSE;
  self->request = platter_request_new (kind);
}

static void
window_go_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  platter_window_advance (PLATTER_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
window_back_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterWindow *self = PLATTER_WINDOW (widget);

  if (self->starting != NULL)
    {
      g_cancellable_cancel (self->starting);
      return;
    }
  if (platter_window_is_at (self, "result") && self->is_from_history)
    {
      platter_window_go (self, "history", TRUE);
      return;
    }
  if (platter_window_is_at (self, "review")
      && platter_request_get_kind (self->request) == PLATTER_REQUEST_IMAGE)
    {
      platter_window_go (self, "image", TRUE);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (PAGES); i++)
    if (platter_window_is_at (self, PAGES[i].name) && PAGES[i].previous != NULL)
      {
        platter_window_go (self, PAGES[i].previous, TRUE);
        return;
      }
}

static void
window_home_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  platter_window_go (PLATTER_WINDOW (widget), "start", TRUE);
}

static void
window_begin_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterWindow *self = PLATTER_WINDOW (widget);
  const char *what = g_variant_get_string (parameter, NULL);
  gboolean is_conversion = g_strcmp0 (what, "convert") == 0;

  if (self->starting != NULL)
    return;
  if (is_conversion || g_strcmp0 (what, "image") == 0)
    platter_window_begin (self, PLATTER_REQUEST_IMAGE);
  else
    platter_window_begin (self, g_strcmp0 (what, "write") == 0 ? PLATTER_REQUEST_WRITE
                                                               : PLATTER_REQUEST_CLONE);
  self->is_conversion = is_conversion;
  platter_window_go (self, "source", FALSE);
}

static void
window_toast_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  platter_window_toast (PLATTER_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
window_open_image_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  platter_window_choose_image (PLATTER_WINDOW (widget), file);
}

static gboolean
window_drop_cb (PlatterWindow *self, const GValue *value)
{
  GSList *files = g_value_get_boxed (value);

  if (files == NULL)
    return FALSE;
  platter_window_choose_image (self, files->data);
  return TRUE;
}

static void
window_look_again_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  platter_window_look_again (PLATTER_WINDOW (widget));
}

static void
window_show_result (PlatterWindow *self)
{
  gboolean is_known = self->job == self->request_job && !platter_job_is_lost (self->job);
  PlatterNewImage *image
    = self->job == self->request_job ? platter_image_keeper_get_image (self->request) : NULL;

  platter_result_page_set_image (self->result_page, image);
  platter_result_page_load (self->result_page, self->job, self->layout, is_known);
  window_show_page (self, "result", FALSE);
}

/* Of a job: the partitions of its source, in segments. */
#define LAYOUT_KEY "platter-layout"

/* What lies on the source is asked while the job reads it: once it has ended, another medium may be there, or something else on it. */
static GPtrArray *
window_dup_layout (PlatterWindow *self, PlatterJob *job)
{
  GPtrArray *layout = g_object_get_data (G_OBJECT (job), LAYOUT_KEY);
  gpointer source = NULL;

  if (layout != NULL)
    return g_ptr_array_ref (layout);
  if (!platter_job_is_running (job) && job != self->request_job)
    return NULL;
  source = job == self->request_job ? platter_request_get_source (self->request) : NULL;
  layout = platter_drive_layout_new_for_job (
    job, source, platter_application_get_drives (platter_window_get_platter (self)));
  if (layout != NULL)
    g_object_set_data_full (G_OBJECT (job), LAYOUT_KEY, g_ptr_array_ref (layout),
                            (GDestroyNotify)g_ptr_array_unref);
  return layout;
}

void
platter_window_show_job (PlatterWindow *self, PlatterJob *job)
{
  platter_window_stop_opening (self);
  self->is_from_history = platter_window_is_at (self, "history");
  g_set_object (&self->job, job);
  g_clear_pointer (&self->layout, g_ptr_array_unref);
  self->layout = window_dup_layout (self, job);
  if (!platter_job_is_running (job))
    {
      window_show_result (self);
      return;
    }
  platter_progress_page_load (self->progress_page, job, self->layout);
  window_show_page (self, "progress", FALSE);
}

static void
window_show_job_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterWindow *self = PLATTER_WINDOW (widget);
  PlatterHelper *helper = platter_application_get_helper (platter_window_get_platter (self));
  PlatterJob *job
    = helper != NULL ? platter_helper_find_job (helper, g_variant_get_uint32 (parameter)) : NULL;

  if (job != NULL && self->starting == NULL)
    platter_window_show_job (self, job);
}

static void
window_history_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterWindow *self = PLATTER_WINDOW (widget);

  if (self->starting == NULL && !platter_window_is_at (self, "history"))
    platter_window_go (self, "history", FALSE);
  /* Whoever looks for a report types. */
  gtk_widget_grab_focus (GTK_WIDGET (self->history_page));
}

static void
window_show_report_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterWindow *self = PLATTER_WINDOW (widget);
  PlatterRecent *recent = platter_application_get_recent (platter_window_get_platter (self));
  PlatterJob *job = platter_recent_find (recent, g_variant_get_string (parameter, NULL));

  if (job == NULL || self->starting != NULL)
    return;
  PlatterJob *original = platter_recent_get_original (recent, job);
  platter_window_show_job (self, original != NULL ? original : job);
}

static void
window_delete_report_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterRecent *recent
    = platter_application_get_recent (platter_window_get_platter (PLATTER_WINDOW (widget)));

  platter_recent_delete (recent, g_variant_get_string (parameter, NULL));
}

static void
window_job_ended_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterWindow *self = PLATTER_WINDOW (widget);

  if (platter_window_is_at (self, "progress") && self->job != NULL
      && platter_job_get_id (self->job) == g_variant_get_uint32 (parameter))
    window_show_result (self);
}

static void
window_helper_cb (PlatterWindow *self)
{
  PlatterHelper *helper = platter_application_get_helper (platter_window_get_platter (self));
  g_autofree char *trouble = platter_application_dup_trouble (platter_window_get_platter (self));

  platter_start_page_set_jobs (self->start_page,
                               helper != NULL ? platter_helper_get_jobs (helper) : NULL);
  platter_start_page_set_trouble (self->start_page, trouble);
}

/* Closed, but not gone yet if an answer is waited for: nobody wants it any more. */
static void
window_removed_cb (PlatterWindow *self, GtkWindow *removed)
{
  if (removed == GTK_WINDOW (self) && self->starting != NULL)
    g_cancellable_cancel (self->starting);
}

static gboolean
window_close_request (GtkWindow *window)
{
  return platter_close_guard_asks (PLATTER_WINDOW (window))
         || GTK_WINDOW_CLASS (platter_window_parent_class)->close_request (window);
}

static void
window_dispose (GObject *object)
{
  PlatterWindow *self = PLATTER_WINDOW (object);

  platter_window_stop_opening (self);
  g_clear_object (&self->starting);
  g_clear_object (&self->request);
  g_clear_object (&self->request_job);
  g_clear_object (&self->job);
  g_clear_pointer (&self->layout, g_ptr_array_unref);
  G_OBJECT_CLASS (platter_window_parent_class)->dispose (object);
}

static void
window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.go", "s", window_go_action);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, window_back_action);
  gtk_widget_class_install_action (widget_class, "win.home", NULL, window_home_action);
  gtk_widget_class_install_action (widget_class, "win.begin", "s", window_begin_action);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", window_toast_action);
  gtk_widget_class_install_action (widget_class, "win.open-image", "s", window_open_image_action);
  gtk_widget_class_install_action (widget_class, "win.look-again", NULL, window_look_again_action);
  gtk_widget_class_install_action (widget_class, "win.show-job", "u", window_show_job_action);
  gtk_widget_class_install_action (widget_class, "win.history", NULL, window_history_action);
  gtk_widget_class_install_action (widget_class, "win.show-report", "s", window_show_report_action);
  gtk_widget_class_install_action (widget_class, "win.delete-report", "s",
                                   window_delete_report_action);
  gtk_widget_class_install_action (widget_class, "win.job-ended", "u", window_job_ended_action);
  platter_window_install_start (widget_class);
}

static void
platter_window_class_init (PlatterWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = window_close_request;
  window_install_actions (widget_class);

  g_type_ensure (PLATTER_TYPE_START_PAGE);
  g_type_ensure (PLATTER_TYPE_SOURCE_PAGE);
  g_type_ensure (PLATTER_TYPE_TARGETS_PAGE);
  g_type_ensure (PLATTER_TYPE_IMAGE_PAGE);
  g_type_ensure (PLATTER_TYPE_OPTIONS_PAGE);
  g_type_ensure (PLATTER_TYPE_REVIEW_PAGE);
  g_type_ensure (PLATTER_TYPE_PROGRESS_PAGE);
  g_type_ensure (PLATTER_TYPE_RESULT_PAGE);
  g_type_ensure (PLATTER_TYPE_HISTORY_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/platter/Platter/window.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, PlatterWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, PlatterWindow, start_page);
  gtk_widget_class_bind_template_child (widget_class, PlatterWindow, source_page);
  gtk_widget_class_bind_template_child (widget_class, PlatterWindow, targets_page);
  gtk_widget_class_bind_template_child (widget_class, PlatterWindow, image_page);
  gtk_widget_class_bind_template_child (widget_class, PlatterWindow, options_page);
  gtk_widget_class_bind_template_child (widget_class, PlatterWindow, review_page);
  gtk_widget_class_bind_template_child (widget_class, PlatterWindow, progress_page);
  gtk_widget_class_bind_template_child (widget_class, PlatterWindow, result_page);
  gtk_widget_class_bind_template_child (widget_class, PlatterWindow, history_page);
}

static void
platter_window_init (PlatterWindow *self)
{
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (drop, "drop", G_CALLBACK (window_drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->stack), GTK_EVENT_CONTROLLER (drop));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.back", FALSE);
  g_signal_connect_swapped (self->stack, "notify::transition-running",
                            G_CALLBACK (window_hide_other_pages), self);
  window_hide_other_pages (self);
}

PlatterWindow *
platter_window_new (PlatterApplication *application)
{
  PlatterWindow *self = g_object_new (PLATTER_TYPE_WINDOW, "application", application,
                                      "default-width", 940, "default-height", 720, NULL);
  PlatterDrives *drives = platter_application_get_drives (application);

  platter_application_remember_size (application, GTK_WINDOW (self));
  platter_image_page_set_settings (self->image_page,
                                   platter_application_get_settings (application));
  platter_source_page_set_drives (self->source_page, drives);
  platter_targets_page_set_drives (self->targets_page, drives);
  platter_result_page_set_drives (self->result_page, drives);
  g_signal_connect_object (drives, "refreshed", G_CALLBACK (platter_window_look_again), self,
                           G_CONNECT_SWAPPED);
  platter_start_page_set_recent (self->start_page, platter_application_get_recent (application));
  platter_history_page_set_recent (self->history_page,
                                   platter_application_get_recent (application));
  g_signal_connect_object (platter_application_get_recent (application), "failed",
                           G_CALLBACK (platter_window_toast), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (application, "window-removed", G_CALLBACK (window_removed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (application, "notify::helper", G_CALLBACK (window_helper_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (application, "notify::trouble", G_CALLBACK (window_helper_cb), self,
                           G_CONNECT_SWAPPED);
  window_helper_cb (self);
  return self;
}
