// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Endpoints over descriptors of every kind.

#include "engine/endpoint-private.h"
#include "engine/errors.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

static int
open_temporary (int flags, guint64 size_bytes)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("platter-endpoint-XXXXXX", &path, NULL);
  int again = -1;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (ftruncate (fd, (off_t)size_bytes), ==, 0);
  again = open (path, flags | O_CLOEXEC);
  g_assert_cmpint (again, >=, 0);
  g_unlink (path);
  close (fd);
  return again;
}

static void
test_file (void)
{
  PlatterEndpointHints hints = { .name = "an image", .queue_depth = 3 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterEndpoint) endpoint
    = platter_endpoint_new_for_fd (open_temporary (O_RDWR, 12345), TRUE, &hints, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (platter_endpoint_get_name (endpoint), ==, "an image");
  g_assert_cmpuint (platter_endpoint_get_size_bytes (endpoint), ==, 12345);
  g_assert_cmpuint (platter_endpoint_get_logical_block_bytes (endpoint), ==, 512);
  g_assert_false (platter_endpoint_is_block_device (endpoint));
  g_assert_false (platter_endpoint_is_gone (endpoint));
  g_assert_cmpint ((fcntl (platter_endpoint_get_fd (endpoint), F_GETFL) & O_DIRECT) != 0, ==,
                   platter_endpoint_is_direct (endpoint));
}

static void
test_trim (void)
{
  g_autoptr (PlatterEndpoint) endpoint
    = platter_endpoint_new_for_fd (open_temporary (O_RDWR, 1000), TRUE, NULL, NULL);
  int fd = platter_endpoint_get_fd (endpoint);

  g_assert_cmpint (ftruncate (fd, 4096), ==, 0);
  g_assert_true (platter_endpoint_trim_to_size (endpoint));
  g_assert_cmpint (lseek (fd, 0, SEEK_END), ==, 1000);
}

static void
assert_refused (int fd, gboolean is_writable)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (platter_endpoint_new_for_fd (fd, is_writable, NULL, &error));
  g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED);
  /* It was taken over all the same. */
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
}

static void
test_refuses (void)
{
  int pipe_fds[2];

  assert_refused (open_temporary (O_RDONLY, 10), TRUE);
  assert_refused (open_temporary (O_WRONLY, 10), TRUE);
  assert_refused (open_temporary (O_WRONLY, 10), FALSE);
  assert_refused (open_temporary (O_PATH, 10), FALSE);
  assert_refused (open ("/", O_RDONLY | O_CLOEXEC), FALSE);
  assert_refused (open ("/dev/null", O_RDWR | O_CLOEXEC), TRUE);
  g_assert_cmpint (pipe2 (pipe_fds, O_CLOEXEC), ==, 0);
  assert_refused (pipe_fds[0], FALSE);
  close (pipe_fds[1]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/endpoint/file", test_file);
  g_test_add_func ("/endpoint/trim", test_trim);
  g_test_add_func ("/endpoint/refuses", test_refuses);
  return g_test_run ();
}
