// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What limits a job is told from what was waited for, in each phase anew.

#include "job.h"
#include "slow-writer.h"

/* More than there are buffers; and slower than hashing is on a busy machine, under a sanitizer. */
#define BLOCKS 48
#define SLOW_MS 25
#define LOOK_US 2000

/* The last that was said in each phase. */
typedef struct
{
  PlatterLimit limits[PLATTER_PHASE_ENDED + 1];
  guint limiting_target;
} Seen;

static Seen
run_and_look (Job *job)
{
  Seen seen = { .limiting_target = G_MAXUINT };
  PlatterProgress progress = { .phase = PLATTER_PHASE_PREPARING };
  GThread *thread = NULL;

  g_assert_true (job_prepare (job));
  thread = job_start (job);
  while (progress.phase != PLATTER_PHASE_ENDED)
    {
      platter_transfer_get_progress (job->transfer, &progress);
      if (progress.limit != PLATTER_LIMIT_NONE)
        seen.limits[progress.phase] = progress.limit;
      if (progress.limit == PLATTER_LIMIT_TARGET)
        seen.limiting_target = progress.limiting_target;
      g_usleep (LOOK_US);
    }
  g_thread_join (thread);
  g_assert_no_error (job->error);
  return seen;
}

static void
slow_down (Job *job, guint file, PlatterIoOp op)
{
  job_add_fault (
    job, (Fault){ FAULT_SLOW, file, op, JOB_MIB, (BLOCKS - 1) * JOB_MIB, .value = SLOW_MS });
}

static void
test_slow_source (gconstpointer queue)
{
  g_autoptr (Job) job = job_new (BLOCKS * JOB_MIB, 1, GPOINTER_TO_INT (queue));

  slow_down (job, 0, PLATTER_IO_READ);
  g_assert_cmpint (run_and_look (job).limits[PLATTER_PHASE_COPYING], ==, PLATTER_LIMIT_SOURCE);
}

static void
test_slow_writes (gconstpointer queue)
{
  g_autoptr (Job) job = job_new (BLOCKS * JOB_MIB, 2, GPOINTER_TO_INT (queue));
  Seen seen;

  job->options.verify = FALSE;
  slow_down (job, 2, PLATTER_IO_WRITE);
  seen = run_and_look (job);
  g_assert_cmpint (seen.limits[PLATTER_PHASE_COPYING], ==, PLATTER_LIMIT_TARGET);
  g_assert_cmpuint (seen.limiting_target, ==, 1);
}

/* One that packs has nobody wait for its file. */
static void
test_slow_writer (gconstpointer queue)
{
  for (guint is_working = 0; is_working < 2; is_working++)
    {
      g_autoptr (Job) job = job_new (BLOCKS * JOB_MIB, 1, GPOINTER_TO_INT (queue));
      SlowWriter *writer = slow_writer_new (is_working != 0);

      writer->slow_ms = SLOW_MS;
      job->writer = &writer->base;
      job->options.verify = FALSE;
      g_assert_cmpint (run_and_look (job).limits[PLATTER_PHASE_COPYING], ==,
                       is_working != 0 ? PLATTER_LIMIT_HASHING : PLATTER_LIMIT_TARGET);
    }
}

static void
test_slow_reading_back (gconstpointer queue)
{
  g_autoptr (Job) job = job_new (BLOCKS * JOB_MIB, 1, GPOINTER_TO_INT (queue));

  slow_down (job, 1, PLATTER_IO_READ);
  g_assert_cmpint (run_and_look (job).limits[PLATTER_PHASE_VERIFYING], ==, PLATTER_LIMIT_TARGET);
}

static void
check_comparison (gconstpointer queue, guint slow_file, PlatterLimit limit)
{
  g_autoptr (Job) job = job_new (BLOCKS * JOB_MIB, 1, GPOINTER_TO_INT (queue));
  g_autofree char *target = job_get_path (job, 0);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (target, (const char *)job->source_data, (gssize)job->source_bytes, &error);
  g_assert_no_error (error);
  job->options.kind = PLATTER_TRANSFER_COMPARE;
  slow_down (job, slow_file, PLATTER_IO_READ);
  g_assert_cmpint (run_and_look (job).limits[PLATTER_PHASE_VERIFYING], ==, limit);
}

static void
test_comparing (gconstpointer queue)
{
  check_comparison (queue, 0, PLATTER_LIMIT_SOURCE);
  check_comparison (queue, 1, PLATTER_LIMIT_TARGET);
}

int
main (int argc, char *argv[])
{
  /* In memory: a disk could be slower than what is slow on purpose. */
  g_setenv ("TMPDIR", "/dev/shm", TRUE);
  g_test_init (&argc, &argv, NULL);
  for (PlatterQueueKind queue = PLATTER_QUEUE_URING; queue <= PLATTER_QUEUE_THREADS; queue++)
    {
      gconstpointer kind = GINT_TO_POINTER (queue);
      const char *name = queue == PLATTER_QUEUE_URING ? "io_uring" : "threads";
      g_autofree char *source = g_strdup_printf ("/limit/%s/source", name);
      g_autofree char *writes = g_strdup_printf ("/limit/%s/writes", name);
      g_autofree char *writer = g_strdup_printf ("/limit/%s/writer", name);
      g_autofree char *reading = g_strdup_printf ("/limit/%s/reading-back", name);
      g_autofree char *comparing = g_strdup_printf ("/limit/%s/comparing", name);

      g_test_add_data_func (source, kind, test_slow_source);
      g_test_add_data_func (writes, kind, test_slow_writes);
      g_test_add_data_func (writer, kind, test_slow_writer);
      g_test_add_data_func (reading, kind, test_slow_reading_back);
      g_test_add_data_func (comparing, kind, test_comparing);
    }
  return g_test_run ();
}
