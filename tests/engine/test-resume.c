// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A copy that was cut off goes on where it was durable, and is proven whole.

#include "engine/errors.h"
#include "engine/transfer-private.h"
#include "job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS 40
#define EPOCH_BLOCKS 4
#define CUT_BLOCK 21
#define LATE_BYTES (5 * JOB_MIB)
/* With each of the queues; PLATTER_TEST_CUTS for more. */
#define DEFAULT_CUTS 25
#define CUT_BLOCKS 12

static Job *
new_job (gconstpointer queue, guint n_targets)
{
  Job *job = job_new (BLOCKS * JOB_MIB, n_targets, GPOINTER_TO_INT (queue));

  job->epoch_bytes = EPOCH_BLOCKS * JOB_MIB;
  return job;
}

/* Paused first: a flush that takes its time must not decide how much is durable. */
static void
cut_off (Job *job)
{
  GThread *thread = NULL;

  job_add_fault (job, (Fault){ FAULT_PAUSE, 0, PLATTER_IO_READ, CUT_BLOCK * JOB_MIB,
                               (CUT_BLOCK + 1) * JOB_MIB, .count = 1,
                               .value = (guintptr)&job->transfer });
  g_assert_true (job_prepare (job));
  thread = job_start (job);
  job_wait_for_pause (job, TRUE);
  platter_transfer_cancel (job->transfer);
  g_thread_join (thread);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED);
}

static guint64
get_durable (Job *job, guint target)
{
  return job_get_target (job, target).durable_until_bytes;
}

static void
assert_is_there (Job *job, guint target, guint64 until_bytes)
{
  gsize length = 0;
  guint8 *data = job_read_target (job, target, &length);

  g_assert_cmpmem (data + JOB_MIB, until_bytes - JOB_MIB, job->source_data + JOB_MIB,
                   until_bytes - JOB_MIB);
}

/* Makes a write to what is kept an error. */
static void
go_on (Job *job, const guint64 *resume_bytes)
{
  job_forget (job);
  for (guint i = 0; i < job->n_targets; i++)
    if (resume_bytes[i] > JOB_MIB)
      job_add_fault (job, (Fault){ FAULT_ERROR, i + 1, PLATTER_IO_WRITE, JOB_MIB, resume_bytes[i],
                                   .value = EIO });
  job->options.resume_bytes = resume_bytes;
  job_run (job);
}

static void
assert_verified (Job *job)
{
  g_assert_no_error (job->error);
  for (guint i = 0; i < job->n_targets; i++)
    {
      g_assert_cmpint (job_get_target (job, i).verdict, ==, PLATTER_VERDICT_VERIFIED);
      g_assert_cmpuint (job_get_target (job, i).written_bytes, ==, job->source_bytes);
      g_assert_true (job_target_equals (job, i));
    }
}

static void
test_goes_on (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);
  guint64 durable_bytes = 0;
  g_autofree char *digest = NULL;

  cut_off (job);
  durable_bytes = get_durable (job, 0);
  g_assert_cmpuint (durable_bytes, >=, EPOCH_BLOCKS * JOB_MIB / 2);
  g_assert_cmpuint (durable_bytes, <=, CUT_BLOCK * JOB_MIB);
  g_assert_cmpuint (durable_bytes % JOB_MIB, ==, 0);
  assert_is_there (job, 0, durable_bytes);
  g_assert_true (job_target_looks_unfinished (job, 0));
  job->options.digests = PLATTER_DIGEST_SHA256;
  go_on (job, &durable_bytes);
  assert_verified (job);
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, job->source_data, job->source_bytes);
  g_assert_cmpstr (platter_transfer_get_digest (job->transfer, PLATTER_DIGEST_SHA256), ==, digest);
  g_assert_cmpuint (get_durable (job, 0), ==, (BLOCKS - 1) * JOB_MIB);
}

/* Without verification the samples are all the proof there is of what was kept. */
static void
test_goes_on_unverified (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);
  guint64 durable_bytes = 0;

  job->options.verify = FALSE;
  cut_off (job);
  durable_bytes = get_durable (job, 0);
  go_on (job, &durable_bytes);
  g_assert_no_error (job->error);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_WRITTEN);
  g_assert_true (job_target_equals (job, 0));
}

