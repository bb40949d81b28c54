// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a job shows of what the helper sends: never 100 % before the end, never good by accident.

#include <gio/gio.h>
#include <inttypes.h>

#include "client/job-private.h"
#include "dbus/map-page.h"

/* A connection that nobody answers: only what is sent to the job counts here. */
static PlatterJob *
make_job (GDBusConnection **connection)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GInputStream) in = g_memory_input_stream_new ();
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

  stream = g_simple_io_stream_new (in, out);
  *connection
    = g_dbus_connection_new_sync (stream, NULL, G_DBUS_CONNECTION_FLAGS_NONE, NULL, NULL, &error);
  g_assert_no_error (error);
  return platter_job_new (*connection, NULL, "/org/platter/Helper1/jobs/17");
}

static void
send (PlatterJob *job, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) properties
    = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  platter_job_update (job, properties);
}

static void
test_progress (void)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (PlatterJob) job = make_job (&connection);
  g_autoptr (PlatterJobTarget) target = NULL;

  g_assert_cmpuint (platter_job_get_id (job), ==, 17);
  /* How much is to be copied of what is packed may be told by the report only, and that comes last. */
  g_assert_cmpuint (platter_job_get_size_bytes (job), ==, 0);
  g_assert_cmpuint (platter_job_get_map_bytes (job), ==, 0);
  g_assert_cmpint (platter_job_get_remaining_us (job), ==, -1);
  send (job, "{'Kind': <'clone'>, 'State': <'running'>, 'Outcome': <''>,"
             " 'Progress': <{'phase': <'copying'>, 'fraction': <0.415>, 'done': <uint64 5>,"
             " 'total': <uint64 12>, 'rate': <uint64 3>, 'remaining': <int64 7>}>,"
             " 'Targets': <[{'written': <uint64 4>, 'verdict': <'none'>, 'map': <b'abc'>}]>}");
  g_assert_cmpuint (platter_job_get_percent (job), ==, 41);
  g_assert_cmpuint (platter_job_get_done_bytes (job), ==, 5);
  g_assert_cmpuint (platter_job_get_total_bytes (job), ==, 12);
  g_assert_cmpint (platter_job_get_remaining_us (job), ==, 7);
  g_assert_cmpuint (g_list_model_get_n_items (platter_job_get_targets (job)), ==, 1);
  target = g_list_model_get_item (platter_job_get_targets (job), 0);
  g_assert_cmpuint (platter_job_target_get_written_bytes (target), ==, 4);
  g_assert_cmpuint (g_bytes_get_size (platter_job_target_get_cells (target)), ==, 4);
}

/* What the worker has done is not all: an image still has to get its name. */
static void
test_phase (void)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (PlatterJob) job = make_job (&connection);

  send (job, "{'State': <'running'>, 'Progress': <{'phase': <'finishing'>}>}");
  g_assert_cmpstr (platter_job_get_phase (job), ==, "finishing");
  send (job, "{'Progress': <{'phase': <'ended'>}>}");
  g_assert_true (platter_job_is_running (job));
  g_assert_cmpstr (platter_job_get_phase (job), ==, "finishing");
}

