// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Reads of the source that fail once, and not again: no sector is to blame for them.

#include "engine/errors.h"
#include "engine/transfer-private.h"
#include "job.h"

#include <errno.h>

static void
fail_at (Job *job, guint64 offset_bytes, guint count)
{
  job_add_fault (job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, offset_bytes, offset_bytes + 512,
                               .count = count, .value = EIO });
}

static void
assert_verified (Job *job)
{
  PlatterTargetProgress progress;

  job_run (job);
  g_assert_no_error (job->error);
  progress = job_get_target (job, 0);
  g_assert_cmpint (progress.verdict, ==, PLATTER_VERDICT_VERIFIED);
  g_assert_cmpuint (progress.verified_bytes, ==, job->source_bytes);
  g_assert_true (job_target_equals (job, 0));
  /* A copy that goes on after this one goes on behind it. */
  g_assert_cmpuint (job->transfer->first_unread_bytes, ==, G_MAXUINT64);
}

static void
test_passing (gconstpointer data)
{
  const guint64 places[] = { 0, 4096, 5 * JOB_MIB + 8192, 6 * JOB_MIB - 512, 12 * JOB_MIB };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (Job) job = job_new (12 * JOB_MIB + 700, 1, GPOINTER_TO_UINT (data));

      fail_at (job, places[i], 1);
      assert_verified (job);
    }
}

/* A bus that is reset fails all that is under way. */
static void
test_passing_for_many (gconstpointer data)
{
  g_autoptr (Job) job = job_new (12 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job->options.digests = PLATTER_DIGEST_SHA256;
  for (guint i = 0; i < 12; i++)
    fail_at (job, i * JOB_MIB + 4096, 1);
  assert_verified (job);
}

/* It comes and goes: which sector it is nobody can say. */
static void
test_passing_twice (gconstpointer data)
{
  g_autoptr (Job) job = job_new (12 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  fail_at (job, 5 * JOB_MIB + 8192, 2);
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ);
  g_assert_cmpuint (platter_transfer_get_target_error_offset (job->transfer, 0), ==, 5 * JOB_MIB);
  g_assert_true (job_target_looks_unfinished (job, 0));
}

/* Each part could be read, but the whole cannot: what the parts have left in memory is not the block. */
static void
test_passing_for_parts (gconstpointer data)
{
  g_autoptr (Job) job = job_new (12 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  fail_at (job, 5 * JOB_MIB + 8192, 1);
  job_add_fault (job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, 5 * JOB_MIB + 8192,
                               5 * JOB_MIB + 8704, .skip = 1, .count = 1, .value = EIO });
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_FAILED);
  g_assert_cmpuint (platter_transfer_get_target_error_offset (job->transfer, 0), ==, 5 * JOB_MIB);
  g_assert_cmpuint (job->transfer->first_unread_bytes, <=, 5 * JOB_MIB);
  g_assert_true (job_target_looks_unfinished (job, 0));
}

/* The last sector of a block is not found by the others being good alone. */
static void
test_last_sector (gconstpointer data)
{
  g_autoptr (Job) job = job_new (12 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  fail_at (job, 6 * JOB_MIB - 512, 0);
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ);
  g_assert_cmpuint (platter_transfer_get_target_error_offset (job->transfer, 0), >=,
                    6 * JOB_MIB - 4096);
  g_assert_cmpuint (platter_transfer_get_target_error_offset (job->transfer, 0), <, 6 * JOB_MIB);
}

static void
count_cb (gpointer data)
{
  (*(guint *)data)++;
}

/* Each read of a bad sector may take a minute. */
static void
test_cancelled (gconstpointer data)
{
  g_autoptr (Job) job = job_new (12 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  const guint64 bad_bytes = 5 * JOB_MIB;
  guint n_reads = 0;
  const FaultCall count = { count_cb, &n_reads };

  job_add_fault (job, (Fault){ FAULT_CALL, 0, PLATTER_IO_READ, bad_bytes, bad_bytes + 512,
                               .value = (guintptr)&count });
  job_add_fault (job, (Fault){ FAULT_CANCEL, 0, PLATTER_IO_READ, bad_bytes, bad_bytes + 512,
                               .skip = 2, .value = (guintptr)&job->transfer });
  fail_at (job, bad_bytes, 0);
  g_assert_true (job_prepare (job));
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_CANCELLED);
  g_assert_cmpuint (n_reads, ==, 3);
}

static void
add (const char *name, GTestDataFunc func)
{
  g_autofree char *uring = g_strdup_printf ("/locate/io-uring/%s", name);
  g_autofree char *threads = g_strdup_printf ("/locate/threads/%s", name);

  g_test_add_data_func (uring, GUINT_TO_POINTER (PLATTER_QUEUE_URING), func);
  g_test_add_data_func (threads, GUINT_TO_POINTER (PLATTER_QUEUE_THREADS), func);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("passing", test_passing);
  add ("passing-for-many", test_passing_for_many);
  add ("passing-twice", test_passing_twice);
  add ("cancelled", test_cancelled);
  add ("passing-for-parts", test_passing_for_parts);
  add ("last-sector", test_last_sector);
  return g_test_run ();
}