/* What the flushes of a copy are to make durable, and what they have. */
typedef struct
{
  Job *job;
  guint late_file;    /* one request of it at LATE_BYTES is answered last */
  guint64 most_bytes; /* that a flush before that was to make durable */
  PowerLog *power;    /* (nullable) */
  gboolean was_written_beside;
} Watch;

static void
watch_late (Watch *self, const PlatterTarget *target, const PlatterLane *lane)
{
  for (const PlatterIo *io = lane->oldest; io != NULL; io = io->next)
    if (io->op != PLATTER_IO_FLUSH && io->offset_bytes == LATE_BYTES)
      self->most_bytes = MAX (self->most_bytes, target->epoch_until_bytes);
}

static void
watch_flush_cb (gpointer data)
{
  Watch *self = data;
  const PlatterTransfer *transfer = self->job->transfer;
  const PlatterTarget *target = &transfer->targets[0];

  if (target->step != PLATTER_STEP_COPY)
    return;
  if (self->power == NULL)
    {
      watch_late (self, target, self->late_file == 0 ? &transfer->source_lane : &target->lane);
      return;
    }
  if (target->durable_bytes > 0)
    self->was_written_beside |= target->written_bytes > target->durable_bytes;
  g_assert_cmpuint (target->durable_until_bytes, <=, power_log_get_flushed (self->power, JOB_MIB));
}

/* All else has been read, written and flushed before that one request is answered; yet nothing behind it may count. */
static void
check_late (gconstpointer queue, guint file, PlatterIoOp op)
{
  g_autoptr (Job) job = new_job (queue, 1);
  Watch watch = { .job = job, .late_file = file };
  FaultCall call = { watch_flush_cb, &watch };

  job_add_fault (job, (Fault){ FAULT_CALL, 1, PLATTER_IO_FLUSH, .value = (guintptr)&call });
  job_add_fault (job, (Fault){ FAULT_DELAY, file, op, LATE_BYTES, LATE_BYTES + JOB_MIB, .count = 1,
                               .value = 1000 });
  job->epoch_bytes = JOB_MIB;
  job_run (job);
  assert_verified (job);
  g_assert_cmpuint (watch.most_bytes, ==, LATE_BYTES);
}

static void
test_late_write (gconstpointer queue)
{
  check_late (queue, 1, PLATTER_IO_WRITE);
}

static void
test_late_read (gconstpointer queue)
{
  check_late (queue, 0, PLATTER_IO_READ);
}

/* What is written while a flush is under way is left to the next one. */
static void
test_late_flush (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);
  g_autoptr (PowerLog) power = power_log_new (G_MAXUINT);
  Watch watch = { .job = job, .power = power };
  FaultCall call = { watch_flush_cb, &watch };

  job_add_fault (job, (Fault){ FAULT_POWER, 1, .value = (guintptr)power });
  job_add_fault (job, (Fault){ FAULT_CALL, 1, PLATTER_IO_FLUSH, .value = (guintptr)&call });
  /* The first one is that of the mark. */
  job_add_fault (job,
                 (Fault){ FAULT_DELAY, 1, PLATTER_IO_FLUSH, .skip = 1, .count = 1, .value = 1000 });
  job->epoch_bytes = JOB_MIB;
  job_run (job);
  assert_verified (job);
  g_assert_true (watch.was_written_beside);
}

/* A block that could not be read while another one that lies behind it is looked at more closely. */
static void
test_two_errors (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);

  job_add_fault (job,
                 (Fault){ FAULT_LATE, 0, PLATTER_IO_READ, 6 * JOB_MIB, 7 * JOB_MIB, .value = 2 });
  job_add_fault (job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, 8 * JOB_MIB, 9 * JOB_MIB,
                               .count = 1, .value = EIO });
  job_add_fault (job, (Fault){ FAULT_DELAY, 0, PLATTER_IO_READ, 8 * JOB_MIB, 9 * JOB_MIB,
                               .count = 1, .value = 1000 });
  job->epoch_bytes = JOB_MIB;
  g_assert_true (job_prepare (job));
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ);
  g_assert_cmpuint (get_durable (job, 0), >, 0);
  g_assert_cmpuint (get_durable (job, 0), <=, 6 * JOB_MIB);
}

