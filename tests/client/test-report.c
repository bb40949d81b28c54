// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A report of what is hostile, missing or too much. What a real job says is tested with real drives.

#include <glib/gstdio.h>

#include "client/job-private.h"
#include "client/job-target-private.h"
#include "client/json.h"
#include "client/report-file.h"
#include "client/report-read.h"
#include "client/report.h"

#define HOSTILE "<script>alert(1)</script> \\\"'&amp; \\u0001\\u001b\\u202e"

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

/* A job that has ended, as it is after the helper told of it; @report may be NULL: then it was lost. */
static PlatterJob *
make_job (const char *details, const char *report)
{
  g_autoptr (GInputStream) in = g_memory_input_stream_new ();
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (in, out);
  g_autoptr (GDBusConnection) connection
    = g_dbus_connection_new_sync (stream, NULL, G_DBUS_CONNECTION_FLAGS_NONE, NULL, NULL, NULL);
  PlatterJob *job = platter_job_new (connection, NULL, "/org/platter/Helper1/jobs/17");
  g_autoptr (GVariant) list = NULL;

  g_variant_unref (job->details);
  job->details = parse (details);
  list = g_variant_lookup_value (job->details, "targets", G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) told = g_variant_get_child_value (list, i);
      g_autoptr (PlatterJobTarget) target = platter_job_target_new ();

      platter_job_target_set_details (target, told);
      g_list_store_append (job->targets, target);
    }
  if (report == NULL)
    {
      platter_job_lose (job);
      return job;
    }
  job->report = parse (report);
  job->is_running = FALSE;
  g_clear_pointer (&list, g_variant_unref);
  list = g_variant_lookup_value (job->report, "targets", G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) told = g_variant_get_child_value (list, i);
      g_autoptr (PlatterJobTarget) target
        = g_list_model_get_item (G_LIST_MODEL (job->targets), (guint)i);

      platter_job_target_set_report (target, told);
    }
  return job;
}

static PlatterJob *
make_hostile_job (void)
{
  return make_job ("{'kind': <'clone'>, 'size': <uint64 4096>, 'started': <uint64 1795876325>,"
                   " 'source': <{'name': <\"" HOSTILE "\">, 'serial': <\"" HOSTILE "\">}>,"
                   " 'targets': <[{'name': <\"" HOSTILE "\">, 'device': <'/dev/sdb'>}]>}",
                   "{'ended': <uint64 1795876325>, 'error-message': <\"" HOSTILE "\">,"
                   " 'targets': <[{'verdict': <'failed'>, 'error-message': <\"" HOSTILE "\">,"
                   " 'gpt': <'failed'>, 'gpt-message': <\"" HOSTILE "\">}]>}");
}

static void
test_hostile_json (void)
{
  g_autoptr (PlatterJob) job = make_hostile_job ();
  g_autoptr (GVariant) report = platter_report_new (job, NULL);
  g_autofree char *text = platter_report_file_dup_text ("x.json", report);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *at = text; *at != '\0'; at++)
    g_assert_true (*at == '\n' || (guchar)*at >= 0x20);
  g_assert_nonnull (strstr (text, "<script>alert(1)</script> \\\"'&amp; \\u0001\\u001b"));
  g_assert_nonnull (strstr (text, "\"started\": \"2026-11-28T"));
}

static void
ignore_text (
  GMarkupParseContext *context, const char *text, gsize length, gpointer user_data, GError **error)
{
}

static void
test_hostile_page (void)
{
  const GMarkupParser parser = { .text = ignore_text };
  g_autoptr (PlatterJob) job = make_hostile_job ();
  g_autoptr (GVariant) report = platter_report_new (job, NULL);
  g_autofree char *text = platter_report_file_dup_text ("x.html", report);
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, NULL, NULL);
  g_autoptr (GError) error = NULL;
  const char *root = strstr (text, "<html");

  g_assert_nonnull (root);
  g_markup_parse_context_parse (context, root, -1, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (text, "<script"));
  g_assert_nonnull (strstr (text, "&lt;script&gt;alert(1)&lt;/script&gt;"));
  g_assert_null (strstr (text, "\u202e"));
  for (const char *at = text; *at != '\0'; at++)
    g_assert_true (*at == '\n' || (guchar)*at >= 0x20);
}

