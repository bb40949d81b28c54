// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A copy that asks what to do at the first place of its source that cannot be read, holds still until it is told, and
// does that then.

#include "engine/errors.h"
#include "job.h"

#include <errno.h>
#include <string.h>

#define BLOCKS 24
#define SIZE (BLOCKS * JOB_MIB)
/* Files are read and written in pages. */
#define SECTOR 4096
/* Behind more blocks than there are buffers for one target, so that some were written when it is asked. */
#define BAD_BYTES (20 * JOB_MIB + 5 * SECTOR)
#define LOOK_US 1000
/* So long that a transfer that does not wait would be seen to go on. */
#define WAIT_US (300 * 1000)

static Job *
new_job (gconstpointer queue, guint n_targets)
{
  Job *job = job_new (SIZE, n_targets, GPOINTER_TO_INT (queue));

  job->options.on_error = PLATTER_ON_ERROR_ASK;
  job->epoch_bytes = JOB_MIB;
  return job;
}

static void
damage (Job *job, guint64 offset_bytes, guint64 length_bytes)
{
  job_add_fault (job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, offset_bytes,
                               offset_bytes + length_bytes, .value = EIO });
}

static PlatterProgress
wait_for_question (Job *job)
{
  PlatterProgress progress = { .question = PLATTER_QUESTION_NONE };

  while (progress.question == PLATTER_QUESTION_NONE)
    {
      g_usleep (LOOK_US);
      platter_transfer_get_progress (job->transfer, &progress);
      g_assert_cmpint (progress.phase, !=, PLATTER_PHASE_ENDED);
    }
  g_assert_cmpint (progress.question, ==, PLATTER_QUESTION_READ_ERROR);
  return progress;
}

/* Returns: (transfer full): the thread that it runs on. */
static GThread *
run_until_asked (Job *job, guint64 bad_bytes)
{
  GThread *thread = NULL;
  PlatterProgress progress;

  if (job->transfer == NULL)
    g_assert_true (job_prepare (job));
  thread = job_start (job);
  progress = wait_for_question (job);
  g_assert_cmpuint (progress.question_offset_bytes, <=, bad_bytes);
  g_assert_cmpuint (progress.question_offset_bytes + JOB_MIB, >, bad_bytes);
  return thread;
}

/* Waits until what was under way has been answered, and looks whether anything else is started. */
static void
assert_nothing_happens (Job *job)
{
  PlatterProgress before, after;
  PlatterTargetProgress target;

  do
    {
      platter_transfer_get_progress (job->transfer, &before);
      g_usleep (WAIT_US);
      platter_transfer_get_progress (job->transfer, &after);
      target = job_get_target (job, 0);
    }
  while (after.read_bytes != before.read_bytes || target.written_bytes > target.durable_bytes);
  g_assert_cmpint (after.question, ==, PLATTER_QUESTION_READ_ERROR);
  g_assert_false (after.is_paused);
  g_assert_false (after.is_rescue);
  g_assert_cmpuint (after.read_bytes, <, SIZE);
  g_assert_cmpuint (after.rate_bytes_per_s, ==, 0);
  g_assert_cmpint (after.source_stalled_us, ==, 0);
  g_assert_cmpuint (after.n_read_errors, ==, 1);
  g_assert_cmpint (target.verdict, ==, PLATTER_VERDICT_NONE);
  g_assert_cmpuint (target.durable_bytes, ==, target.written_bytes);
}

static void
answer (Job *job, GThread *thread, PlatterOnError word)
{
  platter_transfer_answer (job->transfer, word);
  g_thread_join (thread);
}

