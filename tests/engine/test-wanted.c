// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Sources of which only parts are content.

#include "job.h"

#include "engine/errors.h"
#include "memory-reader.h"

#include <string.h>

#define SOURCE_BYTES (16 * JOB_MIB)
#define TARGET_BYTES (18 * JOB_MIB)

/* Sectors at the start, in the middle of blocks, over a border of two, and none at all in most of the blocks. */
static const PlatterMapRange wanted[] = {
  { 0, 8192, 0 },
  { 3 * JOB_MIB + 4096, 4096, 0 },
  { 3 * JOB_MIB + 12288, 4096, 0 },
  { 7 * JOB_MIB - 4096, 8192, 0 },
  { 11 * JOB_MIB, JOB_MIB, 0 },
};
/* The blocks with these, the first and the last. */
#define N_COPIED 6

static gboolean
is_wanted (guint64 offset_bytes, guint64 *end_bytes)
{
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      *end_bytes = wanted[i].offset_bytes;
      if (offset_bytes < *end_bytes)
        return FALSE;
      *end_bytes += wanted[i].length_bytes;
      if (offset_bytes < *end_bytes)
        return TRUE;
    }
  *end_bytes = SOURCE_BYTES;
  return FALSE;
}

static gboolean
is_copied (guint64 block)
{
  guint64 end_bytes = 0;
  guint64 at_bytes = block * JOB_MIB;

  if (block == 0 || block == SOURCE_BYTES / JOB_MIB - 1)
    return TRUE;
  return is_wanted (at_bytes, &end_bytes) || end_bytes < at_bytes + JOB_MIB;
}

static PlatterMap *
new_wanted (void)
{
  PlatterMap *map = platter_map_new (SOURCE_BYTES);

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    platter_map_set (map, wanted[i].offset_bytes, wanted[i].length_bytes, PLATTER_MAP_VERIFIED);
  return map;
}

/* The source gives zeros for all that is not wanted. */
static Job *
new_job (guint n_targets)
{
  Job *job = job_new (SOURCE_BYTES, n_targets, PLATTER_QUEUE_AUTO);
  guint64 end_bytes = 0;

  for (guint64 at = 0; at < SOURCE_BYTES; at = end_bytes)
    if (!is_wanted (at, &end_bytes))
      memset (job->source_data + at, 0, end_bytes - at);
  job->reader = &memory_reader_new (job->source_data, SOURCE_BYTES)->base;
  job->target_bytes = TARGET_BYTES;
  return job;
}

static void
start_job (Job *job)
{
  g_assert_true (job_prepare (job));
  g_assert_true (platter_transfer_set_size (job->transfer, SOURCE_BYTES, NULL));
  platter_transfer_set_wanted (job->transfer, new_wanted ());
  job_run (job);
}

static void
check_target (Job *job, guint target)
{
  gsize length = 0;
  guint8 *data = job_read_target (job, target, &length);

  for (guint64 block = 0; block < SOURCE_BYTES / JOB_MIB; block++)
    for (guint64 at = block * JOB_MIB; at < (block + 1) * JOB_MIB; at++)
      g_assert_cmpuint (data[at], ==, is_copied (block) ? job->source_data[at] : job_old_byte (at));
}

static void
check_map (Job *job)
{
  g_autoptr (PlatterMap) map = platter_transfer_dup_target_map (job->transfer, 0);
  PlatterProgress progress;

  g_assert_cmpuint (platter_map_count_bytes (map, PLATTER_MAP_FREE), ==,
                    SOURCE_BYTES - N_COPIED * JOB_MIB);
  g_assert_cmpuint (platter_map_count_bytes (map, PLATTER_MAP_VERIFIED)
                      + platter_map_count_bytes (map, PLATTER_MAP_REPAIRED),
                    ==, N_COPIED * JOB_MIB);
  g_assert_cmpint (platter_map_get (map, 2 * JOB_MIB), ==, PLATTER_MAP_FREE);
  g_assert_cmpuint (platter_transfer_get_unwanted_bytes (job->transfer), ==,
                    SOURCE_BYTES - N_COPIED * JOB_MIB);
  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_cmpuint (progress.read_bytes, ==, N_COPIED * JOB_MIB);
  g_assert_cmpuint (progress.total_bytes, ==, N_COPIED * JOB_MIB);
  g_assert_cmpfloat (progress.fraction, ==, 1.0);
  g_assert_cmpuint (job_get_target (job, 0).written_bytes, ==, N_COPIED * JOB_MIB);
}

static void
test_copy (gconstpointer max_table_entries)
{
  g_autoptr (Job) job = new_job (2);

  job->max_table_entries = GPOINTER_TO_UINT (max_table_entries);
  start_job (job);
  g_assert_no_error (job->error);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_VERIFIED);
  g_assert_cmpint (job_get_target (job, 1).verdict, ==, PLATTER_VERDICT_VERIFIED);
  check_target (job, 0);
  check_target (job, 1);
  check_map (job);
}

/* What is dropped is found and written again, and nothing else is. */
static void
test_repair (gconstpointer max_table_entries)
{
  g_autoptr (Job) job = new_job (1);

  job->max_table_entries = GPOINTER_TO_UINT (max_table_entries);
  job_add_fault (
    job, (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, 11 * JOB_MIB, 11 * JOB_MIB + 1, 0, 1, 0 });
  start_job (job);
  g_assert_no_error (job->error);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, PLATTER_VERDICT_REPAIRED);
  check_target (job, 0);
  check_map (job);
}

static void
compare (guint64 changed_at, PlatterVerdict verdict)
{
  g_autoptr (Job) job = new_job (1);
  g_autofree char *path = job_get_path (job, 0);
  g_autofree guint8 *old = g_memdup2 (job->source_data, SOURCE_BYTES);
  g_autoptr (GError) error = NULL;
  guint64 end_bytes = 0;

  /* The target has something else wherever nothing is wanted. */
  for (guint64 at = 0; at < SOURCE_BYTES; at = end_bytes)
    if (!is_wanted (at, &end_bytes))
      memset (old + at, 0x77, end_bytes - at);
  if (changed_at < SOURCE_BYTES)
    old[changed_at] ^= 1;
  job->target_bytes = SOURCE_BYTES;
  job->options.kind = PLATTER_TRANSFER_COMPARE;
  g_file_set_contents_full (path, (const char *)old, SOURCE_BYTES, G_FILE_SET_CONTENTS_NONE, 0600,
                            &error);
  g_assert_no_error (error);
  start_job (job);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==, verdict);
}

static void
test_compare (void)
{
  guint64 end_bytes = 0;

  compare (SOURCE_BYTES, PLATTER_VERDICT_VERIFIED);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      compare (wanted[i].offset_bytes, PLATTER_VERDICT_MISMATCHED);
      end_bytes = wanted[i].offset_bytes + wanted[i].length_bytes;
      compare (end_bytes - 1, PLATTER_VERDICT_MISMATCHED);
      compare (end_bytes, PLATTER_VERDICT_VERIFIED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/wanted/copy", GUINT_TO_POINTER (1024), test_copy);
  g_test_add_data_func ("/wanted/copy-in-groups", GUINT_TO_POINTER (4), test_copy);
  g_test_add_data_func ("/wanted/repair", GUINT_TO_POINTER (1024), test_repair);
  g_test_add_data_func ("/wanted/repair-in-groups", GUINT_TO_POINTER (4), test_repair);
  g_test_add_func ("/wanted/compare", test_compare);
  return g_test_run ();
}
