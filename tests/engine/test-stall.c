// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What counts as the silence of a device.

#include "engine/errors.h"
#include "engine/transfer-private.h"
#include "job.h"
#include "slow-writer.h"

#define EVERYWHERE .start_bytes = 0, .end_bytes = G_MAXUINT64

static void
age_lane (PlatterLane *lane)
{
  for (PlatterIo *io = lane->oldest; io != NULL; io = io->next)
    io->start_us -= (gint64)FAULT_HANG_S * G_USEC_PER_SEC;
}

/* As if all that was done until now had been done earlier by so long. */
static void
stand_still_cb (gpointer data)
{
  PlatterTransfer *transfer = ((Job *)data)->transfer;

  transfer->collected_us -= (gint64)FAULT_HANG_S * G_USEC_PER_SEC;
  age_lane (&transfer->source_lane);
  for (guint i = 0; i < transfer->n_targets; i++)
    age_lane (&transfer->targets[i].lane);
}

static void
add_standstills (Job *job, FaultCall *call)
{
  *call = (FaultCall){ stand_still_cb, job };
  job_add_fault (job, (Fault){ FAULT_CALL, 0, PLATTER_IO_READ, EVERYWHERE, .skip = 3, .count = 2,
                               .value = (guintptr)call });
  job_add_fault (job, (Fault){ FAULT_CALL, 1, PLATTER_IO_WRITE, EVERYWHERE, .skip = 4, .count = 2,
                               .value = (guintptr)call });
  job_add_fault (job, (Fault){ FAULT_CALL, 2, PLATTER_IO_READ, EVERYWHERE, .skip = 5, .count = 2,
                               .value = (guintptr)call });
  job_add_fault (job,
                 (Fault){ FAULT_CALL, 1, PLATTER_IO_FLUSH, EVERYWHERE, .value = (guintptr)call });
}

/* The process is stopped for an hour, now and again, while its devices answer. */
static void
test_row_98_stopped (gconstpointer data)
{
  g_autoptr (Job) job = job_new (16 * JOB_MIB, 2, GPOINTER_TO_UINT (data));
  FaultCall call;

  job->options.stall_timeout_s = 60;
  add_standstills (job, &call);
  job_run (job);
  g_assert_no_error (job->error);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (job_get_target (job, i).verdict, ==, PLATTER_VERDICT_VERIFIED);
      g_assert_true (job_target_equals (job, i));
    }
}

/* One that hangs is found out all the same. */
static void
test_row_98_stopped_beside_one_that_hangs (gconstpointer data)
{
  g_autoptr (Job) job = job_new (16 * JOB_MIB, 2, GPOINTER_TO_UINT (data));
  FaultCall call;

  job->options.stall_timeout_s = 60;
  add_standstills (job, &call);
  job_add_fault (job, (Fault){ FAULT_HANG, 1, PLATTER_IO_READ, 8 * JOB_MIB, 9 * JOB_MIB });
  job_run (job);
  g_assert_no_error (job->error);
  g_assert_error (platter_transfer_get_target_error (job->transfer, 0), PLATTER_ENGINE_ERROR,
                  PLATTER_ENGINE_ERROR_STALLED);
  g_assert_cmpint (job_get_target (job, 1).verdict, ==, PLATTER_VERDICT_VERIFIED);
}

/* The flush after the copy takes longer than the limit. */
static void
slow_flush_cb (gpointer data)
{
  PlatterLane *lane = &((Job *)data)->transfer->targets[0].lane;

  for (PlatterIo *io = lane->oldest; io != NULL; io = io->next)
    io->start_us -= 68 * G_USEC_PER_SEC;
}

/* Of a drive that is nothing but silence; a file system stores 14 MiB meanwhile. */
static void
test_row_98_slow_flush (gconstpointer data)
{
  for (guint is_cached = 0; is_cached < 2; is_cached++)
    {
      g_autoptr (Job) job = job_new (16 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
      FaultCall call = { slow_flush_cb, job };
      PlatterVerdict expected = PLATTER_VERDICT_VERIFIED;

      job->is_cached = is_cached != 0;
      job->options.stall_timeout_s = 60;
      job_add_fault (job, (Fault){ FAULT_CALL, 1, PLATTER_IO_FLUSH, EVERYWHERE, .skip = 1,
                                   .count = 1, .value = (guintptr)&call });
      job_add_fault (job, (Fault){ FAULT_DELAY, 1, PLATTER_IO_FLUSH, EVERYWHERE, .skip = 1,
                                   .count = 1, .value = 1 });
      g_assert_true (job_prepare (job));
      if (platter_endpoint_is_direct (job->transfer->targets[0].endpoint))
        expected = PLATTER_VERDICT_FAILED;
      job_run (job);
      g_assert_cmpint (job_get_target (job, 0).verdict, ==, expected);
    }
}

static void
age_target_cb (gpointer data)
{
  age_lane (&((Job *)data)->transfer->targets[0].lane);
}

/* A writer has no room for an hour, as it packs or as its file does not answer. */
static void
test_slow_writer (gconstpointer data)
{
  for (guint is_working = 0; is_working < 2; is_working++)
    {
      g_autoptr (Job) job = job_new (16 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
      SlowWriter *writer = slow_writer_new (is_working != 0);

      /* More than the rounds in which it is given up. */
      writer->n_refusals = 64;
      writer->refused = (FaultCall){ age_target_cb, job };
      job->writer = &writer->base;
      job->options.verify = FALSE;
      job->options.stall_timeout_s = 1;
      job_run (job);
      if (is_working != 0)
        {
          g_assert_no_error (job->error);
          continue;
        }
      g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_STALLED);
      g_assert_true (g_str_has_suffix (job->error->message, "has not answered for 1 second"));
    }
}

static void
add (const char *name, GTestDataFunc func)
{
  g_autofree char *uring = g_strdup_printf ("/stall/io-uring/%s", name);
  g_autofree char *threads = g_strdup_printf ("/stall/threads/%s", name);

  g_test_add_data_func (uring, GUINT_TO_POINTER (PLATTER_QUEUE_URING), func);
  g_test_add_data_func (threads, GUINT_TO_POINTER (PLATTER_QUEUE_THREADS), func);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("stopped", test_row_98_stopped);
  add ("slow-flush", test_row_98_slow_flush);
  add ("stopped-beside-one-that-hangs", test_row_98_stopped_beside_one_that_hangs);
  add ("slow-writer", test_slow_writer);
  return g_test_run ();
}
