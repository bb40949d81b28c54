// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What may be known of images before anything else, on their descriptors.

#include "dbus/errors.h"
#include "helper/plan.h"

#include <fcntl.h>
#include <glib/gstdio.h>
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/images", test_images);
  return g_test_run ();
}
