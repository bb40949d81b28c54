// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is said of where the proof came from, the medium or a cache, when somebody else has the target's file mapped for a
// while: then its pages stay.

#include "engine/transfer-private.h"
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define SIZE_BYTES (8 * JOB_MIB)
#define MAX_TRIES 100
#define MAX_JOBS 10

typedef struct
{
  Job *job;
  PlatterStep from_step; /* mapped when this flush comes, and let go when the next one does */
  gpointer mapping;
} Mapper;

static void
mapper_flush_cb (gpointer data)
{
  Mapper *self = data;
  const PlatterTarget *target = &self->job->transfer->targets[0];

  if (self->mapping != NULL && target->step != self->from_step)
    {
      munmap (self->mapping, SIZE_BYTES);
      self->mapping = NULL;
    }
  if (self->mapping != NULL || target->step != self->from_step)
    return;
  self->mapping = mmap (NULL, SIZE_BYTES, PROT_READ, MAP_SHARED | MAP_POPULATE,
                        platter_endpoint_get_fd (target->endpoint), 0);
  g_assert_true (self->mapping != MAP_FAILED);
}

static gboolean
is_bypassed (guint queue, PlatterStep from_step, gboolean is_repaired)
{
  g_autoptr (Job) job = job_new (SIZE_BYTES, 1, (PlatterQueueKind)queue);
  Mapper mapper = { job, from_step, NULL };
  FaultCall call = { mapper_flush_cb, &mapper };
  gboolean result = FALSE;

  job->is_cached = TRUE;
  job_add_fault (
    job, (Fault){ FAULT_CALL, 1, PLATTER_IO_FLUSH, 0, G_MAXUINT64, .value = (guintptr)&call });
  if (is_repaired)
    job_add_fault (
      job, (Fault){ FAULT_DROP, 1, PLATTER_IO_WRITE, 4 * JOB_MIB, 5 * JOB_MIB, .count = 1 });
  job_run (job);
  g_assert_no_error (job->error);
  g_assert_cmpint (job_get_target (job, 0).verdict, ==,
                   is_repaired ? PLATTER_VERDICT_REPAIRED : PLATTER_VERDICT_VERIFIED);
  result = platter_transfer_is_target_cache_bypassed (job->transfer, 0);
  if (mapper.mapping != NULL)
    munmap (mapper.mapping, SIZE_BYTES);
  return result;
}

/* Whether the kernel lets go of a file's pages there when it is asked to, found out without the engine. */
static gboolean
lets_go (void)
{
  g_autofree char *path = NULL;
  guint8 byte = 0;
  struct iovec vector = { &byte, 1 };
  int fd = g_file_open_tmp ("platter-cache-XXXXXX", &path, NULL);
  gboolean result = FALSE;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, path, strlen (path)), >, 0);
  g_assert_cmpint (fsync (fd), ==, 0);
  for (guint i = 0; i < MAX_TRIES && !result; i++)
    {
      posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
      result = preadv2 (fd, &vector, 1, 0, RWF_NOWAIT) < 0 && errno == EAGAIN;
    }
  close (fd);
  g_unlink (path);
  return result;
}

/* A page that something else has just then in its hands stays, and that is told, so it may take more than one. */
static gboolean
is_bypassed_at_last (guint queue, PlatterStep from_step, gboolean is_repaired)
{
  gboolean result = FALSE;

  for (guint i = 0; i < MAX_JOBS && !result; i++)
    result = is_bypassed (queue, from_step, is_repaired);
  return result;
}

static void
test_mapped (gconstpointer data)
{
  guint queue = GPOINTER_TO_UINT (data);

  if (!lets_go ())
    {
      g_test_skip ("what lies below the temporary folder keeps all of it in memory");
      return;
    }
  g_assert_true (is_bypassed_at_last (queue, PLATTER_STEP_ENDED, FALSE));
  g_assert_false (is_bypassed (queue, PLATTER_STEP_FLUSH_COPY, FALSE));
  g_assert_false (is_bypassed (queue, PLATTER_STEP_FLUSH_HEAD, FALSE));
  /* Between the repair and the end all of it is read once more. */
  g_assert_true (is_bypassed_at_last (queue, PLATTER_STEP_FLUSH_COPY, TRUE));
  g_assert_false (is_bypassed (queue, PLATTER_STEP_FLUSH_REPAIR, TRUE));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/cache/io-uring/mapped", GUINT_TO_POINTER (PLATTER_QUEUE_URING),
                        test_mapped);
  g_test_add_data_func ("/cache/threads/mapped", GUINT_TO_POINTER (PLATTER_QUEUE_THREADS),
                        test_mapped);
  return g_test_run ();
}
