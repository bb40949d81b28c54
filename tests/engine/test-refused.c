// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Requests that the computer has no means for, for a while or for good: they say nothing of a drive.

#include "engine/errors.h"
#include "engine/transfer-private.h"
#include "job.h"

#include <errno.h>
#include <string.h>

static const int refusals[] = { ENOMEM, EAGAIN, EINTR };

static Job *
new_job (gconstpointer data, PlatterOnError on_error)
{
  Job *job = job_new (12 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job->options.on_error = on_error;
  job->options.is_rescue = on_error == PLATTER_ON_ERROR_RESCUE;
  return job;
}

static void
test_row_24_for_a_while (gconstpointer data)
{
  const PlatterOnError ways[]
    = { PLATTER_ON_ERROR_STOP, PLATTER_ON_ERROR_SKIP, PLATTER_ON_ERROR_RESCUE };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    for (guint k = 0; k < G_N_ELEMENTS (ways); k++)
      {
        g_autoptr (Job) job = new_job (data, ways[k]);
        PlatterProgress progress;

        for (guint file = 0; file < 2; file++)
          job_add_fault (job, (Fault){ FAULT_ERROR, file, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB,
                                       .count = 40, .value = (guint64)refusals[i] });
        job_add_fault (job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_WRITE, 7 * JOB_MIB, 8 * JOB_MIB,
                                     .count = 40, .value = (guint64)refusals[i] });
        job_run (job);
        g_assert_no_error (job->error);
        platter_transfer_get_progress (job->transfer, &progress);
        g_assert_cmpuint (progress.missing_bytes, ==, 0);
        g_assert_cmpuint (progress.n_read_errors, ==, 0);
        g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_VERIFIED);
        g_assert_true (job_target_equals (job, 0));
      }
}

/* More often than a request that is made again at once could bear. */
static void
test_row_24_with_pauses (gconstpointer data)
{
  g_autoptr (Job) job = new_job (data, PLATTER_ON_ERROR_STOP);

  job_add_fault (job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB,
                               .count = 120, .value = EAGAIN });
  job_run (job);
  g_assert_no_error (job->error);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_VERIFIED);
}

static void
assert_refused (Job *job)
{
  g_autoptr (PlatterMap) map = platter_transfer_dup_target_map (job->transfer, 0);
  g_autofree char *mapfile = platter_transfer_dup_mapfile (job->transfer, 0);

  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FAILED);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_FAILED);
  g_assert_cmpuint (platter_map_count_bytes (map, PLATTER_MAP_FAILED), ==, 0);
  for (const char *mark = "-*/"; *mark != '\0'; mark++)
    {
      const char end[] = { ' ', *mark, '\n', '\0' };

      g_assert_null (strstr (mapfile, end));
    }
}

static void
test_row_24_for_good (gconstpointer data)
{
  const PlatterOnError ways[] = { PLATTER_ON_ERROR_STOP, PLATTER_ON_ERROR_ASK,
                                  PLATTER_ON_ERROR_SKIP, PLATTER_ON_ERROR_RESCUE };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    for (guint k = 0; k < G_N_ELEMENTS (ways); k++)
      {
        g_autoptr (Job) job = new_job (data, ways[k]);

        job_add_fault (job, (Fault){ FAULT_REFUSE, 0, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB,
                                     .value = (guint64)refusals[i] });
        job_run (job);
        assert_refused (job);
      }
}

/* Nor is a bad sector looked for with reads that are not carried out. */
static void
test_refused_while_looking (gconstpointer data)
{
  g_autoptr (Job) job = new_job (data, PLATTER_ON_ERROR_STOP);

  job_add_fault (job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB,
                               .count = 1, .value = EIO });
  job_add_fault (
    job, (Fault){ FAULT_REFUSE, 0, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB, .value = ENOMEM });
  job_run (job);
  assert_refused (job);
}

static void
test_refused_reading_back (gconstpointer data)
{
  g_autoptr (Job) job = new_job (data, PLATTER_ON_ERROR_STOP);

  job_add_fault (
    job, (Fault){ FAULT_REFUSE, 1, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB, .value = ENOMEM });
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FAILED);
  g_assert_cmpuint (platter_transfer_get_target_mismatch_count (job->transfer, 0), ==, 0);
}

/* The source, that has to tell what is right, is not called unstable. */
static void
test_refused_comparing_again (gconstpointer data)
{
  g_autoptr (Job) job = new_job (data, PLATTER_ON_ERROR_STOP);

  job_add_fault (job, (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, 5 * JOB_MIB, 6 * JOB_MIB });
  job_add_fault (job, (Fault){ FAULT_REFUSE, 0, PLATTER_IO_READ, 5 * JOB_MIB, 6 * JOB_MIB,
                               .skip = 1, .value = ENOMEM });
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FAILED);
}

/* What is not flushed is not safe, whoever could not. */
static void
test_flush_refused (gconstpointer data)
{
  g_autoptr (Job) job = new_job (data, PLATTER_ON_ERROR_STOP);

  job_add_fault (job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_FLUSH, 0, G_MAXUINT64, .skip = 1,
                               .count = 1, .value = ENOMEM });
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FLUSH);
}

static void
add (const char *name, GTestDataFunc func)
{
  g_autofree char *uring = g_strdup_printf ("/refused/io-uring/%s", name);
  g_autofree char *threads = g_strdup_printf ("/refused/threads/%s", name);

  g_test_add_data_func (uring, GUINT_TO_POINTER (PLATTER_QUEUE_URING), func);
  g_test_add_data_func (threads, GUINT_TO_POINTER (PLATTER_QUEUE_THREADS), func);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("for-a-while", test_row_24_for_a_while);
  add ("with-pauses", test_row_24_with_pauses);
  add ("for-good", test_row_24_for_good);
  add ("while-looking", test_refused_while_looking);
  add ("reading-back", test_refused_reading_back);
  add ("comparing-again", test_refused_comparing_again);
  add ("flush", test_flush_refused);
  return g_test_run ();
}