static void
test_too_many_places (void)
{
  g_autoptr (GString) told = g_string_new ("{'targets': <[{'verdict': <'mismatched'>,"
                                           " 'mismatch-count': <uint64 9000>, 'mismatches': <[");
  g_autoptr (PlatterJob) job = NULL;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GVariant) targets = NULL;
  g_autoptr (GVariant) target = NULL;
  g_autoptr (GVariant) places = NULL;
  guint64 omitted = 0;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (told,
                            "%s(uint64 %u, uint64 1, uint64 1, 'bits', uint64 0, uint32 1,"
                            " uint32 0, false)",
                            i > 0 ? ", " : "", i * 4096);
  g_string_append (told, "]>}]>}");
  job = make_job ("{'targets': <[@a{sv} {}]>}", told->str);
  report = platter_report_new (job, NULL);
  targets = g_variant_lookup_value (report, "targets", NULL);
  target = g_variant_get_child_value (targets, 0);
  places = g_variant_lookup_value (target, "mismatches", NULL);
  g_assert_cmpuint (g_variant_n_children (places), ==, PLATTER_REPORT_MAX_MISMATCHES);
  g_assert_true (g_variant_lookup (target, "mismatches-omitted", "t", &omitted));
  g_assert_cmpuint (omitted, ==, 9000 - PLATTER_REPORT_MAX_MISMATCHES);
}

/* A job that is made from a report has what the helper told. */
static void
check_damage (GVariant *report)
{
  g_autoptr (PlatterJob) job = platter_job_new_written (report);
  g_autoptr (GVariant) told = platter_job_dup_report (job);
  g_autoptr (GVariant) places = g_variant_lookup_value (told, "damage-places", NULL);
  g_autoptr (GVariant) owners = platter_job_dup_damage (job);
  g_autofree char *state = platter_job_dup_damage_state (job);
  g_autofree char *text = g_variant_print (owners, FALSE);
  g_autofree char *indexes = g_variant_print (places, FALSE);

  g_assert_cmpstr (state, ==, "incomplete");
  g_assert_cmpuint (platter_job_get_damaged_files (job), ==, 2);
  g_assert_cmpstr (text, ==,
                   "[(2, 'file', '/a<b>', 512, 700, 1), (0, 'free', '', 8192, 512, 1), "
                   "(2, 'folder', '/c', 1300, 100, 1)]");
  g_assert_cmpstr (indexes, ==, "[[0, 2], [1]]");
}

/* A rescue that ended early: what it did not come to is not called unreadable. */
static void
test_untried (void)
{
  const char *const untried[] = { "1536", "512" };
  const char *const words[]
    = { " was not read yet, in 3 places.", " was not read yet, in 3 places in all." };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *told = g_strdup_printf (
        "{'outcome': <'failed'>, 'targets': <[{'verdict': <'failed'>}]>,"
        " 'missing-bytes': <uint64 1536>, 'missing-count': <uint64 3>,"
        " 'untried-bytes': <uint64 %s>, 'missing': <[(uint64 512, uint64 1024)]>}",
        untried[i]);
      g_autoptr (PlatterJob) job
        = make_job ("{'kind': <'clone'>, 'started': <uint64 1>,"
                    " 'targets': <[{'name': <'to'>, 'size': <uint64 9000>, 'is-image': <false>}]>,"
                    " 'source': <{'name': <'from'>, 'size': <uint64 9000>, 'is-image': <false>}>}",
                    told);
      g_autoptr (GVariant) properties = parse ("{'Kind': <'clone'>, 'Outcome': <'failed'>}");
      g_autoptr (GVariant) report = NULL;
      g_autoptr (GVariant) again = NULL;
      g_autofree char *json = NULL;
      g_autofree char *page = NULL;

      platter_job_update (job, properties);
      report = platter_report_new (job, NULL);
      json = platter_report_file_dup_text ("x.json", report);
      page = platter_report_file_dup_text ("x.html", report);
      again = platter_report_read (json, strlen (json), NULL);
      g_assert_cmpvariant (again, report);
      g_assert_nonnull (strstr (page, words[i]));
      g_assert_cmpint (strstr (page, " could not be read, and ") != NULL, ==, i == 1);
      g_assert_cmpuint (platter_job_get_untried_bytes (job), ==, i == 0 ? 1536 : 512);
    }
}

