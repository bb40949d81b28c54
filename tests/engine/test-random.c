// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Random jobs against a model that says what must come out. PLATTER_TEST_JOBS sets how many, and
// PLATTER_TEST_SEED where they begin; each job prints its own seed when it goes wrong.

#include "job.h"

#include <errno.h>
#include <stdlib.h>

#define DEFAULT_JOBS 200
#define MAX_BLOCKS 6
#define MAX_TARGETS 4

typedef enum
{
  TROUBLE_NONE,
  TROUBLE_WRITE_FAILS,
  TROUBLE_WRITE_DROPPED,
  TROUBLE_WRITE_DROPPED_ONCE,
  TROUBLE_READ_FLIPPED,
  TROUBLE_READ_FLIPPED_ONCE,
  TROUBLE_UNREADABLE,
  TROUBLE_FLUSH_FAILS,
  TROUBLE_SHORT,
  TROUBLE_LATE,
  TROUBLE_HANGS,
  N_TROUBLES,
} Trouble;

typedef struct
{
  Job *job;
  GRand *rand;
  Trouble troubles[MAX_TARGETS];
  gboolean source_fails;
  gboolean is_cancelled;
} Plan;

static guint
plan_pick (Plan *self, guint n)
{
  return (guint)g_rand_int_range (self->rand, 0, (gint32)n);
}

static void
plan_add_trouble (Plan *self, guint target)
{
  guint64 n_blocks = (self->job->source_bytes - 1) / JOB_MIB + 1;
  guint64 start = plan_pick (self, (guint)n_blocks) * JOB_MIB;
  Fault fault = { .file = target + 1, .start_bytes = start, .end_bytes = start + JOB_MIB };
  guint sometimes = plan_pick (self, 2) == 0 ? 0 : plan_pick (self, N_TROUBLES);

  self->troubles[target] = sometimes;
  fault.count = sometimes == TROUBLE_WRITE_DROPPED_ONCE || sometimes == TROUBLE_READ_FLIPPED_ONCE
                || sometimes == TROUBLE_FLUSH_FAILS;
  fault.op = PLATTER_IO_WRITE;
  switch (self->troubles[target])
    {
    case TROUBLE_NONE:
      return;
    case TROUBLE_WRITE_FAILS:
      fault.kind = FAULT_ERROR;
      fault.value = EIO;
      break;
    case TROUBLE_WRITE_DROPPED:
    case TROUBLE_WRITE_DROPPED_ONCE:
      fault.kind = FAULT_DROP;
      break;
    case TROUBLE_READ_FLIPPED:
    case TROUBLE_READ_FLIPPED_ONCE:
      fault.kind = FAULT_FLIP;
      fault.op = PLATTER_IO_READ;
      fault.value = start;
      break;
    case TROUBLE_UNREADABLE:
      fault.kind = FAULT_ERROR;
      fault.op = PLATTER_IO_READ;
      fault.value = EIO;
      break;
    case TROUBLE_FLUSH_FAILS:
      fault.kind = FAULT_ERROR;
      fault.op = PLATTER_IO_FLUSH;
      fault.skip = plan_pick (self, 3);
      fault.value = EIO;
      break;
    case TROUBLE_SHORT:
      fault.kind = FAULT_SHORT;
      break;
    case TROUBLE_LATE:
      fault.kind = FAULT_DELAY;
      fault.value = plan_pick (self, 6);
      break;
    case TROUBLE_HANGS:
      fault.kind = FAULT_HANG;
      break;
    default:
      g_assert_not_reached ();
    }
  job_add_fault (self->job, fault);
}

static void
plan_add_source_trouble (Plan *self)
{
  guint64 n_blocks = (self->job->source_bytes - 1) / JOB_MIB + 1;
  guint64 start = plan_pick (self, (guint)n_blocks) * JOB_MIB;

  self->source_fails = plan_pick (self, 12) == 0;
  if (self->source_fails)
    job_add_fault (
      self->job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, start, start + JOB_MIB, .value = EIO });
}

static void
plan_add_cancel (Plan *self)
{
  self->is_cancelled = plan_pick (self, 8) == 0;
  if (self->is_cancelled)
    job_add_fault (self->job, (Fault){ FAULT_CANCEL, plan_pick (self, self->job->n_targets + 1),
                                       plan_pick (self, 2) ? PLATTER_IO_READ : PLATTER_IO_WRITE, 0,
                                       G_MAXUINT64, .skip = plan_pick (self, 12), .count = 1,
                                       .value = (guintptr)&self->job->transfer });
}