static void
check_left (const char *kind, const char *options, guint8 first, guint8 state)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (PlatterJob) job = make_job (&connection);
  g_autofree char *properties = g_strdup_printf (
    "{'Kind': <'%s'>, 'Targets': <[{'durable-until': <uint64 128000999>, 'map': <@ay []>},"
    " {'durable-until': <uint64 0>, 'map': <@ay []>}]>}",
    kind);
  g_autofree char *text = g_strdup_printf ("{'size': <uint64 256000000>, 'options': <%s>,"
                                           " 'targets': <[@a{sv} {}, @a{sv} {}]>}",
                                           options);
  g_autoptr (GVariant) details = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
  g_autoptr (PlatterJobTarget) target = NULL;
  g_autoptr (PlatterJobTarget) other = NULL;
  gsize n_cells = 0;
  const guint8 *cells = NULL;

  send (job, properties);
  platter_job_describe (job, details);
  target = g_list_model_get_item (platter_job_get_targets (job), 0);
  other = g_list_model_get_item (platter_job_get_targets (job), 1);
  cells = g_bytes_get_data (platter_job_target_get_cells (target), &n_cells);
  g_assert_cmpuint (n_cells, ==, 256);
  g_assert_cmpuint (cells[0], ==, first);
  for (gsize i = 1; i < n_cells; i++)
    g_assert_cmpuint (cells[i], ==, i < 128 ? state : PLATTER_MAP_UNTOUCHED);
  g_assert_cmpuint (g_bytes_get_size (platter_job_target_get_cells (other)), ==, 0);
}

/* Of a job that an earlier helper left only numbers are told. */
static void
test_left (void)
{
  check_left ("clone", "@a{sv} {}", PLATTER_MAP_UNTOUCHED, PLATTER_MAP_DURABLE);
  check_left ("image", "{'format': <'raw'>}", PLATTER_MAP_UNTOUCHED, PLATTER_MAP_DURABLE);
  check_left ("image", "{'format': <'zst'>}", PLATTER_MAP_DURABLE, PLATTER_MAP_DURABLE);
  check_left ("image", "{'split': <uint64 1000000>}", PLATTER_MAP_DURABLE, PLATTER_MAP_DURABLE);
  check_left ("verify", "@a{sv} {}", PLATTER_MAP_VERIFIED, PLATTER_MAP_VERIFIED);
}

/* A rate belongs to the phase that it was measured in; flushing has none. */
static void
test_speed (void)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (PlatterJob) job = make_job (&connection);
  const PlatterSpeedPoint *points = NULL;
  guint n_points = 0;

  send (job, "{'Progress': <{'phase': <'copying'>, 'elapsed': <int64 1>, 'rate': <uint64 0>}>}");
  send (job, "{'Progress': <{'phase': <'copying'>, 'elapsed': <int64 5>, 'rate': <uint64 100>}>}");
  send (job, "{'Progress': <{'phase': <'flushing'>, 'elapsed': <int64 9>, 'rate': <uint64 1>}>}");
  send (job,
        "{'Progress': <{'phase': <'verifying'>, 'elapsed': <int64 20>, 'rate': <uint64 70>}>}");
  points = platter_speed_history_get_points (platter_job_get_speed (job), &n_points);
  g_assert_cmpuint (n_points, ==, 2);
  g_assert_cmpint (points[0].time_us, ==, 5);
  g_assert_cmpuint (points[0].rate_bytes_per_s, ==, 100);
  g_assert_cmpint (points[0].kind, ==, PLATTER_SPEED_COPYING);
  g_assert_cmpint (points[1].time_us, ==, 20);
  g_assert_cmpint (points[1].kind, ==, PLATTER_SPEED_VERIFYING);
}

/* What the helper tells in so many minutes. @map: states of cells, as GVariant's text has them */
static void
tell_reading (PlatterJob *job,
              guint minutes,
              guint64 rate,
              guint64 n_errors,
              const char *rescue,
              const char *map)
{
  gint64 now_us = platter_job_get_elapsed_us (job);
  guint64 read_bytes = platter_job_get_read_bytes (job);
  guint64 n_errors_before = platter_job_get_read_errors (job);

  for (guint i = 1; i <= minutes; i++)
    {
      g_autofree char *text = g_strdup_printf (
        "{'Progress': <{'phase': <'copying'>, 'rescue': <'%s'>, 'elapsed': <int64 %" PRId64 ">,"
        " 'read': <uint64 %" PRIu64 ">, 'read-errors': <uint64 %" PRIu64 ">}>,"
        " 'Targets': <[{'verdict': <'none'>, 'map': <%s>}]>}",
        rescue, now_us + i * 60 * G_USEC_PER_SEC, read_bytes + i * 60 * rate,
        n_errors_before + i * n_errors, map);

      send (job, text);
    }
}