/* All but one stretch is there and proven. */
static void
assert_incomplete (Job *job, guint64 bad_bytes, guint64 length_bytes)
{
  PlatterMapRange missing = { 0, 0, 0 };
  PlatterProgress progress;

  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_true (progress.is_rescue);
  g_assert_cmpint (progress.question, ==, PLATTER_QUESTION_NONE);
  g_assert_cmpuint (progress.missing_bytes, ==, length_bytes);
  g_assert_cmpuint (progress.read_bytes, ==, SIZE - length_bytes);
  g_assert_true (platter_transfer_find_missing (job->transfer, 0, &missing));
  g_assert_cmpuint (missing.offset_bytes, ==, bad_bytes);
  g_assert_cmpuint (missing.length_bytes, ==, length_bytes);
  for (guint i = 0; i < job->n_targets; i++)
    {
      gsize length = 0;
      guint8 *data = job_read_target (job, i, &length);
      PlatterTargetProgress target = job_get_target (job, i);

      g_assert_cmpint (target.verdict, ==, PLATTER_VERDICT_INCOMPLETE);
      g_assert_cmpuint (target.verified_bytes, ==, SIZE - length_bytes);
      g_assert_cmpuint (target.mismatched_bytes, ==, 0);
      g_assert_cmpmem (data, bad_bytes, job->source_data, bad_bytes);
      g_assert_cmpmem (data + bad_bytes + length_bytes, SIZE - bad_bytes - length_bytes,
                       job->source_data + bad_bytes + length_bytes,
                       SIZE - bad_bytes - length_bytes);
    }
}

static void
assert_stopped (Job *job, guint64 bad_bytes)
{
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ);
  for (guint i = 0; i < job->n_targets; i++)
    {
      g_assert_cmpint (job_get_target (job, i).verdict, ==, PLATTER_VERDICT_FAILED);
      g_assert_cmpuint (platter_transfer_get_target_error_offset (job->transfer, i), ==, bad_bytes);
      g_assert_true (job_target_looks_unfinished (job, i));
    }
}

static void
test_rescue (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 2);
  GThread *thread = NULL;
  PlatterProgress progress;
  gint64 sum_us = 0;

  damage (job, BAD_BYTES, SECTOR);
  thread = run_until_asked (job, BAD_BYTES);
  assert_nothing_happens (job);
  /* Of the time before, a part may still have been work. */
  g_usleep (WAIT_US);
  answer (job, thread, PLATTER_ON_ERROR_RESCUE);
  assert_incomplete (job, BAD_BYTES, SECTOR);
  platter_transfer_get_progress (job->transfer, &progress);
  for (PlatterPhase phase = 0; phase < PLATTER_PHASE_ENDED; phase++)
    sum_us += platter_transfer_get_phase_us (job->transfer, phase);
  g_assert_cmpint (sum_us, <=, progress.elapsed_us - WAIT_US);
}

/* What cannot be read in one go is left out: without a try of each sector there are few reads. */
static void
test_skip (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);
  PlatterProgress progress;

  damage (job, 9 * JOB_MIB, 4 * JOB_MIB);
  answer (job, run_until_asked (job, 9 * JOB_MIB + SECTOR), PLATTER_ON_ERROR_SKIP);
  assert_incomplete (job, 9 * JOB_MIB, 4 * JOB_MIB);
  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_cmpuint (progress.n_read_errors, <, 4 * JOB_MIB / 65536 + 30);
}

/* What was durable before the place stays so: from there another copy can go on. */
static void
test_stop (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);
  GThread *thread = NULL;
  guint64 until_bytes = 0;
  gsize length = 0;
  guint8 *data = NULL;

  damage (job, BAD_BYTES, SECTOR);
  thread = run_until_asked (job, BAD_BYTES);
  assert_nothing_happens (job);
  answer (job, thread, PLATTER_ON_ERROR_STOP);
  assert_stopped (job, BAD_BYTES);
  until_bytes = job_get_target (job, 0).durable_until_bytes / JOB_MIB * JOB_MIB;
  data = job_read_target (job, 0, &length);
  g_assert_cmpuint (until_bytes, <=, BAD_BYTES);
  g_assert_cmpuint (until_bytes, >, JOB_MIB);
  g_assert_cmpmem (data + JOB_MIB, until_bytes - JOB_MIB, job->source_data + JOB_MIB,
                   until_bytes - JOB_MIB);
}

