// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whole transfers that go well, on both kinds of queue.

#include "job.h"

static void
test_copy (gconstpointer data)
{
  g_autoptr (Job) job = job_new (10 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  PlatterTargetProgress target;
  PlatterProgress progress;

  job_run (job);
  g_assert_no_error (job->error);
  g_assert_true (job_target_equals (job, 0));
  target = job_get_target (job, 0);
  g_assert_cmpint (target.verdict, ==, PLATTER_VERDICT_VERIFIED);
  g_assert_cmpuint (target.written_bytes, ==, job->source_bytes);
  g_assert_cmpuint (target.durable_bytes, ==, job->source_bytes);
  g_assert_cmpuint (target.verified_bytes, ==, job->source_bytes);
  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_cmpfloat (progress.fraction, ==, 1.0);
  g_assert_cmpint (progress.phase, ==, PLATTER_PHASE_ENDED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/transfer/copy/io-uring", GUINT_TO_POINTER (PLATTER_QUEUE_URING),
                        test_copy);
  g_test_add_data_func ("/transfer/copy/threads", GUINT_TO_POINTER (PLATTER_QUEUE_THREADS),
                        test_copy);
  return g_test_run ();
}
