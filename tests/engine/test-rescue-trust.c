// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Drives that answer with garbage as soon as a read has failed, while that read itself is answered last: what came in
// between is not believed, and neither is what comes after.

#include "job.h"

#include "engine/errors.h"

#include <errno.h>

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

static const struct
{
  const char *name;
  GTestDataFunc function;
} tests[] = {
  { "rescue", test_rescue },       { "clone", test_clone }, { "first-read", test_first_read },
  { "cancelled", test_cancelled }, { "gone", test_gone },
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
