// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Sources that are unpacked as they are read: their end is met, or comes as it was told.

#include "job.h"

#include "engine/errors.h"
#include "memory-reader.h"

#include <string.h>

#define TARGET_BYTES (20 * JOB_MIB)

/* A job whose source has so many bytes, read through a reader, for targets of 20 MiB. */
static Job *
open_job (guint64 source_bytes, guint n_targets, MemoryReader **reader)
{
  Job *job = job_new (MAX (source_bytes, 1), n_targets, PLATTER_QUEUE_AUTO);

  *reader = memory_reader_new (job->source_data, source_bytes);
  job->reader = &(*reader)->base;
  job->target_bytes = TARGET_BYTES;
  return job;
}

static gboolean
begins_with_source (Job *job, guint target)
{
  gsize length = 0;
  guint8 *data = job_read_target (job, target, &length);

  g_assert_cmpuint (length, ==, TARGET_BYTES);
  return memcmp (data, job->source_data, job->source_bytes) == 0;
}

/* Nothing of the mark may be left behind the end. */
static gboolean
has_mark (Job *job, guint target)
{
  gsize length = 0;
  guint8 *data = job_read_target (job, target, &length);

  return memmem (data, length, "was not finished", strlen ("was not finished")) != NULL;
}

static void
test_sizes (void)
{
  const guint64 sizes[] = {
    1,
    512,
    4096 + 17,
    JOB_MIB - 1,
    JOB_MIB,
    JOB_MIB + 1,
    7 * JOB_MIB + 12345,
    18 * JOB_MIB + 512,
    19 * JOB_MIB,
    19 * JOB_MIB + 512,
    TARGET_BYTES - 1,
    TARGET_BYTES,
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++)
    {
      MemoryReader *reader = NULL;
      guint64 size_bytes = sizes[i / 2];
      g_autoptr (Job) job = open_job (size_bytes, 2, &reader);
      g_autoptr (PlatterMap) map = NULL;
      PlatterProgress progress;

      g_assert_true (job_prepare (job));
      if (i % 2 == 1)
        g_assert_true (platter_transfer_set_size (job->transfer, size_bytes, NULL));
      job_run (job);
      g_assert_no_error (job->error);
      g_assert_cmpint (job_get_target (job, 1).verdict, ==, PLATTER_VERDICT_VERIFIED);
      g_assert_cmpuint (job_get_target (job, 1).verified_bytes, ==, size_bytes);
      g_assert_true (begins_with_source (job, 0) && begins_with_source (job, 1));
      g_assert_false (has_mark (job, 0) || has_mark (job, 1));
      map = platter_transfer_dup_target_map (job->transfer, 0);
      g_assert_cmpuint (platter_map_get_size_bytes (map), ==, size_bytes);
      platter_transfer_get_progress (job->transfer, &progress);
      g_assert_cmpuint (progress.read_bytes, ==, size_bytes);
      g_assert_cmpfloat (progress.fraction, ==, 1.0);
      g_assert_cmpuint (reader->n_back, ==, 0);
    }
}

static void
check_failure (Job *job, PlatterEngineError code)
{
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, (int)code);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_FAILED);
  g_assert_true (job_target_looks_unfinished (job, 0));
}

static void
test_nothing (void)
{
  MemoryReader *reader = NULL;
  g_autoptr (Job) job = open_job (0, 1, &reader);

  check_failure (job, PLATTER_ENGINE_ERROR_DECODE);
}

static void
test_too_large (void)
{
  for (guint more = 1; more <= 3 * JOB_MIB; more *= 3)
    {
      MemoryReader *reader = NULL;
      g_autoptr (Job) job = open_job (TARGET_BYTES + more, 1, &reader);

      check_failure (job, PLATTER_ENGINE_ERROR_TOO_SMALL);
    }
}

static void
test_told_too_large (void)
{
  MemoryReader *reader = NULL;
  g_autoptr (Job) job = open_job (2 * JOB_MIB, 1, &reader);
  g_autoptr (GError) error = NULL;

  g_assert_true (job_prepare (job));
  g_assert_false (platter_transfer_set_size (job->transfer, TARGET_BYTES + 1, &error));
  g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_TOO_SMALL);
}

static void
test_lie (void)
{
  const guint64 told[] = { 1, JOB_MIB, 5 * JOB_MIB + 511, 5 * JOB_MIB + 513, TARGET_BYTES };

  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    {
      MemoryReader *reader = NULL;
      g_autoptr (Job) job = open_job (5 * JOB_MIB + 512, 1, &reader);

      g_assert_true (job_prepare (job));
      g_assert_true (platter_transfer_set_size (job->transfer, told[i], NULL));
      check_failure (job, PLATTER_ENGINE_ERROR_DECODE);
    }
}

