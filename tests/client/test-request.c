// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A request is about the drives that were chosen, and not about what has taken their place since.

#include <gio/gio.h>

#include "client/drive-private.h"
#include "client/request.h"

static PlatterDriveFacts *
make_facts (const char *model, guint64 diskseq)
{
  PlatterDriveFacts *facts = g_new0 (PlatterDriveFacts, 1);

  facts->device = g_strdup ("/dev/sdx");
  facts->name = g_strdup ("sdx");
  facts->number = 0x823;
  facts->diskseq = diskseq;
  facts->size_bytes = 32000000000;
  facts->vendor = g_strdup ("");
  facts->model = g_strdup (model);
  facts->serial = g_strdup ("4C53");
  facts->bus = g_strdup ("usb");
  facts->port = g_strdup ("");
  facts->logical_block_bytes = 512;
  facts->volumes = g_ptr_array_new_with_free_func (g_object_unref);
  return facts;
}

static guint64
get_told_diskseq (PlatterRequest *request)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) message = g_variant_ref_sink (platter_request_build (request, fds, &error));
  g_autoptr (GVariant) targets = g_variant_get_child_value (message, 1);
  g_autoptr (GVariant) target = g_variant_get_child_value (targets, 0);
  guint64 diskseq = 0;

  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (target, "diskseq", "t", &diskseq));
  return diskseq;
}

static void
test_tells_what_was_chosen (void)
{
  g_autoptr (PlatterDrive) source = platter_drive_new (make_facts ("Source", 1));
  g_autoptr (PlatterDrive) target = platter_drive_new (make_facts ("Old", 7));
  g_autoptr (PlatterRequest) request = platter_request_new (PLATTER_REQUEST_CLONE);
  g_autoptr (PlatterRequest) again = platter_request_new (PLATTER_REQUEST_CLONE);

  platter_request_set_source (request, source);
  platter_request_add_target (request, target);
  g_assert_null (platter_request_find_changed (request));

  platter_drive_take_facts (target, make_facts ("New", 8));
  g_assert_true (platter_request_find_changed (request)->drive == target);
  g_assert_cmpstr (platter_request_find_changed (request)->name, ==, "Old");
  g_assert_cmpuint (get_told_diskseq (request), ==, 7);

  platter_request_copy_source (again, request);
  platter_request_copy_target (again, request, 0);
  g_assert_cmpstr (platter_request_find_changed (again)->name, ==, "Old");
  g_assert_cmpuint (get_told_diskseq (again), ==, 7);

  platter_request_remove_target (request, target);
  g_assert_null (platter_request_find_changed (request));
  platter_drive_take_facts (source, make_facts ("Source", 2));
  g_assert_true (platter_request_find_changed (request)->drive == source);
}

static void
assert_is_another (void (*change) (PlatterDriveFacts *facts))
{
  g_autoptr (PlatterDrive) drive = platter_drive_new (make_facts ("Old", 0));
  g_autoptr (PlatterChosen) chosen = platter_chosen_new (drive);
  PlatterDriveFacts *facts = make_facts ("Old", 0);

  platter_drive_take_facts (drive, make_facts ("Old", 0));
  g_assert_true (platter_chosen_is_same (chosen));
  change (facts);
  platter_drive_take_facts (drive, facts);
  g_assert_false (platter_chosen_is_same (chosen));
}

static void
change_number (PlatterDriveFacts *facts)
{
  facts->number++;
}

static void
change_size (PlatterDriveFacts *facts)
{
  facts->size_bytes += 512;
}

static void
change_serial (PlatterDriveFacts *facts)
{
  facts->serial[0] = '5';
}

/* Before Linux 5.15 there is no diskseq. */
static void
test_each_difference_counts (void)
{
  assert_is_another (change_number);
  assert_is_another (change_size);
  assert_is_another (change_serial);
}

static void
test_what_went_away_is_not_what_was_chosen (void)
{
  g_autoptr (PlatterDrive) drive = platter_drive_new (make_facts ("Old", 7));
  g_autoptr (PlatterChosen) chosen = platter_chosen_new (drive);

  platter_drive_set_gone (drive);
  g_assert_false (platter_chosen_is_same (chosen));
}

static void
test_needs_a_target (void)
{
  g_autoptr (PlatterDrive) source = platter_drive_new (make_facts ("Source", 1));
  g_autoptr (PlatterRequest) request = platter_request_new (PLATTER_REQUEST_CLONE);
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;

  platter_request_set_source (request, source);
  g_assert_null (platter_request_build (request, fds, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

/* Of an image whose bmap was not to be followed. */
static void
test_takes_all_of_an_image_again (void)
{
  g_autoptr (PlatterDrive) source = platter_drive_new (make_facts ("Source", 1));
  g_autoptr (PlatterDrive) other = platter_drive_new (make_facts ("Other", 2));
  g_autoptr (PlatterRequest) request = platter_request_new (PLATTER_REQUEST_WRITE);
  g_autoptr (PlatterRequest) again = platter_request_new (PLATTER_REQUEST_VERIFY);

  platter_request_set_source (request, source);
  platter_request_set_whole (request, TRUE);
  platter_request_copy_source (again, request);
  g_assert_true (platter_request_is_whole (again));
  platter_request_set_source (again, other);
  g_assert_false (platter_request_is_whole (again));
  platter_request_set_whole (request, FALSE);
  platter_request_copy_source (again, request);
  g_assert_false (platter_request_is_whole (again));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/request/chosen", test_tells_what_was_chosen);
  g_test_add_func ("/request/differences", test_each_difference_counts);
  g_test_add_func ("/request/gone", test_what_went_away_is_not_what_was_chosen);
  g_test_add_func ("/request/needs-target", test_needs_a_target);
  g_test_add_func ("/request/whole", test_takes_all_of_an_image_again);
  return g_test_run ();
}
