// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a transfer says and does when devices fail, lie or hang; on both kinds of queue.

#include "job.h"

#include "engine/errors.h"

#include <errno.h>
#include <string.h>

#define EVERYWHERE .start_bytes = 0, .end_bytes = G_MAXUINT64

static PlatterVerdict
get_verdict (Job *job, guint target)
{
  return job_get_target (job, target).verdict;
}

static void
assert_target_failed (Job *job, guint target, PlatterEngineError code, PlatterPhase phase)
{
  g_assert_cmpint (get_verdict (job, target), ==, PLATTER_VERDICT_FAILED);
  g_assert_error (platter_transfer_get_target_error (job->transfer, target), PLATTER_ENGINE_ERROR,
                  (int)code);
  g_assert_cmpint (platter_transfer_get_target_error_phase (job->transfer, target), ==, phase);
  g_assert_true (job_target_looks_unfinished (job, target));
}

static void
assert_not_done (Job *job)
{
  PlatterProgress progress;

  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_cmpfloat (progress.fraction, <, 1.0);
}

static void
test_read_error (gconstpointer data)
{
  g_autoptr (Job) job = job_new (12 * JOB_MIB, 2, GPOINTER_TO_UINT (data));

  job_add_fault (job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, 5 * JOB_MIB + 8192,
                               5 * JOB_MIB + 8704, .value = EIO });
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ);
  for (guint i = 0; i < 2; i++)
    {
      assert_target_failed (job, i, PLATTER_ENGINE_ERROR_READ, PLATTER_PHASE_COPYING);
      g_assert_cmpuint (platter_transfer_get_target_error_offset (job->transfer, i), ==,
                        5 * JOB_MIB + 8192);
    }
  assert_not_done (job);
}

static void
test_source_ends_early (gconstpointer data)
{
  g_autoptr (Job) job = job_new (8 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job_add_fault (job, (Fault){ FAULT_END, 0, PLATTER_IO_READ, 6 * JOB_MIB, G_MAXUINT64 });
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_SHORT_READ);
  assert_target_failed (job, 0, PLATTER_ENGINE_ERROR_SHORT_READ, PLATTER_PHASE_COPYING);
}

static void
test_all_writes_fail (gconstpointer data)
{
  g_autoptr (Job) job = job_new (8 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job_add_fault (job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_WRITE, EVERYWHERE, .value = EIO });
  job_run (job);
  g_assert_false (job->is_good);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_FAILED);
  g_assert_cmpuint (job_get_target (job, 0).durable_bytes, ==, 0);
  assert_not_done (job);
}

static void
test_one_write_fails (gconstpointer data)
{
  g_autoptr (Job) job = job_new (8 * JOB_MIB, 3, GPOINTER_TO_UINT (data));

  job_add_fault (
    job, (Fault){ FAULT_ERROR, 2, PLATTER_IO_WRITE, 4 * JOB_MIB, 5 * JOB_MIB, .value = EIO });
  job_run (job);
  g_assert_true (job->is_good);
  assert_target_failed (job, 1, PLATTER_ENGINE_ERROR_WRITE, PLATTER_PHASE_COPYING);
  g_assert_cmpuint (platter_transfer_get_target_error_offset (job->transfer, 1), ==, 4 * JOB_MIB);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_VERIFIED);
  g_assert_cmpint (get_verdict (job, 2), ==, PLATTER_VERDICT_VERIFIED);
  g_assert_true (job_target_equals (job, 0));
  g_assert_true (job_target_equals (job, 2));
  assert_not_done (job);
}

/* It comes last of all; without a verification nothing else would notice. */
static void
test_write_of_the_head_fails (gconstpointer data)
{
  for (guint verify = 0; verify < 2; verify++)
    {
      g_autoptr (Job) job = job_new (8 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

      job->options.verify = verify == 1;
      /* The first one is the mark's. */
      job_add_fault (job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_WRITE, 0, 1, .skip = 1, .count = 1,
                                   .value = EIO });
      job_run (job);
      g_assert_false (job->is_good);
      assert_target_failed (job, 0, PLATTER_ENGINE_ERROR_WRITE, PLATTER_PHASE_FINISHING);
      g_assert_cmpuint (platter_transfer_get_target_error_offset (job->transfer, 0), ==, 0);
      assert_not_done (job);
    }
}

