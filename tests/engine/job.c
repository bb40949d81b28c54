// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Transfers between files, for tests.

#include "job.h"

#include "engine/transfer-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <malloc.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOB_LOOK_US 1000
#define JOB_N_KEPT 6

/* Memory of whole disks is kept for the next job: on a virtual machine each new page is dear. */
static GPtrArray *job_memory;

/* Returns: (transfer full): to be given back with job_give_back() */
static guint8 *
job_take (gsize length)
{
  if (job_memory == NULL)
    job_memory = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < job_memory->len; i++)
    if (malloc_usable_size (job_memory->pdata[i]) >= length)
      return g_ptr_array_steal_index_fast (job_memory, i);
  return g_malloc (length);
}

static void
job_give_back (gpointer data)
{
  if (job_memory->len >= JOB_N_KEPT)
    g_ptr_array_remove_index (job_memory, 0);
  g_ptr_array_add (job_memory, data);
}

JOB_BULK guint8
job_old_byte (guint64 offset)
{
  return (guint8)(0xa5 ^ (offset >> 9) ^ (offset >> 3));
}

JOB_BULK void
job_fill_old (guint8 *data, guint64 length)
{
  for (guint64 i = 0; i < length; i++)
    data[i] = job_old_byte (i);
}

JOB_BULK static void
job_fill (guint8 *data, guint64 length)
{
  guint64 state = 0x9e3779b97f4a7c15;

  for (guint64 i = 0; i < length; i++)
    {
      if (i % 8 == 0)
        state = state * 6364136223846793005 + 1442695040888963407;
      data[i] = (guint8)(state >> (8 * (i % 8)));
    }
}

static void
job_store (const char *path, const guint8 *data, guint64 length)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, (const char *)data, (gssize)length, G_FILE_SET_CONTENTS_NONE,
                            0600, &error);
  g_assert_no_error (error);
}

char *
job_get_path (Job *self, int target)
{
  g_autofree char *name = g_strdup_printf ("target-%d", target);

  return g_build_filename (self->folder, target < 0 ? "source" : name, NULL);
}

void
job_store_source (Job *self)
{
  g_autofree char *path = job_get_path (self, -1);

  job_store (path, self->source_data, self->source_bytes);
}

Job *
job_new (guint64 source_bytes, guint n_targets, PlatterQueueKind queue)
{
  Job *self = g_new0 (Job, 1);
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("platter-job-XXXXXX", &error);
  g_assert_no_error (error);
  self->source_bytes = source_bytes;
  self->target_bytes = source_bytes;
  self->max_table_entries = 1024 * 1024;
  self->n_targets = n_targets;
  self->source_data = job_take (source_bytes);
  self->lent = g_ptr_array_new_with_free_func (job_give_back);
  job_fill (self->source_data, source_bytes);
  job_store_source (self);
  self->faults = g_array_new (FALSE, FALSE, sizeof (Fault));
  self->options = (PlatterTransferOptions){
    .kind = PLATTER_TRANSFER_COPY,
    .verify = TRUE,
    .max_repairs = 3,
    .queue = queue,
  };
  return self;
}