/* All else is written when the place is met: what lies behind it is no proof of what lies before. */
static void
test_met_last (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);
  GThread *thread = NULL;
  guint64 until_bytes = 0;

  job->epoch_bytes = 0;
  job_add_fault (job, (Fault){ FAULT_LATE, 0, PLATTER_IO_READ, 9 * JOB_MIB, 10 * JOB_MIB,
                               .count = 1, .value = 1000 });
  thread = run_until_asked (job, 9 * JOB_MIB);
  assert_nothing_happens (job);
  g_assert_cmpuint (job_get_target (job, 0).written_bytes, >, 12 * JOB_MIB);
  until_bytes = job_get_target (job, 0).durable_until_bytes;
  g_assert_cmpuint (until_bytes, ==, 9 * JOB_MIB);
  answer (job, thread, PLATTER_ON_ERROR_RESCUE);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_VERIFIED);
  g_assert_true (job_target_equals (job, 0));
}

/* Where blocks are held back, and where there is nothing behind. */
static void
test_edges (gconstpointer queue)
{
  const guint64 places[] = { 0, SIZE - SECTOR };
  const PlatterOnError words[]
    = { PLATTER_ON_ERROR_STOP, PLATTER_ON_ERROR_SKIP, PLATTER_ON_ERROR_RESCUE };

  for (guint i = 0; i < G_N_ELEMENTS (places) * G_N_ELEMENTS (words); i++)
    {
      guint64 bad_bytes = places[i / G_N_ELEMENTS (words)];
      PlatterOnError word = words[i % G_N_ELEMENTS (words)];
      g_autoptr (Job) job = new_job (queue, 2);

      damage (job, bad_bytes, SECTOR);
      answer (job, run_until_asked (job, bad_bytes), word);
      if (word == PLATTER_ON_ERROR_STOP)
        assert_stopped (job, bad_bytes);
      else
        assert_incomplete (job, bad_bytes, SECTOR);
    }
}

static void
test_cancelled (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 2);
  GThread *thread = NULL;

  damage (job, BAD_BYTES, JOB_MIB);
  thread = run_until_asked (job, BAD_BYTES);
  platter_transfer_cancel (job->transfer);
  g_thread_join (thread);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (job_get_target (job, i).verdict, ==, PLATTER_VERDICT_CANCELLED);
      g_assert_true (job_target_looks_unfinished (job, i));
    }
}

/* Before there is a question nothing is answered, and then the first answer counts. */
static void
test_too_early_and_too_late (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);
  GThread *thread = NULL;

  damage (job, BAD_BYTES, SECTOR);
  g_assert_true (job_prepare (job));
  platter_transfer_answer (job->transfer, PLATTER_ON_ERROR_STOP);
  thread = run_until_asked (job, BAD_BYTES);
  assert_nothing_happens (job);
  platter_transfer_answer (job->transfer, PLATTER_ON_ERROR_RESCUE);
  answer (job, thread, PLATTER_ON_ERROR_STOP);
  assert_incomplete (job, BAD_BYTES, SECTOR);
}

/* Asked and paused, it takes both to go on. */
static void
test_paused (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);
  PlatterProgress progress = { .is_paused = FALSE };
  GThread *thread = NULL;

  damage (job, BAD_BYTES, SECTOR);
  thread = run_until_asked (job, BAD_BYTES);
  platter_transfer_set_paused (job->transfer, TRUE);
  while (!progress.is_paused)
    platter_transfer_get_progress (job->transfer, &progress);
  g_assert_cmpint (progress.question, ==, PLATTER_QUESTION_READ_ERROR);
  platter_transfer_answer (job->transfer, PLATTER_ON_ERROR_RESCUE);
  while (progress.question != PLATTER_QUESTION_NONE)
    platter_transfer_get_progress (job->transfer, &progress);
  g_assert_true (progress.is_paused);
  platter_transfer_set_paused (job->transfer, FALSE);
  g_thread_join (thread);
  assert_incomplete (job, BAD_BYTES, SECTOR);
}