/* Also what was read before the copy became a rescue says what was to be expected. Where nothing is untouched at the
 * end any more, the rescue is in its later passes. */
static void
test_getting_worse (void)
{
  static const char *const half = "[byte 2, 2, 7, 0, 0, 0]";
  static const char *const last = "[byte 2, 2, 7, 0, 0, 2]";

  for (int is_later = 0; is_later <= 1; is_later++)
    {
      g_autoptr (GDBusConnection) connection = NULL;
      g_autoptr (PlatterJob) job = make_job (&connection);

      tell_reading (job, 20, 100000000, 0, "none", half);
      g_assert_false (platter_job_is_getting_worse (job));
      tell_reading (job, 12, 1000, 3, "copying", is_later ? last : half);
      g_assert_cmpint (platter_job_is_getting_worse (job), ==, !is_later);
      tell_reading (job, 1, 1000, 3, "ended", half);
      g_assert_false (platter_job_is_getting_worse (job));
    }
}

static void
test_never_complete_while_it_runs (void)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (PlatterJob) job = make_job (&connection);

  send (job, "{'Outcome': <'verified'>, 'Progress': <{'fraction': <1.0>}>}");
  g_assert_cmpuint (platter_job_get_percent (job), ==, 99);
  g_assert_cmpfloat (platter_job_get_fraction (job), <, 1.0);
  g_assert_cmpstr (platter_job_get_outcome (job), ==, "");
}

static void
count_cb (PlatterJob *job, guint *count)
{
  (*count)++;
}

static void
test_lost (void)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (PlatterJob) job = make_job (&connection);
  guint n_ends = 0;

  g_signal_connect (job, "ended", G_CALLBACK (count_cb), &n_ends);
  send (job, "{'Progress': <{'fraction': <1.0>}>}");
  platter_job_lose (job);
  platter_job_lose (job);
  g_assert_cmpuint (n_ends, ==, 1);
  g_assert_true (platter_job_is_lost (job));
  g_assert_false (platter_job_is_running (job));
  g_assert_cmpstr (platter_job_get_outcome (job), ==, "failed");
  g_assert_cmpuint (platter_job_get_percent (job), ==, 99);
  g_assert_cmpstr (platter_job_get_error_message (job), !=, "");
}

static void
write_maps (int fd, guint64 number, const char *text)
{
  g_autoptr (GVariant) maps
    = g_variant_parse (G_VARIANT_TYPE (PLATTER_MAP_PAGE_RANGES_TYPE), text, NULL, NULL, NULL);

  g_assert_nonnull (maps);
  g_assert_true (platter_map_page_write (fd, PLATTER_MAP_PAGE_RANGES, number,
                                         g_variant_get_data (maps), g_variant_get_size (maps)));
}

