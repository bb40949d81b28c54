// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Copies of damaged sources: what is good is on the target and proven, what is not is told, to the sector.

#include "job.h"

#include "engine/errors.h"

#include <errno.h>
#include <string.h>

/* Files are read and written in pages. */
#define SECTOR 4096

typedef struct
{
  guint64 offset_bytes;
  guint64 length_bytes;
} Stretch;

static const Stretch bad_places[] = {
  { 0, SECTOR },
  { 3 * JOB_MIB + 5 * SECTOR, SECTOR },
  { 6 * JOB_MIB - 2 * SECTOR, 5 * SECTOR },
  { 9 * JOB_MIB, JOB_MIB },
  { 24 * JOB_MIB - SECTOR, SECTOR },
};

static Job *
rescue_new (guint64 size_bytes, guint n_targets, PlatterQueueKind queue)
{
  Job *job = job_new (size_bytes, n_targets, queue);

  job->options.on_error = PLATTER_ON_ERROR_RESCUE;
  job->options.is_rescue = TRUE;
  return job;
}

static void
damage (Job *job, guint64 offset_bytes, guint64 length_bytes)
{
  job_add_fault (job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, offset_bytes,
                               offset_bytes + length_bytes, .value = EIO });
}

static void
damage_all (Job *job)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_places); i++)
    damage (job, bad_places[i].offset_bytes, bad_places[i].length_bytes);
}

JOB_BULK static gboolean
is_bad (guint64 offset_bytes)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_places); i++)
    if (offset_bytes >= bad_places[i].offset_bytes
        && offset_bytes - bad_places[i].offset_bytes < bad_places[i].length_bytes)
      return TRUE;
  return FALSE;
}

static PlatterVerdict
get_verdict (Job *job, guint target)
{
  return job_get_target (job, target).verdict;
}

/* All good sectors are there. The others are as they were, but in the edges, where they are zeros. */
JOB_BULK static void
assert_rescued (Job *job, guint target, gboolean is_zeroed)
{
  gsize length = 0;
  guint8 *data = job_read_target (job, target, &length);

  g_assert_cmpuint (length, ==, job->source_bytes);
  for (guint64 at = 0; at < length; at++)
    {
      gboolean is_edge = at < JOB_MIB || at >= length - JOB_MIB;
      guint8 lost = is_zeroed || is_edge ? 0 : job_old_byte (at);

      if (data[at] != (is_bad (at) ? lost : job->source_data[at]))
        g_error ("byte %" G_GUINT64_FORMAT " of target %u is wrong", at, target);
    }
}

static void
assert_told (Job *job)
{
  PlatterMapRange range = { 0, 0, 0 };
  PlatterProgress progress;
  guint64 missing_bytes = 0;

  for (guint i = 0; i < G_N_ELEMENTS (bad_places); i++)
    {
      g_assert_true (platter_transfer_find_missing (
        job->transfer, range.offset_bytes + range.length_bytes, &range));
      g_assert_cmpuint (range.offset_bytes, ==, bad_places[i].offset_bytes);
      g_assert_cmpuint (range.length_bytes, ==, bad_places[i].length_bytes);
      missing_bytes += range.length_bytes;
    }
  g_assert_false (
    platter_transfer_find_missing (job->transfer, range.offset_bytes + range.length_bytes, &range));
  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_true (progress.is_rescue);
  g_assert_cmpuint (progress.missing_bytes, ==, missing_bytes);
  g_assert_cmpuint (progress.n_read_errors, >=, missing_bytes / SECTOR);
  g_assert_cmpfloat (progress.fraction, <, 1.0);
}

static void
assert_incomplete (Job *job, guint target)
{
  PlatterTargetProgress progress = job_get_target (job, target);
  guint64 missing_bytes = 0;

  for (guint i = 0; i < G_N_ELEMENTS (bad_places); i++)
    missing_bytes += bad_places[i].length_bytes;
  g_assert_cmpint (progress.verdict, ==, PLATTER_VERDICT_INCOMPLETE);
  g_assert_error (platter_transfer_get_target_error (job->transfer, target), PLATTER_ENGINE_ERROR,
                  PLATTER_ENGINE_ERROR_INCOMPLETE);
  g_assert_cmpuint (platter_transfer_get_target_error_offset (job->transfer, target), ==,
                    bad_places[0].offset_bytes);
  g_assert_cmpuint (progress.verified_bytes, ==,
                    job->options.verify ? job->source_bytes - missing_bytes : 0);
  g_assert_cmpuint (progress.durable_bytes, ==, job->source_bytes - missing_bytes);
  g_assert_cmpuint (progress.mismatched_bytes, ==, 0);
}

