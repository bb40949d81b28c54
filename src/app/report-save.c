// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Saving the report of a job that has ended in a file of the user's choice.

#include "config.h"

#include "report-save.h"

#include <glib/gi18n.h>
#include <string.h>

#include "application.h"
#include "client/messages.h"
#include "client/report-file.h"
#include "client/report-html.h"
#include "client/report.h"
#include "client/shown.h"
#include "paper.h"

/* Of a filter: what the names of its files end in. */
#define ENDING "platter-ending"
/* Of the name that is suggested, and of the first filter. */
#define SUGGESTED ".html"

typedef struct
{
  GtkWidget *widget;
  PlatterJob *job;
} ReportSave;

static void
report_save_free (gpointer data, GClosure *closure)
{
  ReportSave *self = data;

  g_object_unref (self->widget);
  g_object_unref (self->job);
  g_free (self);
}

static void
report_save_tell (GtkWidget *widget, const char *text)
{
  gtk_widget_activate_action (widget, "win.toast", "s", text);
}

static void
report_save_done_cb (GObject *file, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) widget = GTK_WIDGET (user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (g_file_replace_contents_finish (G_FILE (file), result, NULL, &error))
    {
      report_save_tell (widget, _ ("The report was saved."));
      return;
    }
  text = platter_message_dup_refusal (error);
  report_save_tell (widget, text);
}

/* Vendor, model and port of the drives that are still there. */
static GPtrArray *
report_save_dup_ends (ReportSave *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (self->widget));
  PlatterApplication *application = PLATTER_APPLICATION (gtk_window_get_application (window));

  return platter_drives_dup_ends (platter_application_get_drives (application), self->job);
}

static gboolean
report_save_is_pdf (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_str_has_suffix (lower, ".pdf") && lower[0] != '.';
}

static GBytes *
report_save_dup_bytes (const char *name, GVariant *report)
{
  char *text = NULL;

  if (report_save_is_pdf (name))
    {
      g_autofree char *html = platter_report_html_dup (report);

      return platter_paper_dup_pdf (html);
    }
  text = platter_report_file_dup_text (name, report);
  return g_bytes_new_take (text, strlen (text));
}

static void
report_save_write (ReportSave *self, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GPtrArray) ends = NULL;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!platter_report_file_is_named (name) && !report_save_is_pdf (name))
    {
      report_save_tell (self->widget, _ ("The name of a report ends in .html, .pdf or .json."));
      return;
    }
  ends = report_save_dup_ends (self);
  report = platter_report_new (self->job, ends);
  bytes = report_save_dup_bytes (name, report);
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL,
                                       report_save_done_cb, g_object_ref (self->widget));
}

/* GTK leaves the name as it was when another kind is chosen. Returns: (transfer full): with the ending of that kind */
static GFile *
report_save_dup_file (GtkFileChooser *chooser, GFile *file)
{
  GtkFileFilter *filter = gtk_file_chooser_get_filter (chooser);
  const char *ending = filter != NULL ? g_object_get_data (G_OBJECT (filter), ENDING) : NULL;
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *stem = NULL;
  g_autofree char *other = NULL;

  if (ending == NULL || folder == NULL || !g_str_has_suffix (name, SUGGESTED))
    return g_object_ref (file);
  stem = g_strndup (name, strlen (name) - strlen (SUGGESTED));
  other = g_strconcat (stem, ending, NULL);
  return g_file_get_child (folder, other);
}

static void
report_save_take (ReportSave *self, GtkFileChooser *chooser)
{
  g_autoptr (GFile) chosen = gtk_file_chooser_get_file (chooser);
  g_autoptr (GFile) file = report_save_dup_file (chooser, chosen);
  g_autofree char *name = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *text = NULL;

  /* GTK has asked whether what was chosen is to be replaced, and of this one it has not. */
  if (g_file_equal (file, chosen) || !g_file_query_exists (file, NULL))
    {
      report_save_write (self, file);
      return;
    }
  name = g_file_get_basename (file);
  shown = platter_shown_dup_name (name);
  text = g_strdup_printf (
    _ ("%s exists already. Give the report another name, or remove that file."), shown);
  report_save_tell (self->widget, text);
}

static void
report_save_response_cb (GtkNativeDialog *dialog, int response, ReportSave *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    report_save_take (self, GTK_FILE_CHOOSER (dialog));
  g_object_unref (dialog);
}

/* When it began, and of which target: names that sort, and do not collide. */
static char *
report_save_dup_name (PlatterJob *job)
{
  g_autoptr (GDateTime) started
    = g_date_time_new_from_unix_local ((gint64)platter_job_get_started (job));
  g_autofree char *when
    = started != NULL ? g_date_time_format (started, "%Y-%m-%d-%H%M") : g_strdup ("");
  g_autoptr (PlatterJobTarget) target = g_list_model_get_item (platter_job_get_targets (job), 0);
  const char *serial = target != NULL ? platter_job_target_get_serial (target) : "";
  g_autofree char *name
    = g_strdup_printf ("platter-%s%s%s", when, serial[0] != '\0' ? "-" : "", serial);

  /* A serial number is whatever the drive says. */
  g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_", '_');
  return g_strconcat (name, SUGGESTED, NULL);
}

static void
report_save_add_filter (GtkFileChooser *chooser, const char *name, const char *ending)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_suffix (filter, ending + 1);
  g_object_set_data (G_OBJECT (filter), ENDING, (gpointer)ending);
  gtk_file_chooser_add_filter (chooser, filter);
}

void
platter_report_save (GtkWidget *widget, PlatterJob *job)
{
  GtkFileChooserNative *dialog
    = gtk_file_chooser_native_new (_ ("Save Report"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), NULL);
  g_autofree char *name = report_save_dup_name (job);
  ReportSave *self = g_new0 (ReportSave, 1);

  self->widget = g_object_ref (widget);
  self->job = g_object_ref (job);
  report_save_add_filter (GTK_FILE_CHOOSER (dialog), _ ("Page to read and print"), SUGGESTED);
  report_save_add_filter (GTK_FILE_CHOOSER (dialog), _ ("PDF, for paper"), ".pdf");
  report_save_add_filter (GTK_FILE_CHOOSER (dialog), _ ("JSON for programs"), ".json");
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (report_save_response_cb), self,
                         report_save_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