static PlatterVerdict
plan_expect (const Plan *self, guint target)
{
  const PlatterTransferOptions *options = &self->job->options;
  PlatterVerdict good = options->verify ? PLATTER_VERDICT_VERIFIED : PLATTER_VERDICT_WRITTEN;

  switch (self->troubles[target])
    {
    case TROUBLE_WRITE_FAILS:
    case TROUBLE_FLUSH_FAILS:
    case TROUBLE_HANGS:
      return PLATTER_VERDICT_FAILED;
    case TROUBLE_WRITE_DROPPED:
    case TROUBLE_READ_FLIPPED:
      return options->verify ? PLATTER_VERDICT_MISMATCHED : good;
    case TROUBLE_WRITE_DROPPED_ONCE:
    case TROUBLE_READ_FLIPPED_ONCE:
      if (!options->verify)
        return good;
      return options->max_repairs > 0 ? PLATTER_VERDICT_REPAIRED : PLATTER_VERDICT_MISMATCHED;
    case TROUBLE_UNREADABLE:
      return options->verify ? PLATTER_VERDICT_FAILED : good;
    default:
      return good;
    }
}

static void
plan_check_target (const Plan *self, guint target)
{
  PlatterVerdict verdict = job_get_target (self->job, target).verdict;
  PlatterVerdict expected = plan_expect (self, target);
  const GError *error = platter_transfer_get_target_error (self->job->transfer, target);

  g_test_message ("target %u: trouble %d, verdict %d: %s", target, self->troubles[target], verdict,
                  error != NULL ? error->message : "-");
  if (self->source_fails && verdict == PLATTER_VERDICT_FAILED)
    expected = PLATTER_VERDICT_FAILED;
  if (self->is_cancelled && verdict == PLATTER_VERDICT_CANCELLED)
    expected = PLATTER_VERDICT_CANCELLED;
  g_assert_cmpint (verdict, ==, expected);
  g_assert_true ((verdict == PLATTER_VERDICT_VERIFIED || verdict == PLATTER_VERDICT_WRITTEN
                  || verdict == PLATTER_VERDICT_REPAIRED)
                 == (error == NULL));
  if (verdict == PLATTER_VERDICT_VERIFIED || verdict == PLATTER_VERDICT_REPAIRED)
    {
      g_assert_true (job_target_equals (self->job, target));
      g_assert_false (self->source_fails);
    }
  else if (verdict != PLATTER_VERDICT_WRITTEN && self->troubles[target] != TROUBLE_FLUSH_FAILS)
    g_assert_true (job_target_looks_unfinished (self->job, target));
}

static void
run_job (guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Plan self = { .rand = rand };
  guint n_targets = 1 + plan_pick (&self, MAX_TARGETS);
  guint64 size_bytes = 1 + plan_pick (&self, MAX_BLOCKS * JOB_MIB);
  g_autoptr (Job) job = job_new (
    size_bytes, n_targets, plan_pick (&self, 2) ? PLATTER_QUEUE_URING : PLATTER_QUEUE_THREADS);

  g_test_message ("seed %u: %" G_GUINT64_FORMAT " bytes, %u targets", seed, size_bytes, n_targets);
  self.job = job;
  job->options.verify = plan_pick (&self, 4) > 0;
  job->options.max_repairs = plan_pick (&self, 4);
  job->options.stall_timeout_s = FAULT_HANG_S;
  job->options.digests = plan_pick (&self, 3) == 0 ? PLATTER_DIGEST_SHA1 : PLATTER_DIGEST_NONE;
  job->target_bytes = size_bytes + (plan_pick (&self, 2) ? plan_pick (&self, JOB_MIB) : 0);
  job->max_table_entries = plan_pick (&self, 3) == 0 ? 2 : 1024;
  plan_add_source_trouble (&self);
  plan_add_cancel (&self);
  for (guint i = 0; i < n_targets; i++)
    plan_add_trouble (&self, i);
  job_run (job);
  for (guint i = 0; i < n_targets; i++)
    plan_check_target (&self, i);
}

static guint
get_number (const char *variable, guint otherwise)
{
  const char *text = g_getenv (variable);

  return text != NULL ? (guint)atoi (text) : otherwise;
}

static void
test_random_jobs (void)
{
  guint n_jobs = get_number ("PLATTER_TEST_JOBS", DEFAULT_JOBS);
  guint first = get_number ("PLATTER_TEST_SEED", 1);

  for (guint i = 0; i < n_jobs; i++)
    run_job (first + i);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/jobs", test_random_jobs);
  return g_test_run ();
}
