// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platterctl history: the reports of jobs that have ended.

#include "config.h"

#include "commands.h"

#include <glib/gi18n.h>

#include "../client/history.h"
#include "../client/job.h"
#include "../client/json.h"
#include "../client/messages.h"
#include "../client/report-file.h"
#include "options.h"
#include "result.h"
#include "status.h"

static const PlatterOptionsCommand command_history_command = {
  .name = "history",
  .operands = "[list WORD…|show ID|delete ID|delete --all]",
  .description = N_ ("Lists, searches, shows or deletes the reports of jobs that have ended."),
  .use = PLATTER_OPTIONS_REPORT | PLATTER_OPTIONS_HISTORY,
  .max_operands = 32,
};

static GVariant *
command_history_new_object (PlatterHistoryEntry *entry, PlatterJob *job)
{
  GVariantDict object;

  g_variant_dict_init (&object, NULL);
  g_variant_dict_insert (&object, "type", "s", "history");
  g_variant_dict_insert (&object, "id", "s", entry->id);
  g_variant_dict_insert (&object, "kind", "s", platter_job_get_kind (job));
  g_variant_dict_insert (&object, "title", "s", platter_job_get_title (job));
  g_variant_dict_insert (&object, "outcome", "s", platter_job_get_outcome (job));
  g_variant_dict_insert (&object, "started", "t", platter_job_get_started (job));
  g_variant_dict_insert (&object, "size", "t", platter_job_get_size_bytes (job));
  return g_variant_dict_end (&object);
}

static void
command_history_print (PlatterHistoryEntry *entry, PlatterJob *job)
{
  g_autoptr (GDateTime) started
    = g_date_time_new_from_unix_local ((gint64)platter_job_get_started (job));
  g_autofree char *when
    = started != NULL ? g_date_time_format (started, "%Y-%m-%d %H:%M") : g_strdup ("");
  gboolean is_comparison = g_str_equal (platter_job_get_kind (job), "verify");

  /* Translators: the name of a report, when the job began, what it did, and its verdict */
  g_print (_ ("%s  %s  %s  %s\n"), entry->id, when, platter_job_get_title (job),
           platter_message_get_verdict (platter_job_get_outcome (job), is_comparison));
}

static int
command_history_list (const char *folder, PlatterOptions *options)
{
  g_autoptr (GPtrArray) skipped = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) entries = platter_history_list (folder, skipped);
  g_autofree char *search = g_strjoinv (" ", options->operands + MIN (options->n_operands, 1));
  guint n_found = 0;

  for (guint i = 0; i < entries->len; i++)
    {
      PlatterHistoryEntry *entry = g_ptr_array_index (entries, i);
      g_autoptr (PlatterJob) job = NULL;

      if (!platter_history_matches (entry->report, search))
        continue;
      job = platter_job_new_written (entry->report);
      if (options->json)
        platter_json_print (command_history_new_object (entry, job));
      else
        command_history_print (entry, job);
      n_found++;
    }
  for (guint i = 0; i < skipped->len; i++)
    g_printerr (_ ("Skipped, because it cannot be read as a report: %s\n"),
                (const char *)g_ptr_array_index (skipped, i));
  if (n_found == 0 && !options->json && !options->quiet)
    g_printerr ("%s\n", _ ("There are no reports."));
  return PLATTER_STATUS_DONE;
}

/* What --report would write, which has no such key. */
static void
command_history_print_report (GVariant *report)
{
  GVariantDict object;

  g_variant_dict_init (&object, report);
  g_variant_dict_insert (&object, "type", "s", "history-report");
  platter_json_print (g_variant_dict_end (&object));
}

static int
command_history_save (GVariant *report, PlatterOptions *options)
{
  g_autoptr (GPtrArray) no_drives = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterReportFile) file = platter_report_file_new (options->report, no_drives, &error);

  if (file == NULL || !platter_report_file_open (file, &error)
      || !platter_report_file_write (file, report, &error))
    return platter_status_tell (error, options->json);
  return PLATTER_STATUS_DONE;
}

static int
command_history_show (const char *folder, PlatterOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) report = platter_history_find (folder, options->operands[1], &error);

  if (report == NULL)
    return platter_status_tell (error, options->json);
  if (options->report != NULL)
    return command_history_save (report, options);
  if (options->json)
    {
      command_history_print_report (report);
      return PLATTER_STATUS_DONE;
    }
  g_autoptr (PlatterJob) job = platter_job_new_written (report);
  g_print ("%s\n", platter_job_get_title (job));
  platter_result_print (job, options);
  return PLATTER_STATUS_DONE;
}

static int
command_history_delete (const char *folder, PlatterOptions *options)
{
  g_autoptr (GError) error = NULL;
  gboolean is_done = options->all ? platter_history_clear (folder, &error)
                                  : platter_history_delete (folder, options->operands[1], &error);

  return is_done ? PLATTER_STATUS_DONE : (int)platter_status_tell (error, options->json);
}

int
platter_command_history (int argc, char **argv)
{
  int status = PLATTER_STATUS_DONE;
  g_autoptr (PlatterOptions) options
    = platter_options_parse (&command_history_command, argc, argv, &status);
  g_autofree char *folder = platter_history_dup_folder ();

  if (options == NULL)
    return status;

  const char *action = options->n_operands > 0 ? options->operands[0] : "list";
  gboolean has_id = options->n_operands == 2;
  if (g_str_equal (action, "list") && !options->all && options->report == NULL)
    return command_history_list (folder, options);
  if (g_str_equal (action, "show") && has_id && !options->all)
    return command_history_show (folder, options);
  if (g_str_equal (action, "delete") && options->report == NULL
      && (options->all ? options->n_operands == 1 : has_id))
    return command_history_delete (folder, options);
  return platter_status_tell_usage (
    _ ("history takes nothing, “list” and words to search for, “show” and an "
       "ID, “delete” and an ID, or “delete --all”."),
    "history", options->json);
}