static void
test_targets_of_their_own (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 3);
  guint64 resume_bytes[3] = { 0 };

  cut_off (job);
  resume_bytes[0] = get_durable (job, 0);
  resume_bytes[2] = JOB_MIB; /* nothing: the first MiB is never kept */
  go_on (job, resume_bytes);
  assert_verified (job);
}

static void
spoil (Job *job, guint64 start_block, guint64 end_block)
{
  gsize length = 0;
  guint8 *data = job_read_target (job, 0, &length);
  g_autofree char *path = job_get_path (job, 0);
  g_autoptr (GError) error = NULL;

  for (guint64 block = start_block; block < end_block; block++)
    data[block * JOB_MIB + 1000] ^= 1;
  g_file_set_contents (path, (const char *)data, (gssize)length, &error);
  g_assert_no_error (error);
}

/* Another stick with the same label, or one that was used in between. */
static void
test_changed (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);
  guint8 *before = NULL;
  guint8 *after = NULL;
  guint64 durable_bytes = 0;
  gsize length = 0;

  cut_off (job);
  durable_bytes = get_durable (job, 0);
  spoil (job, durable_bytes / JOB_MIB - 1, durable_bytes / JOB_MIB);
  before = job_read_target (job, 0, &length);
  go_on (job, &durable_bytes);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CHANGED);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_FAILED);
  g_assert_cmpuint (platter_transfer_get_target_error_offset (job->transfer, 0), ==,
                    durable_bytes - JOB_MIB);
  after = job_read_target (job, 0, &length);
  g_assert_cmpmem (before, length, after, length);
}

/* What agrees in every sample is the source itself, or a copy that was finished: it must not be taken for a target, but told. */
static void
test_without_mark (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);
  guint64 resume_bytes = (BLOCKS - 1) * JOB_MIB;

  job_run (job);
  go_on (job, &resume_bytes);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FINISHED);
  g_assert_true (job_target_equals (job, 0));
  resume_bytes = 0; /* of several targets one may have nothing yet */
  go_on (job, &resume_bytes);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FINISHED);
  g_assert_true (job_target_equals (job, 0));
}

/* Where no sample was taken the verification finds it, and it is put right. */
static void
test_changed_between_samples (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);
  guint64 resume_bytes = (BLOCKS - 1) * JOB_MIB;

  job_add_fault (job, (Fault){ FAULT_CANCEL, 1, PLATTER_IO_READ, 9 * JOB_MIB, 10 * JOB_MIB,
                               .count = 1, .value = (guintptr)&job->transfer });
  g_assert_true (job_prepare (job));
  job_run (job);
  g_assert_cmpuint (get_durable (job, 0), ==, resume_bytes);
  spoil (job, 1, 2); /* 38 blocks are kept, 16 of them looked at: 3, 5, 8, ... 38 */
  job_forget (job);
  job->options.resume_bytes = &resume_bytes;
  job_run (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_REPAIRED);
  g_assert_true (job_target_equals (job, 0));
}

/* The kernel tells of a lost write only once; what was durable before stays so. */
static void
test_flush_fails (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);

  job_add_fault (job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_FLUSH, .skip = 2, .value = EIO });
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FLUSH);
  g_assert_cmpuint (get_durable (job, 0), >, 0);
  g_assert_cmpuint (get_durable (job, 0), <, (BLOCKS - 1) * JOB_MIB);
  g_assert_true (job_target_looks_unfinished (job, 0));
}

/* Whoever pauses may well switch off the machine next. */
static void
test_paused (gconstpointer queue)
{
  g_autoptr (Job) job = new_job (queue, 1);
  GThread *thread = NULL;

  job->epoch_bytes = 0;
  job_add_fault (job, (Fault){ FAULT_PAUSE, 0, PLATTER_IO_READ, CUT_BLOCK * JOB_MIB,
                               (CUT_BLOCK + 1) * JOB_MIB, .count = 1,
                               .value = (guintptr)&job->transfer });
  g_assert_true (job_prepare (job));
  thread = job_start (job);
  job_wait_for_pause (job, TRUE);
  g_assert_cmpuint (job_get_target (job, 0).durable_bytes, ==,
                    job_get_target (job, 0).written_bytes);
  g_assert_cmpuint (get_durable (job, 0), >, JOB_MIB);
  assert_is_there (job, 0, get_durable (job, 0));
  platter_transfer_set_paused (job->transfer, FALSE);
  g_thread_join (thread);
  assert_verified (job);
}