static void
test_good_source (gconstpointer data)
{
  g_autoptr (Job) job = rescue_new (40 * JOB_MIB + SECTOR, 2, GPOINTER_TO_UINT (data));

  job_run (job);
  g_assert_true (job->is_good);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_no_error (platter_transfer_get_target_error (job->transfer, i));
      g_assert_cmpint (get_verdict (job, i), ==, PLATTER_VERDICT_VERIFIED);
      g_assert_true (job_target_equals (job, i));
    }
}

static void
test_damaged (gconstpointer data)
{
  for (guint round = 0; round < 4; round++)
    {
      g_autoptr (Job) job = rescue_new (24 * JOB_MIB, round == 3 ? 3 : 1, GPOINTER_TO_UINT (data));

      job->options.verify = round != 1;
      job->options.zero_bad = round == 2;
      damage_all (job);
      job_run (job);
      g_assert_true (job->is_good);
      assert_told (job);
      for (guint i = 0; i < job->n_targets; i++)
        {
          assert_incomplete (job, i);
          assert_rescued (job, i, round == 2);
        }
    }
}

/* A plain copy that meets the first error goes on as a rescue, and reads nothing again that it has. */
static void
test_clone_becomes_rescue (gconstpointer data)
{
  g_autoptr (Job) job = job_new (24 * JOB_MIB, 2, GPOINTER_TO_UINT (data));
  PlatterProgress progress;

  job->options.on_error = PLATTER_ON_ERROR_RESCUE;
  damage_all (job);
  job_run (job);
  g_assert_true (job->is_good);
  assert_told (job);
  for (guint i = 0; i < 2; i++)
    {
      assert_incomplete (job, i);
      assert_rescued (job, i, FALSE);
    }
  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_cmpuint (progress.read_bytes, ==, job->source_bytes - progress.missing_bytes);
}

/* With groups of blocks, on a disk with more blocks than there is room for. */
static void
test_grouped (gconstpointer data)
{
  g_autoptr (Job) job = job_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job->max_table_entries = 6;
  job->options.on_error = PLATTER_ON_ERROR_RESCUE;
  damage_all (job);
  job_run (job);
  assert_told (job);
  assert_incomplete (job, 0);
  assert_rescued (job, 0, FALSE);
}

static void
test_skip (gconstpointer data)
{
  g_autoptr (Job) job = job_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  PlatterProgress progress;

  job->options.on_error = PLATTER_ON_ERROR_SKIP;
  damage (job, 9 * JOB_MIB, 4 * JOB_MIB);
  job_run (job);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_INCOMPLETE);
  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_cmpuint (progress.missing_bytes, ==, 4 * JOB_MIB);
  g_assert_cmpuint (progress.n_read_errors, <, 4 * JOB_MIB / 65536 + 30);
}

/* A target that loses what is written is found out in a rescue as well, next to bad sectors, too. */
static void
test_bad_target (gconstpointer data)
{
  for (guint round = 0; round < 4; round++)
    {
      g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
      guint64 at = round % 2 == 0 ? 6 * JOB_MIB - 3 * SECTOR : 20 * JOB_MIB;

      damage_all (job);
      job->max_table_entries = round < 2 ? 1024 : 6;
      job_add_fault (job, (Fault){ FAULT_FLIP, 1, PLATTER_IO_READ, at, at + 1, .value = at });
      job_run (job);
      g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_MISMATCHED);
      g_assert_true (job_target_looks_unfinished (job, 0));
    }
}

static void
test_limits (gconstpointer data)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  PlatterProgress progress;

  damage (job, 4 * JOB_MIB, 8 * JOB_MIB);
  job->options.error_limit = 3;
  job_run (job);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_INCOMPLETE);
  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_cmpuint (progress.n_read_errors, ==, 3);
  g_assert_cmpuint (progress.missing_bytes, >, 8 * JOB_MIB);
}