static void
test_no_space_and_gone (gconstpointer data)
{
  g_autoptr (Job) job = job_new (8 * JOB_MIB, 2, GPOINTER_TO_UINT (data));

  job_add_fault (
    job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_WRITE, 4 * JOB_MIB, 5 * JOB_MIB, .value = ENOSPC });
  job_add_fault (
    job, (Fault){ FAULT_ERROR, 2, PLATTER_IO_WRITE, 4 * JOB_MIB, 5 * JOB_MIB, .value = ENODEV });
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_NO_SPACE);
  assert_target_failed (job, 0, PLATTER_ENGINE_ERROR_NO_SPACE, PLATTER_PHASE_COPYING);
  assert_target_failed (job, 1, PLATTER_ENGINE_ERROR_GONE, PLATTER_PHASE_COPYING);
}

static void
assert_verified (Job *job)
{
  job_run (job);
  g_assert_no_error (job->error);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_VERIFIED);
  g_assert_true (job_target_equals (job, 0));
}

static void
test_row_23_short (gconstpointer data)
{
  g_autoptr (Job) job = job_new (8 * JOB_MIB + 700, 1, GPOINTER_TO_UINT (data));

  job_add_fault (job, (Fault){ FAULT_SHORT, 0, PLATTER_IO_READ, EVERYWHERE });
  job_add_fault (job, (Fault){ FAULT_SHORT, 1, PLATTER_IO_WRITE, EVERYWHERE });
  assert_verified (job);
}

static void
test_row_24_interrupted (gconstpointer data)
{
  const int answers[] = { EINTR, EAGAIN };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (Job) job = job_new (8 * JOB_MIB + 700, 1, GPOINTER_TO_UINT (data));
      guint64 answer = (guint64)answers[i];

      for (guint file = 0; file < 2; file++)
        job_add_fault (job, (Fault){ FAULT_ERROR, file, PLATTER_IO_READ, EVERYWHERE, .count = 50,
                                     .value = answer });
      job_add_fault (
        job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_WRITE, EVERYWHERE, .count = 50, .value = answer });
      assert_verified (job);
    }
}

/* The kernel tells of it once: a second flush says that all is well. */
static void
test_flush_fails (gconstpointer data)
{
  static const struct
  {
    PlatterPhase phase;
    guint64 failed_bytes;
    guint64 durable_bytes;
  } flushes[] = {
    { PLATTER_PHASE_PREPARING, 0, 0 },
    { PLATTER_PHASE_FLUSHING, 4 * JOB_MIB, 0 },
    { PLATTER_PHASE_FINISHING, JOB_MIB, 4 * JOB_MIB }, /* the last MiB */
    { PLATTER_PHASE_FINISHING, JOB_MIB, 5 * JOB_MIB }, /* the first one */
  };

  for (guint skip = 0; skip < G_N_ELEMENTS (flushes); skip++)
    {
      g_autoptr (Job) job = job_new (6 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
      g_autoptr (PlatterMap) map = NULL;

      job_add_fault (
        job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_FLUSH, .skip = skip, .count = 1, .value = EIO });
      job_run (job);
      g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FLUSH);
      g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_FAILED);
      g_assert_cmpint (platter_transfer_get_target_error_phase (job->transfer, 0), ==,
                       flushes[skip].phase);
      g_assert_cmpuint (job_get_target (job, 0).durable_bytes, ==, flushes[skip].durable_bytes);
      map = platter_transfer_dup_target_map (job->transfer, 0);
      g_assert_cmpuint (platter_map_count_bytes (map, PLATTER_MAP_COPIED), ==, 0);
      g_assert_cmpuint (platter_map_count_bytes (map, PLATTER_MAP_FAILED), ==,
                        flushes[skip].failed_bytes);
    }
}

