// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The table of methods covers the XML, and says what it must of those that matter.

#include "dbus/interface.h"
#include "dbus/names.h"
#include "helper/methods.h"

static void
test_all_have_access (void)
{
  const char *const names[] = { PLATTER_HELPER_INTERFACE, PLATTER_JOB_INTERFACE };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GDBusInterfaceInfo *info = platter_interface_get (names[i]);
      for (guint m = 0; info->methods[m] != NULL; m++)
        g_assert_cmpint (platter_methods_get_access (names[i], info->methods[m]->name), !=,
                         PLATTER_ACCESS_NONE);
    }
}

static void
test_access (void)
{
  const char *const requests[] = { "Clone", "Write", "Verify", "Image" };
  const char *const of_jobs[]
    = { "GetDetails", "GetReport", "Cancel", "Pause", "Resume", "Release" };

  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    g_assert_cmpint (platter_methods_get_access (PLATTER_HELPER_INTERFACE, requests[i]), ==,
                     PLATTER_ACCESS_DRIVES);
  for (gsize i = 0; i < G_N_ELEMENTS (of_jobs); i++)
    g_assert_cmpint (platter_methods_get_access (PLATTER_JOB_INTERFACE, of_jobs[i]), ==,
                     PLATTER_ACCESS_OWNER_OR_MANAGER);
  g_assert_cmpint (platter_methods_get_access (PLATTER_JOB_INTERFACE, "Get"), ==,
                   PLATTER_ACCESS_OWNER);
  g_assert_cmpint (platter_methods_get_access (PLATTER_JOB_INTERFACE, "Answer"), ==,
                   PLATTER_ACCESS_OWNER);
  g_assert_cmpint (platter_methods_get_access (PLATTER_HELPER_INTERFACE, "Format"), ==,
                   PLATTER_ACCESS_NONE);
  g_assert_cmpint (platter_methods_get_access (PLATTER_JOB_INTERFACE, "Clone"), ==,
                   PLATTER_ACCESS_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/methods/all-have-access", test_all_have_access);
  g_test_add_func ("/methods/access", test_access);
  return g_test_run ();
}