static void
test_finish (gconstpointer data)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  g_assert_true (job_prepare (job));
  platter_transfer_finish (job->transfer);
  job_run (job);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_INCOMPLETE);
}

/* Cancelled or cut off somewhere, it goes on from its own mapfile: to the same end, and nothing good is read twice. */
static PlatterMap *
parse (Job *job, const char *mapfile, PlatterMapfileStatus *status)
{
  g_autoptr (GError) error = NULL;
  PlatterMap *map
    = platter_mapfile_parse (mapfile, strlen (mapfile), job->source_bytes, status, &error);

  g_assert_no_error (error);
  return map;
}

static void
run_again (Job *job, const char *mapfile)
{
  PlatterMapfileStatus status;
  PlatterMap *map = parse (job, mapfile, &status);

  g_clear_pointer (&job->transfer, platter_transfer_free);
  g_clear_error (&job->error);
  g_assert_true (job_prepare (job));
  platter_transfer_set_start (job->transfer, &map, NULL, &status);
  job_run (job);
}

static void
test_goes_on (gconstpointer data)
{
  for (guint skip = 10; skip < 400; skip += 60)
    {
      g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
      g_autofree char *mapfile = NULL;
      g_autofree char *last = NULL;
      PlatterTargetProgress progress;
      Fault cancel = { FAULT_CANCEL, 0, PLATTER_IO_READ, 0, G_MAXUINT64, .skip = skip, .count = 1 };

      damage_all (job);
      g_assert_true (job_prepare (job));
      cancel.value = (guint64)(guintptr)&job->transfer;
      job_add_fault (job, cancel);
      job_run (job);
      g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_CANCELLED);
      g_assert_true (job_target_looks_unfinished (job, 0));
      progress = job_get_target (job, 0);
      /* Without what came since the source was last tested. */
      g_assert_cmpuint (progress.durable_bytes, <=, progress.written_bytes);
      mapfile = platter_transfer_dup_mapfile (job->transfer, 0);
      g_array_remove_index (job->faults, job->faults->len - 1);
      run_again (job, mapfile);
      g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_INCOMPLETE);
      assert_rescued (job, 0, FALSE);
      assert_told (job);
      last = platter_transfer_dup_mapfile (job->transfer, 0);
      g_assert_nonnull (strstr (last, "0x00900000  0x00100000  -\n"));
    }
}

/* A copy that met no error is cut off: its map says what was flushed, and a rescue reads no more than the rest. */
static void
test_goes_on_where_a_clone_was (gconstpointer data)
{
  g_autoptr (Job) job = job_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  g_autofree char *mapfile = NULL;
  PlatterProgress progress;
  guint64 durable_bytes = 0;

  job->options.on_error = PLATTER_ON_ERROR_RESCUE;
  job->epoch_bytes = JOB_MIB;
  g_assert_true (job_prepare (job));
  job_add_fault (job, (Fault){ FAULT_CANCEL, 1, PLATTER_IO_WRITE, 16 * JOB_MIB, 17 * JOB_MIB,
                               .count = 1, .value = (guintptr)&job->transfer });
  job_run (job);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_CANCELLED);
  durable_bytes = job_get_target (job, 0).durable_until_bytes;
  g_assert_cmpuint (durable_bytes, >, JOB_MIB);
  mapfile = platter_transfer_dup_mapfile (job->transfer, 0);
  g_array_set_size (job->faults, 0);
  job->options.is_rescue = TRUE;
  run_again (job, mapfile);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_WRITTEN);
  g_assert_true (job_target_equals (job, 0));
  g_assert_cmpuint (platter_transfer_get_carried_bytes (job->transfer), ==,
                    durable_bytes - JOB_MIB);
  platter_transfer_get_progress (job->transfer, &progress);
  g_assert_cmpuint (progress.read_bytes, ==, job->source_bytes - durable_bytes + JOB_MIB);
}