/* Nobody is asked where there is nothing to choose. */
static void
test_other_errors (gconstpointer queue)
{
  const Fault faults[][2] = {
    { { FAULT_ERROR, 1, PLATTER_IO_WRITE, BAD_BYTES, BAD_BYTES + SECTOR, .value = EIO } },
    { { FAULT_ERROR, 0, PLATTER_IO_READ, BAD_BYTES, BAD_BYTES + SECTOR, .value = ENODEV } },
    { { FAULT_END, 0, PLATTER_IO_READ, BAD_BYTES, BAD_BYTES + SECTOR } },
    /* The source fails only when it is read once more, to judge a difference. */
    { { FAULT_ERROR, 0, PLATTER_IO_READ, 20 * JOB_MIB, 21 * JOB_MIB, .skip = 1, .value = EIO },
      { FAULT_FLIP, 1, PLATTER_IO_READ, BAD_BYTES, BAD_BYTES + 1, .value = BAD_BYTES } },
  };
  const PlatterVerdict verdicts[] = { PLATTER_VERDICT_FAILED, PLATTER_VERDICT_FAILED,
                                      PLATTER_VERDICT_FAILED, PLATTER_VERDICT_SOURCE_UNSTABLE };
  const PlatterEngineError codes[]
    = { PLATTER_ENGINE_ERROR_WRITE, PLATTER_ENGINE_ERROR_GONE, PLATTER_ENGINE_ERROR_SHORT_READ,
        PLATTER_ENGINE_ERROR_SOURCE_UNSTABLE };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (Job) job = new_job (queue, 1);

      job->options.max_repairs = 0;
      job_add_fault (job, faults[i][0]);
      if (faults[i][1].value != 0)
        job_add_fault (job, faults[i][1]);
      job_run (job);
      g_assert_cmpint (job_get_target (job, 0).verdict, ==, verdicts[i]);
      g_assert_error (platter_transfer_get_target_error (job->transfer, 0), PLATTER_ENGINE_ERROR,
                      (int)codes[i]);
    }
}

/* A target that loses what it holds while an answer is waited for ends the copy, which has no other. */
static void
test_target_fails_meanwhile (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);

  job->epoch_bytes = SIZE;
  damage (job, BAD_BYTES, SECTOR);
  job_add_fault (job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_FLUSH, .skip = 1, .value = EIO });
  job_run (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_FAILED);
  g_assert_error (platter_transfer_get_target_error (job->transfer, 0), PLATTER_ENGINE_ERROR,
                  PLATTER_ENGINE_ERROR_FLUSH);
}

/* What an earlier copy could still read of the place is on the target, and stays there, be zeros wanted or not. */
static void
test_resumed (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);
  gsize length = 0;
  guint8 *data = NULL;
  guint64 durable_bytes = 0;
  GThread *thread = NULL;

  damage (job, BAD_BYTES, SECTOR);
  thread = run_until_asked (job, BAD_BYTES);
  assert_nothing_happens (job);
  answer (job, thread, PLATTER_ON_ERROR_STOP);
  durable_bytes = job_get_target (job, 0).durable_until_bytes;
  g_assert_cmpuint (durable_bytes, >, 3 * JOB_MIB);
  job_forget (job);
  damage (job, 2 * JOB_MIB, JOB_MIB);
  job->options.resume_bytes = &durable_bytes;
  job->options.zero_bad = TRUE;
  answer (job, run_until_asked (job, 2 * JOB_MIB + SECTOR), PLATTER_ON_ERROR_SKIP);
  assert_incomplete (job, 2 * JOB_MIB, JOB_MIB);
  data = job_read_target (job, 0, &length);
  g_assert_cmpmem (data, length, job->source_data, SIZE);
}

static const struct
{
  const char *name;
  GTestDataFunc run;
} cases[] = {
  { "rescue", test_rescue },
  { "skip", test_skip },
  { "stop", test_stop },
  { "met-last", test_met_last },
  { "edges", test_edges },
  { "cancelled", test_cancelled },
  { "too-early-and-too-late", test_too_early_and_too_late },
  { "paused", test_paused },
  { "other-errors", test_other_errors },
  { "target-fails-meanwhile", test_target_fails_meanwhile },
  { "resumed", test_resumed },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *uring = g_strdup_printf ("/question/io-uring/%s", cases[i].name);
      g_autofree char *threads = g_strdup_printf ("/question/threads/%s", cases[i].name);

      g_test_add_data_func (uring, GINT_TO_POINTER (PLATTER_QUEUE_URING), cases[i].run);
      g_test_add_data_func (threads, GINT_TO_POINTER (PLATTER_QUEUE_THREADS), cases[i].run);
    }
  return g_test_run ();
}
