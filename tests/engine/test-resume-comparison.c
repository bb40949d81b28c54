// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A comparison that was cut off goes on where both sides were equal, and finds what is different behind.

#include "engine/errors.h"
#include "job.h"
#include "memory-reader.h"

#include <errno.h>
#include <string.h>

#define BLOCKS 100
#define CUT_BLOCK 81
#define MAX_SAMPLES 17 /* sixteen, and the first block */
#define LOOK_US 1000

static void
store_target (Job *job, guint64 wrong_block)
{
  g_autofree char *path = job_get_path (job, 0);
  g_autofree guint8 *data = g_memdup2 (job->source_data, job->source_bytes);
  g_autoptr (GError) error = NULL;

  if (wrong_block < BLOCKS)
    data[wrong_block * JOB_MIB + 1000] ^= 1;
  g_file_set_contents (path, (const char *)data, (gssize)job->source_bytes, &error);
  g_assert_no_error (error);
}

static Job *
new_job (gconstpointer queue)
{
  Job *job = job_new (BLOCKS * JOB_MIB, 1, GPOINTER_TO_INT (queue));

  job->options.kind = PLATTER_TRANSFER_COMPARE;
  job->epoch_bytes = JOB_MIB;
  return job;
}

/* Paused at one block, and then cancelled. Returns: up to where both are known to be equal */
static guint64
cut_off (Job *job)
{
  PlatterProgress progress = { .is_paused = FALSE };
  GThread *thread = NULL;
  guint64 equal_bytes = 0;

  job_add_fault (job, (Fault){ FAULT_PAUSE, 0, PLATTER_IO_READ, CUT_BLOCK * JOB_MIB,
                               (CUT_BLOCK + 1) * JOB_MIB, .count = 1,
                               .value = (guintptr)&job->transfer });
  g_assert_true (job_prepare (job));
  thread = job_start (job);
  while (!progress.is_paused)
    {
      g_usleep (LOOK_US);
      platter_transfer_get_progress (job->transfer, &progress);
    }
  platter_transfer_cancel (job->transfer);
  g_thread_join (thread);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED);
  equal_bytes = job_get_target (job, 0).durable_until_bytes;
  job_forget (job);
  return equal_bytes;
}

/* More reads than samples, of what was compared before, are an error. @file: 0 for the source */
static void
forbid_reading (Job *job, guint file, guint64 equal_bytes)
{
  job_add_fault (job, (Fault){ FAULT_ERROR, file, PLATTER_IO_READ, 0, equal_bytes,
                               .skip = MAX_SAMPLES, .value = EIO });
}

static void
assert_equal (Job *job)
{
  g_assert_no_error (job->error);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_VERIFIED);
  g_assert_cmpuint (job_get_target (job, 0).verified_bytes, ==, job->source_bytes);
}

static void
test_goes_on (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue);
  PlatterProgress progress;
  guint64 equal_bytes = 0;

  store_target (job, BLOCKS);
  equal_bytes = cut_off (job);
  g_assert_cmpuint (equal_bytes, >=, CUT_BLOCK * JOB_MIB);
  g_assert_cmpuint (equal_bytes, <, BLOCKS * JOB_MIB);
  forbid_reading (job, 0, equal_bytes);
  forbid_reading (job, 1, equal_bytes);
  job->options.resume_bytes = &equal_bytes;
  job_run (job);
  assert_equal (job);
  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_cmpuint (progress.done_bytes, ==, progress.total_bytes);
  g_assert_cmpuint (platter_transfer_get_carried_bytes (job->transfer), ==, equal_bytes);
  g_assert_cmpuint (progress.read_bytes, <=,
                    job->source_bytes - equal_bytes + MAX_SAMPLES * JOB_MIB);
}

/* It takes all of the source, and still nothing of the target twice. */
static void
test_digest (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue);
  g_autofree char *digest
    = g_compute_checksum_for_data (G_CHECKSUM_SHA256, job->source_data, job->source_bytes);
  guint64 equal_bytes = 0;

  store_target (job, BLOCKS);
  job->options.digests = PLATTER_DIGEST_SHA256;
  equal_bytes = cut_off (job);
  forbid_reading (job, 1, equal_bytes);
  job->options.resume_bytes = &equal_bytes;
  job_run (job);
  assert_equal (job);
  g_assert_cmpstr (platter_transfer_get_digest (job->transfer, PLATTER_DIGEST_SHA256), ==, digest);
}

/* What was found to be different is found again, and what lies behind it is not taken for equal. */
static void
test_found_before (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue);
  guint64 equal_bytes = 0;

  store_target (job, CUT_BLOCK / 2);
  equal_bytes = cut_off (job);
  g_assert_cmpuint (equal_bytes, ==, CUT_BLOCK / 2 * JOB_MIB);
  job->options.resume_bytes = &equal_bytes;
  job_run (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_MISMATCHED);
  g_assert_cmpuint (job_get_mismatch (job, 0, 0)->offset_bytes, ==, CUT_BLOCK / 2 * JOB_MIB + 1000);
  g_assert_cmpuint (job_get_target (job, 0).verified_bytes, ==, job->source_bytes - JOB_MIB);
}

/* Another drive, or one that was written to since then: the first block, where whoever mounts it writes, and the last one
   that was compared are among the samples. */
static void
check_changed (gconstpointer queue, gboolean is_first)
{
  g_autoptr (Job) job = new_job (queue);
  guint64 equal_bytes = 0;

  store_target (job, BLOCKS);
  equal_bytes = cut_off (job);
  store_target (job, is_first ? 0 : equal_bytes / JOB_MIB - 1);
  job->options.resume_bytes = &equal_bytes;
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CHANGED);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_FAILED);
  g_assert_cmpuint (platter_transfer_get_target_error_offset (job->transfer, 0), ==,
                    is_first ? 0 : equal_bytes - JOB_MIB);
}

static void
test_changed (gconstpointer queue)
{
  check_changed (queue, TRUE);
  check_changed (queue, FALSE);
}

/* What is packed is unpacked from its start; of the target only what is new is read. */
static void
test_packed (gconstpointer queue)
{
  const guint64 sizes[] = { 0, BLOCKS * JOB_MIB };
  const guint64 equal_bytes = 90 * JOB_MIB;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (Job) job = new_job (queue);

      store_target (job, BLOCKS);
      job->reader = &memory_reader_new (job->source_data, job->source_bytes)->base;
      job->options.shorter = sizes[i] == 0;
      forbid_reading (job, 1, equal_bytes);
      job->options.resume_bytes = &equal_bytes;
      g_assert_true (job_prepare (job));
      if (sizes[i] > 0)
        g_assert_true (platter_transfer_set_size (job->transfer, sizes[i], NULL));
      job_run (job);
      assert_equal (job);
    }
}

static const struct
{
  const char *name;
  GTestDataFunc run;
} cases[] = {
  { "goes-on", test_goes_on }, { "digest", test_digest }, { "found-before", test_found_before },
  { "changed", test_changed }, { "packed", test_packed },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *uring = g_strdup_printf ("/resume-comparison/io-uring/%s", cases[i].name);
      g_autofree char *threads = g_strdup_printf ("/resume-comparison/threads/%s", cases[i].name);

      g_test_add_data_func (uring, GINT_TO_POINTER (PLATTER_QUEUE_URING), cases[i].run);
      g_test_add_data_func (threads, GINT_TO_POINTER (PLATTER_QUEUE_THREADS), cases[i].run);
    }
  return g_test_run ();
}