/* What is on the target after the power failed while it still held some of what it was told. */
static void
store_what_is_left (Job *job, PowerLog *power, GRand *random)
{
  gsize length = 0;
  guint8 *data = job_read_target (job, 0, &length);
  g_autofree char *path = job_get_path (job, 0);
  g_autoptr (GError) error = NULL;

  job_fill_old (data, length);
  power_log_replay (power, random, data);
  g_file_set_contents (path, (const char *)data, (gssize)length, &error);
  g_assert_no_error (error);
}

/* Only what was proven may look like a whole copy. */
static void
assert_no_lie (Job *job)
{
  gsize length = 0;
  guint8 *data = job_read_target (job, 0, &length);

  if (!job_target_looks_unfinished (job, 0))
    g_assert_cmpmem (data + JOB_MIB, length - JOB_MIB, job->source_data + JOB_MIB,
                     length - JOB_MIB);
}

/* The power fails at any request: what was called durable is there, at most one epoch that was flushed is not, and the
   copy goes on from there and is proven. */
static void
test_row_65_power_cuts (gconstpointer queue)
{
  const char *wanted = g_getenv ("PLATTER_TEST_CUTS");
  guint n_cuts = wanted != NULL ? (guint)atoi (wanted) : DEFAULT_CUTS;
  guint n_resumed = 0;

  for (guint32 seed = 0; seed < n_cuts; seed++)
    {
      g_autoptr (GRand) random = g_rand_new_with_seed (seed);
      g_autoptr (Job) job = job_new (CUT_BLOCKS * JOB_MIB, 1, GPOINTER_TO_INT (queue));
      g_autoptr (PowerLog) power = power_log_new ((guint)g_rand_int_range (random, 1, 50));
      guint64 durable_bytes = 0;

      job->epoch_bytes = (guint64)g_rand_int_range (random, 1, 5) * JOB_MIB;
      job_add_fault (job, (Fault){ FAULT_POWER, 1, .value = (guintptr)power });
      job_run (job);
      if (!power_log_is_off (power))
        {
          assert_verified (job);
          continue;
        }
      g_assert_nonnull (job->error);
      store_what_is_left (job, power, random);
      assert_no_lie (job);
      durable_bytes = get_durable (job, 0);
      g_assert_cmpuint (durable_bytes + job->epoch_bytes, >=,
                        MIN (power_log_get_flushed (power, JOB_MIB), (CUT_BLOCKS - 1) * JOB_MIB));
      if (durable_bytes <= JOB_MIB)
        continue;
      assert_is_there (job, 0, durable_bytes);
      if (!job_target_looks_unfinished (job, 0))
        continue;
      go_on (job, &durable_bytes);
      assert_verified (job);
      n_resumed++;
    }
  g_assert_cmpuint (n_resumed, >, n_cuts / 8);
}

static const struct
{
  const char *name;
  GTestDataFunc run;
} cases[] = {
  { "goes-on", test_goes_on },
  { "goes-on-unverified", test_goes_on_unverified },
  { "two-errors", test_two_errors },
  { "late-write", test_late_write },
  { "late-read", test_late_read },
  { "late-flush", test_late_flush },
  { "targets-of-their-own", test_targets_of_their_own },
  { "changed", test_changed },
  { "without-mark", test_without_mark },
  { "changed-between-samples", test_changed_between_samples },
  { "flush-fails", test_flush_fails },
  { "paused", test_paused },
  { "power-cuts", test_row_65_power_cuts },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *uring = g_strdup_printf ("/resume/io-uring/%s", cases[i].name);
      g_autofree char *threads = g_strdup_printf ("/resume/threads/%s", cases[i].name);

      g_test_add_data_func (uring, GINT_TO_POINTER (PLATTER_QUEUE_URING), cases[i].run);
      g_test_add_data_func (threads, GINT_TO_POINTER (PLATTER_QUEUE_THREADS), cases[i].run);
    }
  return g_test_run ();
}
