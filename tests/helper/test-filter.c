// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a worker may say, and that nothing else comes through.

#include "dbus/errors.h"
#include "helper/filter.h"

#include <string.h>

#define RUNNING                                                                                    \
  "'phase': <'copying'>, 'verdict': <'none'>, 'written': <uint64 1>, 'durable': <uint64 1>, "      \
  "'verified': <uint64 0>, 'mismatched': <uint64 0>, 'repaired': <uint64 0>, 'rate': <uint64 5>, " \
  "'stalled': <int64 0>"
#define ASKING(fraction, question)                                                                 \
  "'progress': <{'phase': <'copying'>, 'total': <uint64 9>, 'done': <uint64 1>, 'read': <uint64 "  \
  "1>, "                                                                                           \
  "'zero': <uint64 0>, 'rate': <uint64 5>, 'fraction': <" fraction ">, 'remaining': <int64 -1>, "  \
  "'elapsed': <int64 3>, 'source-stalled': <int64 0>, 'limit': <'none'>, "                         \
  "'limiting-target': <uint32 0>, 'paused': <false>, 'question': <'" question                      \
  "'>, 'question-offset': <uint64 7>, 'rescue': <'scraping'>, 'read-errors': "                     \
  "<uint64 3>, 'missing': <uint64 512>}>"
#define PROGRESS(fraction) ASKING (fraction, "")
#define MESSAGE(fraction, target) "{" PROGRESS (fraction) ", 'targets': <[{" target "}]>}"
#define REPORT(outcome, more)                                                                      \
  "{'outcome': <'" outcome                                                                         \
  "'>, 'read': <uint64 1>, 'zero': <uint64 0>, 'targets': <[{" RUNNING more "}]>}"

#define SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define MORE(more)                                                                                 \
  "{'outcome': <'verified'>, 'read': <uint64 1>, 'zero': <uint64 0>, " more                        \
  ", 'targets': <[{" RUNNING "}]>}"
#define DIGESTS(digests) MORE ("'digests': <" digests ">")
#define PHASES(phases) MORE ("'phases': <@a{sx} " phases ">")
#define INCOMPLETE                                                                                 \
  "{'outcome': <'incomplete'>, 'read': <uint64 1>, 'zero': <uint64 0>, 'missing': <@a(tt) [%s]>, " \
  "'targets': <[{" RUNNING "}]>}"

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static void
check_progress (const char *text, guint n_targets, gboolean is_good)
{
  g_autoptr (GVariant) content = parse (text);
  g_autoptr (GVariant) progress = NULL;
  g_autoptr (GVariant) targets = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (platter_filter_progress (content, n_targets, &progress, &targets, &error), ==,
                   is_good);
  g_assert_cmpint (progress != NULL && targets != NULL, ==, is_good);
  if (!is_good)
    g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_WORKER);
}

static void
test_progress (void)
{
  g_autofree char *cells = g_strnfill (1025, 'x');
  g_autofree char *large = g_strdup_printf (MESSAGE ("0.5", RUNNING ", 'map': <b'%s'>"), cells);
  g_autoptr (GString) limiting = g_string_new (MESSAGE ("0.5", RUNNING));
  g_autoptr (GString) elapsed = g_string_new (MESSAGE ("0.5", RUNNING));

  check_progress (MESSAGE ("0.5", RUNNING ", 'map': <b'abc'>"), 1, TRUE);
  check_progress (MESSAGE ("0.5", RUNNING), 2, FALSE);
  check_progress ("{" ASKING ("0.5", "read-error") ", 'targets': <[{" RUNNING "}]>}", 1, TRUE);
  check_progress ("{" ASKING ("0.5", "your-password") ", 'targets': <[{" RUNNING "}]>}", 1, FALSE);
  check_progress (MESSAGE ("1.5", RUNNING), 1, FALSE);
  check_progress (MESSAGE ("nan", RUNNING), 1, FALSE);
  g_string_replace (limiting, "'limiting-target': <uint32 0>", "'limiting-target': <uint32 1>", 0);
  check_progress (limiting->str, 1, FALSE);
  g_string_replace (elapsed, "'elapsed': <int64 3>", "'elapsed': <int64 -3>", 0);
  check_progress (elapsed->str, 1, FALSE);
  check_progress (MESSAGE ("0.5", RUNNING ", 'error-code': <'read'>"), 1, FALSE);
  check_progress (MESSAGE ("0.5", RUNNING ", 'device': <'/dev/sda'>"), 1, FALSE);
  check_progress ("{" PROGRESS ("0.5") "}", 1, FALSE);
  check_progress (large, 1, FALSE);
}