/* It goes on by itself if the target is as it was left, and is found out if not, before anything is written. */
static void
test_is_checked (gconstpointer data)
{
  const guint64 changes[] = { 100, 5 * JOB_MIB, G_MAXUINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
      g_autofree char *path = job_get_path (job, 0);
      g_autofree char *mapfile = NULL;
      gsize length = 0;
      guint8 *before = NULL;
      guint8 *after = NULL;

      damage_all (job);
      g_assert_true (job_prepare (job));
      job_add_fault (job, (Fault){ FAULT_CANCEL, 0, PLATTER_IO_READ, 0, G_MAXUINT64, .skip = 300,
                                   .count = 1, .value = (guintptr)&job->transfer });
      job_run (job);
      mapfile = platter_transfer_dup_mapfile (job->transfer, 0);
      g_array_remove_index (job->faults, job->faults->len - 1);
      before = job_read_target (job, 0, &length);
      if (changes[i] < length)
        memset (before + changes[i], 0x5a, 12 * JOB_MIB);
      g_assert_true (g_file_set_contents (path, (const char *)before, (gssize)length, NULL));
      job->options.is_resumed = TRUE;
      run_again (job, mapfile);
      if (changes[i] > length)
        {
          g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_INCOMPLETE);
          assert_rescued (job, 0, FALSE);
          continue;
        }
      after = job_read_target (job, 0, &length);
      g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_FAILED);
      g_assert_error (platter_transfer_get_target_error (job->transfer, 0), PLATTER_ENGINE_ERROR,
                      PLATTER_ENGINE_ERROR_CHANGED);
      g_assert_cmpmem (before, length, after, length);
    }
}

/* What an earlier run saved of the first MiB is never given up for what the drive may not give again. */
static void
test_keeps_the_edges (gconstpointer data)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  g_autofree char *mapfile = NULL;

  damage_all (job);
  job_run (job);
  mapfile = platter_transfer_dup_mapfile (job->transfer, 0);
  damage (job, 0, JOB_MIB);
  damage (job, 23 * JOB_MIB, JOB_MIB);
  job->options.retries = 1;
  run_again (job, mapfile);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_INCOMPLETE);
  assert_rescued (job, 0, FALSE);
  assert_told (job);
}

/* What an earlier run left is read and proven at last; the rest was there before, so no more is said than written. */
static void
test_completes (gconstpointer data)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  g_autofree char *mapfile = NULL;

  damage_all (job);
  job_run (job);
  mapfile = platter_transfer_dup_mapfile (job->transfer, 0);
  g_array_set_size (job->faults, 0);
  job->options.retries = 1;
  run_again (job, mapfile);
  g_assert_true (job->is_good);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_WRITTEN);
  g_assert_cmpuint (platter_transfer_get_carried_bytes (job->transfer), >, 20 * JOB_MIB);
  g_assert_true (job_target_equals (job, 0));
}

static void
test_source_vanishes (gconstpointer data)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  PlatterTargetProgress progress;

  damage (job, 4 * JOB_MIB, SECTOR);
  job_add_fault (
    job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, 12 * JOB_MIB, 24 * JOB_MIB, .value = ENODEV });
  job_run (job);
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_GONE);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_FAILED);
  progress = job_get_target (job, 0);
  g_assert_cmpuint (progress.durable_bytes, <=, progress.written_bytes);
  g_assert_cmpuint (progress.durable_bytes, >, 3 * JOB_MIB);
}

/* A drive that gives garbage from some moment on: it is noticed, and none of it is called safe. */
static void
test_garbage (gconstpointer data)
{
  for (guint skip = 30; skip <= 330; skip += 150)
    {
      g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 2, GPOINTER_TO_UINT (data));
      g_autofree char *mapfile = NULL;
      PlatterTargetProgress progress;

      damage_all (job);
      job_add_fault (job,
                     (Fault){ FAULT_GARBLE, 0, PLATTER_IO_READ, 0, G_MAXUINT64, .skip = skip });
      job_run (job);
      g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_SOURCE_UNSTABLE);
      for (guint i = 0; i < 2; i++)
        {
          g_assert_cmpint (get_verdict (job, i), ==, PLATTER_VERDICT_SOURCE_UNSTABLE);
          g_assert_true (job_target_looks_unfinished (job, i));
          job_assert_map_is_right (job, i);
        }
      progress = job_get_target (job, 0);
      g_assert_cmpuint (progress.durable_bytes, <, progress.written_bytes);
      mapfile = platter_transfer_dup_mapfile (job->transfer, 0);
      g_array_set_size (job->faults, 0);
      damage_all (job);
      job->n_targets = 1;
      run_again (job, mapfile);
      g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_INCOMPLETE);
      assert_rescued (job, 0, FALSE);
      assert_told (job);
      job->n_targets = 2;
    }
}

