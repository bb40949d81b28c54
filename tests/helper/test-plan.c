// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What may be known of images before anything else, on their descriptors.

#include "dbus/errors.h"
#include "helper/plan.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static PlatterPlan *
compare (const char *first, int first_flags, const char *second, gboolean shorter, GError **error)
{
  g_autofree char *text
    = g_strdup_printf ("({'fd': <handle 0>, 'name': <'one'>}, {'fd': <handle 1>, 'name': <'two'>}, "
                       "{'shorter': <%s>})",
                       shorter ? "true" : "false");
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (PlatterRequest) request = NULL;
  g_autoptr (GVariant) parameters
    = g_variant_parse (G_VARIANT_TYPE ("(a{sv}a{sv}a{sv})"), text, NULL, NULL, error);
  int first_fd = open (first, first_flags | O_CLOEXEC);
  int second_fd = open (second, O_RDONLY | O_CLOEXEC);

  g_unix_fd_list_append (fds, first_fd, NULL);
  g_unix_fd_list_append (fds, second_fd, NULL);
  close (first_fd);
  close (second_fd);
  request = platter_request_new (PLATTER_REQUEST_VERIFY, parameters, fds, error);
  g_assert_nonnull (request);
  return platter_plan_new (request, NULL, FALSE, error);
}

static void
refuse (const char *first, int first_flags, const char *second)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (compare (first, first_flags, second, FALSE, &error));
  g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS);
}

static void
test_images (void)
{
  g_autofree char *folder = g_dir_make_tmp ("platter-XXXXXX", NULL);
  g_autofree char *large = g_build_filename (folder, "large", NULL);
  g_autofree char *small = g_build_filename (folder, "small", NULL);
  g_autofree char *empty = g_build_filename (folder, "empty", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterPlan) plan = NULL;

  g_assert_true (g_file_set_contents (large, "0123456789", 10, NULL));
  g_assert_true (g_file_set_contents (small, "0123", 4, NULL));
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  refuse (empty, O_RDONLY, small);
  refuse (folder, O_RDONLY, small);
  refuse ("/dev/null", O_RDONLY, small);
  refuse (large, O_WRONLY, small);
  refuse (large, O_PATH, small);

  g_assert_null (compare (large, O_RDONLY, small, FALSE, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  plan = compare (large, O_RDWR, small, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plan->size_bytes, ==, 4);
  g_assert_true (platter_plan_get_side (plan, 0)->is_image);
  g_assert_cmpuint (platter_plan_get_side (plan, 0)->size_bytes, ==, 10);

  g_remove (large);
  g_remove (small);
  g_remove (empty);
  g_rmdir (folder);
}

/* What is gone on with is not empty, and might be what is read. */
static void
test_again (void)
{
  g_autofree char *folder = g_dir_make_tmp ("platter-XXXXXX", NULL);
  g_autofree char *left = g_build_filename (folder, "left", NULL);
  g_autofree char *read = g_build_filename (folder, "read", NULL);

  g_assert_true (g_file_set_contents (left, "0123", 4, NULL));
  g_assert_true (g_file_set_contents (read, "0123456789", 10, NULL));
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *options = g_strdup_printf ("{'resume': <uint32 %u>}", i % 2);
      g_autofree char *text = g_strdup_printf (
        "({'name': <'a'>, 'fd': <handle 0>}, {'name': <'b'>, 'fd': <handle 1>}, %s)", options);
      g_autoptr (GVariant) parameters
        = g_variant_parse (G_VARIANT_TYPE ("(a{sv}a{sv}a{sv})"), text, NULL, NULL, NULL);
      g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
      g_autoptr (GError) error = NULL;
      int source_fd = open (read, O_RDONLY | O_CLOEXEC);
      int target_fd = open (i < 2 ? left : read, O_RDWR | O_CLOEXEC);
      g_autoptr (PlatterRequest) request = NULL;
      g_autoptr (PlatterPlan) plan = NULL;

      g_unix_fd_list_append (fds, source_fd, NULL);
      g_unix_fd_list_append (fds, target_fd, NULL);
      close (source_fd);
      close (target_fd);
      request = platter_request_new (PLATTER_REQUEST_IMAGE, parameters, fds, &error);
      g_assert_no_error (error);
      plan = platter_plan_new (request, NULL, FALSE, &error);
      if (i == 1)
        g_assert_no_error (error);
      else
        g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS);
    }
  g_remove (left);
  g_remove (read);
  g_rmdir (folder);
}

/* Returns: (transfer full) (nullable): of an image of a file that is written with what waits in @more. */
static PlatterPlan *
make_image (int source, int target, int more, GError **error)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (PlatterRequest) request = NULL;
  g_autoptr (GVariant) parameters
    = g_variant_parse (G_VARIANT_TYPE ("(a{sv}a{sv}a{sv})"),
                       "({'fd': <handle 0>, 'name': <'one'>}, {'fd': <handle 1>, 'name': <'two'>, "
                       "'more': <handle 2>}, {'format': <'qcow2'>})",
                       NULL, NULL, error);

  g_unix_fd_list_append (fds, source, NULL);
  g_unix_fd_list_append (fds, target, NULL);
  g_unix_fd_list_append (fds, more, NULL);
  request = platter_request_new (PLATTER_REQUEST_IMAGE, parameters, fds, error);
  g_assert_nonnull (request);
  return platter_plan_new (request, NULL, FALSE, error);
}

/* The file itself is only read then, and what waits comes out of a local socket of packets and nothing else. */
static void
test_more (void)
{
  g_autofree char *path = NULL;
  int file = g_file_open_tmp ("platter-XXXXXX", &path, NULL);
  int read_only = open (path, O_RDONLY | O_CLOEXEC);
  int source = memfd_create ("platter-test", MFD_CLOEXEC);
  int write_only = open (path, O_WRONLY | O_CLOEXEC);
  int packets[2];
  int stream[2];
  int ends[2];
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterPlan) plan = NULL;

  g_assert_cmpint (write (file, "0123", 4), ==, 4);
  g_assert_cmpint (write (source, "0123", 4), ==, 4);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, packets), ==, 0);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stream), ==, 0);
  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  plan = make_image (source, read_only, packets[0], &error);
  g_assert_no_error (error);
  g_assert_nonnull (plan);
  for (guint i = 0; i < 5; i++)
    {
      const int targets[] = { read_only, read_only, read_only, file, write_only };
      const int more[] = { stream[0], ends[0], file, packets[0], packets[0] };

      g_assert_null (make_image (source, targets[i], more[i], &error));
      g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS);
      g_clear_error (&error);
    }
  for (guint i = 0; i < 2; i++)
    {
      close (packets[i]);
      close (stream[i]);
      close (ends[i]);
    }
  close (file);
  close (source);
  close (read_only);
  close (write_only);
  g_remove (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/images", test_images);
  g_test_add_func ("/plan/again", test_again);
  g_test_add_func ("/plan/more", test_more);
  return g_test_run ();
}
