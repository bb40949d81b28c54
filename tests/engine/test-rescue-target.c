// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a rescue leaves on its targets: nothing is called safe that was not flushed, a drive that is not the one that was
// left is not written to, and nothing that a failed read left in memory comes to lie where nothing could be read.

#include "job.h"

#include "engine/errors.h"

#include <errno.h>
#include <string.h>

/* Files are read and written in pages. */
#define SECTOR 4096
/* So long that what was written before is answered by then. */
#define SLOW_FLUSH_MS 100
/* Fewer reads than there are buffers. */
#define N_LAST 8

static Job *
rescue_new (guint64 size_bytes, gconstpointer queue)
{
  Job *job = job_new (size_bytes, 1, (PlatterQueueKind)GPOINTER_TO_UINT (queue));

  job->options.on_error = PLATTER_ON_ERROR_RESCUE;
  job->options.is_rescue = TRUE;
  return job;
}

static void
cancel_after (Job *job, guint n_reads)
{
  job_add_fault (job, (Fault){ FAULT_CANCEL, 0, PLATTER_IO_READ, 0, G_MAXUINT64, .skip = n_reads,
                               .count = 1, .value = (guintptr)&job->transfer });
}

/* The system says it once, and then that all is well. The first flush is that of the mark; then comes one with the first
   data, and one as it is cancelled. */
static void
test_flush_fails_once (gconstpointer queue)
{
  for (guint skip = 1; skip <= 2; skip++)
    {
      g_autoptr (Job) job = rescue_new (24 * JOB_MIB, queue);
      g_autoptr (PlatterMap) map = NULL;

      cancel_after (job, 150);
      job_add_fault (
        job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_FLUSH, .skip = skip, .count = 1, .value = EIO });
      g_assert_true (job_prepare (job));
      job_run (job);
      g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_FAILED);
      g_assert_error (platter_transfer_get_target_error (job->transfer, 0), PLATTER_ENGINE_ERROR,
                      PLATTER_ENGINE_ERROR_FLUSH);
      g_assert_cmpuint (job_get_target (job, 0).written_bytes, >, 0);
      map = platter_transfer_dup_target_map (job->transfer, 0);
      g_assert_cmpuint (platter_map_count_bytes (map, PLATTER_MAP_COPIED), ==, 0);
      if (skip == 1)
        g_assert_cmpuint (platter_map_count_bytes (map, PLATTER_MAP_DURABLE), ==, 0);
    }
}

/* A flush speaks for what was answered before it: with a write under way beside it, that one is not safe by it. */
static void
test_flush_waits (gconstpointer queue)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, queue);
  g_autoptr (PowerLog) power = power_log_new (G_MAXUINT);
  g_autoptr (PlatterMap) map = NULL;
  PlatterMapRange range = { 0, 0, 0 };
  GThread *thread = NULL;

  job_add_fault (job,
                 (Fault){ FAULT_PAUSE, 1, PLATTER_IO_WRITE, 12 * JOB_MIB, 12 * JOB_MIB + SECTOR,
                          .count = 1, .value = (guintptr)&job->transfer });
  job_add_fault (job, (Fault){ FAULT_DELAY, 1, PLATTER_IO_WRITE, 12 * JOB_MIB,
                               12 * JOB_MIB + SECTOR, .value = G_MAXUINT });
  job_add_fault (job,
                 (Fault){ FAULT_SLOW, 1, PLATTER_IO_FLUSH, .skip = 1, .value = SLOW_FLUSH_MS });
  job_add_fault (job, (Fault){ FAULT_POWER, 1, .value = (guintptr)power });
  g_assert_true (job_prepare (job));
  thread = job_start (job);
  job_wait_for_pause (job, TRUE);
  platter_transfer_cancel (job->transfer);
  g_thread_join (thread);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_CANCELLED);
  map = platter_transfer_dup_target_map (job->transfer, 0);
  g_assert_cmpuint (platter_map_count_bytes (map, PLATTER_MAP_DURABLE), >, 10 * JOB_MIB);
  while (platter_map_find_next (map, range.offset_bytes + range.length_bytes, PLATTER_MAP_DURABLE,
                                &range))
    g_assert_cmpuint (power_log_get_flushed (power, range.offset_bytes), >=,
                      range.offset_bytes + range.length_bytes);
}

static void
vanish_cb (gpointer data)
{
  job_add_fault (data, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, 0, G_MAXUINT64, .skip = N_LAST,
                                .value = ENODEV });
}

