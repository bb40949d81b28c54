// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Printing the report of a job that has ended.

#include "config.h"

#include "report-print.h"

#include <glib/gi18n.h>

#include "application.h"
#include "client/report-html.h"
#include "client/report.h"
#include "paper.h"

typedef struct
{
  char *html;
  PlatterPaper *paper; /* NULL until a printer was chosen */
} ReportPrint;

static void
report_print_free (gpointer data)
{
  ReportPrint *self = data;

  g_clear_pointer (&self->paper, platter_paper_free);
  g_free (self->html);
  g_free (self);
}

static void
report_print_begin_cb (GtkPrintOperation *operation, GtkPrintContext *context, ReportPrint *self)
{
  PangoContext *pango = gtk_print_context_create_pango_context (context);

  g_clear_pointer (&self->paper, platter_paper_free);
  self->paper = platter_paper_new (self->html, pango, gtk_print_context_get_width (context),
                                   gtk_print_context_get_height (context));
  gtk_print_operation_set_n_pages (operation, (int)platter_paper_get_n_pages (self->paper));
  g_object_unref (pango);
}

static void
report_print_draw_cb (GtkPrintOperation *operation,
                      GtkPrintContext *context,
                      int page,
                      ReportPrint *self)
{
  platter_paper_draw (self->paper, (guint)page, gtk_print_context_get_cairo_context (context));
}

static char *
report_print_dup_html (GtkWindow *window, PlatterJob *job)
{
  PlatterApplication *application = PLATTER_APPLICATION (gtk_window_get_application (window));
  g_autoptr (GPtrArray) ends
    = platter_drives_dup_ends (platter_application_get_drives (application), job);
  g_autoptr (GVariant) report = platter_report_new (job, ends);

  return platter_report_html_dup (report);
}

void
platter_report_print (GtkWidget *widget, PlatterJob *job)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (widget));
  g_autoptr (GtkPrintOperation) operation = gtk_print_operation_new ();
  g_autoptr (GError) error = NULL;
  ReportPrint *self = g_new0 (ReportPrint, 1);

  self->html = report_print_dup_html (window, job);
  g_object_set_data_full (G_OBJECT (operation), "report", self, report_print_free);
  gtk_print_operation_set_job_name (operation, _ ("Platter Report"));
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_embed_page_setup (operation, TRUE);
  gtk_print_operation_set_allow_async (operation, TRUE);
  g_signal_connect (operation, "begin-print", G_CALLBACK (report_print_begin_cb), self);
  g_signal_connect (operation, "draw-page", G_CALLBACK (report_print_draw_cb), self);
  if (gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, window, &error)
      == GTK_PRINT_OPERATION_RESULT_ERROR)
    gtk_widget_activate_action (widget, "win.toast", "s", error->message);
}
