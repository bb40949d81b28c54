// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The reports that are kept: what is written is read again, whatever else lies in the folder.

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/history.h"
#include "client/map-cells.h"
#include "client/job-private.h"
#include "client/json-read.h"
#include "client/json.h"
#include "client/report-file.h"
#include "client/report-read.h"
#include "client/report.h"

#define WORD "\"name\": \"Ada's “stick”\""

static char *
make_text (guint second, const char *more)
{
  return g_strdup_printf (
    "{\"format\": \"platter-report\", \"version\": 1, \"kind\": \"write\", \"size-bytes\": 4096,"
    " \"started\": \"2026-11-28T14:32:%02uZ\", \"ended\": \"2026-11-28T14:33:00Z\","
    " \"outcome\": \"mismatched\", \"is-lost\": false, \"duration-us\": 5000000,"
    " \"source\": {\"name\": \"a.iso\", \"size-bytes\": 4096, \"is-image\": true},"
    " \"options\": {\"verify\": true, \"digests\": [\"sha256\"], \"stall-timeout-s\": 7},"
    " \"digests\": {\"sha256\": \"00ff\"}, \"read-bytes\": 4096,"
    " \"phases\": [{\"phase\": \"copying\", \"duration-us\": 77, \"bytes\": 4096}],"
    " \"rates\": [{\"time-us\": 5, \"rate-bytes-per-s\": 9, \"phase\": \"copying\"}],"
    " \"targets\": [{" WORD ", \"device\": \"/dev/sdx\", \"size-bytes\": 18446744073709551615,"
    " \"is-image\": false, \"verdict\": \"mismatched\", \"verified-bytes\": 3072,"
    " \"mismatched-bytes\": 1024, \"mismatch-count\": 1, \"mismatches\": [{\"offset-bytes\": 1024,"
    " \"length-bytes\": 2, \"differing-bytes\": 2, \"class\": \"bits\", \"bits\": 3,"
    " \"repair-attempts\": 1, \"repaired\": false}],"
    " \"map\": [{\"offset-bytes\": 0, \"length-bytes\": 1024, \"state\": \"verified\"},"
    " {\"offset-bytes\": 1024, \"length-bytes\": 1024, \"state\": \"mismatched\"},"
    " {\"offset-bytes\": 2048, \"length-bytes\": 2048, \"state\": \"verified\"}]}]%s}",
    second, more);
}

static GVariant *
make_report (guint second)
{
  g_autofree char *text = make_text (second, "");
  g_autoptr (GError) error = NULL;
  GVariant *report = platter_report_read (text, strlen (text), &error);

  g_assert_no_error (error);
  return report;
}

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *top = g_dir_make_tmp ("platter-history-XXXXXX", NULL);

  self->folder = g_build_filename (top, "not", "yet", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *middle = g_path_get_dirname (self->folder);
  g_autofree char *top = g_path_get_dirname (middle);

  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_assert_cmpint (g_rmdir (middle), ==, 0);
  g_assert_cmpint (g_rmdir (top), ==, 0);
  g_free (self->folder);
}

static void
write_file (Fixture *self, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, content, -1, NULL));
}