/* What the worker leaves for us is taken only if it is a map. */
static void
test_maps (void)
{
  static const char *const broken[] = {
    "[]",
    "[(8, [(4, 5)])]",          /* nothing of the beginning */
    "[(8, [(0, 5), (0, 10)])]", /* an empty range */
    "[(8, [])]",
    "[(8, [(0, 5), (8, 10)])]",         /* a range behind the end */
    "[(8, [(0, 12)])]",                 /* no such state */
    "[(8, [(0, 5), (9, 10), (7, 5)])]", /* backwards */
  };
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (PlatterJob) job = make_job (&connection);
  g_autoptr (PlatterJobTarget) target = NULL;
  gboolean is_final = TRUE;
  const PlatterMapRanges *map;

  send (job, "{'State': <'running'>, 'Targets': <[{'verdict': <'none'>}]>}");
  target = g_list_model_get_item (platter_job_get_targets (job), 0);
  platter_job_refresh_maps (job);
  g_assert_null (platter_job_target_get_map (target, NULL));
  job->map_fd = platter_map_page_new (NULL);
  platter_job_refresh_maps (job);
  g_assert_null (platter_job_target_get_map (target, NULL));

  write_maps (job->map_fd, 1, "[(8, [(0, 5), (5, 10), (6, 5)])]");
  platter_job_refresh_maps (job);
  map = platter_job_target_get_map (target, &is_final);
  g_assert_cmpuint (platter_map_ranges_get_n (map), ==, 3);
  g_assert_cmpint (platter_map_ranges_get_nth (map, 1).state, ==, PLATTER_MAP_FAILED);
  g_assert_cmpuint (platter_map_ranges_get_nth (map, 1).length_bytes, ==, 1);
  g_assert_false (is_final);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      write_maps (job->map_fd, i + 2, broken[i]);
      platter_job_refresh_maps (job);
      g_assert_null (platter_job_target_get_map (target, NULL));
    }
  g_assert_true (platter_map_page_write (job->map_fd, PLATTER_MAP_PAGE_RANGES, 90, "what", 4));
  platter_job_refresh_maps (job);
  g_assert_null (platter_job_target_get_map (target, NULL));
  write_maps (job->map_fd, 91, "[(8, [(0, 4)])]");
  platter_job_lose (job);
  g_assert_nonnull (platter_job_target_get_map (target, &is_final));
  g_assert_false (is_final);
}

/* What holds an end: counts, and lets the test go on. */
static void
hold_cb (PlatterJob *job, gpointer data)
{
  (*(guint *)data)++;
}

static void
free_cb (gpointer data)
{
  *(guint *)data += 100;
}

/* An image of which all is there; it only has no name yet. */
static PlatterJob *
make_whole_image (GDBusConnection **connection)
{
  PlatterJob *job = make_job (connection);
  g_autoptr (GVariant) report
    = g_variant_parse (G_VARIANT_TYPE_VARDICT,
                       "{'outcome': <'verified'>, 'read': <uint64 7>,"
                       " 'targets': <[{'verdict': <'verified'>, 'written': <uint64 7>}]>}",
                       NULL, NULL, NULL);

  send (job, "{'Kind': <'image'>, 'State': <'running'>, 'Outcome': <'verified'>,"
             " 'Progress': <{'phase': <'verifying'>}>}");
  platter_job_take_report (job, report);
  return job;
}

/* A short job is over before its details have come. */
static void
test_details_of_the_report (void)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (PlatterJob) job = make_job (&connection);
  g_autoptr (PlatterJobTarget) target = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GVariant) report
    = g_variant_parse (G_VARIANT_TYPE_VARDICT,
                       "{'outcome': <'verified'>, 'options': <{'format': <'zst'>}>,"
                       " 'targets': <[{'name': <'disk.img.zst'>, 'verdict': <'verified'>}]>}",
                       NULL, NULL, NULL);
  const char *format = NULL;

  platter_job_take_report (job, report);
  options = g_variant_lookup_value (platter_job_get_details (job), "options", NULL);
  g_assert_nonnull (options);
  g_assert_true (g_variant_lookup (options, "format", "&s", &format));
  g_assert_cmpstr (format, ==, "zst");
  target = g_list_model_get_item (platter_job_get_targets (job), 0);
  g_assert_cmpstr (platter_job_target_get_name (target), ==, "disk.img.zst");
}