/* What was read while the target flushed is all that will ever be had of a drive that dies meanwhile. */
static void
test_read_last (gconstpointer queue)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, queue);
  FaultCall vanish = { vanish_cb, job };
  PlatterProgress progress;
  gsize length = 0;
  guint8 *data = NULL;

  job_add_fault (job, (Fault){ FAULT_CALL, 1, PLATTER_IO_FLUSH, .skip = 1, .count = 1,
                               .value = (guintptr)&vanish });
  job_add_fault (job,
                 (Fault){ FAULT_SLOW, 1, PLATTER_IO_FLUSH, .skip = 1, .value = SLOW_FLUSH_MS });
  job_run (job);
  g_assert_error (platter_transfer_get_target_error (job->transfer, 0), PLATTER_ENGINE_ERROR,
                  PLATTER_ENGINE_ERROR_GONE);
  /* The first block comes last, when all is well. */
  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_cmpuint (progress.read_bytes, >, JOB_MIB);
  g_assert_cmpuint (job_get_target (job, 0).durable_bytes, ==, progress.read_bytes - JOB_MIB);
  data = job_read_target (job, 0, &length);
  g_assert_cmpmem (data + JOB_MIB, progress.read_bytes - JOB_MIB, job->source_data + JOB_MIB,
                   progress.read_bytes - JOB_MIB);
}

/* What a drive begins with that was not finished is a mark. One that begins as the source does is the source itself, or a
   copy that somebody uses by now, and every sector that is looked at is as it was left. */
static void
test_without_mark (gconstpointer queue)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, queue);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = job_get_path (job, 0);
  g_autofree char *mapfile = NULL;
  guint8 *before = NULL;
  guint8 *after = NULL;
  PlatterMapfileStatus status;
  PlatterMap *map = NULL;
  gsize length = 0;

  cancel_after (job, 150);
  g_assert_true (job_prepare (job));
  job_run (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_CANCELLED);
  g_assert_cmpuint (job_get_target (job, 0).durable_bytes, >, JOB_MIB);
  mapfile = platter_transfer_dup_mapfile (job->transfer, 0);
  before = job_read_target (job, 0, &length);
  memcpy (before, job->source_data, JOB_MIB);
  g_assert_true (g_file_set_contents (path, (const char *)before, (gssize)length, NULL));
  map = platter_mapfile_parse (mapfile, strlen (mapfile), job->source_bytes, &status, &error);
  g_assert_no_error (error);
  job_forget (job);
  job->options.is_resumed = TRUE;
  g_assert_true (job_prepare (job));
  platter_transfer_set_start (job->transfer, &map, NULL, &status);
  job_run (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_FAILED);
  g_assert_error (platter_transfer_get_target_error (job->transfer, 0), PLATTER_ENGINE_ERROR,
                  PLATTER_ENGINE_ERROR_CHANGED);
  g_assert_cmpuint (platter_transfer_get_target_error_offset (job->transfer, 0), ==, 0);
  after = job_read_target (job, 0, &length);
  g_assert_cmpmem (before, length, after, length);
}

/* A read that fails may have filled the memory that it was given, which is that of the edges. */
static void
test_failed_read_leaves_nothing (gconstpointer queue)
{
  const guint64 places[]
    = { 0, JOB_MIB - SECTOR, 23 * JOB_MIB + 7 * SECTOR, 24 * JOB_MIB - SECTOR };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (Job) job = rescue_new (24 * JOB_MIB, queue);
      guint8 *data = NULL;
      gsize length = 0;

      job->options.is_rescue = FALSE;
      job_add_fault (
        job, (Fault){ FAULT_LATE, 0, PLATTER_IO_READ, places[i], places[i] + SECTOR, .value = 0 });
      job_run (job);
      g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_INCOMPLETE);
      memset (job->source_data + places[i], 0, SECTOR);
      data = job_read_target (job, 0, &length);
      g_assert_cmpmem (data, length, job->source_data, job->source_bytes);
    }
}

static const struct
{
  const char *name;
  GTestDataFunc function;
} tests[] = {
  { "flush-fails-once", test_flush_fails_once },
  { "flush-waits", test_flush_waits },
  { "read-last", test_read_last },
  { "without-mark", test_without_mark },
  { "failed-read-leaves-nothing", test_failed_read_leaves_nothing },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *uring = g_strdup_printf ("/rescue-target/io_uring/%s", tests[i].name);
      g_autofree char *threads = g_strdup_printf ("/rescue-target/threads/%s", tests[i].name);

      g_test_add_data_func (uring, GUINT_TO_POINTER (PLATTER_QUEUE_AUTO), tests[i].function);
      g_test_add_data_func (threads, GUINT_TO_POINTER (PLATTER_QUEUE_THREADS), tests[i].function);
    }
  return g_test_run ();
}
