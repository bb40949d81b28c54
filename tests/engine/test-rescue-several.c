// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Rescues to several targets that go on, each of which may have come to another place.

#include "job.h"

#include "engine/errors.h"

#include <errno.h>
#include <string.h>

/* Files are read and written in pages. */
#define SECTOR 4096

static Job *
rescue_new (guint64 size_bytes, guint n_targets, gconstpointer queue)
{
  Job *job = job_new (size_bytes, n_targets, (PlatterQueueKind)GPOINTER_TO_UINT (queue));

  job->options.on_error = PLATTER_ON_ERROR_RESCUE;
  job->options.is_rescue = TRUE;
  return job;
}

static void
damage (Job *job, guint64 offset_bytes, guint64 length_bytes)
{
  job_add_fault (job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, offset_bytes,
                               offset_bytes + length_bytes, .value = EIO });
}

static PlatterVerdict
get_verdict (Job *job, guint target)
{
  return job_get_target (job, target).verdict;
}

static PlatterMap *
parse (Job *job, const char *mapfile, PlatterMapfileStatus *status)
{
  g_autoptr (GError) error = NULL;
  PlatterMap *map
    = platter_mapfile_parse (mapfile, strlen (mapfile), job->source_bytes, status, &error);

  g_assert_no_error (error);
  return map;
}

static void
scribble (Job *job, guint target, guint64 offset_bytes, guint64 length_bytes)
{
  g_autofree char *path = job_get_path (job, (int)target);
  gsize length = 0;
  guint8 *data = job_read_target (job, target, &length);

  memset (data + offset_bytes, 0x5a, length_bytes);
  g_assert_true (g_file_set_contents (path, (const char *)data, (gssize)length, NULL));
}

static void
set_maps (Job *job, PlatterMap **maps, const PlatterMapfileStatus *status)
{
  g_clear_pointer (&job->transfer, platter_transfer_free);
  g_clear_error (&job->error);
  g_assert_true (job_prepare (job));
  platter_transfer_set_start (job->transfer, maps, NULL, status);
}

/* What one of the targets lacks is read for all. What does not come any more stays on the one that has it, also where
   what is missing becomes zeros; the edges, which come from memory, are then on all. */
static void
test_go_on (gconstpointer data)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 2, data);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree guint8 *zeros = g_malloc0 (JOB_MIB);
  guint8 *kept = NULL;
  guint8 *lost = NULL;
  PlatterMapfileStatus status;
  PlatterMap *maps[2] = { NULL, NULL };
  gsize length = 0;

  job_run (job);
  g_assert_true (job->is_good);
  first = platter_transfer_dup_mapfile (job->transfer, 0);
  second = platter_transfer_dup_mapfile (job->transfer, 1);
  maps[0] = parse (job, first, &status);
  maps[1] = parse (job, second, &status);
  platter_map_set (maps[0], 0, JOB_MIB, PLATTER_MAP_UNTOUCHED);
  platter_map_set (maps[1], 4 * JOB_MIB, 4 * JOB_MIB, PLATTER_MAP_UNTOUCHED);
  scribble (job, 0, 0, JOB_MIB);
  scribble (job, 1, 4 * JOB_MIB, 4 * JOB_MIB);
  damage (job, 0, JOB_MIB);
  damage (job, 5 * JOB_MIB, JOB_MIB);
  job->options.zero_bad = TRUE;
  set_maps (job, maps, &status);
  job_run (job);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (get_verdict (job, i), ==, PLATTER_VERDICT_INCOMPLETE);
  g_assert_cmpuint (platter_transfer_get_carried_bytes (job->transfer), ==, 20 * JOB_MIB);
  kept = job_read_target (job, 0, &length);
  g_assert_cmpmem (kept, length, job->source_data, job->source_bytes);
  lost = job_read_target (job, 1, &length);
  g_assert_cmpmem (lost + 5 * JOB_MIB, JOB_MIB, zeros, JOB_MIB);
  memcpy (lost + 5 * JOB_MIB, kept + 5 * JOB_MIB, JOB_MIB);
  g_assert_cmpmem (lost, length, job->source_data, job->source_bytes);
  g_clear_pointer (&first, g_free);
  g_clear_pointer (&second, g_free);
  first = platter_transfer_dup_mapfile (job->transfer, 0);
  second = platter_transfer_dup_mapfile (job->transfer, 1);
  g_assert_nonnull (strstr (first, "0x00000000  0x01800000  +\n"));
  g_assert_nonnull (strstr (second, "0x00500000  0x00100000  -\n"));
}