/* What a rescue could not read, and what it was to do, stands in the report and on the page; and comes back. */
static void
test_rescue (void)
{
  g_autoptr (PlatterJob) job = make_job (
    "{'kind': <'clone'>, 'started': <uint64 1>,"
    " 'targets': <[{'name': <'to'>, 'size': <uint64 9000>, 'is-image': <false>}]>,"
    " 'source': <{'name': <'from'>, 'size': <uint64 9000>, 'is-image': <false>}>,"
    " 'options': <{'on-error': <'rescue'>, 'rescue': <true>, 'retries': <uint32 4294967295>,"
    " 'error-limit': <uint64 9>, 'time-limit': <uint32 61>, 'zero-bad': <false>}>}",
    "{'outcome': <'incomplete'>, 'targets': <[{'verdict': <'incomplete'>}]>,"
    " 'missing-bytes': <uint64 1536>, 'missing-count': <uint64 3>, 'read-errors': <uint64 8>,"
    " 'carried': <uint64 4096>, 'missing': <[(uint64 512, uint64 1024), (uint64 8192, 512)]>,"
    " 'damage-state': <'incomplete'>, 'damage-files': <uint64 2>,"
    " 'damage': <[(uint32 2, 'file', '/a<b>', uint64 512, uint64 700, uint64 1),"
    " (0, 'free', '', 8192, 512, 1), (2, 'folder', '/c', 1300, 100, 1)]>,"
    " 'damage-places': <[[uint32 0, 2], [1]]>}");
  g_autoptr (GVariant) properties = parse ("{'Kind': <'clone'>, 'Outcome': <'incomplete'>}");
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autofree char *json = NULL;
  g_autofree char *page = NULL;
  g_autoptr (GError) error = NULL;

  platter_job_update (job, properties);
  report = platter_report_new (job, NULL);
  json = platter_report_file_dup_text ("x.json", report);
  page = platter_report_file_dup_text ("x.html", report);
  again = platter_report_read (json, strlen (json), &error);
  g_assert_no_error (error);
  g_assert_cmpvariant (again, report);
  g_assert_nonnull (strstr (json, "\"missing-count\": 3"));
  g_assert_nonnull (strstr (json, "\"time-limit-s\": 61"));
  g_assert_nonnull (strstr (json, "\"carried-bytes\": 4096"));
  g_assert_nonnull (strstr (page, "could not be read, in 3 places."));
  g_assert_nonnull (strstr (page, "<li>2 sectors from sector 1 on (byte 512)</li>"));
  g_assert_nonnull (strstr (page, "and 1 more place<"));
  g_assert_nonnull (strstr (page, "2 files and folders are damaged."));
  g_assert_nonnull (strstr (page, "This may not be all: not everything"));
  g_assert_nonnull (strstr (page, "<li>/a&lt;b&gt; · 700 bytes · Partition 2</li>"));
  g_assert_nonnull (strstr (page, "<li>Free space · 512 bytes</li>"));
  g_assert_nonnull (strstr (page, "<li>/c (folder) · 100 bytes · Partition 2</li>"));
  check_damage (again);
  g_assert_nonnull (strstr (page, "down to each sector"));
  g_assert_nonnull (strstr (page, "Without end"));
  g_assert_nonnull (strstr (page, "1 min 1 s"));
}

/* Nothing is ever called good by accident. */
static void
test_lost_job (void)
{
  g_autoptr (PlatterJob) job = make_job ("{'kind': <'clone'>, 'size': <uint64 4096>,"
                                         " 'targets': <[{'name': <'a'>}]>}",
                                         NULL);
  g_autoptr (GVariant) report = platter_report_new (job, NULL);
  g_autoptr (GVariant) targets = g_variant_lookup_value (report, "targets", NULL);
  g_autoptr (GVariant) target = g_variant_get_child_value (targets, 0);
  const char *outcome = NULL;
  const char *verdict = NULL;
  gboolean is_lost = FALSE;

  g_assert_true (g_variant_lookup (report, "outcome", "&s", &outcome));
  g_assert_cmpstr (outcome, ==, "failed");
  g_assert_true (g_variant_lookup (target, "verdict", "&s", &verdict));
  g_assert_cmpstr (verdict, ==, "failed");
  g_assert_true (g_variant_lookup (report, "is-lost", "b", &is_lost));
  g_assert_true (is_lost);
}

