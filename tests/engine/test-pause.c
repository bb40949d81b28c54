// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A paused transfer reads and writes nothing, and ends as if there had been no pause.

#include "engine/errors.h"
#include "job.h"

#define BLOCKS 24
#define FLAPS 5000
/* So long that a transfer that is not paused would be seen to go on. */
#define PAUSE_US (300 * 1000)

static void
assert_nothing_happens (Job *job)
{
  PlatterProgress before, after;
  PlatterTargetProgress target_before, target_after;

  platter_transfer_get_progress (job->transfer, &before);
  target_before = job_get_target (job, 0);
  g_usleep (PAUSE_US);
  platter_transfer_get_progress (job->transfer, &after);
  target_after = job_get_target (job, 0);
  g_assert_true (after.is_paused);
  g_assert_cmpint (after.phase, ==, before.phase);
  g_assert_cmpuint (after.read_bytes, ==, before.read_bytes);
  g_assert_cmpuint (after.done_bytes, ==, before.done_bytes);
  g_assert_cmpuint (after.rate_bytes_per_s, ==, 0);
  g_assert_cmpint (after.limit, ==, PLATTER_LIMIT_NONE);
  g_assert_cmpint (after.source_stalled_us, ==, 0);
  g_assert_cmpuint (target_after.written_bytes, ==, target_before.written_bytes);
  g_assert_cmpuint (target_after.verified_bytes, ==, target_before.verified_bytes);
  g_assert_cmpuint (target_after.rate_bytes_per_s, ==, 0);
  g_assert_cmpint (target_after.stalled_us, ==, 0);
}

/* Returns: (transfer full): the thread that it runs on. */
static GThread *
run_until_paused (Job *job)
{
  GThread *thread = NULL;

  g_assert_true (job_prepare (job));
  thread = job_start (job);
  job_wait_for_pause (job, TRUE);
  assert_nothing_happens (job);
  return thread;
}

static void
assert_verified (Job *job, guint n_targets)
{
  g_assert_no_error (job->error);
  for (guint i = 0; i < n_targets; i++)
    {
      g_assert_cmpint (job_get_target (job, i).verdict, ==, PLATTER_VERDICT_VERIFIED);
      g_assert_true (job_target_equals (job, i));
    }
}

static void
test_from_the_start (gconstpointer queue)
{
  g_autoptr (Job) job = job_new (BLOCKS * JOB_MIB, 2, GPOINTER_TO_INT (queue));
  GThread *thread = NULL;

  g_assert_true (job_prepare (job));
  platter_transfer_set_paused (job->transfer, TRUE);
  thread = job_start (job);
  job_wait_for_pause (job, TRUE);
  assert_nothing_happens (job);
  g_assert_cmpuint (job_get_target (job, 0).written_bytes, ==, 0);
  platter_transfer_set_paused (job->transfer, FALSE);
  g_thread_join (thread);
  assert_verified (job, 2);
}

/* Paused at the first request of each step; the time of the pause is not the phase's. */
static void
test_in_each_step (gconstpointer queue)
{
  const Fault moments[] = {
    { FAULT_PAUSE, 1, PLATTER_IO_WRITE, 0, JOB_MIB, .count = 1 },
    { FAULT_PAUSE, 0, PLATTER_IO_READ, 9 * JOB_MIB, 10 * JOB_MIB, .count = 1 },
    { FAULT_PAUSE, 1, PLATTER_IO_WRITE, 9 * JOB_MIB, 10 * JOB_MIB, .count = 1 },
    { FAULT_PAUSE, 1, PLATTER_IO_FLUSH, .skip = 1, .count = 1 },
    { FAULT_PAUSE, 1, PLATTER_IO_READ, 9 * JOB_MIB, 10 * JOB_MIB, .count = 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      g_autoptr (Job) job = job_new (BLOCKS * JOB_MIB, 1, GPOINTER_TO_INT (queue));
      Fault moment = moments[i];
      GThread *thread = NULL;
      gint64 sum_us = 0;
      PlatterProgress progress;

      moment.value = (guintptr)&job->transfer;
      job_add_fault (job, moment);
      job->options.digests = PLATTER_DIGEST_SHA1;
      thread = run_until_paused (job);
      platter_transfer_set_paused (job->transfer, FALSE);
      g_thread_join (thread);
      assert_verified (job, 1);
      for (PlatterPhase phase = 0; phase < PLATTER_PHASE_ENDED; phase++)
        sum_us += platter_transfer_get_phase_us (job->transfer, phase);
      platter_transfer_get_progress (job->transfer, &progress);
      g_assert_cmpint (sum_us, <=, progress.elapsed_us - PAUSE_US);
    }
}

static void
pause_while_reading (Job *job)
{
  job_add_fault (job, (Fault){ FAULT_PAUSE, 0, PLATTER_IO_READ, 9 * JOB_MIB, 10 * JOB_MIB,
                               .count = 1, .value = (guintptr)&job->transfer });
}

/* How long a rescue may take is no matter of how long it was paused. */
static void
test_time_limit (gconstpointer queue)
{
  g_autoptr (Job) job = job_new (BLOCKS * JOB_MIB, 1, GPOINTER_TO_INT (queue));
  GThread *thread = NULL;

  job->options.on_error = PLATTER_ON_ERROR_RESCUE;
  job->options.is_rescue = TRUE;
  job->options.time_limit_s = 3;
  pause_while_reading (job);
  g_assert_true (job_prepare (job));
  thread = job_start (job);
  job_wait_for_pause (job, TRUE);
  g_usleep (3 * G_USEC_PER_SEC);
  platter_transfer_set_paused (job->transfer, FALSE);
  g_thread_join (thread);
  assert_verified (job, 1);
}

static void
test_comparing (gconstpointer queue)
{
  g_autoptr (Job) job = job_new (BLOCKS * JOB_MIB, 1, GPOINTER_TO_INT (queue));
  g_autofree char *target = job_get_path (job, 0);
  g_autoptr (GError) error = NULL;
  GThread *thread = NULL;

  g_file_set_contents (target, (const char *)job->source_data, (gssize)job->source_bytes, &error);
  g_assert_no_error (error);
  job->options.kind = PLATTER_TRANSFER_COMPARE;
  pause_while_reading (job);
  thread = run_until_paused (job);
  platter_transfer_set_paused (job->transfer, FALSE);
  g_thread_join (thread);
  assert_verified (job, 1);
}

static void
test_cancelled_while_paused (gconstpointer queue)
{
  g_autoptr (Job) job = job_new (BLOCKS * JOB_MIB, 1, GPOINTER_TO_INT (queue));
  GThread *thread = NULL;

  pause_while_reading (job);
  thread = run_until_paused (job);
  platter_transfer_cancel (job->transfer);
  g_thread_join (thread);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_CANCELLED);
  g_assert_true (job_target_looks_unfinished (job, 0));
}

