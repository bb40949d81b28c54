// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the progress page costs over half a day of progress, and the map of a disk that is full of damage. Prints one JSON
// object; build-aux/benchmark-window runs it on a display of its own.

#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/application.h"
#include "app/map-view.h"
#include "app/progress-page.h"
#include "client/job-private.h"
#include "engine/map.h"

#define HOURS 12
#define SAMPLES_PER_S 5
/* Every sample is taken in, and so many of them are drawn: frames are what takes the time. */
#define SAMPLES_PER_FRAME 50
/* Everything that is allocated once has been by then. */
#define WARM_UP_HOURS 2
#define N_CELLS 1024
#define DISK_BYTES (G_GUINT64_CONSTANT (16) << 40)
#define N_DAMAGED 100000
#define N_FRAMES 100

static gsize
get_resident_kib (void)
{
  gsize pages = 0;
  g_autofree char *text = NULL;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    sscanf (text, "%*u %zu", &pages);
  return pages * (gsize)sysconf (_SC_PAGESIZE) / 1024;
}

static double
get_cpu_s (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static PlatterJob *
make_job (void)
{
  g_autoptr (GInputStream) in = g_memory_input_stream_new ();
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (in, out);
  g_autoptr (GDBusConnection) connection
    = g_dbus_connection_new_sync (stream, NULL, G_DBUS_CONNECTION_FLAGS_NONE, NULL, NULL, NULL);
  PlatterJob *job = platter_job_new (connection, NULL, "/org/platter/Helper1/jobs/1");
  g_autoptr (GVariant) details = g_variant_ref_sink (
    g_variant_new_parsed ("{'kind': <'clone'>, 'size': <%t>, 'source': <{'name': <'Old disk'>}>,"
                          " 'targets': <[{'name': <'New disk'>, 'size': <%t>}]>}",
                          DISK_BYTES, DISK_BYTES));

  platter_job_describe (job, details);
  return job;
}

/* As the helper tells of it: the map goes from untouched to copied to verified, with some damage in it. */
static GVariant *
make_properties (double done, gint64 elapsed_us)
{
  gboolean is_copying = done < 0.5;
  double part = is_copying ? done * 2 : done * 2 - 1;
  guint64 bytes = (guint64)(part * (double)DISK_BYTES);
  guint8 cells[N_CELLS];

  for (guint i = 0; i < N_CELLS; i++)
    {
      gboolean is_done = i < part * N_CELLS;

      cells[i] = is_copying ? (is_done ? PLATTER_MAP_COPIED : PLATTER_MAP_UNTOUCHED)
                            : (is_done ? PLATTER_MAP_VERIFIED : PLATTER_MAP_DURABLE);
      if (is_done && i % 97 == 5)
        cells[i] = PLATTER_MAP_MISMATCHED;
    }
  return g_variant_ref_sink (g_variant_new_parsed (
    "{'Kind': <'clone'>, 'State': <'running'>,"
    " 'Progress': <{'phase': <%s>, 'fraction': <%d>, 'done': <%t>, 'total': <%t>, 'rate': <%t>,"
    " 'remaining': <%x>, 'elapsed': <%x>, 'limit': <'target'>}>,"
    " 'Targets': <[{'phase': <%s>, 'verdict': <'none'>, 'written': <%t>, 'rate': <%t>,"
    " 'map': <%@ay>}]>}",
    is_copying ? "copying" : "verifying", done, bytes, DISK_BYTES,
    (guint64)g_random_int_range (100000000, 400000000),
    (gint64)((1 - done) * HOURS * 3600 * G_USEC_PER_SEC), elapsed_us,
    is_copying ? "copying" : "verifying", bytes, (guint64)200000000,
    g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, cells, N_CELLS, 1)));
}