/* Of a place that cannot be read any more one target may have a part. That part stays, wherever it lies in the place, and
   only the rest of it becomes zeros. */
static void
test_zeros_beside_what_is_kept (gconstpointer data)
{
  const guint64 start = 5 * JOB_MIB;
  const guint64 kept_bytes = JOB_MIB / 4;

  for (guint64 at = 0; at < JOB_MIB; at += kept_bytes)
    {
      g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 2, data);
      g_autofree char *mapfile = NULL;
      PlatterMapfileStatus status;
      PlatterMap *maps[2] = { NULL, NULL };

      job_run (job);
      g_assert_true (job->is_good);
      mapfile = platter_transfer_dup_mapfile (job->transfer, 0);
      for (guint i = 0; i < 2; i++)
        {
          maps[i] = parse (job, mapfile, &status);
          platter_map_set (maps[i], start, JOB_MIB, PLATTER_MAP_UNTOUCHED);
        }
      platter_map_set (maps[1], start + at, kept_bytes, PLATTER_MAP_VERIFIED);
      damage (job, start, JOB_MIB);
      job->options.zero_bad = TRUE;
      set_maps (job, maps, &status);
      job_run (job);
      for (guint i = 0; i < 2; i++)
        {
          gsize length = 0;
          guint8 *found = job_read_target (job, i, &length);
          g_autofree guint8 *expected = g_memdup2 (job->source_data, job->source_bytes);

          g_assert_cmpint (get_verdict (job, i), ==, PLATTER_VERDICT_INCOMPLETE);
          memset (expected + start, 0, JOB_MIB);
          if (i == 1)
            memcpy (expected + start + at, job->source_data + start + at, kept_bytes);
          g_assert_cmpmem (found, length, expected, job->source_bytes);
        }
    }
}

/* What was tried in vain for one is not tried anew for the others, and no map says that it was not tried. */
static void
test_lost_for_all (gconstpointer data)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 2, data);
  g_autofree char *mapfile = NULL;
  PlatterMapfileStatus status;
  PlatterMap *maps[2] = { NULL, NULL };
  PlatterProgress progress;

  job_run (job);
  mapfile = platter_transfer_dup_mapfile (job->transfer, 0);
  for (guint i = 0; i < 2; i++)
    {
      maps[i] = parse (job, mapfile, &status);
      platter_map_set (maps[i], 0, JOB_MIB, PLATTER_MAP_UNTOUCHED);
      platter_map_set (maps[i], 5 * JOB_MIB, JOB_MIB, PLATTER_MAP_UNTOUCHED);
    }
  platter_map_set (maps[0], 0, SECTOR, PLATTER_MAP_FAILED);
  platter_map_set (maps[0], 5 * JOB_MIB, SECTOR, PLATTER_MAP_FAILED);
  damage (job, 0, SECTOR);
  damage (job, 5 * JOB_MIB, SECTOR);
  set_maps (job, maps, &status);
  job_run (job);
  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_cmpuint (progress.n_read_errors, ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *told = platter_transfer_dup_mapfile (job->transfer, i);

      g_assert_cmpint (get_verdict (job, i), ==, PLATTER_VERDICT_INCOMPLETE);
      g_assert_nonnull (strstr (told, "0x00000000  0x00001000  -\n0x00001000  0x004FF000  +\n"
                                      "0x00500000  0x00001000  -\n0x00501000  0x012FF000  +\n"));
    }
}