/* Told to pause and to go on again at every moment, also while it is just about to stop. */
static void
test_without_end (gconstpointer queue)
{
  g_autoptr (Job) job = job_new (BLOCKS * JOB_MIB, 2, GPOINTER_TO_INT (queue));
  PlatterProgress progress = { .phase = PLATTER_PHASE_PREPARING };
  GThread *thread = NULL;

  g_assert_true (job_prepare (job));
  thread = job_start (job);
  for (guint i = 0; i < FLAPS && progress.phase != PLATTER_PHASE_ENDED; i++)
    {
      platter_transfer_set_paused (job->transfer, i % 2 == 0);
      g_usleep (i % 7 * 30);
      platter_transfer_get_progress (job->transfer, &progress);
    }
  platter_transfer_set_paused (job->transfer, FALSE);
  g_thread_join (thread);
  assert_verified (job, 2);
}

/* What is nearly proven is not left half written. */
static void
test_too_late (gconstpointer queue)
{
  g_autoptr (Job) job = job_new (BLOCKS * JOB_MIB, 1, GPOINTER_TO_INT (queue));

  job_add_fault (job, (Fault){ FAULT_PAUSE, 1, PLATTER_IO_FLUSH, .skip = 2, .count = 1,
                               .value = (guintptr)&job->transfer });
  job_run (job);
  assert_verified (job, 1);
}

/* The medium of a side is exchanged while nothing happens: nothing of the new one is read, nothing is written to it. */
static void
test_lost (gconstpointer queue)
{
  for (guint side = 0; side <= 2; side++)
    {
      g_autoptr (Job) job = job_new (BLOCKS * JOB_MIB, 2, GPOINTER_TO_INT (queue));
      GThread *thread = NULL;

      job_add_fault (job, (Fault){ FAULT_PAUSE, 0, PLATTER_IO_READ, 9 * JOB_MIB, 10 * JOB_MIB,
                                   .count = 1, .value = (guintptr)&job->transfer });
      thread = run_until_paused (job);
      platter_transfer_lose (job->transfer, side);
      if (side > 0)
        platter_transfer_set_paused (job->transfer, FALSE);
      g_thread_join (thread);
      g_assert_cmpint (job->error != NULL, ==, side == 0);
      for (guint i = 0; i < 2; i++)
        {
          const GError *error = platter_transfer_get_target_error (job->transfer, i);

          if (side != 0 && side != i + 1)
            g_assert_cmpint (job_get_target (job, i).verdict, ==, PLATTER_VERDICT_VERIFIED);
          else
            g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_GONE);
        }
    }
}

/* The medium of a target is exchanged after the copy: its verdict stays, but whoever would write to it can know. */
static void
test_lost_afterwards (gconstpointer queue)
{
  g_autoptr (Job) job = job_new (3 * JOB_MIB + 512, 2, GPOINTER_TO_INT (queue));
  const guint8 *head = NULL;
  gsize head_bytes = 0;

  job_run (job);
  g_assert_no_error (job->error);
  platter_transfer_lose (job->transfer, 2);
  g_assert_false (platter_transfer_is_lost (job->transfer, 0));
  g_assert_false (platter_transfer_is_lost (job->transfer, 1));
  g_assert_true (platter_transfer_is_lost (job->transfer, 2));
  g_assert_cmpint (job_get_target (job, 1).verdict, ==, PLATTER_VERDICT_VERIFIED);
  head = platter_transfer_get_head (job->transfer, &head_bytes);
  g_assert_cmpmem (head, head_bytes, job->source_data, JOB_MIB);
}

static const struct
{
  const char *name;
  GTestDataFunc run;
} cases[] = {
  { "from-the-start", test_from_the_start },
  { "in-each-step", test_in_each_step },
  { "time-limit", test_time_limit },
  { "comparing", test_comparing },
  { "cancelled-while-paused", test_cancelled_while_paused },
  { "lost", test_lost },
  { "lost-afterwards", test_lost_afterwards },
  { "without-end", test_without_end },
  { "too-late", test_too_late },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *uring = g_strdup_printf ("/pause/io-uring/%s", cases[i].name);
      g_autofree char *threads = g_strdup_printf ("/pause/threads/%s", cases[i].name);

      g_test_add_data_func (uring, GINT_TO_POINTER (PLATTER_QUEUE_URING), cases[i].run);
      g_test_add_data_func (threads, GINT_TO_POINTER (PLATTER_QUEUE_THREADS), cases[i].run);
    }
  return g_test_run ();
}