static void
check_report (const char *text, gboolean is_good)
{
  g_autoptr (GVariant) content = parse (text);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (platter_filter_report (content, 1, &error) != NULL, ==, is_good);
  if (is_good)
    return;
  g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_WORKER);
  g_assert_null (strchr (error->message, '\033'));
}

static void
test_report (void)
{
  g_autoptr (GString) places = g_string_new ("(0, 512)");
  g_autofree char *most = NULL;
  g_autofree char *too_many = NULL;

  while (places->len < 255 * strlen (", (0, 512)"))
    g_string_append (places, ", (0, 512)");
  most = g_strdup_printf (INCOMPLETE, places->str);
  too_many = g_strdup_printf (INCOMPLETE, g_string_append (places, ", (0, 512)")->str);
  check_report (most, TRUE);
  check_report (too_many, FALSE);
  check_report (REPORT ("verified", ""), TRUE);
  check_report (REPORT ("incomplete", ""), TRUE);
  check_report (REPORT ("failed", ", 'error-code': <'short-read'>"), TRUE);
  check_report (REPORT ("perfect", ""), FALSE);
  check_report (REPORT ("none", ""), FALSE);
  check_report (REPORT ("failed", ", 'error-code': <'Read <b>this</b>'>"), FALSE);
  check_report (REPORT ("failed", ", 'gpt': <'eaten'>"), FALSE);
  check_report (REPORT ("failed", ", 'error-message': <'“Größe.img” can’t be read.'>"), TRUE);
  check_report (REPORT ("failed", ", 'error-message': <'\\u001b[2JAll is well'>"), FALSE);
  check_report (REPORT ("failed", ", 'error-message': <'bad\\nplatterctl: verified'>"), FALSE);
  check_report (REPORT ("failed", ", 'gpt-message': <'\\u0007'>"), FALSE);
  check_report (REPORT ("failed", ", 'gpt-message': <'\\u202edeifirev'>"), FALSE);
  check_report (REPORT ("verified", ", 'packed-sha256': <'\\u001b[2J'>"), FALSE);
  check_report (REPORT ("verified", ", 'packed-sha256': <'" SHA256 "'>"), TRUE);
  check_report (DIGESTS ("{'sha256': '" SHA256 "'}"), TRUE);
  check_report (DIGESTS ("{'sha256': '" SHA256 "0'}"), FALSE);
  check_report (DIGESTS ("{'sha256': '\\u001b[2J'}"), FALSE);
  check_report (DIGESTS ("{'md5': '" SHA256 "'}"), FALSE);
  check_report (DIGESTS ("{'\\u001b[2J': '" SHA256 "'}"), FALSE);
  check_report (MORE ("'\\u001b[2J': <true>"), FALSE);
  check_report (PHASES ("{'copying': 5}"), TRUE);
  check_report (PHASES ("{'\\u001b[2J': 5}"), FALSE);
  check_report (PHASES ("{'copying': -5}"), FALSE);
  check_report (REPORT ("failed", ", 'table-reread': <true>"), FALSE);
  check_report (
    REPORT (
      "mismatched",
      ", 'mismatches': <[(uint64 0, uint64 1, uint64 1, 'bits', uint64 0, uint32 1, uint32 3, "
      "false)]>"),
    TRUE);
  check_report (
    REPORT ("mismatched",
            ", 'mismatches': <[(uint64 0, uint64 1, uint64 1, 'gremlins', uint64 0, uint32 1, "
            "uint32 3, false)]>"),
    FALSE);
}

