// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// engine-bench [OPTION...] SOURCE TARGET...: one transfer of the engine alone, in this process, and what it cost
// as one JSON object on a line. build-aux/benchmark runs it; nothing asks before the targets are overwritten.

#include "counted.h"

#include "engine/errors.h"
#include "engine/transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define GIB (1024.0 * 1024 * 1024)

typedef struct
{
  char *queue;
  gboolean no_verify;
  gboolean with_digests;
  gboolean compare;
} Options;

/* CPU seconds of all threads so far; the kernel's own threads, as those of a loop device, are left out. */
static double
get_cpu_s (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec
         + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / G_USEC_PER_SEC;
}

static long
get_peak_kib (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

static PlatterEndpoint *
open_endpoint (const char *path, gboolean is_writable, GError **error)
{
  PlatterEndpointHints hints = { .name = path };
  int fd = open (path, (is_writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);

  if (fd >= 0)
    return platter_endpoint_new_for_fd (fd, is_writable, &hints, error);
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FAILED, "%s: %s", path,
               g_strerror (errno));
  return NULL;
}

static gboolean
parse_queue (const char *name, PlatterQueueKind *kind)
{
  *kind = PLATTER_QUEUE_AUTO;
  if (name == NULL)
    return TRUE;
  *kind = strcmp (name, "threads") == 0 ? PLATTER_QUEUE_THREADS : PLATTER_QUEUE_URING;
  return *kind == PLATTER_QUEUE_THREADS || strcmp (name, "io_uring") == 0;
}

static PlatterTransfer *
make_transfer (const Options *options, char **paths, GError **error)
{
  g_autoptr (PlatterEndpoint) source = open_endpoint (paths[0], FALSE, error);
  g_autoptr (GPtrArray) targets
    = g_ptr_array_new_with_free_func ((GDestroyNotify)platter_endpoint_unref);
  PlatterTransferOptions plan = {
    .kind = options->compare ? PLATTER_TRANSFER_COMPARE : PLATTER_TRANSFER_COPY,
    .verify = !options->no_verify && !options->compare,
    .digests = options->with_digests ? PLATTER_DIGEST_SHA256 : PLATTER_DIGEST_NONE,
  };

  if (!parse_queue (options->queue, &plan.queue))
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                   "There is no queue \"%s\"", options->queue);
      return NULL;
    }
  for (guint i = 1; source != NULL && paths[i] != NULL; i++)
    {
      PlatterEndpoint *target = open_endpoint (paths[i], !options->compare, error);

      if (target == NULL)
        return NULL;
      g_ptr_array_add (targets, target);
    }
  return source != NULL ? platter_transfer_new (source, targets, &plan, error) : NULL;
}

static gboolean
is_good (PlatterTransfer *transfer, guint n_targets)
{
  for (guint i = 0; i < n_targets; i++)
    {
      PlatterTargetProgress progress;

      platter_transfer_get_target_progress (transfer, i, &progress);
      if (progress.verdict != PLATTER_VERDICT_VERIFIED
          && progress.verdict != PLATTER_VERDICT_WRITTEN)
        return FALSE;
    }
  return TRUE;
}

static double
get_phase_s (PlatterTransfer *transfer, PlatterPhase phase)
{
  return (double)platter_transfer_get_phase_us (transfer, phase) / G_USEC_PER_SEC;
}

/* Returns: the exit status. */
static int
run (const Options *options, char **paths, GError **error)
{
  guint n_targets = g_strv_length (paths) - 1;
  Counted before = counted_get ();
  double cpu_s = get_cpu_s ();
  gint64 started_us = g_get_monotonic_time ();
  g_autoptr (PlatterTransfer) transfer = make_transfer (options, paths, error);
  PlatterProgress progress;
  Counted after;

  if (transfer == NULL || !platter_transfer_run (transfer, error))
    return 1;
  cpu_s = get_cpu_s () - cpu_s;
  after = counted_get ();
  platter_transfer_get_progress (transfer, &progress);
  g_print (
    "{\"good\": %s, \"bytes\": %" G_GUINT64_FORMAT ", \"targets\": %u, \"wall_s\": %.4f, "
    "\"copy_s\": %.4f, \"flush_s\": %.4f, \"verify_s\": %.4f, \"cpu_s\": %.4f, "
    "\"cpu_s_per_gib\": %.4f, \"peak_mib\": %ld, \"allocations\": %" G_GUINT64_FORMAT
    ", \"allocated_bytes\": %" G_GUINT64_FORMAT ", \"copied_bytes\": %" G_GUINT64_FORMAT "}\n",
    is_good (transfer, n_targets) ? "true" : "false", progress.total_bytes, n_targets,
    (double)(g_get_monotonic_time () - started_us) / G_USEC_PER_SEC,
    get_phase_s (transfer, PLATTER_PHASE_COPYING), get_phase_s (transfer, PLATTER_PHASE_FLUSHING),
    get_phase_s (transfer, PLATTER_PHASE_VERIFYING), cpu_s,
    cpu_s / ((double)progress.total_bytes / GIB), get_peak_kib () / 1024,
    after.allocations - before.allocations, after.allocated_bytes - before.allocated_bytes,
    after.copied_bytes - before.copied_bytes);
  return is_good (transfer, n_targets) ? 0 : 1;
}

int
main (int argc, char *argv[])
{
  Options options = { 0 };
  GOptionEntry entries[] = {
    { "queue", 0, 0, G_OPTION_ARG_STRING, &options.queue, "io_uring or threads", "QUEUE" },
    { "no-verify", 0, 0, G_OPTION_ARG_NONE, &options.no_verify, "Do not read back", NULL },
    { "sha256", 0, 0, G_OPTION_ARG_NONE, &options.with_digests, "SHA-256 of the source, too",
      NULL },
    { "compare", 0, 0, G_OPTION_ARG_NONE, &options.compare, "Compare, write nothing", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("SOURCE TARGET...");
  g_autoptr (GError) error = NULL;
  int status = 2;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_printerr ("%s\n", error->message);
  else if (argc < 3)
    g_printerr ("A source and a target are needed.\n");
  else
    status = run (&options, argv + 1, &error);
  if (status == 1)
    g_printerr ("%s\n", error != NULL ? error->message : "The targets are not as they should be.");
  g_free (options.queue);
  return status;
}