/* The one that has the first MiB is the wrong drive: the others get it from the source, and of the wrong one nothing. */
static void
test_are_checked (gconstpointer data)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 3, data);
  g_autofree char *mapfile = NULL;
  PlatterMapfileStatus status;
  PlatterMap *maps[3] = { NULL, NULL, NULL };

  g_assert_true (job_prepare (job));
  job_add_fault (job, (Fault){ FAULT_CANCEL, 0, PLATTER_IO_READ, 0, G_MAXUINT64, .skip = 150,
                               .count = 1, .value = (guintptr)&job->transfer });
  job_run (job);
  g_array_set_size (job->faults, 0);
  mapfile = platter_transfer_dup_mapfile (job->transfer, 0);
  for (guint i = 0; i < 3; i++)
    maps[i] = parse (job, mapfile, &status);
  platter_map_set (maps[1], 0, JOB_MIB, PLATTER_MAP_VERIFIED);
  scribble (job, 1, 0, 24 * JOB_MIB);
  job->options.is_resumed = TRUE;
  set_maps (job, maps, &status);
  job_run (job);
  g_assert_cmpint (get_verdict (job, 1), ==, PLATTER_VERDICT_FAILED);
  g_assert_error (platter_transfer_get_target_error (job->transfer, 1), PLATTER_ENGINE_ERROR,
                  PLATTER_ENGINE_ERROR_CHANGED);
  for (guint i = 0; i < 3; i += 2)
    {
      g_assert_cmpint (get_verdict (job, i), ==, PLATTER_VERDICT_WRITTEN);
      g_assert_true (job_target_equals (job, i));
    }
  g_assert_false (job_target_equals (job, 1));
}

/* What a target did not take, or did not keep, is not called a bad place of the source: it is asked for once more. */
static void
check_unstored (gconstpointer queue, FaultKind kind, PlatterIoOp op)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 1, queue);
  g_autofree char *mapfile = NULL;
  Fault fault = { kind, 1, op, 9 * JOB_MIB, 9 * JOB_MIB + 4096, .count = 1, .value = EIO };

  if (op == PLATTER_IO_FLUSH)
    fault = (Fault){ kind, 1, op, .skip = 1, .value = EIO };
  job_add_fault (job, fault);
  job_run (job);
  g_assert_cmpint (get_verdict (job, 0), !=, PLATTER_VERDICT_VERIFIED);
  mapfile = platter_transfer_dup_mapfile (job->transfer, 0);
  g_assert_null (strstr (mapfile, "  -\n"));
  g_assert_nonnull (strstr (mapfile, "  ?\n"));
}

static void
test_unstored (gconstpointer queue)
{
  check_unstored (queue, FAULT_ERROR, PLATTER_IO_WRITE);
  check_unstored (queue, FAULT_ERROR, PLATTER_IO_FLUSH);
  check_unstored (queue, FAULT_DROP, PLATTER_IO_WRITE);
}

/* A target that fails, or somebody who cancels, ends a rescue half way: the rest of the drive is not lost for that. */
static void
test_untried (gconstpointer queue)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 1, queue);
      guint64 missing_bytes = 0;
      PlatterMapRange range = { 0, 0, 0 };

      damage (job, 5 * JOB_MIB, i * SECTOR);
      if (i == 0)
        job_add_fault (job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_WRITE, 12 * JOB_MIB, 24 * JOB_MIB,
                                     .skip = 1, .value = EIO });
      else
        job_add_fault (job, (Fault){ FAULT_CANCEL, 1, PLATTER_IO_WRITE, 12 * JOB_MIB, 13 * JOB_MIB,
                                     .value = (guintptr)&job->transfer });
      job_run (job);
      g_assert_false (job->is_good);
      while (platter_transfer_find_missing (job->transfer, range.offset_bytes + range.length_bytes,
                                            &range))
        missing_bytes += range.length_bytes;
      g_assert_cmpuint (platter_transfer_get_untried_bytes (job->transfer), >, 0);
      /* One read that failed is all that was tried around the bad place. */
      if (i == 0)
        g_assert_cmpuint (platter_transfer_get_untried_bytes (job->transfer), ==, missing_bytes);
      else
        g_assert_cmpuint (missing_bytes - platter_transfer_get_untried_bytes (job->transfer), <=,
                          JOB_MIB);
    }
}

static const struct
{
  const char *name;
  GTestDataFunc function;
} tests[] = {
  { "go-on", test_go_on },
  { "zeros-beside-what-is-kept", test_zeros_beside_what_is_kept },
  { "lost-for-all", test_lost_for_all },
  { "are-checked", test_are_checked },
  { "unstored", test_unstored },
  { "untried", test_untried },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *uring = g_strdup_printf ("/rescue-several/io_uring/%s", tests[i].name);
      g_autofree char *threads = g_strdup_printf ("/rescue-several/threads/%s", tests[i].name);

      g_test_add_data_func (uring, GUINT_TO_POINTER (PLATTER_QUEUE_AUTO), tests[i].function);
      g_test_add_data_func (threads, GUINT_TO_POINTER (PLATTER_QUEUE_THREADS), tests[i].function);
    }
  return g_test_run ();
}