void
job_free (Job *self)
{
  g_clear_pointer (&self->transfer, platter_transfer_free);
  for (int i = -1; i < (int)self->n_targets; i++)
    {
      g_autofree char *path = job_get_path (self, i);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_array_unref (self->faults);
  g_clear_error (&self->error);
  job_give_back (self->source_data);
  g_ptr_array_unref (self->lent);
  g_free (self->folder);
  g_free (self);
}

void
job_add_fault (Job *self, Fault fault)
{
  g_array_append_val (self->faults, fault);
}

static PlatterEndpoint *
job_open (Job *self, int target)
{
  g_autofree char *path = job_get_path (self, target);
  g_autofree char *name = g_path_get_basename (path);
  PlatterEndpointHints hints = { .name = name, .is_cached = self->is_cached && target >= 0 };
  g_autoptr (GError) error = NULL;
  PlatterEndpoint *endpoint = NULL;
  int fd = open (path, (target < 0 ? O_RDONLY : O_RDWR) | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  if (target < 0 && self->reader != NULL)
    return platter_endpoint_new_for_reader (fd, g_steal_pointer (&self->reader), &hints);
  if (target == 0 && self->writer != NULL)
    return platter_endpoint_new_for_writer (fd, g_steal_pointer (&self->writer), self->source_bytes,
                                            &hints);
  endpoint = platter_endpoint_new_for_fd (fd, target >= 0, &hints, &error);
  g_assert_no_error (error);
  return endpoint;
}

static void
job_store_old (Job *self, guint target)
{
  g_autofree char *path = job_get_path (self, (int)target);
  guint8 *old = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return;
  old = job_take (self->target_bytes);
  job_fill_old (old, self->target_bytes);
  job_store (path, old, self->target_bytes);
  job_give_back (old);
}

gboolean
job_prepare (Job *self)
{
  g_autoptr (PlatterEndpoint) source = job_open (self, -1);
  g_autoptr (GPtrArray) targets
    = g_ptr_array_new_with_free_func ((GDestroyNotify)platter_endpoint_unref);
  PlatterTransferHooks hooks
    = { faulty_backend_wrap, self->faults, self->max_table_entries, self->epoch_bytes };

  for (guint i = 0; i < self->n_targets; i++)
    {
      job_store_old (self, i);
      g_ptr_array_add (targets, job_open (self, (int)i));
    }
  self->transfer
    = platter_transfer_new_with_hooks (source, targets, &self->options, &hooks, &self->error);
  return self->transfer != NULL;
}

void
job_run (Job *self)
{
  if (self->transfer == NULL && !job_prepare (self))
    g_error ("no transfer: %s", self->error->message);
  self->is_good = platter_transfer_run (self->transfer, &self->error);
  g_assert_true (self->is_good == (self->error == NULL));
}

static gpointer
job_run_cb (gpointer data)
{
  job_run (data);
  return NULL;
}

GThread *
job_start (Job *self)
{
  return g_thread_new ("job", job_run_cb, self);
}

void
job_wait_for_pause (Job *self, gboolean is_paused)
{
  PlatterProgress progress = { .phase = PLATTER_PHASE_PREPARING };

  do
    {
      g_usleep (JOB_LOOK_US);
      platter_transfer_get_progress (self->transfer, &progress);
      g_assert_cmpint (progress.phase, !=, PLATTER_PHASE_ENDED);
    }
  while (progress.is_paused != is_paused);
}

void
job_forget (Job *self)
{
  g_clear_pointer (&self->transfer, platter_transfer_free);
  g_clear_error (&self->error);
  g_array_set_size (self->faults, 0);
}

/* Returns: (transfer full): the first bytes of it, or all, to be given back */
static guint8 *
job_take_target (Job *self, guint target, gsize *length)
{
  g_autofree char *path = job_get_path (self, (int)target);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  guint8 *data = NULL;
  struct stat status;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fstat (fd, &status), ==, 0);
  *length = MIN (*length, (gsize)status.st_size);
  data = job_take (*length);
  g_assert_cmpint (pread (fd, data, *length, 0), ==, *length);
  close (fd);
  return data;
}

guint8 *
job_read_target (Job *self, guint target, gsize *length)
{
  guint8 *data = NULL;

  *length = G_MAXSIZE;
  data = job_take_target (self, target, length);
  g_ptr_array_add (self->lent, data);
  return data;
}

gboolean
job_target_equals (Job *self, guint target)
{
  gsize length = G_MAXSIZE;
  guint8 *data = job_take_target (self, target, &length);
  guint64 size_bytes = self->options.size_bytes > 0 ? self->options.size_bytes : self->source_bytes;
  gboolean is_same
    = length == self->target_bytes && memcmp (data, self->source_data, size_bytes) == 0;

  job_give_back (data);
  return is_same;
}

gboolean
job_target_looks_unfinished (Job *self, guint target)
{
  gsize length = MIN (self->source_bytes, JOB_MIB);
  guint8 *data = job_take_target (self, target, &length);
  gboolean is_unfinished = TRUE;

  for (gsize i = 0; i + 512 <= length; i += 512)
    is_unfinished = is_unfinished && memcmp (data + i, self->source_data + i, 512) != 0;
  job_give_back (data);
  return is_unfinished;
}

void
job_assert_map_is_right (Job *self, guint target)
{
  g_autoptr (PlatterMap) map = platter_transfer_dup_target_map (self->transfer, target);
  gsize length = G_MAXSIZE;
  guint8 *data = job_take_target (self, target, &length);
  PlatterMapRange range = { 0, 0, 0 };

  while (platter_map_find_next (map, range.offset_bytes + range.length_bytes, PLATTER_MAP_DURABLE,
                                &range))
    g_assert_cmpmem (data + range.offset_bytes, range.length_bytes,
                     self->source_data + range.offset_bytes, range.length_bytes);
  job_give_back (data);
}

PlatterTargetProgress
job_get_target (Job *self, guint target)
{
  PlatterTargetProgress progress;

  platter_transfer_get_target_progress (self->transfer, target, &progress);
  return progress;
}

const PlatterMismatch *
job_get_mismatch (Job *self, guint target, guint index)
{
  GArray *mismatches = platter_transfer_get_target_mismatches (self->transfer, target);

  g_assert_cmpuint (index, <, mismatches->len);
  return &g_array_index (mismatches, PlatterMismatch, index);
}