static void
test_damage (void)
{
  MemoryReader *reader = NULL;
  g_autoptr (Job) job = open_job (9 * JOB_MIB, 1, &reader);

  reader->fail_at_bytes = 8 * JOB_MIB + 5;
  check_failure (job, PLATTER_ENGINE_ERROR_DECODE);
  g_assert_cmpstr (job->error->message, ==, "it is damaged");
}

static void
test_expected_digest (void)
{
  const char *const digests[] = { "0123", "4567", NULL };
  const PlatterExpectedDigest expected = { PLATTER_DIGEST_SHA256, "0123" };

  for (guint i = 0; i < G_N_ELEMENTS (digests); i++)
    {
      MemoryReader *reader = NULL;
      g_autoptr (Job) job = open_job (3 * JOB_MIB, 1, &reader);

      reader->digest = digests[i];
      job->options.expected = &expected;
      job->options.n_expected = 1;
      if (i > 0)
        check_failure (job, PLATTER_ENGINE_ERROR_DIGEST);
      else
        job_run (job);
      g_assert_true (job->is_good == (i == 0));
    }
}

/* What came back wrong is compared with the source, which is unpacked once more, forward. */
static void
test_wrong_blocks (void)
{
  MemoryReader *reader = NULL;
  g_autoptr (Job) job = open_job (17 * JOB_MIB + 100, 1, &reader);

  for (guint i = 0; i < 4; i++)
    job_add_fault (job, (Fault){ FAULT_GARBLE, 1, PLATTER_IO_READ, (2 * i + 3) * JOB_MIB + 512,
                                 (2 * i + 3) * JOB_MIB + 1024, .count = 1 });
  job_run (job);
  g_assert_no_error (job->error);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_REPAIRED);
  g_assert_true (begins_with_source (job, 0));
  g_assert_cmpuint (reader->n_back, <=, 2);
}

/* A pipe: nothing is asked of it a second time, so a wrong block is the target's, and stays wrong. */
static void
test_read_once (void)
{
  for (guint is_grouped = 0; is_grouped <= 1; is_grouped++)
    {
      MemoryReader *reader = NULL;
      g_autoptr (Job) job = open_job (17 * JOB_MIB + 100, 2, &reader);

      reader->base.is_once = TRUE;
      if (is_grouped == 1)
        job->max_table_entries = 6;
      job_add_fault (job, (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, 5 * JOB_MIB, 6 * JOB_MIB });
      job_run (job);
      g_assert_no_error (job->error);
      g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_MISMATCHED);
      g_assert_true (job_target_looks_unfinished (job, 0));
      g_assert_cmpuint (job_get_mismatch (job, 0, 0)->offset_bytes, <=, 5 * JOB_MIB);
      if (is_grouped == 0)
        g_assert_cmpuint (job_get_mismatch (job, 0, 0)->offset_bytes, ==, 5 * JOB_MIB);
      g_assert_cmpint (job_get_target (job, 1).verdict, ==, PLATTER_VERDICT_VERIFIED);
      g_assert_true (begins_with_source (job, 1));
      g_assert_cmpuint (reader->n_back, ==, 0);
    }
}

static Job *
comparison (guint64 source_bytes, gboolean shorter, MemoryReader **reader)
{
  Job *job = open_job (source_bytes, 1, reader);
  g_autofree char *path = job_get_path (job, 0);
  g_autofree guint8 *data = g_malloc0 (TARGET_BYTES);

  memcpy (data, job->source_data, MIN (source_bytes, TARGET_BYTES));
  g_assert_true (g_file_set_contents (path, (char *)data, TARGET_BYTES, NULL));
  job->options.kind = PLATTER_TRANSFER_COMPARE;
  job->options.digests = PLATTER_DIGEST_SHA256;
  job->options.shorter = shorter;
  return job;
}

static void
test_compare (void)
{
  const guint64 sizes[] = { 1, JOB_MIB, 11 * JOB_MIB + 511, TARGET_BYTES };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      MemoryReader *reader = NULL;
      g_autoptr (Job) job = comparison (sizes[i], sizes[i] < TARGET_BYTES, &reader);

      job_run (job);
      g_assert_no_error (job->error);
      g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_VERIFIED);
      g_assert_cmpuint (job_get_target (job, 0).verified_bytes, ==, sizes[i]);
      g_assert_cmpstr (platter_transfer_get_digest (job->transfer, PLATTER_DIGEST_SHA256), ==,
                       "0123");
    }
}

static void
check_comparison_fails (guint64 source_bytes, gboolean shorter)
{
  const PlatterDigests digests[] = { PLATTER_DIGEST_SHA256, PLATTER_DIGEST_NONE };

  for (guint i = 0; i < G_N_ELEMENTS (digests); i++)
    {
      MemoryReader *reader = NULL;
      g_autoptr (Job) job = comparison (source_bytes, shorter, &reader);

      job->options.digests = digests[i];
      job_run (job);
      g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_SIZES_DIFFER);
      g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_FAILED);
    }
}

