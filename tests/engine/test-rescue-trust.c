// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Drives that answer with garbage as soon as a read has failed, while that read itself is answered last: what came in
// between is not believed, and neither is what comes after.

#include "job.h"

#include "engine/errors.h"

#include <errno.h>
#include <string.h>

/* Files are read and written in pages. */
#define SECTOR 4096
#define CLUSTERS_OF_MIB 16

static void
check (Job *job)
{
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_SOURCE_UNSTABLE);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_SOURCE_UNSTABLE);
  g_assert_true (job_target_looks_unfinished (job, 0));
  job_assert_map_is_right (job, 0);
}

static Job *
dying_new (gconstpointer data, gboolean is_rescue)
{
  Job *job = job_new (32 * JOB_MIB, 1, (PlatterQueueKind)GPOINTER_TO_UINT (data));

  job->options.on_error = PLATTER_ON_ERROR_RESCUE;
  job->options.is_rescue = is_rescue;
  return job;
}

/* Far from errors two MiB are read at once: the second of them, and a third, come before the first has failed. */
static void
test_rescue (gconstpointer data)
{
  g_autoptr (Job) job = dying_new (data, TRUE);

  job_add_fault (job, (Fault){ FAULT_LATE, 0, PLATTER_IO_READ, 20 * JOB_MIB, 20 * JOB_MIB + SECTOR,
                               .value = 3 * CLUSTERS_OF_MIB - 1 });
  job_add_fault (job, (Fault){ FAULT_GARBLE, 0, PLATTER_IO_READ, 0, G_MAXUINT64,
                               .skip = 20 * CLUSTERS_OF_MIB + 1 });
  check (job);
}

/* A plain copy that becomes a rescue: the drive gives garbage, and not one more error. */
static void
test_clone (gconstpointer data)
{
  for (guint others = 0; others < 3; others++)
    {
      g_autoptr (Job) job = dying_new (data, FALSE);

      job_add_fault (job, (Fault){ FAULT_LATE, 0, PLATTER_IO_READ, 12 * JOB_MIB,
                                   12 * JOB_MIB + SECTOR, .count = 1, .value = others });
      job_add_fault (job, (Fault){ FAULT_GARBLE, 0, PLATTER_IO_READ, 0, G_MAXUINT64, .skip = 13 });
      check (job);
    }
}

/* The first that came may be garbage already: it proves nothing. */
static void
test_first_read (gconstpointer data)
{
  g_autoptr (Job) job = dying_new (data, FALSE);
  Fault late = { FAULT_LATE, 0, PLATTER_IO_READ, 0, SECTOR, .value = 2 };

  job_add_fault (job, late);
  job_run (job);
  g_assert_no_error (job->error);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_INCOMPLETE);
  job_assert_map_is_right (job, 0);
}

/* Between an error and the next test of the source the job ends: what came in that time is asked for again. */
static void
check_untested (gconstpointer data, Fault end)
{
  g_autoptr (Job) job = dying_new (data, TRUE);
  g_autoptr (PlatterMap) map = NULL;

  job_add_fault (job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, 8 * JOB_MIB, 8 * JOB_MIB + SECTOR,
                               .value = EIO });
  job_add_fault (job, (Fault){ FAULT_GARBLE, 0, PLATTER_IO_READ, 20 * JOB_MIB, 24 * JOB_MIB });
  g_assert_true (job_prepare (job));
  if (end.kind == FAULT_CANCEL)
    end.value = (guintptr)&job->transfer;
  job_add_fault (job, end);
  job_run (job);
  g_assert_nonnull (job->error);
  job_assert_map_is_right (job, 0);
  map = platter_transfer_dup_target_map (job->transfer, 0);
  g_assert_cmpint (platter_map_get (map, 6 * JOB_MIB), ==, PLATTER_MAP_DURABLE);
  g_assert_cmpint (platter_map_get (map, 22 * JOB_MIB), ==, PLATTER_MAP_COPIED);
  g_assert_cmpuint (job_get_target (job, 0).durable_bytes, ==,
                    platter_map_count_bytes (map, PLATTER_MAP_DURABLE));
}

static void
test_cancelled (gconstpointer data)
{
  check_untested (data, (Fault){ FAULT_CANCEL, 0, PLATTER_IO_READ, 24 * JOB_MIB, 25 * JOB_MIB });
}

static void
test_gone (gconstpointer data)
{
  check_untested (
    data, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, 24 * JOB_MIB, 25 * JOB_MIB, .value = ENODEV });
}

static void
damage (Job *job, guint64 offset_bytes)
{
  job_add_fault (job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, offset_bytes, offset_bytes + SECTOR,
                               .value = EIO });
}

static void
end_at_sample_cb (gpointer data)
{
  job_add_fault (
    data, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, 0, SECTOR, .count = 1, .value = ENODEV });
}

/* It goes away just when it is tested. */
static void
test_gone_at_sample (gconstpointer data)
{
  g_autoptr (Job) job = dying_new (data, TRUE);
  g_autoptr (PlatterMap) map = NULL;
  const FaultCall call = { end_at_sample_cb, job };

  damage (job, 8 * JOB_MIB);
  job_add_fault (job, (Fault){ FAULT_GARBLE, 0, PLATTER_IO_READ, 20 * JOB_MIB, 24 * JOB_MIB });
  job_add_fault (job, (Fault){ FAULT_CALL, 0, PLATTER_IO_READ, 24 * JOB_MIB, 24 * JOB_MIB + SECTOR,
                               .count = 1, .value = (guintptr)&call });
  damage (job, 24 * JOB_MIB);
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_GONE);
  map = platter_transfer_dup_target_map (job->transfer, 0);
  g_assert_cmpint (platter_map_get (map, 6 * JOB_MIB), ==, PLATTER_MAP_DURABLE);
  g_assert_cmpint (platter_map_get (map, 22 * JOB_MIB), ==, PLATTER_MAP_COPIED);
}