static void
test_drops_above (gconstpointer data)
{
  g_autoptr (Job) job = job_new (32 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  const PlatterMismatch *first = NULL;

  job_add_fault (job, (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, 8 * JOB_MIB, G_MAXUINT64 });
  job_run (job);
  g_assert_true (job->is_good);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_MISMATCHED);
  g_assert_cmpuint (platter_transfer_get_target_mismatch_count (job->transfer, 0), ==, 24);
  g_assert_cmpuint (job_get_target (job, 0).mismatched_bytes, ==, 24 * JOB_MIB);
  first = job_get_mismatch (job, 0, 0);
  g_assert_cmpuint (first->offset_bytes, ==, 8 * JOB_MIB);
  g_assert_cmpint (first->kind, ==, PLATTER_MISMATCH_OLD_DATA);
  g_assert_cmpuint (first->repair_attempts, ==, 0);
  g_assert_true (job_target_looks_unfinished (job, 0));
  assert_not_done (job);
}

static void
wrap (Job *job, guint64 size_bytes)
{
  for (PlatterIoOp op = PLATTER_IO_READ; op <= PLATTER_IO_WRITE; op++)
    job_add_fault (job, (Fault){ FAULT_WRAP, 1, op, EVERYWHERE, .value = size_bytes });
}

static void
test_wraps (gconstpointer data)
{
  g_autoptr (Job) job = job_new (32 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  const PlatterMismatch *mismatch = NULL;

  wrap (job, 8 * JOB_MIB);
  job_run (job);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_MISMATCHED);
  g_assert_cmpuint (platter_transfer_get_target_mismatch_count (job->transfer, 0), ==, 24);
  mismatch = job_get_mismatch (job, 0, 1);
  g_assert_cmpint (mismatch->kind, ==, PLATTER_MISMATCH_WRAPPED);
  /* Writes may overtake each other: which of those that share a place is there in the end is open. */
  g_assert_cmpuint (mismatch->found_at_bytes / JOB_MIB % 8, ==,
                    mismatch->offset_bytes / JOB_MIB % 8);
  g_assert_cmpuint (mismatch->found_at_bytes / JOB_MIB, !=, mismatch->offset_bytes / JOB_MIB);
}

/* Writing one of two blocks that share a place again would only lose the other one. */
static void
assert_wrapped (Job *job, guint index, guint64 offset_bytes, guint64 found_at_bytes)
{
  const PlatterMismatch *mismatch = job_get_mismatch (job, 0, index);

  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_MISMATCHED);
  g_assert_cmpuint (mismatch->offset_bytes / JOB_MIB, ==, offset_bytes / JOB_MIB);
  g_assert_cmpint (mismatch->kind, ==, PLATTER_MISMATCH_WRAPPED);
  g_assert_cmpuint (mismatch->found_at_bytes, ==, found_at_bytes);
  g_assert_cmpuint (mismatch->repair_attempts, ==, 0);
}