static void
test_held (void)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (PlatterJob) job = make_whole_image (&connection);
  guint n_ends = 0;
  guint n_held = 0;

  g_signal_connect (job, "ended", G_CALLBACK (count_cb), &n_ends);
  platter_job_hold_end (job, hold_cb, &n_held, free_cb);
  g_assert_false (platter_job_is_unsettled (job));
  platter_job_begin_end (job);
  platter_job_begin_end (job);
  /* The helper may go now; what it had to do is done. */
  platter_job_lose (job);
  g_assert_cmpuint (n_held, ==, 1);
  g_assert_cmpuint (n_ends, ==, 0);
  g_assert_true (platter_job_is_running (job));
  g_assert_false (platter_job_is_lost (job));
  g_assert_cmpstr (platter_job_get_phase (job), ==, "finishing");
  g_assert_cmpstr (platter_job_get_outcome (job), ==, "");

  platter_job_let_end (job, TRUE, NULL);
  g_assert_cmpuint (n_held, ==, 101);
  g_assert_cmpuint (n_ends, ==, 1);
  g_assert_cmpstr (platter_job_get_outcome (job), ==, "verified");
  g_assert_cmpstr (platter_job_get_error_message (job), ==, "");
}

static void
test_held_and_failed (void)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (PlatterJob) job = make_whole_image (&connection);
  g_autoptr (PlatterJobTarget) target = g_list_model_get_item (platter_job_get_targets (job), 0);
  g_autoptr (GVariant) report = NULL;
  const char *outcome = NULL;
  guint n_held = 0;

  platter_job_hold_end (job, hold_cb, &n_held, free_cb);
  platter_job_begin_end (job);
  platter_job_let_end (job, FALSE, "It has no name.");
  /* The helper goes on to believe that all is well. */
  send (job, "{'Outcome': <'verified'>, 'State': <'ended'>}");
  report = platter_job_dup_report (job);
  g_assert_true (g_variant_lookup (report, "outcome", "&s", &outcome));
  g_assert_cmpstr (outcome, ==, "failed");
  g_assert_cmpstr (platter_job_get_outcome (job), ==, "failed");
  g_assert_cmpstr (platter_job_get_error_message (job), ==, "It has no name.");
  g_assert_cmpstr (platter_job_target_get_verdict (target), ==, "failed");
  g_assert_cmpstr (platter_job_target_get_error_message (target), ==, "It has no name.");
  g_assert_cmpuint (platter_job_target_get_written_bytes (target), ==, 7);
}

/* There, but not all that was to lie beside it. */
static void
test_held_and_kept (void)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (PlatterJob) job = make_whole_image (&connection);
  guint n_held = 0;

  platter_job_hold_end (job, hold_cb, &n_held, free_cb);
  platter_job_begin_end (job);
  platter_job_let_end (job, TRUE, "A file is missing.");
  g_assert_cmpstr (platter_job_get_outcome (job), ==, "verified");
  g_assert_cmpstr (platter_job_get_error_message (job), ==, "A file is missing.");
}

static void
test_held_too_late (void)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (PlatterJob) job = make_whole_image (&connection);
  guint n_ends = 0;
  guint n_held = 0;

  g_signal_connect (job, "ended", G_CALLBACK (count_cb), &n_ends);
  platter_job_begin_end (job);
  g_assert_true (platter_job_is_unsettled (job)); /* whoever makes it is somebody else */
  platter_job_hold_end (job, hold_cb, &n_held, free_cb);
  platter_job_let_end (job, TRUE, NULL);
  g_assert_cmpuint (n_held, ==, 101);
  g_assert_cmpuint (n_ends, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/progress", test_progress);
  g_test_add_func ("/job/phase", test_phase);
  g_test_add_func ("/job/left", test_left);
  g_test_add_func ("/job/speed", test_speed);
  g_test_add_func ("/job/getting-worse", test_getting_worse);
  g_test_add_func ("/job/complete", test_never_complete_while_it_runs);
  g_test_add_func ("/job/lost", test_lost);
  g_test_add_func ("/job/maps", test_maps);
  g_test_add_func ("/job/details-of-the-report", test_details_of_the_report);
  g_test_add_func ("/job/held", test_held);
  g_test_add_func ("/job/held-and-failed", test_held_and_failed);
  g_test_add_func ("/job/held-and-kept", test_held_and_kept);
  g_test_add_func ("/job/held-too-late", test_held_too_late);
  return g_test_run ();
}