static void
count_cb (gpointer data)
{
  (*(guint *)data)++;
}

/* Garbage from the next read but one on: the next one is the test of the source. */
static void
break_cb (gpointer data)
{
  job_add_fault (data, (Fault){ FAULT_GARBLE, 0, PLATTER_IO_READ, 0, G_MAXUINT64, .skip = 1 });
}

/* After the last error, and the test that follows it, the drive gives garbage; and there is less to come than is believed
   without another test. So there is one at the end. */
static void
test_last (gconstpointer data)
{
  const guint64 bad_bytes = 8 * JOB_MIB + 5 * SECTOR;
  guint n_errors = 0;

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (Job) job = dying_new (data, TRUE);
      const FaultCall count = { count_cb, &n_errors };
      const FaultCall end = { break_cb, job };
      Fault call = { FAULT_CALL, 0, PLATTER_IO_READ, bad_bytes, bad_bytes + SECTOR };

      if (round == 0)
        call.value = (guintptr)&count;
      else
        call = (Fault){ FAULT_CALL,
                        0,
                        PLATTER_IO_READ,
                        bad_bytes,
                        bad_bytes + SECTOR,
                        .skip = n_errors - 1,
                        .value = (guintptr)&end };
      job_add_fault (job, call);
      damage (job, bad_bytes);
      if (round == 1)
        {
          check (job);
          continue;
        }
      job_run (job);
      g_assert_no_error (job->error);
      g_assert_cmpuint (n_errors, >, 1);
    }
}

/* The sector that the source was tested by cannot be read any more: another one is taken, and tells of the garbage that
   comes later. */
static void
test_sample_went_bad (gconstpointer data)
{
  g_autoptr (Job) job = dying_new (data, TRUE);

  damage (job, 8 * JOB_MIB);
  damage (job, 24 * JOB_MIB);
  job_add_fault (job,
                 (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, 0, SECTOR, .skip = 1, .value = EIO });
  job_add_fault (
    job, (Fault){ FAULT_GARBLE, 0, PLATTER_IO_READ, 0, G_MAXUINT64, .skip = 12 * CLUSTERS_OF_MIB });
  check (job);
}

static void
cancel_cb (gpointer data)
{
  Job *job = data;

  job_add_fault (job, (Fault){ FAULT_CANCEL, 0, PLATTER_IO_READ, 0, G_MAXUINT64,
                               .skip = 2 * CLUSTERS_OF_MIB, .value = (guintptr)&job->transfer });
}

/* It goes bad when so much was read since the last error that it is to be tested anew. What was read is then tested by the
   next one at once, and not given up if the job ends soon after. */
static void
test_sample_replaced (gconstpointer data)
{
  g_autoptr (Job) job = job_new (96 * JOB_MIB, 1, (PlatterQueueKind)GPOINTER_TO_UINT (data));
  g_autoptr (PlatterMap) map = NULL;
  const FaultCall call = { cancel_cb, job };

  job->options.on_error = PLATTER_ON_ERROR_RESCUE;
  job->options.is_rescue = TRUE;
  damage (job, 8 * JOB_MIB);
  /* It is read, and tested after the error, before. */
  job_add_fault (
    job, (Fault){ FAULT_CALL, 0, PLATTER_IO_READ, 0, SECTOR, .skip = 2, .value = (guintptr)&call });
  job_add_fault (job,
                 (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, 0, SECTOR, .skip = 2, .value = EIO });
  g_assert_true (job_prepare (job));
  job_run (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_CANCELLED);
  job_assert_map_is_right (job, 0);
  map = platter_transfer_dup_target_map (job->transfer, 0);
  g_assert_cmpuint (platter_map_count_bytes (map, PLATTER_MAP_DURABLE), >, 6 * JOB_MIB);
  g_assert_cmpuint (platter_map_count_bytes (map, PLATTER_MAP_COPIED), <, 4 * JOB_MIB);
}

/* A drive that is empty at its beginning, and says nothing but that in the end: one that tells them apart is taken. */
static void
test_all_the_same (gconstpointer data)
{
  g_autoptr (Job) job = dying_new (data, TRUE);

  memset (job->source_data, 0xff, 2 * JOB_MIB + 7 * SECTOR);
  job_store_source (job);
  damage (job, 8 * JOB_MIB);
  job_add_fault (job, (Fault){ FAULT_FILL, 0, PLATTER_IO_READ, 0, G_MAXUINT64,
                               .skip = 12 * CLUSTERS_OF_MIB, .value = 0xff });
  check (job);
}

static const struct
{
  const char *name;
  GTestDataFunc function;
} tests[] = {
  { "rescue", test_rescue },
  { "clone", test_clone },
  { "first-read", test_first_read },
  { "cancelled", test_cancelled },
  { "gone", test_gone },
  { "gone-at-sample", test_gone_at_sample },
  { "last", test_last },
  { "sample-went-bad", test_sample_went_bad },
  { "sample-replaced", test_sample_replaced },
  { "all-the-same", test_all_the_same },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *uring = g_strdup_printf ("/rescue-trust/io_uring/%s", tests[i].name);
      g_autofree char *threads = g_strdup_printf ("/rescue-trust/threads/%s", tests[i].name);

      g_test_add_data_func (uring, GUINT_TO_POINTER (PLATTER_QUEUE_AUTO), tests[i].function);
      g_test_add_data_func (threads, GUINT_TO_POINTER (PLATTER_QUEUE_THREADS), tests[i].function);
    }
  return g_test_run ();
}