/* Only the edges share their place with other blocks, and then with each other. */
static void
test_wraps_at_the_edge (gconstpointer data)
{
  g_autoptr (Job) job = job_new (16 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  g_autoptr (Job) other = job_new (16 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  wrap (job, 14 * JOB_MIB);
  job_run (job);
  g_assert_cmpuint (platter_transfer_get_target_mismatch_count (job->transfer, 0), ==, 2);
  assert_wrapped (job, 0, 0, 14 * JOB_MIB);
  assert_wrapped (job, 1, 15 * JOB_MIB, JOB_MIB);
  wrap (other, 15 * JOB_MIB);
  job_run (other);
  g_assert_cmpuint (platter_transfer_get_target_mismatch_count (other->transfer, 0), ==, 1);
  assert_wrapped (other, 0, 15 * JOB_MIB, 0);
}

static void
test_bit_flips (gconstpointer data)
{
  g_autoptr (Job) job = job_new (16 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  const PlatterMismatch *mismatch = NULL;

  job_add_fault (job, (Fault){ FAULT_FLIP, 1, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB,
                               .value = 5 * JOB_MIB + 1234 });
  job_run (job);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_MISMATCHED);
  g_assert_cmpuint (platter_transfer_get_target_mismatch_count (job->transfer, 0), ==, 1);
  mismatch = job_get_mismatch (job, 0, 0);
  g_assert_cmpuint (mismatch->offset_bytes, ==, 5 * JOB_MIB + 1234);
  g_assert_cmpuint (mismatch->length_bytes, ==, 1);
  g_assert_cmpuint (mismatch->differing_bytes, ==, 1);
  g_assert_cmpint (mismatch->kind, ==, PLATTER_MISMATCH_BITS);
  g_assert_cmpuint (mismatch->bits, ==, 1);
  g_assert_cmpuint (mismatch->repair_attempts, ==, 3);
  g_assert_false (mismatch->repaired);
}

static void
test_edges_are_verified (gconstpointer data)
{
  guint64 offsets[] = { 0, 8 * JOB_MIB - 1 };

  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      g_autoptr (Job) job = job_new (8 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
      const PlatterMismatch *mismatch = NULL;

      job->options.max_repairs = 0;
      /* The first reading back sees the mark, the second what was written at the end. */
      job_add_fault (job, (Fault){ FAULT_FLIP, 1, PLATTER_IO_READ, offsets[i], offsets[i] + 1,
                                   .skip = 1, .count = 1, .value = offsets[i] });
      job_run (job);
      g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_MISMATCHED);
      mismatch = job_get_mismatch (job, 0, 0);
      g_assert_cmpuint (mismatch->offset_bytes, ==, offsets[i]);
      g_assert_cmpuint (mismatch->bits, ==, 1);
    }
}

static void
test_unreadable (gconstpointer data)
{
  g_autoptr (Job) job = job_new (16 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  const PlatterMismatch *mismatch = NULL;

  job_add_fault (
    job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_READ, 7 * JOB_MIB, 8 * JOB_MIB, .value = EIO });
  job_run (job);
  assert_target_failed (job, 0, PLATTER_ENGINE_ERROR_VERIFY, PLATTER_PHASE_REPAIRING);
  mismatch = job_get_mismatch (job, 0, 0);
  g_assert_cmpuint (mismatch->offset_bytes, ==, 7 * JOB_MIB);
  g_assert_cmpint (mismatch->kind, ==, PLATTER_MISMATCH_UNREADABLE);
  g_assert_cmpuint (job_get_target (job, 0).mismatched_bytes, ==, 0);
}

/* It ends where it did not before: what was in memory from an earlier read is no part of it. */
static void
test_target_ends_early (gconstpointer data)
{
  g_autoptr (Job) job = job_new (16 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job_add_fault (job, (Fault){ FAULT_END, 1, PLATTER_IO_READ, 6 * JOB_MIB, 7 * JOB_MIB });
  job_run (job);
  assert_target_failed (job, 0, PLATTER_ENGINE_ERROR_VERIFY, PLATTER_PHASE_REPAIRING);
  g_assert_cmpuint (job_get_mismatch (job, 0, 0)->offset_bytes, ==, 6 * JOB_MIB);
  g_assert_cmpint (job_get_mismatch (job, 0, 0)->kind, ==, PLATTER_MISMATCH_UNREADABLE);
  g_assert_cmpuint (job_get_target (job, 0).mismatched_bytes, ==, 0);
}

static void
test_unreadable_everywhere (gconstpointer data)
{
  g_autoptr (Job) job = job_new (40 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job_add_fault (job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_READ, EVERYWHERE, .value = EIO });
  job_run (job);
  assert_target_failed (job, 0, PLATTER_ENGINE_ERROR_VERIFY, PLATTER_PHASE_VERIFYING);
  g_assert_cmpuint (platter_transfer_get_target_mismatch_count (job->transfer, 0), <, 20);
}

static void
test_unstable_source (gconstpointer data)
{
  g_autoptr (Job) job = job_new (16 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job_add_fault (
    job, (Fault){ FAULT_FLIP, 1, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB, .value = 5 * JOB_MIB });
  job_add_fault (job,
                 (Fault){ FAULT_GARBLE, 0, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB, .skip = 1 });
  job_run (job);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_SOURCE_UNSTABLE);
  g_assert_error (platter_transfer_get_target_error (job->transfer, 0), PLATTER_ENGINE_ERROR,
                  PLATTER_ENGINE_ERROR_SOURCE_UNSTABLE);
  g_assert_true (job_target_looks_unfinished (job, 0));
}

/* It was read whole, and unplugged: that is no fault of it, and no excuse for the target. */
static void
test_source_goes_while_verifying (gconstpointer data)
{
  g_autoptr (Job) job = job_new (16 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job_add_fault (
    job, (Fault){ FAULT_FLIP, 1, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB, .value = 5 * JOB_MIB });
  job_add_fault (job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB, .skip = 1,
                               .value = ENODEV });
  job_run (job);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_MISMATCHED);
  g_assert_cmpuint (job_get_mismatch (job, 0, 0)->offset_bytes, ==, 5 * JOB_MIB);
  g_assert_true (job_target_looks_unfinished (job, 0));
}

static void
test_target_hangs (gconstpointer data)
{
  g_autoptr (Job) job = job_new (24 * JOB_MIB, 3, GPOINTER_TO_UINT (data));

  job->options.stall_timeout_s = FAULT_HANG_S;
  job_add_fault (job, (Fault){ FAULT_HANG, 2, PLATTER_IO_WRITE, 6 * JOB_MIB, 7 * JOB_MIB });
  job_run (job);
  g_assert_true (job->is_good);
  assert_target_failed (job, 1, PLATTER_ENGINE_ERROR_STALLED, PLATTER_PHASE_COPYING);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_VERIFIED);
  g_assert_cmpint (get_verdict (job, 2), ==, PLATTER_VERDICT_VERIFIED);
  g_assert_true (job_target_equals (job, 0));
}