static void
test_compare_other_sizes (void)
{
  check_comparison_fails (11 * JOB_MIB, FALSE);
  check_comparison_fails (TARGET_BYTES - 1, FALSE);
  check_comparison_fails (TARGET_BYTES + 1, FALSE);
  /* Only the packed one may end before. */
  check_comparison_fails (TARGET_BYTES + 1, TRUE);
}

static void
test_compare_differences (void)
{
  MemoryReader *reader = NULL;
  g_autoptr (Job) job = comparison (TARGET_BYTES - 100, TRUE, &reader);

  for (guint i = 0; i < 5; i++)
    job_add_fault (job, (Fault){ FAULT_FLIP, 1, PLATTER_IO_READ, (3 * i + 2) * JOB_MIB,
                                 (3 * i + 3) * JOB_MIB, .value = (3 * i + 2) * JOB_MIB + 77 });
  job_run (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_MISMATCHED);
  g_assert_cmpuint (platter_transfer_get_target_mismatch_count (job->transfer, 0), ==, 5);
  g_assert_cmpuint (job_get_mismatch (job, 0, 4)->offset_bytes, ==, 14 * JOB_MIB + 77);
  g_assert_cmpuint (reader->n_back, ==, 0);
}

/* Of what cannot be unpacked nothing can be said to differ. */
static void
test_compare_damage (void)
{
  MemoryReader *reader = NULL;
  g_autoptr (Job) job = comparison (TARGET_BYTES - 100, TRUE, &reader);

  reader->fail_at_bytes = 8 * JOB_MIB + 5;
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DECODE);
  g_assert_cmpstr (job->error->message, ==, "it is damaged");
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_FAILED);
  g_assert_cmpuint (platter_transfer_get_target_mismatch_count (job->transfer, 0), ==, 0);
}

static void
check_cancel (Job *job, MemoryReader *reader)
{
  GThread *thread = NULL;

  reader->fail_at_bytes = 6 * JOB_MIB;
  reader->hangs_there = TRUE;
  g_assert_true (job_prepare (job));
  thread = job_start (job);
  platter_transfer_cancel (job->transfer);
  g_thread_join (thread);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_CANCELLED);
}

static void
test_cancel (void)
{
  MemoryReader *reader = NULL;
  MemoryReader *compared = NULL;
  g_autoptr (Job) job = open_job (9 * JOB_MIB, 1, &reader);
  g_autoptr (Job) comparing = comparison (9 * JOB_MIB, TRUE, &compared);

  check_cancel (job, reader);
  check_cancel (comparing, compared);
}

static void
test_stall (void)
{
  MemoryReader *reader = NULL;
  g_autoptr (Job) job = open_job (9 * JOB_MIB, 1, &reader);

  job->options.stall_timeout_s = 1;
  reader->fail_at_bytes = 6 * JOB_MIB;
  reader->hangs_there = TRUE;
  check_failure (job, PLATTER_ENGINE_ERROR_STALLED);
}

static gpointer
look_cb (gpointer data)
{
  Job *job = data;
  PlatterProgress progress = { 0 };
  double last = 0;

  while (progress.phase != PLATTER_PHASE_ENDED)
    {
      platter_transfer_get_progress (job->transfer, &progress);
      g_assert_cmpfloat (progress.fraction, >=, last);
      g_assert_cmpfloat (progress.fraction, <=, 1.0);
      last = progress.fraction;
      g_usleep (200);
    }
  return NULL;
}

static void
test_progress (void)
{
  MemoryReader *reader = NULL;
  g_autoptr (Job) job = open_job (15 * JOB_MIB + 3, 1, &reader);
  GThread *thread = NULL;

  g_assert_true (job_prepare (job));
  thread = g_thread_new ("look", look_cb, job);
  job_run (job);
  g_thread_join (thread);
  g_assert_no_error (job->error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/open-end/sizes", test_sizes);
  g_test_add_func ("/open-end/nothing", test_nothing);
  g_test_add_func ("/open-end/too-large", test_too_large);
  g_test_add_func ("/open-end/told-too-large", test_told_too_large);
  g_test_add_func ("/open-end/lie", test_lie);
  g_test_add_func ("/open-end/damage", test_damage);
  g_test_add_func ("/open-end/expected-digest", test_expected_digest);
  g_test_add_func ("/open-end/wrong-blocks", test_wrong_blocks);
  g_test_add_func ("/open-end/read-once", test_read_once);
  g_test_add_func ("/open-end/compare", test_compare);
  g_test_add_func ("/open-end/compare-other-sizes", test_compare_other_sizes);
  g_test_add_func ("/open-end/compare-differences", test_compare_differences);
  g_test_add_func ("/open-end/compare-damage", test_compare_damage);
  g_test_add_func ("/open-end/cancel", test_cancel);
  g_test_add_func ("/open-end/stall", test_stall);
  g_test_add_func ("/open-end/progress", test_progress);
  return g_test_run ();
}
