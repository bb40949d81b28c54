// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The queue on threads where the system has none to give.

#include "engine/io-queue.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#  define HAS_SHADOW 1
#else
#  define HAS_SHADOW 0
#endif

static void
sink_cb (gpointer sink_data, PlatterIoRequest *request, gssize result)
{
  *(gssize *)sink_data = result;
}

/* Less than the stack of a thread takes, and enough for all else. */
static void
leave_little_memory (struct rlimit *before)
{
  struct rlimit little;
  unsigned long n_pages = 0;
  FILE *file = fopen ("/proc/self/statm", "r");

  g_assert_nonnull (file);
  g_assert_cmpint (fscanf (file, "%lu", &n_pages), ==, 1);
  fclose (file);
  g_assert_cmpint (getrlimit (RLIMIT_AS, before), ==, 0);
  little = *before;
  little.rlim_cur = (rlim_t)n_pages * (rlim_t)sysconf (_SC_PAGESIZE) + 1024 * 1024;
  g_assert_cmpint (setrlimit (RLIMIT_AS, &little), ==, 0);
}

static void
wait_for (PlatterIoBackend *backend, const gssize *result)
{
  while (*result == G_MAXSSIZE)
    backend->wait (backend, G_USEC_PER_SEC);
}

static void
test_no_threads (void)
{
  int fd = open ("/dev/zero", O_RDONLY | O_CLOEXEC);
  PlatterIoSetup setup = { .fds = &fd, .n_fds = 1 };
  PlatterIoBackend *backend = platter_thread_backend_new (&setup, NULL, NULL);
  guint8 data[512];
  PlatterIoRequest request
    = { .op = PLATTER_IO_READ, .data = data, .length_bytes = 512, .needed_bytes = 512 };
  gssize result = G_MAXSSIZE;
  struct rlimit before;

  backend->sink = sink_cb;
  backend->sink_data = &result;
  /* A sanitizer needs memory of its own: there only what comes after it is tried. */
  if (!HAS_SHADOW)
    {
      leave_little_memory (&before);
      backend->submit (backend, &request);
      g_assert_cmpint (setrlimit (RLIMIT_AS, &before), ==, 0);
      wait_for (backend, &result);
      g_assert_cmpint (result, ==, -EAGAIN);
    }
  result = G_MAXSSIZE;
  backend->submit (backend, &request);
  wait_for (backend, &result);
  g_assert_cmpint (result, ==, 512);
  backend->free (backend);
  close (fd);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/thread-queue/no-threads", test_no_threads);
  return g_test_run ();
}