static void
test_source_hangs (gconstpointer data)
{
  g_autoptr (Job) job = job_new (8 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job->options.stall_timeout_s = FAULT_HANG_S;
  job_add_fault (job, (Fault){ FAULT_HANG, 0, PLATTER_IO_READ, 6 * JOB_MIB, G_MAXUINT64 });
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_STALLED);
  assert_target_failed (job, 0, PLATTER_ENGINE_ERROR_STALLED, PLATTER_PHASE_COPYING);
}

/* By then only the targets of which something else came back need it, now and later. */
static void
test_source_hangs_while_verifying (gconstpointer data)
{
  g_autoptr (Job) job = job_new (16 * JOB_MIB, 3, GPOINTER_TO_UINT (data));

  job->options.stall_timeout_s = FAULT_HANG_S;
  job_add_fault (
    job, (Fault){ FAULT_FLIP, 2, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB, .value = 5 * JOB_MIB });
  job_add_fault (job, (Fault){ FAULT_FLIP, 3, PLATTER_IO_READ, 12 * JOB_MIB, 13 * JOB_MIB,
                               .value = 12 * JOB_MIB });
  for (guint i = 5; i <= 12; i += 7)
    job_add_fault (
      job, (Fault){ FAULT_HANG, 0, PLATTER_IO_READ, i * JOB_MIB, (i + 1) * JOB_MIB, .skip = 1 });
  job_run (job);
  g_assert_true (job->is_good);
  for (guint i = 1; i <= 2; i++)
    {
      const GError *error = platter_transfer_get_target_error (job->transfer, i);

      assert_target_failed (job, i, PLATTER_ENGINE_ERROR_STALLED, PLATTER_PHASE_VERIFYING);
      g_assert_nonnull (strstr (error->message, "has not answered"));
    }
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_VERIFIED);
  g_assert_true (job_target_equals (job, 0));
}

