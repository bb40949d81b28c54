// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Text of others as a part of one line.

#include "engine/printable.h"

static void
test_names (void)
{
  const struct
  {
    const char *text;
    const char *printable;
  } names[] = {
    { "", "" },
    { "/a/ä b · 磁盘", "/a/ä b · 磁盘" },
    { "/a\n\r\t\x1b[31m\x7f", "/a\ufffd\ufffd\ufffd\ufffd[31m\ufffd" },
    { "/\xff\xc3", "/\ufffd\ufffd" },
    { "/\u202egnp.exe", "/\ufffdgnp.exe" },
    { "\u2066a\u2069\u200f", "\ufffda\ufffd\ufffd" },
    { "/\xc2\x85\u2028\u2029", "/\ufffd\ufffd\ufffd" },
    { "\ue000\U0010fffe", "\ufffd\ufffd" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *printable = platter_printable_dup (names[i].text, -1);

      g_assert_cmpstr (printable, ==, names[i].printable);
    }
}

static void
test_part (void)
{
  g_autofree char *part = platter_printable_dup ("one\ntwo", 4);
  g_autofree char *zero = platter_printable_dup ("a\0b", 3);
  g_autofree char *none = platter_printable_dup (NULL, 7);

  g_assert_cmpstr (part, ==, "one\ufffd");
  g_assert_cmpstr (zero, ==, "a\ufffdb");
  g_assert_cmpstr (none, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/printable/names", test_names);
  g_test_add_func ("/printable/part", test_part);
  return g_test_run ();
}