/* The sector that a source is tested by cannot be read any more: that says nothing. */
static void
test_sample_goes_bad (gconstpointer data)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  damage_all (job);
  job_add_fault (
    job, (Fault){ FAULT_ERROR, 0, PLATTER_IO_READ, SECTOR, 2 * SECTOR, .skip = 2, .value = EIO });
  job_run (job);
  g_assert_true (job->is_good);
  assert_incomplete (job, 0);
  assert_rescued (job, 0, FALSE);
  assert_told (job);
}

static void
test_flush_fails (gconstpointer data)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  g_autofree char *mapfile = NULL;

  damage_all (job);
  job_add_fault (job, (Fault){ FAULT_ERROR, 1, PLATTER_IO_FLUSH, .skip = 1, .value = EIO });
  job_run (job);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_FAILED);
  mapfile = platter_transfer_dup_mapfile (job->transfer, 0);
  g_assert_null (strstr (mapfile, "  +\n"));
}

static void
test_domain (gconstpointer data)
{
  g_autoptr (Job) job = rescue_new (24 * JOB_MIB, 1, GPOINTER_TO_UINT (data));
  PlatterMap *domain = platter_map_new (job->source_bytes);
  gsize length = 0;
  guint8 *copied = NULL;

  damage_all (job);
  platter_map_set (domain, 12 * JOB_MIB + 512, JOB_MIB, PLATTER_MAP_VERIFIED);
  g_assert_true (job_prepare (job));
  platter_transfer_set_start (job->transfer, NULL, domain, NULL);
  job_run (job);
  g_assert_cmpint (get_verdict (job, 0), ==, PLATTER_VERDICT_INCOMPLETE);
  g_assert_cmpuint (platter_transfer_get_target_error_offset (job->transfer, 0), ==, G_MAXUINT64);
  copied = job_read_target (job, 0, &length);
  g_assert_cmpmem (copied + 12 * JOB_MIB, JOB_MIB + SECTOR, job->source_data + 12 * JOB_MIB,
                   JOB_MIB + SECTOR);
  g_assert_cmpuint (copied[14 * JOB_MIB], ==, job_old_byte (14 * JOB_MIB));
}

static void
test_no_digest (gconstpointer data)
{
  g_autoptr (Job) job = rescue_new (4 * JOB_MIB, 1, GPOINTER_TO_UINT (data));

  job->options.digests = PLATTER_DIGEST_SHA256;
  g_assert_false (job_prepare (job));
  g_assert_error (job->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED);
}

static const struct
{
  const char *name;
  GTestDataFunc function;
} tests[] = {
  { "good-source", test_good_source },
  { "damaged", test_damaged },
  { "clone-becomes-rescue", test_clone_becomes_rescue },
  { "grouped", test_grouped },
  { "skip", test_skip },
  { "bad-target", test_bad_target },
  { "limits", test_limits },
  { "finish", test_finish },
  { "goes-on", test_goes_on },
  { "is-checked", test_is_checked },
  { "goes-on-where-a-clone-was", test_goes_on_where_a_clone_was },
  { "keeps-the-edges", test_keeps_the_edges },
  { "completes", test_completes },
  { "source-vanishes", test_source_vanishes },
  { "garbage", test_garbage },
  { "sample-goes-bad", test_sample_goes_bad },
  { "flush-fails", test_flush_fails },
  { "domain", test_domain },
  { "no-digest", test_no_digest },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *uring = g_strdup_printf ("/rescue/io_uring/%s", tests[i].name);
      g_autofree char *threads = g_strdup_printf ("/rescue/threads/%s", tests[i].name);

      g_test_add_data_func (uring, GUINT_TO_POINTER (PLATTER_QUEUE_AUTO), tests[i].function);
      g_test_add_data_func (threads, GUINT_TO_POINTER (PLATTER_QUEUE_THREADS), tests[i].function);
    }
  return g_test_run ();
}
