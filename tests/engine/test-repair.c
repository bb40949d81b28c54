// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Blocks that came back wrong are written once more; on both kinds of queue.

#include "job.h"

#include "engine/errors.h"

#include <errno.h>
#include <string.h>

#define DROPPED_BYTES (5 * JOB_MIB)

static PlatterVerdict
get_verdict (Job *job)
{
  return job_get_target (job, 0).verdict;
}

static void
assert_failed_repairing (Job *job, PlatterEngineError code)
{
  g_assert_cmpint (get_verdict (job), ==, PLATTER_VERDICT_FAILED);
  g_assert_error (platter_transfer_get_target_error (job->transfer, 0), PLATTER_ENGINE_ERROR,
                  (int)code);
  g_assert_cmpint (platter_transfer_get_target_error_phase (job->transfer, 0), ==,
                   PLATTER_PHASE_REPAIRING);
  g_assert_true (job_target_looks_unfinished (job, 0));
}

/* One block is not there, until it is written again. */
static void
drop_once (Job *job)
{
  job_add_fault (job, (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, DROPPED_BYTES,
                               DROPPED_BYTES + JOB_MIB, .count = 1 });
}

static void
test_blocks (gconstpointer data)
{
  g_autoptr (Job) job = job_new (32 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  const PlatterMismatch *mismatch = NULL;

  job_add_fault (job,
                 (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, 5 * JOB_MIB, 6 * JOB_MIB, .count = 2 });
  job_add_fault (job, (Fault){ FAULT_FLIP, 1, PLATTER_IO_READ, 9 * JOB_MIB, 10 * JOB_MIB,
                               .count = 1, .value = 9 * JOB_MIB });
  job_run (job);
  g_assert_cmpint (get_verdict (job), ==, PLATTER_VERDICT_REPAIRED);
  g_assert_true (job_target_equals (job, 0));
  g_assert_cmpuint (job_get_target (job, 0).repaired_bytes, ==, 2 * JOB_MIB);
  g_assert_cmpuint (job_get_target (job, 0).mismatched_bytes, ==, 0);
  mismatch = job_get_mismatch (job, 0, 0);
  g_assert_true (mismatch->repaired);
  g_assert_cmpuint (mismatch->repair_attempts, ==, 2);
  mismatch = job_get_mismatch (job, 0, 1);
  g_assert_true (mismatch->repaired);
  g_assert_cmpuint (mismatch->repair_attempts, ==, 1);
  g_assert_cmpint (mismatch->kind, ==, PLATTER_MISMATCH_BITS);
}

static void
test_nothing_unasked (gconstpointer data)
{
  g_autoptr (Job) job = job_new (8 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job->options.max_repairs = 0;
  job_add_fault (job,
                 (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, 5 * JOB_MIB, 6 * JOB_MIB, .count = 1 });
  job_run (job);
  g_assert_cmpint (get_verdict (job), ==, PLATTER_VERDICT_MISMATCHED);
  g_assert_cmpuint (job_get_mismatch (job, 0, 0)->repair_attempts, ==, 0);
}

/* A repair that lands on another block is found, though the repaired block itself is right. */
static void
test_that_damages (gconstpointer data)
{
  const PlatterIoOp ops[] = { PLATTER_IO_READ, PLATTER_IO_WRITE, PLATTER_IO_ZERO };
  g_autoptr (Job) job = job_new (32 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  memset (job->source_data + 20 * JOB_MIB, 0, JOB_MIB);
  job_store_source (job);
  /* It comes last, so that it is block 5 that is lost first. */
  job_add_fault (job, (Fault){ FAULT_DELAY, 0, PLATTER_IO_READ, 20 * JOB_MIB, 21 * JOB_MIB,
                               .count = 1, .value = 1000 });
  for (guint i = 0; i < G_N_ELEMENTS (ops); i++)
    job_add_fault (
      job, (Fault){ FAULT_WRAP, 1, ops[i], 20 * JOB_MIB, 21 * JOB_MIB, .value = 15 * JOB_MIB });
  job_run (job);
  g_assert_cmpint (get_verdict (job), ==, PLATTER_VERDICT_MISMATCHED);
  g_assert_cmpuint (platter_transfer_get_target_mismatch_count (job->transfer, 0), ==, 2);
  g_assert_cmpuint (job_get_mismatch (job, 0, 0)->offset_bytes / JOB_MIB, ==, 5);
  g_assert_cmpuint (job_get_mismatch (job, 0, 0)->repair_attempts, >=, 1);
  g_assert_cmpuint (job_get_mismatch (job, 0, 1)->offset_bytes / JOB_MIB, ==, 20);
  g_assert_cmpint (job_get_mismatch (job, 0, 1)->kind, ==, PLATTER_MISMATCH_WRAPPED);
  g_assert_true (job_target_looks_unfinished (job, 0));
}

static void
test_edges (gconstpointer data)
{
  g_autoptr (Job) job = job_new (8 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job_add_fault (job, (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, 0, 1, .skip = 1, .count = 1 });
  job_run (job);
  g_assert_cmpint (get_verdict (job), ==, PLATTER_VERDICT_REPAIRED);
  g_assert_true (job_target_equals (job, 0));
}

/* What was repaired, or differed, and is asked for again. */
static void
test_unreadable_later (gconstpointer data)
{
  for (guint skip = 1; skip <= 2; skip++)
    {
      g_autoptr (Job) job = job_new (16 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
      g_autoptr (PlatterMap) map = NULL;

      job_add_fault (
        job, (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, 5 * JOB_MIB, 6 * JOB_MIB, .count = 1 });
      job_add_fault (job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB,
                                   .skip = skip, .value = EIO });
      job_run (job);
      assert_failed_repairing (job, PLATTER_ENGINE_ERROR_VERIFY);
      g_assert_cmpint (job_get_mismatch (job, 0, 0)->kind, ==, PLATTER_MISMATCH_UNREADABLE);
      g_assert_cmpuint (job_get_target (job, 0).repaired_bytes, ==, 0);
      g_assert_cmpuint (job_get_target (job, 0).verified_bytes, ==, 13 * JOB_MIB);
      map = platter_transfer_dup_target_map (job->transfer, 0);
      g_assert_cmpuint (platter_map_count_bytes (map, PLATTER_MAP_FAILED), ==, JOB_MIB);
    }
}

/* It can be read again, and is not right. */
static void
test_different_later (gconstpointer data)
{
  g_autoptr (Job) job = job_new (16 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job_add_fault (job, (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, 5 * JOB_MIB, 6 * JOB_MIB });
  job_add_fault (job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB,
                               .count = 1, .value = EIO });
  job_run (job);
  g_assert_cmpint (get_verdict (job), ==, PLATTER_VERDICT_MISMATCHED);
  g_assert_cmpint (job_get_mismatch (job, 0, 0)->kind, ==, PLATTER_MISMATCH_OTHER);
}

/* What a repair has written is no safer than the rest. */
static void
test_flush_fails (gconstpointer data)
{
  g_autoptr (Job) job = job_new (16 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  drop_once (job);
  /* After that of the mark and that of the copy. */
  job_add_fault (job,
                 (Fault){ FAULT_ERROR, 1, PLATTER_IO_FLUSH, .skip = 2, .count = 1, .value = EIO });
  job_run (job);
  assert_failed_repairing (job, PLATTER_ENGINE_ERROR_FLUSH);
}

/* It was the same when it was compared, and is another one when it is to be written: better the old block than one that was
   never part of it. Read a third time it would be right, but who knows. */
static void
test_source_changes (gconstpointer data)
{
  g_autoptr (Job) job = job_new (16 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  gsize length = 0;
  guint8 *after = NULL;

  drop_once (job);
  job_add_fault (job, (Fault){ FAULT_GARBLE, 0, PLATTER_IO_READ, DROPPED_BYTES,
                               DROPPED_BYTES + JOB_MIB, .skip = 2, .count = 1 });
  job_run (job);
  g_assert_cmpint (get_verdict (job), ==, PLATTER_VERDICT_SOURCE_UNSTABLE);
  g_assert_error (platter_transfer_get_target_error (job->transfer, 0), PLATTER_ENGINE_ERROR,
                  PLATTER_ENGINE_ERROR_SOURCE_UNSTABLE);
  g_assert_false (job_get_mismatch (job, 0, 0)->repaired);
  g_assert_true (job_target_looks_unfinished (job, 0));
  after = job_read_target (job, 0, &length);
  for (guint64 i = DROPPED_BYTES; i < DROPPED_BYTES + JOB_MIB; i++)
    g_assert_cmpuint (after[i], ==, job_old_byte (i));
}

static const struct
{
  const char *name;
  GTestDataFunc run;
} cases[] = {
  { "blocks", test_blocks },
  { "nothing-unasked", test_nothing_unasked },
  { "that-damages", test_that_damages },
  { "edges", test_edges },
  { "unreadable-later", test_unreadable_later },
  { "different-later", test_different_later },
  { "flush-fails", test_flush_fails },
  { "source-changes", test_source_changes },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *uring = g_strdup_printf ("/repair/io-uring/%s", cases[i].name);
      g_autofree char *threads = g_strdup_printf ("/repair/threads/%s", cases[i].name);

      g_test_add_data_func (uring, GUINT_TO_POINTER (PLATTER_QUEUE_URING), cases[i].run);
      g_test_add_data_func (threads, GUINT_TO_POINTER (PLATTER_QUEUE_THREADS), cases[i].run);
    }
  return g_test_run ();
}
