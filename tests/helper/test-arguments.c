// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The strict reader of dictionaries.

#include "dbus/arguments.h"
#include "dbus/errors.h"

#include <string.h>

static const PlatterArgument keys[] = {
  { "name", "s", TRUE },
  { "size", "t", FALSE },
};

static void
check (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) dictionary
    = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  gboolean is_good;

  g_assert_no_error (error);
  is_good = platter_arguments_check (dictionary, keys, G_N_ELEMENTS (keys), &error);
  g_assert_cmpint (is_good, ==, expected == NULL);
  if (expected == NULL)
    return;
  g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS);
  g_assert_nonnull (strstr (error->message, expected));
}

static void
test_good (void)
{
  check ("{'name': <'x'>}", NULL);
  check ("{'name': <'x'>, 'size': <uint64 7>}", NULL);
}

static void
test_refused (void)
{
  g_autofree char *text = g_strnfill (4097, 'x');
  g_autofree char *too_long = g_strdup_printf ("{'name': <'%s'>}", text);

  check ("{}", "name");
  check ("{'size': <uint64 7>}", "name");
  check ("{'name': <'x'>, 'other': <1>}", "other");
  check ("{'name': <'x'>, 'name': <'y'>}", "name");
  check ("{'name': <uint32 1>}", "name");
  check ("{'name': <'x'>, 'size': <uint32 7>}", "size");
  check ("{'name': <<'x'>>}", "name");
  check (too_long, "name");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/arguments/good", test_good);
  g_test_add_func ("/arguments/refused", test_refused);
  return g_test_run ();
}
