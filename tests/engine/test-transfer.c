// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whole transfers between good files, on both kinds of queue.

#include "job.h"

#include "engine/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void
assert_verified (Job *job, guint target)
{
  PlatterTargetProgress progress = job_get_target (job, target);

  g_assert_cmpint (progress.verdict, ==, PLATTER_VERDICT_VERIFIED);
  g_assert_null (platter_transfer_get_target_error (job->transfer, target));
  g_assert_cmpuint (progress.written_bytes, ==, job->source_bytes);
  g_assert_cmpuint (progress.durable_bytes, ==, job->source_bytes);
  g_assert_cmpuint (progress.verified_bytes, ==, job->source_bytes);
  g_assert_cmpuint (platter_transfer_get_target_mismatch_count (job->transfer, target), ==, 0);
  g_assert_true (job_target_equals (job, target));
}

static void
assert_done (Job *job)
{
  PlatterProgress progress;

  g_assert_no_error (job->error);
  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_cmpint (progress.phase, ==, PLATTER_PHASE_ENDED);
  g_assert_cmpfloat (progress.fraction, ==, 1.0);
  g_assert_cmpint (progress.remaining_us, ==, 0);
  g_assert_cmpuint (progress.read_bytes, ==, job->source_bytes);
}

static void
test_sizes (gconstpointer data)
{
  guint64 sizes[] = { 1,
                      100,
                      512,
                      4096,
                      JOB_MIB - 1,
                      JOB_MIB,
                      JOB_MIB + 100,
                      2 * JOB_MIB,
                      2 * JOB_MIB + 512,
                      3 * JOB_MIB,
                      9 * JOB_MIB + 12345 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (Job) job = job_new (sizes[i], 1, GPOINTER_TO_UINT (data));

      job_run (job);
      assert_done (job);
      assert_verified (job, 0);
    }
}

static void
test_larger_target (gconstpointer data)
{
  g_autoptr (Job) job = job_new (3 * JOB_MIB + 100, 1, GPOINTER_TO_UINT (data));
  guint8 *stored = NULL;
  gsize length = 0;

  job->target_bytes = 5 * JOB_MIB;
  job_run (job);
  assert_verified (job, 0);
  stored = job_read_target (job, 0, &length);
  g_assert_cmpuint (stored[4 * JOB_MIB], ==, job_old_byte (4 * JOB_MIB));
}

static void
test_part_of_the_source (gconstpointer data)
{
  g_autoptr (Job) job = job_new (6 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job->options.size_bytes = 2 * JOB_MIB + 77;
  job->target_bytes = 2 * JOB_MIB + 77;
  job_run (job);
  g_assert_no_error (job->error);
  g_assert_true (job_target_equals (job, 0));
}

static void
test_too_small (gconstpointer data)
{
  g_autoptr (Job) job = job_new (3 * JOB_MIB, 2, GPOINTER_TO_UINT (data));

  job->target_bytes = 3 * JOB_MIB - 1;
  g_assert_false (job_prepare (job));
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_TOO_SMALL);
}

static void
test_many_targets (gconstpointer data)
{
  g_autoptr (Job) job = job_new (5 * JOB_MIB + 512, 32, GPOINTER_TO_UINT (data));

  job_run (job);
  assert_done (job);
  for (guint i = 0; i < job->n_targets; i++)
    assert_verified (job, i);
}