static void
work (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
feed_half_a_day (PlatterJob *job)
{
  const guint per_hour = 3600 * SAMPLES_PER_S;
  gsize after_warm_up = 0;
  gsize most = 0;
  double cpu_s = get_cpu_s ();

  for (guint i = 0; i < HOURS * per_hour; i++)
    {
      g_autoptr (GVariant) properties = make_properties (
        (double)i / (HOURS * per_hour), (gint64)i * G_USEC_PER_SEC / SAMPLES_PER_S);

      platter_job_update (job, properties);
      if (i % SAMPLES_PER_FRAME == 0)
        work ();
      if (i == WARM_UP_HOURS * per_hour)
        after_warm_up = get_resident_kib ();
      most = MAX (most, i % SAMPLES_PER_FRAME == 0 ? get_resident_kib () : 0);
    }
  printf ("\"samples\": %u, \"us_per_sample\": %.0f, \"warm_kib\": %zu, \"grown_kib\": %td, "
          "\"most_kib\": %zu, ",
          HOURS * per_hour, (get_cpu_s () - cpu_s) * 1e6 / (HOURS * per_hour), after_warm_up,
          (gssize)(get_resident_kib () - after_warm_up), most);
}

static PlatterMap *
make_damaged_map (void)
{
  PlatterMap *map = platter_map_new (DISK_BYTES);

  platter_map_set (map, 0, DISK_BYTES, PLATTER_MAP_VERIFIED);
  for (guint i = 0; i < N_DAMAGED; i++)
    platter_map_set (map, DISK_BYTES / N_DAMAGED * i, 4096,
                     i % 3 == 0 ? PLATTER_MAP_MISMATCHED
                                : (i % 3 == 1 ? PLATTER_MAP_FAILED : PLATTER_MAP_REPAIRED));
  return map;
}

/* From the map of the engine to the pixels of the widget: each frame shows another map, so that nothing is kept. */
static void
draw_damage (GtkWindow *window)
{
  g_autoptr (PlatterMap) map = make_damaged_map ();
  GtkWidget *view = g_object_new (PLATTER_TYPE_MAP_VIEW, NULL);
  GskRenderer *renderer = NULL;
  gint64 cells_us = 0;
  gint64 draw_us = 0;
  gint64 began = 0;

  gtk_window_set_child (window, view);
  work ();
  renderer = gtk_native_get_renderer (GTK_NATIVE (window));
  for (guint i = 0; i < N_FRAMES; i++)
    {
      guint8 cells[N_CELLS];
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
      g_autoptr (GskRenderNode) node = NULL;
      g_autoptr (GdkTexture) texture = NULL;

      began = g_get_monotonic_time ();
      platter_map_get_cells (map, 0, DISK_BYTES, cells, N_CELLS);
      cells_us += g_get_monotonic_time () - began;
      cells[i] = PLATTER_MAP_SLOW;
      bytes = g_bytes_new (cells, sizeof cells);
      platter_map_view_set_map (PLATTER_MAP_VIEW (view), bytes,
                                &(PlatterMapRange){ .length_bytes = DISK_BYTES });
      began = g_get_monotonic_time ();
      GTK_WIDGET_GET_CLASS (view)->snapshot (view, snapshot);
      node = gtk_snapshot_to_node (snapshot);
      texture = gsk_renderer_render_texture (renderer, node, NULL);
      draw_us += g_get_monotonic_time () - began;
    }
  printf ("\"ranges\": %u, \"cells_us\": %.0f, \"draw_us\": %.0f", platter_map_get_n_ranges (map),
          (double)cells_us / N_FRAMES, (double)draw_us / N_FRAMES);
}

static void
activate_cb (GtkApplication *application)
{
  g_autoptr (PlatterJob) job = make_job ();
  g_autoptr (GVariant) first = make_properties (0, 0);
  GtkWidget *window = g_object_new (GTK_TYPE_WINDOW, "application", application, "default-width",
                                    940, "default-height", 720, NULL);
  GtkWidget *page = g_object_new (PLATTER_TYPE_PROGRESS_PAGE, NULL);

  platter_job_update (job, first);
  platter_progress_page_load (PLATTER_PROGRESS_PAGE (page), job, NULL);
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  while (!gtk_widget_get_mapped (page))
    g_main_context_iteration (NULL, TRUE);
  printf ("{");
  feed_half_a_day (job);
  draw_damage (GTK_WINDOW (window));
  printf ("}\n");
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = g_object_new (
    ADW_TYPE_APPLICATION, "application-id", "org.platter.Bench", "resource-base-path",
    "/org/platter/Platter", "flags", G_APPLICATION_NON_UNIQUE, NULL);

  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