static void
test_kept (Fixture *self, gconstpointer data)
{
  g_autoptr (GVariant) first = make_report (1);
  g_autoptr (GVariant) second = make_report (2);
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;
  struct stat status;

  g_assert_true (platter_history_add (self->folder, second, &error));
  g_assert_true (platter_history_add (self->folder, first, &error));
  /* Somebody else watched the same job. */
  g_assert_true (platter_history_add (self->folder, first, &error));
  g_assert_no_error (error);
  g_assert_cmpint (stat (self->folder, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0700);

  entries = platter_history_list (self->folder, NULL);
  g_assert_cmpuint (entries->len, ==, 2);
  PlatterHistoryEntry *newest = g_ptr_array_index (entries, 0);
  g_assert_true (g_str_has_prefix (newest->id, "20261128T143202Z-"));
  g_assert_cmpvariant (newest->report, second);

  g_assert_true (platter_history_delete (self->folder, newest->id, &error));
  g_assert_null (platter_history_find (self->folder, newest->id, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (platter_history_delete (self->folder, "../../x", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (platter_history_clear (self->folder, &error));
  g_clear_pointer (&entries, g_ptr_array_unref);
  entries = platter_history_list (self->folder, NULL);
  g_assert_cmpuint (entries->len, ==, 0);
}

static void
test_foreign (Fixture *self, gconstpointer data)
{
  static const char *const names[]
    = { "20261128T143203Z-00000000.json", "20261128T143203Z-00000001.json",
        "20261128T143203Z-00000002.json", "20261128T143203Z-00000003.json", "notes.txt" };
  g_autofree char *next_version = make_text (3, "");
  g_autoptr (GVariant) report = make_report (1);
  g_autoptr (GPtrArray) skipped = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) entries = NULL;
  g_autofree char *notes = g_build_filename (self->folder, names[4], NULL);
  g_autofree char *pipe = g_build_filename (self->folder, names[2], NULL);
  g_autofree char *link = g_build_filename (self->folder, names[3], NULL);

  g_assert_true (platter_history_add (self->folder, report, NULL));
  memcpy (strstr (next_version, "\"version\": 1"), "\"version\": 2", 12);
  write_file (self, names[0], "{\"format\": \"platter-report\"");
  write_file (self, names[1], next_version);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (symlink (notes, link), ==, 0);
  write_file (self, names[4], "mine");

  entries = platter_history_list (self->folder, skipped);
  g_assert_cmpuint (entries->len, ==, 1);
  g_assert_cmpuint (skipped->len, ==, G_N_ELEMENTS (names));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_true (g_ptr_array_find_with_equal_func (skipped, names[i], g_str_equal, NULL));

  g_assert_true (platter_history_clear (self->folder, NULL));
  g_assert_cmpint (g_unlink (notes), ==, 0); /* it was left alone */
}

static void
test_bounded (Fixture *self, gconstpointer data)
{
  g_autoptr (GVariant) report = make_report (59);
  g_autoptr (GPtrArray) entries = NULL;
  g_autofree char *oldest = g_build_filename (self->folder, "20200101T000000Z-00000000.json", NULL);

  g_assert_cmpint (g_mkdir_with_parents (self->folder, 0700), ==, 0);
  for (guint i = 0; i < PLATTER_HISTORY_MAX; i++)
    {
      g_autofree char *name = g_strdup_printf ("20200101T000000Z-%08x.json", i);

      write_file (self, name, "");
    }
  g_assert_true (platter_history_add (self->folder, report, NULL));
  g_assert_cmpint (g_access (oldest, F_OK), !=, 0);
  entries = platter_history_list (self->folder, NULL);
  g_assert_cmpuint (entries->len, ==, 1);
  g_assert_true (platter_history_clear (self->folder, NULL));
}

static void
write_file_at (Fixture *self, const char *id, const char *text, int nanosecond)
{
  g_autofree char *name = g_strconcat (id, ".json", NULL);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  const struct timespec times[2]
    = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = 1795876400, .tv_nsec = nanosecond } };

  write_file (self, name, text);
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

/* A long job ends after many that began later, and the clock was wrong once: its report stays, also after the next one. */
static void
test_long_job (Fixture *self, gconstpointer data)
{
  const gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GVariant) first = make_report (1);
  g_autoptr (GVariant) second = make_report (2);
  g_autofree char *first_id = platter_history_dup_id (first);
  g_autofree char *second_id = platter_history_dup_id (second);
  g_autoptr (GVariant) found = NULL;
  g_autoptr (GVariant) other = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) skipped = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) entries = NULL;

  g_assert_cmpint (g_mkdir_with_parents (self->folder, 0700), ==, 0);
  for (guint i = 0; i < PLATTER_HISTORY_MAX; i++)
    {
      g_autofree char *name = g_strdup_printf ("20991231T000000Z-%08x.json", i);
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      const struct timespec times[2]
        = { { .tv_nsec = UTIME_OMIT },
            { .tv_sec = i < PLATTER_HISTORY_MAX / 2 ? 4102358400 : now_s - 60 } };

      write_file (self, name, "");
      g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
    }
  g_assert_true (platter_history_add (self->folder, first, &error));
  g_assert_true (platter_history_add (self->folder, second, &error));
  g_assert_no_error (error);
  found = platter_history_find (self->folder, first_id, NULL);
  other = platter_history_find (self->folder, second_id, NULL);
  g_assert_nonnull (found);
  g_assert_nonnull (other);
  entries = platter_history_list (self->folder, skipped);
  g_assert_cmpuint (entries->len + skipped->len, ==, PLATTER_HISTORY_MAX);
  g_assert_true (platter_history_clear (self->folder, NULL));
}

static gpointer
clear_thread (gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (platter_history_clear (data, &error));
  g_assert_no_error (error);
  return NULL;
}

