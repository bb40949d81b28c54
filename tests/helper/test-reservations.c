// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Drives are taken whole or not at all, and nobody takes too many.

#include "dbus/errors.h"
#include "helper/reservations.h"

static PlatterReservation *
take (PlatterReservations *all, uid_t uid, guint first, guint count, GError **error)
{
  g_autoptr (GArray) drives = g_array_new (FALSE, FALSE, sizeof (PlatterRequestDrive));

  for (guint i = 0; i < count; i++)
    {
      PlatterRequestDrive drive = { .number = first + i };
      g_array_append_val (drives, drive);
    }
  return platter_reservations_take (all, uid, drives, error);
}

static void
test_drives (void)
{
  g_autoptr (PlatterReservations) all = platter_reservations_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterReservation) first = take (all, 1, 10, 2, &error);
  g_autoptr (PlatterReservation) second = NULL;

  g_assert_no_error (error);
  second = take (all, 2, 11, 2, &error);
  g_assert_null (second);
  g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_DRIVE_BUSY);
  g_clear_error (&error);
  /* Drive 12 was not taken by the request that was refused. */
  second = take (all, 2, 12, 1, &error);
  g_assert_no_error (error);
  g_clear_pointer (&second, platter_reservation_free);
  platter_reservation_let_go (first);
  second = take (all, 2, 11, 2, &error);
  g_assert_no_error (error);
  g_clear_pointer (&second, platter_reservation_free);
  g_clear_pointer (&first, platter_reservation_free);
  second = take (all, 2, 11, 2, &error);
  g_assert_no_error (error);
}

static void
check_limit (uid_t uid, guint limit)
{
  g_autoptr (PlatterReservations) all = platter_reservations_new ();
  g_autoptr (GPtrArray) taken
    = g_ptr_array_new_with_free_func ((GDestroyNotify)platter_reservation_free);
  g_autoptr (PlatterReservation) other = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < limit; i++)
    {
      g_ptr_array_add (taken, take (all, uid, 100 + i, 1, &error));
      g_assert_no_error (error);
    }
  g_assert_null (take (all, uid, 1, 1, &error));
  g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_TOO_MANY_JOBS);
  g_clear_error (&error);
  other = take (all, uid + 1, 1, 1, &error);
  g_assert_no_error (error);
  /* Its drives were let go, but it is still there. */
  platter_reservation_let_go (taken->pdata[0]);
  g_assert_null (take (all, uid, 100, 1, &error));
  g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_TOO_MANY_JOBS);
  g_clear_error (&error);
  g_ptr_array_set_size (taken, limit - 1);
  g_ptr_array_add (taken, take (all, uid, 2, 0, &error));
  g_assert_no_error (error);
}

static void
test_limits (void)
{
  check_limit (1000, PLATTER_RESERVATIONS_PER_USER);
  check_limit (4000000000u, PLATTER_RESERVATIONS_PER_USER);
  check_limit (0, PLATTER_RESERVATIONS_FOR_ROOT);
}

static void
test_last_keeps_all (void)
{
  g_autoptr (PlatterReservations) all = platter_reservations_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterReservation) one = take (all, 1, 1, 1, &error);

  g_assert_no_error (error);
  g_clear_pointer (&all, platter_reservations_unref);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reservations/drives", test_drives);
  g_test_add_func ("/reservations/limits", test_limits);
  g_test_add_func ("/reservations/last-keeps-all", test_last_keeps_all);
  return g_test_run ();
}