static void
test_answers_out_of_order (gconstpointer data)
{
  g_autoptr (Job) job = job_new (24 * JOB_MIB, 2, GPOINTER_TO_UINT (data));

  job->options.digests = PLATTER_DIGEST_SHA1;
  for (guint file = 0; file < 3; file++)
    for (guint i = 1; i < 23; i += 3)
      job_add_fault (job,
                     (Fault){ FAULT_DELAY, file, file == 0 ? PLATTER_IO_READ : PLATTER_IO_WRITE,
                              i * JOB_MIB, (i + 1) * JOB_MIB, .value = 3 + i % 9 });
  job_run (job);
  g_assert_no_error (job->error);
  g_assert_true (job_target_equals (job, 0));
  g_assert_true (job_target_equals (job, 1));
}

/* A good one, a liar, one that fails at 40 %, and one that answers late. */
static void
test_four_targets (gconstpointer data)
{
  g_autoptr (Job) job = job_new (40 * JOB_MIB, 4, GPOINTER_TO_UINT (data));

  job_add_fault (job, (Fault){ FAULT_DROP, 2, PLATTER_IO_WRITE, 30 * JOB_MIB, 32 * JOB_MIB });
  job_add_fault (
    job, (Fault){ FAULT_ERROR, 3, PLATTER_IO_WRITE, 16 * JOB_MIB, 17 * JOB_MIB, .value = EIO });
  job_add_fault (job, (Fault){ FAULT_DELAY, 4, PLATTER_IO_WRITE, EVERYWHERE, .value = 4 });
  job_run (job);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_VERIFIED);
  g_assert_cmpint (get_verdict (job, 1), ==, PLATTER_VERDICT_MISMATCHED);
  g_assert_cmpuint (platter_transfer_get_target_mismatch_count (job->transfer, 1), ==, 2);
  g_assert_cmpuint (job_get_mismatch (job, 1, 0)->offset_bytes, ==, 30 * JOB_MIB);
  assert_target_failed (job, 2, PLATTER_ENGINE_ERROR_WRITE, PLATTER_PHASE_COPYING);
  g_assert_cmpint (get_verdict (job, 3), ==, PLATTER_VERDICT_VERIFIED);
  g_assert_true (job_target_equals (job, 0));
  g_assert_true (job_target_equals (job, 3));
}

typedef struct
{
  const char *name;
  void (*run) (gconstpointer data);
} Case;

static const Case cases[] = {
  { "read-error", test_read_error },
  { "source-ends-early", test_source_ends_early },
  { "all-writes-fail", test_all_writes_fail },
  { "one-write-fails", test_one_write_fails },
  { "write-of-the-head-fails", test_write_of_the_head_fails },
  { "no-space-and-gone", test_no_space_and_gone },
  { "short", test_row_23_short },
  { "interrupted", test_row_24_interrupted },
  { "flush-fails", test_flush_fails },
  { "drops-above", test_drops_above },
  { "wraps", test_wraps },
  { "wraps-at-the-edge", test_wraps_at_the_edge },
  { "bit-flips", test_bit_flips },
  { "edges-are-verified", test_edges_are_verified },
  { "unreadable", test_unreadable },
  { "target-ends-early", test_target_ends_early },
  { "unreadable-everywhere", test_unreadable_everywhere },
  { "unstable-source", test_unstable_source },
  { "source-goes-while-verifying", test_source_goes_while_verifying },
  { "target-hangs", test_target_hangs },
  { "source-hangs", test_source_hangs },
  { "source-hangs-while-verifying", test_source_hangs_while_verifying },
  { "answers-out-of-order", test_answers_out_of_order },
  { "four-targets", test_four_targets },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *uring = g_strdup_printf ("/faults/io-uring/%s", cases[i].name);
      g_autofree char *threads = g_strdup_printf ("/faults/threads/%s", cases[i].name);

      g_test_add_data_func (uring, GUINT_TO_POINTER (PLATTER_QUEUE_URING), cases[i].run);
      g_test_add_data_func (threads, GUINT_TO_POINTER (PLATTER_QUEUE_THREADS), cases[i].run);
    }
  return g_test_run ();
}