/* Two who delete all at the same time have both done what they were asked. */
static void
test_cleared_by_two (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (g_mkdir_with_parents (self->folder, 0700), ==, 0);
  for (guint i = 0; i < 20; i++)
    {
      GThread *threads[2];

      for (guint n = 0; n < PLATTER_HISTORY_MAX; n++)
        {
          g_autofree char *name = g_strdup_printf ("20200101T000000Z-%08x.json", n);

          write_file (self, name, "");
        }
      for (guint n = 0; n < G_N_ELEMENTS (threads); n++)
        threads[n] = g_thread_new ("clear", clear_thread, self->folder);
      for (guint n = 0; n < G_N_ELEMENTS (threads); n++)
        g_thread_join (threads[n]);
    }
}

/* Two that began in one second: the one that was kept last is the newest, whatever the rest of its name is. */
static void
test_same_second (Fixture *self, gconstpointer data)
{
  static const char *const ids[] = { "20261128T143203Z-00000000", "20261128T143203Z-00000001" };
  g_autofree char *text = make_text (3, "");

  g_assert_cmpint (g_mkdir_with_parents (self->folder, 0700), ==, 0);
  for (guint newest = 0; newest < 2; newest++)
    {
      g_autoptr (GPtrArray) entries = NULL;

      write_file_at (self, ids[0], text, newest == 0);
      write_file_at (self, ids[1], text, newest == 1);
      entries = platter_history_list (self->folder, NULL);
      g_assert_cmpuint (entries->len, ==, 2);
      g_assert_cmpstr (((PlatterHistoryEntry *)entries->pdata[0])->id, ==, ids[newest]);
    }
  g_assert_true (platter_history_clear (self->folder, NULL));
}