#define DAMAGE(owner, place, state)                                                                \
  "{'damage': <[(uint32 1, " owner                                                                 \
  ", uint64 512, uint64 512, uint64 1)]>, 'damage-places': <@aau [" place                          \
  "]>, 'damage-files': <uint64 1>, 'damage-state': <'" state "'>}"

static void
check_damage (const char *text, gboolean is_good)
{
  g_autoptr (GVariant) report = parse (REPORT ("incomplete", ""));
  g_autoptr (GVariant) content = parse (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) whole = platter_filter_add_damage (report, content, &error);

  g_assert_cmpint (whole != NULL, ==, is_good);
  if (!is_good)
    g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_WORKER);
  else
    g_assert_cmpuint (g_variant_n_children (whole), ==,
                      g_variant_n_children (report) + g_variant_n_children (content));
}

static void
test_damage (void)
{
  g_autofree char *name = g_strnfill (1025, 'x');
  g_autofree char *long_name = g_strdup_printf (DAMAGE ("'file', '%s'", "[0]", "late"), name);
  g_autoptr (GString) places = g_string_new ("[0]");
  g_autofree char *too_many = NULL;

  for (guint i = 0; i < 256; i++)
    g_string_append (places, ", [0]");
  too_many = g_strdup_printf (DAMAGE ("'file', '/a'", "%s", "late"), places->str);
  check_damage (DAMAGE ("'file', '/ä'", "[0], []", "complete"), TRUE);
  check_damage (DAMAGE ("'free', ''", "[0]", "incomplete"), TRUE);
  check_damage (DAMAGE ("'file', '/a\\n'", "[0]", "complete"), FALSE);
  check_damage (DAMAGE ("'file', '/\\u0085'", "[0]", "complete"), FALSE);
  check_damage (DAMAGE ("'secret', '/a'", "[0]", "complete"), FALSE);
  check_damage (DAMAGE ("'file', '/a'", "[1]", "complete"), FALSE);
  check_damage (DAMAGE ("'file', '/a'", "[0, 0, 0, 0, 0, 0, 0, 0, 0]", "complete"), FALSE);
  check_damage (DAMAGE ("'file', '/a'", "[0]", "perfect"), FALSE);
  check_damage (REPORT ("verified", ""), FALSE);
  check_damage (long_name, FALSE);
  check_damage (too_many, FALSE);
}

static void
test_refusal (void)
{
  g_autofree char *text = g_strnfill (5000, 'x');
  g_autofree char *large = g_strdup_printf ("{'message': <'%s'>}", text);
  g_autoptr (GVariant) good = parse ("{'code': <'too-small'>, 'message': <'It is too small.'>}");
  g_autoptr (GVariant) bad = parse ("{'message': <7>}");
  g_autoptr (GVariant) long_one = parse (large);
  g_autofree char *first = platter_filter_refusal (good);
  g_autofree char *second = platter_filter_refusal (bad);
  g_autofree char *third = platter_filter_refusal (long_one);
  g_autoptr (GVariant) evil = parse ("{'message': <'a\\nb\\u001b[2Jc'>}");
  g_autofree char *fourth = platter_filter_refusal (evil);

  g_assert_cmpstr (first, ==, "It is too small.");
  g_assert_cmpstr (second, ==, "The worker refused the plan.");
  g_assert_cmpuint (strlen (third), >, 1000);
  g_assert_cmpuint (strlen (third), <=, 1024);
  g_assert_cmpstr (fourth, ==, "a�b�[2Jc");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/progress", test_progress);
  g_test_add_func ("/filter/report", test_report);
  g_test_add_func ("/filter/damage", test_damage);
  g_test_add_func ("/filter/refusal", test_refusal);
  return g_test_run ();
}
