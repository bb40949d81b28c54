// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Only the drive's name confirms the drive.

#include "app/name-check.h"

static void
test_right (void)
{
  g_assert_true (platter_name_check ("Crucial MX500", "Crucial MX500"));
  g_assert_true (platter_name_check ("Crucial MX500", "crucial mx500"));
  g_assert_true (platter_name_check ("Crucial  MX500 ", " crucial mx500"));
  g_assert_true (platter_name_check ("Ölplatte", "ÖLPLATTE"));
}

static void
test_wrong (void)
{
  g_assert_false (platter_name_check ("Crucial MX500", "Crucial MX5"));
  g_assert_false (platter_name_check ("Crucial MX500", "Crucial MX5000"));
  g_assert_false (platter_name_check ("Crucial MX500", "CrucialMX500"));
  g_assert_false (platter_name_check ("Crucial MX500", ""));
}

static void
test_empty_name_is_never_right (void)
{
  g_assert_false (platter_name_check ("", ""));
  g_assert_false (platter_name_check ("  ", " "));
}

static void
test_broken_text (void)
{
  g_assert_false (platter_name_check ("\xff\xfe", "\xff\xfe"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/name-check/right", test_right);
  g_test_add_func ("/name-check/wrong", test_wrong);
  g_test_add_func ("/name-check/empty-name", test_empty_name_is_never_right);
  g_test_add_func ("/name-check/broken-text", test_broken_text);
  return g_test_run ();
}