/* A report with all that only some jobs have. */
static GVariant *
make_rich_report (const char *kind, const char *options, const char *target, const char *more)
{
  g_autofree char *text = g_strdup_printf (
    "{\"format\": \"platter-report\", \"version\": 1, \"kind\": \"%s\", \"size-bytes\": 4096,"
    " \"started\": \"2026-11-28T14:32:05Z\", \"ended\": \"2026-11-28T14:33:00Z\","
    " \"outcome\": \"verified\", \"is-lost\": false, \"options\": {%s},"
    " \"source\": {\"size-bytes\": 4096, \"is-image\": false, \"partition-table\": \"gpt\"},"
    " \"targets\": [{\"size-bytes\": 4096, \"is-image\": true, \"verdict\": \"verified\"%s}]%s}",
    kind, options, target, more);
  g_autoptr (GError) error = NULL;
  GVariant *report = platter_report_read (text, strlen (text), &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  /* Nothing of it gets lost: what is read of it is written as it was. */
  again = platter_report_file_dup_text ("x.json", report);
  for (const char *key = options; (key = strchr (key, '"')) != NULL;
       key = strchr (key + 1, '"') + 1)
    {
      g_autofree char *word = g_strndup (key, (gsize)(strchr (key + 1, '"') - key) + 1);

      g_assert_nonnull (strstr (again, word));
    }
  g_assert_nonnull (strstr (again, "\"partition-table\": \"gpt\""));
  return report;
}

static void
test_packed_job (void)
{
  g_autoptr (GVariant) report
    = make_rich_report ("image", "\"format\": \"zst\", \"level\": 3",
                        ", \"packed-bytes\": 77, \"packed-sha256\": \"00ff\"", "");
  g_autoptr (PlatterJob) job = platter_job_new_written (report);
  g_autoptr (PlatterJobTarget) target = g_list_model_get_item (platter_job_get_targets (job), 0);
  g_autoptr (GVariant) told = platter_job_target_dup_report (target);
  g_autoptr (GVariant) options
    = g_variant_lookup_value (platter_job_get_details (job), "options", G_VARIANT_TYPE_VARDICT);
  const char *format = "";
  const char *digest = "";
  guint64 packed = 0;
  guint32 level = 0;

  g_assert_true (g_variant_lookup (told, "packed", "t", &packed));
  g_assert_cmpuint (packed, ==, 77);
  g_assert_true (g_variant_lookup (told, "packed-sha256", "&s", &digest));
  g_assert_cmpstr (digest, ==, "00ff");
  g_assert_true (g_variant_lookup (options, "format", "&s", &format));
  g_assert_cmpstr (format, ==, "zst");
  g_assert_true (g_variant_lookup (options, "level", "u", &level));
  g_assert_cmpuint (level, ==, 3);
  /* It has been told of long ago by who made it. */
  g_assert_false (platter_job_is_unsettled (job));
}

static void
test_rescued_job (void)
{
  g_autoptr (GVariant) report = make_rich_report (
    "clone",
    "\"on-error\": \"rescue\", \"rescue\": true, \"retries\": 2, \"error-limit\": 9,"
    " \"time-limit-s\": 60, \"zero-bad\": true",
    "",
    ", \"read-errors\": 5, \"carried-bytes\": 1024, \"missing-bytes\": 1024,"
    " \"missing-count\": 3, \"missing\": [{\"offset-bytes\": 512, \"length-bytes\": 1024}]");
  g_autoptr (PlatterJob) job = platter_job_new_written (report);
  g_autoptr (GVariant) missing = platter_job_dup_missing (job);
  g_autoptr (GVariant) options
    = g_variant_lookup_value (platter_job_get_details (job), "options", G_VARIANT_TYPE_VARDICT);
  guint32 time_limit_s = 0;
  guint64 offset = 0;
  guint64 length = 0;

  g_assert_true (g_variant_lookup (options, "time-limit", "u", &time_limit_s));
  g_assert_cmpuint (time_limit_s, ==, 60);
  g_assert_cmpuint (platter_job_get_read_errors (job), ==, 5);
  g_assert_cmpuint (platter_job_get_carried_bytes (job), ==, 1024);
  g_assert_cmpuint (platter_job_get_missing_bytes (job), ==, 1024);
  g_assert_cmpuint (platter_job_get_missing_count (job), ==, 3);
  g_assert_cmpuint (g_variant_n_children (missing), ==, 1);
  g_variant_get_child (missing, 0, "(tt)", &offset, &length);
  g_assert_cmpuint (offset, ==, 512);
  g_assert_cmpuint (length, ==, 1024);
}

/* Or the history would say of every byte what was proven of some. */
static void
test_job_with_parts (void)
{
  g_autoptr (GVariant) report = make_rich_report (
    "write", "\"verify\": true", "", ", \"left-out-bytes\": 4096, \"answer\": \"skip\"");
  g_autoptr (PlatterJob) job = platter_job_new_written (report);

  g_assert_cmpuint (platter_job_get_left_out_bytes (job), ==, 4096);

  g_autoptr (GVariant) again = platter_report_new (job, NULL);
  guint64 left_out_bytes = 0;
  const char *answer = NULL;

  g_assert_true (g_variant_lookup (again, "left-out-bytes", "t", &left_out_bytes));
  g_assert_cmpuint (left_out_bytes, ==, 4096);
  g_assert_true (g_variant_lookup (again, "answer", "&s", &answer));
  g_assert_cmpstr (answer, ==, "skip");
}

/* What is told of a job and what is told of the job made from its report is the same. */
static void
test_job (void)
{
  g_autoptr (GVariant) report = make_report (5);
  g_autoptr (PlatterJob) job = platter_job_new_written (report);
  g_autoptr (PlatterJobTarget) target = g_list_model_get_item (platter_job_get_targets (job), 0);
  g_autoptr (GVariant) again = platter_report_new (job, NULL);
  g_autoptr (GVariant) mismatches = platter_job_target_dup_mismatches (target);
  GBytes *cells = platter_job_target_get_cells (target);
  const guint8 *bytes = g_bytes_get_data (cells, NULL);
  guint n_points = 0;

  g_assert_cmpvariant (again, report);
  g_assert_false (platter_job_is_running (job));
  g_assert_cmpuint (platter_job_get_id (job), ==, 0);
  g_assert_cmpstr (platter_job_get_kind (job), ==, "write");
  g_assert_cmpstr (platter_job_get_outcome (job), ==, "mismatched");
  g_assert_cmpstr (platter_job_get_source_name (job), ==, "a.iso");
  g_assert_cmpuint (platter_job_get_started (job), ==, 1795876325);
  g_assert_cmpint (platter_job_get_elapsed_us (job), ==, 5000000);
  g_assert_cmpuint (platter_job_target_get_verified_bytes (target), ==, 3072);
  g_assert_cmpuint (g_variant_n_children (mismatches), ==, 1);
  g_assert_cmpuint (g_bytes_get_size (cells), ==, 1024);
  for (guint i = 0; i < 1024; i++)
    g_assert_cmpuint (bytes[i], ==,
                      i >= 256 && i < 512 ? PLATTER_MAP_MISMATCHED : PLATTER_MAP_VERIFIED);
  platter_speed_history_get_points (platter_job_get_speed (job), &n_points);
  g_assert_cmpuint (n_points, ==, 1);
}

static void
test_search (void)
{
  g_autoptr (GVariant) report = make_report (5);

  g_assert_true (platter_history_matches (report, ""));
  g_assert_true (platter_history_matches (report, " A.ISO  ada's"));
  g_setenv ("TZ", "UTC", TRUE);
  g_assert_true (platter_history_matches (report, "/dev/sdx 2026-11-28"));
  /* As it is listed, which is the day before there. */
  g_setenv ("TZ", "-15:00", TRUE);
  g_assert_true (platter_history_matches (report, "2026-11-27 23:3"));
  g_assert_false (platter_history_matches (report, "2026-11-28"));
  g_unsetenv ("TZ");
  g_assert_false (platter_history_matches (report, "M\xfcller"));
  g_assert_false (platter_history_matches (report, "a.iso sdy"));
}

static void
test_not_a_report (void)
{
  static const char *const texts[] = {
    "",
    "null",
    "[]",
    "{}",
    "{\"format\": \"platter-report\", \"version\": 1}",
    "{\"format\": \"other\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (platter_report_read (texts[i], strlen (texts[i]), &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    }
}

/* A key that this version does not know is passed over, one that it knows has its type. */
static void
test_keys (void)
{
  g_autofree char *more = make_text (5, ", \"later\": {\"a\": [1, null]}");
  g_autofree char *wrong = make_text (5, ", \"host\": 7");
  g_autofree char *too_much = make_text (5, ", \"program\": 18446744073709551616");
  g_autoptr (GVariant) known = make_report (5);
  g_autoptr (GVariant) report = platter_report_read (more, strlen (more), NULL);

  g_assert_nonnull (report);
  g_assert_cmpvariant (report, known);
  g_assert_null (platter_report_read (wrong, strlen (wrong), NULL));
  g_assert_null (platter_report_read (too_much, strlen (too_much), NULL));
}

static void
test_json (void)
{
  static const struct
  {
    const char *text;
    const char *again; /* NULL: not JSON */
  } cases[] = {
    { " [1, -2 ,3.5e1, true,false] ", "[1, -2, 35, true, false]" },
    { "{\"a\" : {\"b\":[]}}", "{\"a\": {\"b\": []}}" },
    { "\"\\u00e4\\ud83d\\ude00\\n\\/\"", "\"ä😀\\n/\"" },
    { "18446744073709551615", "18446744073709551615" },
    { "01", NULL },
    { "[1,]", NULL },
    { "{\"a\":1,}", NULL },
    { "[1 2]", NULL },
    { "\"\\ud83d\"", NULL },
    { "\"\\u0000\"", NULL },
    { "\"\\x\"", NULL },
    { "\"\xff\"", NULL },
    { "\"\n\"", NULL },
    { "\"", NULL },
    { "1 1", NULL },
    { "1.", NULL },
    { "-", NULL },
    { "1e999", NULL },
    { "nul", NULL },
    { "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) value = platter_json_read (cases[i].text, strlen (cases[i].text));
      g_autoptr (GString) again = g_string_new (NULL);

      if (cases[i].again == NULL)
        g_assert_null (value);
      else
        {
          g_assert_nonnull (value);
          platter_json_append (again, value);
          g_assert_cmpstr (again->str, ==, cases[i].again);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/history/kept", Fixture, NULL, set_up, test_kept, tear_down);
  g_test_add ("/history/foreign", Fixture, NULL, set_up, test_foreign, tear_down);
  g_test_add ("/history/same-second", Fixture, NULL, set_up, test_same_second, tear_down);
  g_test_add ("/history/bounded", Fixture, NULL, set_up, test_bounded, tear_down);
  g_test_add ("/history/long-job", Fixture, NULL, set_up, test_long_job, tear_down);
  g_test_add ("/history/cleared-by-two", Fixture, NULL, set_up, test_cleared_by_two, tear_down);
  g_test_add_func ("/history/job", test_job);
  g_test_add_func ("/history/packed-job", test_packed_job);
  g_test_add_func ("/history/rescued-job", test_rescued_job);
  g_test_add_func ("/history/job-with-parts", test_job_with_parts);
  g_test_add_func ("/history/search", test_search);
  g_test_add_func ("/history/not-a-report", test_not_a_report);
  g_test_add_func ("/history/keys", test_keys);
  g_test_add_func ("/history/json", test_json);
  return g_test_run ();
}