/* Read again it says what it said at its end, and not what is said of any other that was lost. */
static void
test_lost_job_is_read_again (void)
{
  g_autoptr (PlatterJob) job
    = make_job ("{'kind': <'clone'>, 'targets': <[{'name': <'a'>}]>}", NULL);
  g_autoptr (GVariant) report = NULL;
  g_autoptr (PlatterJob) again = NULL;

  g_free (job->kind);
  job->kind = g_strdup ("clone");
  job->is_bus_lost = TRUE;
  report = platter_report_new (job, NULL);
  again = platter_job_new_written (report);
  g_assert_true (platter_job_is_lost (again));
  g_assert_nonnull (strstr (platter_job_get_error_message (again), "system bus"));
  g_assert_cmpstr (platter_job_get_error_message (again), ==, platter_job_get_error_message (job));
}

static void
test_map_has_no_gaps (void)
{
  g_autoptr (PlatterJob) job
    = make_job ("{'size': <uint64 3>, 'targets': <[@a{sv} {}]>}",
                "{'targets': <[{'map': <[byte 5, 5, 5, 10, 10, 0, 0]>}]>}");
  g_autoptr (GVariant) report = platter_report_new (job, NULL);
  g_autoptr (GVariant) targets = g_variant_lookup_value (report, "targets", NULL);
  g_autoptr (GVariant) target = g_variant_get_child_value (targets, 0);
  g_autoptr (GVariant) map = g_variant_lookup_value (target, "map", NULL);
  guint64 end = 0;

  for (gsize i = 0; i < g_variant_n_children (map); i++)
    {
      g_autoptr (GVariant) range = g_variant_get_child_value (map, i);
      guint64 offset = 0;
      guint64 length = 0;

      g_variant_lookup (range, "offset-bytes", "t", &offset);
      g_variant_lookup (range, "length-bytes", "t", &length);
      g_assert_cmpuint (offset, ==, end);
      g_assert_cmpuint (length, >, 0);
      end += length;
    }
  g_assert_cmpuint (end, ==, 3);
}

static void
test_file_is_whole_or_not_there (void)
{
  g_autofree char *folder = g_dir_make_tmp ("platter-report-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "report.json", NULL);
  g_autoptr (GPtrArray) drives = g_ptr_array_new ();
  g_autoptr (PlatterJob) job = make_hostile_job ();
  g_autoptr (GVariant) report = platter_report_new (job, NULL);
  g_autoptr (GError) error = NULL;
  PlatterReportFile *file = platter_report_file_new (path, drives, &error);

  /* Given up: nothing is left. */
  g_assert_no_error (error);
  g_assert_true (platter_report_file_open (file, &error));
  platter_report_file_free (file);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);

  /* Somebody else was faster: theirs stays. */
  file = platter_report_file_new (path, drives, &error);
  g_assert_true (platter_report_file_open (file, &error));
  g_assert_true (g_file_set_contents (path, "theirs", -1, NULL));
  g_assert_false (platter_report_file_write (file, report, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  platter_report_file_free (file);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_names (void)
{
  g_assert_true (platter_report_file_is_named ("a.json"));
  g_assert_true (platter_report_file_is_named ("/x/a.JSON"));
  g_assert_false (platter_report_file_is_named (".json"));
  g_assert_false (platter_report_file_is_named ("/x/.json"));
  g_assert_false (platter_report_file_is_named ("a.json.gz"));
  g_assert_false (platter_report_file_is_named ("json"));
  g_assert_false (platter_report_file_is_named ("a.json/"));
  g_assert_false (platter_report_file_is_named (""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/hostile-json", test_hostile_json);
  g_test_add_func ("/report/hostile-page", test_hostile_page);
  g_test_add_func ("/report/too-many-places", test_too_many_places);
  g_test_add_func ("/report/rescue", test_rescue);
  g_test_add_func ("/report/untried", test_untried);
  g_test_add_func ("/report/lost-job", test_lost_job);
  g_test_add_func ("/report/lost-job-is-read-again", test_lost_job_is_read_again);
  g_test_add_func ("/report/map-has-no-gaps", test_map_has_no_gaps);
  g_test_add_func ("/report/file-is-whole-or-not-there", test_file_is_whole_or_not_there);
  g_test_add_func ("/report/names", test_names);
  return g_test_run ();
}
