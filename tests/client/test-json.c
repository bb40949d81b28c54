// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Variants as JSON: one line for a pipe, indented for a file.

#include <glib.h>
#include <math.h>

#include "client/json.h"

static void
assert_string (const char *text, const char *json)
{
  g_autoptr (GString) got = g_string_new (NULL);

  platter_json_append_string (got, text);
  g_assert_cmpstr (got->str, ==, json);
}

static void
test_strings (void)
{
  assert_string ("", "\"\"");
  assert_string ("a\"b\\c", "\"a\\\"b\\\\c\"");
  assert_string ("a\nb\tc\x01\x7f", "\"a\\nb\\u0009c\\u0001\\u007f\"");
  assert_string ("é → 🖴", "\"é → 🖴\"");
  assert_string ("a\xff"
                 "b",
                 "\"a\xef\xbf\xbd"
                 "b\"");
  assert_string ("\xc3", "\"\xef\xbf\xbd\"");
}

static void
assert_value (GVariant *value, const char *json)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autoptr (GString) got = g_string_new (NULL);

  platter_json_append (got, owned);
  g_assert_cmpstr (got->str, ==, json);
}

static void
test_values (void)
{
  assert_value (g_variant_new_uint64 (G_MAXUINT64), "18446744073709551615");
  assert_value (g_variant_new_int64 (G_MININT64), "-9223372036854775808");
  assert_value (g_variant_new_byte (200), "200");
  assert_value (g_variant_new_boolean (TRUE), "true");
  assert_value (g_variant_new_double (0.5), "0.5");
  assert_value (g_variant_new_double (NAN), "null");
  assert_value (g_variant_new_double (INFINITY), "null");
  assert_value (g_variant_new_object_path ("/a"), "\"/a\"");
  assert_value (g_variant_new ("ay", NULL), "\"\"");
  assert_value (g_variant_new_parsed ("[byte 1, 255]"), "\"01ff\"");
  assert_value (g_variant_new ("a{sv}", NULL), "{}");
  assert_value (g_variant_new_parsed ("{'a': <uint64 1>, 'b': <[<'x'>, <true>]>}"),
                "{\"a\": 1, \"b\": [\"x\", true]}");
  assert_value (g_variant_new_parsed ("({'k': 'v'}, 3)"), "[{\"k\": \"v\"}, 3]");
}

/* What has parts with parts goes over several lines, the rest does not. */
static void
test_document (void)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed (
    "{'a': <uint64 1>, 'b': <[{'x': <1>}, {'x': <2>}]>, 'c': <@as []>, 'd': <b'\\377'>}"));
  g_autofree char *json = platter_json_dup_document (value);

  g_assert_cmpstr (json, ==,
                   "{\n"
                   "  \"a\": 1,\n"
                   "  \"b\": [\n"
                   "    {\"x\": 1},\n"
                   "    {\"x\": 2}\n"
                   "  ],\n"
                   "  \"c\": [],\n"
                   "  \"d\": \"ff00\"\n"
                   "}\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/strings", test_strings);
  g_test_add_func ("/json/values", test_values);
  g_test_add_func ("/json/document", test_document);
  return g_test_run ();
}
