// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Sentences of others: one line, no longer than it may be, and nothing that a terminal obeys.

#include "dbus/text.h"

#include <string.h>

static void
check (const char *text, const char *plain)
{
  g_autofree char *made = platter_text_dup_plain (text);

  g_assert_cmpstr (made, ==, plain);
  g_assert_true (platter_text_is_plain (made));
  g_assert_cmpint (g_utf8_validate (text, -1, NULL) && platter_text_is_plain (text), ==,
                   strcmp (text, plain) == 0);
}

static void
test_plain (void)
{
  check ("", "");
  check ("“Größe.img” can’t be read: 磁盘.", "“Größe.img” can’t be read: 磁盘.");
  check ("a\nb\tc\033[2J\007", "a�b�c�[2J�");
  check ("\xc2\x85\xe2\x80\xae\xe2\x80\xa8", "���");
  check ("a\xff", "a�");
}

static void
test_long (void)
{
  g_autofree char *longest = g_strnfill (PLATTER_TEXT_MAX_BYTES, 'x');
  g_autofree char *too_long = g_strconcat (longest, "x", NULL);
  g_autofree char *raw = g_strnfill (5000, '\xff');
  g_autofree char *cut = platter_text_dup_plain (too_long);
  g_autofree char *made = platter_text_dup_plain (raw);

  g_assert_true (platter_text_is_plain (longest));
  g_assert_false (platter_text_is_plain (too_long));
  g_assert_true (platter_text_is_plain (cut));
  g_assert_true (platter_text_is_plain (made));
  g_assert_cmpuint (strlen (made), >, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/plain", test_plain);
  g_test_add_func ("/text/long", test_long);
  return g_test_run ();
}