static void
test_unverified (gconstpointer data)
{
  g_autoptr (Job) job = job_new (5 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job->options.verify = FALSE;
  job_run (job);
  assert_done (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_WRITTEN);
  g_assert_cmpuint (job_get_target (job, 0).verified_bytes, ==, 0);
  g_assert_cmpuint (job_get_target (job, 0).durable_bytes, ==, job->source_bytes);
  g_assert_true (job_target_equals (job, 0));
}

static void
test_zeros (gconstpointer data)
{
  g_autoptr (Job) job = job_new (8 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  g_autoptr (PlatterMap) map = NULL;
  PlatterProgress progress;

  memset (job->source_data, 0, 3 * JOB_MIB);
  memset (job->source_data + 5 * JOB_MIB, 0, JOB_MIB);
  job_store_source (job);
  job->options.verify = FALSE;
  job_run (job);
  assert_done (job);
  g_assert_true (job_target_equals (job, 0));
  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_cmpuint (progress.zero_bytes, ==, 4 * JOB_MIB);
  map = platter_transfer_dup_target_map (job->transfer, 0);
  g_assert_cmpuint (platter_map_count_bytes (map, PLATTER_MAP_ZERO), ==, 3 * JOB_MIB);
}

static void
test_groups (gconstpointer data)
{
  g_autoptr (Job) job = job_new (19 * JOB_MIB + 5, 2, GPOINTER_TO_UINT (data));

  job->max_table_entries = 4;
  job_run (job);
  assert_done (job);
  assert_verified (job, 0);
  assert_verified (job, 1);
}

static void
test_groups_with_mismatches (gconstpointer data)
{
  g_autoptr (Job) job = job_new (40 * JOB_MIB + 5, 1, GPOINTER_TO_UINT (data));

  job->max_table_entries = 4;
  job_add_fault (job,
                 (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, 9 * JOB_MIB, 10 * JOB_MIB, .count = 2 });
  job_add_fault (job, (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, 39 * JOB_MIB, 39 * JOB_MIB + 5,
                               .skip = 1, .count = 1 });
  job_run (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_REPAIRED);
  g_assert_true (job_target_equals (job, 0));
  g_assert_cmpuint (job_get_mismatch (job, 0, 0)->offset_bytes, ==, 9 * JOB_MIB);
  g_assert_cmpuint (job_get_mismatch (job, 0, 0)->repair_attempts, ==, 2);
}

static void
test_groups_with_passing_fault (gconstpointer data)
{
  g_autoptr (Job) job = job_new (40 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job->max_table_entries = 4;
  job_add_fault (job, (Fault){ FAULT_FLIP, 1, PLATTER_IO_READ, 9 * JOB_MIB, 10 * JOB_MIB,
                               .count = 1, .value = 9 * JOB_MIB });
  job_run (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_REPAIRED);
  g_assert_true (job_target_equals (job, 0));
}

/* One block comes so late that all others of the disk have come: of its group another one is wrong. */
static void
test_groups_with_late_block (gconstpointer data)
{
  g_autoptr (Job) job = job_new (120 * JOB_MIB + 5, 1, GPOINTER_TO_UINT (data));

  job->max_table_entries = 61;
  job_add_fault (job, (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, 8 * JOB_MIB, 9 * JOB_MIB });
  job_add_fault (job, (Fault){ FAULT_DELAY, 1, PLATTER_IO_READ, 9 * JOB_MIB, 9 * JOB_MIB + 4096,
                               .count = 1, .value = 300 });
  job_run (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_MISMATCHED);
  g_assert_cmpuint (job_get_mismatch (job, 0, 0)->offset_bytes, ==, 8 * JOB_MIB);
  g_assert_false (job_target_equals (job, 0));
}

/* Repaired, it came back right, and then wrong again: as of a drive that read from its memory at first. */
static void
test_groups_with_bad_repair (gconstpointer data)
{
  g_autoptr (Job) job = job_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  guint64 at = 5 * JOB_MIB + 4096;

  job->max_table_entries = 4;
  job_add_fault (job, (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, at, at + 1, .count = 1 });
  job_add_fault (job,
                 (Fault){ FAULT_FLIP, 1, PLATTER_IO_READ, at, at + 1, .skip = 3, .value = at });
  job_run (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_MISMATCHED);
}

/* A block that cannot be read before it was written anew leaves nothing behind that would count for another group. */
static void
test_groups_with_pending_sector (gconstpointer data)
{
  g_autoptr (Job) job = job_new (60 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  guint64 at = 45 * JOB_MIB + 4096;

  job->max_table_entries = 32;
  job_add_fault (job,
                 (Fault){ FAULT_ERROR, 1, PLATTER_IO_READ, at, at + 1, .count = 2, .value = EIO });
  job_run (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_REPAIRED);
  g_assert_true (job_target_equals (job, 0));
}

/* All of the target is as it was read, but for a fault that has passed: with what the source has now it must not be
   "repaired". */
static void
test_groups_with_unstable_source (gconstpointer data)
{
  /* In the middle of its group, and at the end. */
  for (guint64 at = 12 * JOB_MIB; at <= 15 * JOB_MIB; at += 3 * JOB_MIB)
    {
      g_autoptr (Job) job = job_new (40 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

      job->max_table_entries = 4;
      job_add_fault (job,
                     (Fault){ FAULT_GARBLE, 0, PLATTER_IO_READ, at, at + JOB_MIB, .count = 1 });
      job_add_fault (job, (Fault){ FAULT_FLIP, 1, PLATTER_IO_READ, 13 * JOB_MIB, 14 * JOB_MIB,
                                   .count = 1, .value = 13 * JOB_MIB });
      job_run (job);
      g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_SOURCE_UNSTABLE);
      g_assert_true (job_target_looks_unfinished (job, 0));
    }
}

static const struct
{
  PlatterDigests digest;
  GChecksumType type;
} checksums[] = {
  { PLATTER_DIGEST_SHA256, G_CHECKSUM_SHA256 },
  { PLATTER_DIGEST_SHA512, G_CHECKSUM_SHA512 },
  { PLATTER_DIGEST_SHA1, G_CHECKSUM_SHA1 },
  { PLATTER_DIGEST_MD5, G_CHECKSUM_MD5 },
};

static void
test_digests (gconstpointer data)
{
  g_autoptr (Job) job = job_new (60 * JOB_MIB + 33, 1, GPOINTER_TO_UINT (data));

  for (guint i = 0; i < G_N_ELEMENTS (checksums); i++)
    job->options.digests |= checksums[i].digest;
  job_run (job);
  assert_done (job);
  for (guint i = 0; i < G_N_ELEMENTS (checksums); i++)
    {
      g_autofree char *hex
        = g_compute_checksum_for_data (checksums[i].type, job->source_data, job->source_bytes);

      g_assert_cmpstr (platter_transfer_get_digest (job->transfer, checksums[i].digest), ==, hex);
    }
  g_assert_null (platter_transfer_get_digest (job->transfer, PLATTER_DIGEST_BLAKE2B));
}

static void
store_target (Job *job, const guint8 *data, guint64 length)
{
  g_autofree char *path = job_get_path (job, 0);

  g_assert_true (g_file_set_contents (path, (const char *)data, (gssize)length, NULL));
}

static void
test_compare_equal (gconstpointer data)
{
  g_autoptr (Job) job = job_new (9 * JOB_MIB + 99, 1, GPOINTER_TO_UINT (data));

  job->options.kind = PLATTER_TRANSFER_COMPARE;
  job->options.digests = PLATTER_DIGEST_MD5;
  store_target (job, job->source_data, job->source_bytes);
  job_run (job);
  assert_done (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_VERIFIED);
  g_assert_cmpuint (job_get_target (job, 0).written_bytes, ==, 0);
  g_assert_nonnull (platter_transfer_get_digest (job->transfer, PLATTER_DIGEST_MD5));
}

static void
test_compare_different (gconstpointer data)
{
  g_autoptr (Job) job = job_new (9 * JOB_MIB + 99, 1, GPOINTER_TO_UINT (data));
  g_autofree guint8 *target = g_memdup2 (job->source_data, job->source_bytes);
  guint64 offsets[] = { 0, 4 * JOB_MIB + 5, 9 * JOB_MIB + 98 };
  guint8 *after = NULL;
  gsize length = 0;

  job->options.kind = PLATTER_TRANSFER_COMPARE;
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    target[offsets[i]] ^= 0x10;
  store_target (job, target, job->source_bytes);
  job_run (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_MISMATCHED);
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    g_assert_cmpuint (job_get_mismatch (job, 0, i)->offset_bytes, ==, offsets[i]);
  after = job_read_target (job, 0, &length);
  g_assert_cmpmem (after, length, target, job->source_bytes);
}

/* What nobody could look at is not equal, whatever the rest is. */
static void
test_compare_unreadable (gconstpointer data)
{
  g_autoptr (Job) job = job_new (9 * JOB_MIB + 99, 1, GPOINTER_TO_UINT (data));

  job->options.kind = PLATTER_TRANSFER_COMPARE;
  store_target (job, job->source_data, job->source_bytes);
  job_add_fault (
    job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_READ, 3 * JOB_MIB, 4 * JOB_MIB, .value = EIO });
  job_run (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_FAILED);
  g_assert_error (platter_transfer_get_target_error (job->transfer, 0), PLATTER_ENGINE_ERROR,
                  PLATTER_ENGINE_ERROR_VERIFY);
  g_assert_cmpuint (platter_transfer_get_target_mismatch_count (job->transfer, 0), ==, 1);
  g_assert_cmpuint (job_get_mismatch (job, 0, 0)->offset_bytes, ==, 3 * JOB_MIB);
  g_assert_cmpint (job_get_mismatch (job, 0, 0)->kind, ==, PLATTER_MISMATCH_UNREADABLE);
  g_assert_cmpuint (job_get_target (job, 0).verified_bytes, ==, job->source_bytes - JOB_MIB);
}

/* Cancelled before the first step, so that it is always in time. */
static void
test_cancel_at_once (gconstpointer data)
{
  g_autoptr (Job) job = job_new (20 * JOB_MIB, 2, GPOINTER_TO_UINT (data));

  g_assert_true (job_prepare (job));
  platter_transfer_cancel (job->transfer);
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (job_get_target (job, i).verdict, ==, PLATTER_VERDICT_CANCELLED);
      g_assert_true (job_target_looks_unfinished (job, i));
    }
}

/* At the first request of each step, and once it is too late. */
static void
test_cancel_in_each_step (gconstpointer data)
{
  const Fault moments[] = {
    { FAULT_CANCEL, 0, PLATTER_IO_READ, 9 * JOB_MIB, 10 * JOB_MIB, .count = 1 },
    { FAULT_CANCEL, 1, PLATTER_IO_WRITE, 9 * JOB_MIB, 10 * JOB_MIB, .count = 1 },
    { FAULT_CANCEL, 1, PLATTER_IO_FLUSH, .skip = 1, .count = 1 },
    { FAULT_CANCEL, 1, PLATTER_IO_READ, 9 * JOB_MIB, 10 * JOB_MIB, .count = 1 },
    { FAULT_CANCEL, 1, PLATTER_IO_FLUSH, .skip = 2, .count = 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      g_autoptr (Job) job = job_new (20 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
      Fault moment = moments[i];

      moment.value = (guintptr)&job->transfer;
      job_add_fault (job, moment);
      job_run (job);
      if (i == G_N_ELEMENTS (moments) - 1)
        {
          assert_done (job);
          assert_verified (job, 0);
          continue;
        }
      g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED);
      g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_CANCELLED);
      g_assert_true (job_target_looks_unfinished (job, 0));
    }
}

static gpointer
run_thread (gpointer data)
{
  job_run (data);
  return NULL;
}

static void
test_progress_is_monotone (gconstpointer data)
{
  g_autoptr (Job) job = job_new (64 * JOB_MIB, 2, GPOINTER_TO_UINT (data));
  g_autoptr (GThread) thread = NULL;
  PlatterProgress last = { .phase = PLATTER_PHASE_PREPARING };

  g_assert_true (job_prepare (job));
  thread = g_thread_new ("run", run_thread, job);
  while (last.phase != PLATTER_PHASE_ENDED)
    {
      PlatterProgress now;
      g_autoptr (PlatterMap) map = platter_transfer_dup_target_map (job->transfer, 1);

      platter_transfer_get_progress (job->transfer, &now);
      g_assert_cmpint (now.phase, >=, last.phase);
      g_assert_cmpfloat (now.fraction, >=, last.fraction);
      g_assert_cmpuint (now.read_bytes, >=, last.read_bytes);
      if (now.phase == last.phase)
        g_assert_cmpuint (now.done_bytes, >=, last.done_bytes);
      g_assert_cmpuint (now.done_bytes, <=, now.total_bytes);
      if (now.phase != PLATTER_PHASE_ENDED)
        g_assert_cmpfloat (now.fraction, <, 1.0);
      g_assert_cmpuint (platter_map_get_size_bytes (map), ==, job->source_bytes);
      last = now;
      g_thread_yield ();
    }
  g_thread_join (g_steal_pointer (&thread));
  assert_done (job);
}

typedef struct
{
  const char *name;
  void (*run) (gconstpointer data);
} Case;

static const Case cases[] = {
  { "sizes", test_sizes },
  { "larger-target", test_larger_target },
  { "part-of-the-source", test_part_of_the_source },
  { "too-small", test_too_small },
  { "many-targets", test_many_targets },
  { "unverified", test_unverified },
  { "zeros", test_zeros },
  { "groups", test_groups },
  { "groups-with-mismatches", test_groups_with_mismatches },
  { "groups-with-passing-fault", test_groups_with_passing_fault },
  { "groups-with-late-block", test_groups_with_late_block },
  { "groups-with-bad-repair", test_groups_with_bad_repair },
  { "groups-with-pending-sector", test_groups_with_pending_sector },
  { "groups-with-unstable-source", test_groups_with_unstable_source },
  { "digests", test_digests },
  { "compare-equal", test_compare_equal },
  { "compare-different", test_compare_different },
  { "compare-unreadable", test_compare_unreadable },
  { "cancel-at-once", test_cancel_at_once },
  { "cancel-in-each-step", test_cancel_in_each_step },
  { "progress-is-monotone", test_progress_is_monotone },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *uring = g_strdup_printf ("/transfer/io-uring/%s", cases[i].name);
      g_autofree char *threads = g_strdup_printf ("/transfer/threads/%s", cases[i].name);

      g_test_add_data_func (uring, GUINT_TO_POINTER (PLATTER_QUEUE_URING), cases[i].run);
      g_test_add_data_func (threads, GUINT_TO_POINTER (PLATTER_QUEUE_THREADS), cases[i].run);
    }
  return g_test_run ();
}
