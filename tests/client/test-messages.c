// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The words for codes: every code has its own, and a code that nobody knows is never good news.

#include <gio/gio.h>
#include <string.h>

#include "client/messages.h"
#include "device/errors.h"

static const char *const verdicts[] = {
  "verified",        "repaired", "written",   "mismatched", "unverified",
  "source-unstable", "failed",   "cancelled", NULL,
};

static void
test_verdicts_name_both_sides (void)
{
  for (guint i = 0; verdicts[i] != NULL; i++)
    for (int is_comparison = 0; is_comparison <= 1; is_comparison++)
      {
        g_autofree char *sentence
          = platter_message_dup_verdict (verdicts[i], is_comparison, "Stick", "debian.iso");

        g_assert_nonnull (strstr (sentence, "Stick"));
        g_assert_nonnull (strstr (sentence, "debian.iso"));
      }
}

/* Where a part was left out, not every byte is the same; that is never said of anything that is not well. */
static void
test_left_out (void)
{
  g_assert_cmpstr (platter_message_choose_verdict ("verified", 0, 0, FALSE), ==, "verified");
  g_assert_cmpstr (platter_message_choose_verdict ("repaired", 0, 0, FALSE), ==, "repaired");
  g_assert_cmpstr (platter_message_choose_verdict ("mismatched", 1, 0, FALSE), ==, "mismatched");
  g_assert_cmpstr (platter_message_choose_verdict ("mismatched", 0, 1, FALSE), ==, "mismatched");
  g_assert_cmpstr (platter_message_choose_verdict ("verified", 1, 1, FALSE), ==,
                   "verified-earlier");
  for (int is_comparison = 0; is_comparison <= 1; is_comparison++)
    {
      g_autofree char *sentence
        = platter_message_dup_verdict (platter_message_choose_verdict ("verified", 1, 0, FALSE),
                                       is_comparison, "Stick", "debian.iso");
      g_autofree char *failed
        = platter_message_dup_verdict ("failed", is_comparison, "Stick", "debian.iso");

      g_assert_cmpstr (sentence, !=, failed);
      g_assert_null (strstr (sentence, "very byte"));
      g_assert_null (strstr (sentence, "byte for byte"));
    }

  g_autofree char *repaired = platter_message_dup_verdict (
    platter_message_choose_verdict ("repaired", 1, 0, FALSE), FALSE, "Stick", "debian.iso");

  g_assert_nonnull (strstr (repaired, "wrong blocks"));
  g_assert_null (strstr (repaired, "the same"));
}

/* Behind a copy on a larger target nothing was written, and nothing read back. */
static void
test_more_room (void)
{
  g_autofree char *verified = platter_message_dup_verdict (
    platter_message_choose_verdict ("verified", 0, 0, TRUE), FALSE, "Stick", "debian.iso");
  g_autofree char *repaired = platter_message_dup_verdict (
    platter_message_choose_verdict ("repaired", 0, 0, TRUE), FALSE, "Stick", "debian.iso");

  g_assert_cmpstr (verified, ==, "All of debian.iso is on Stick, and was read back and compared.");
  g_assert_true (g_str_has_prefix (repaired, "All of debian.iso is on Stick now"));
  g_assert_nonnull (strstr (repaired, "wrong blocks"));
  g_assert_cmpstr (platter_message_choose_verdict ("mismatched", 0, 0, TRUE), ==, "mismatched");
  g_assert_cmpstr (platter_message_choose_verdict ("verified", 1, 0, TRUE), ==, "verified-parts");
}

static void
test_unknown_is_failure (void)
{
  g_autofree char *sentence = platter_message_dup_verdict ("brilliant", FALSE, "a", "b");
  g_autofree char *failed = platter_message_dup_verdict ("failed", FALSE, "a", "b");

  g_assert_cmpstr (platter_message_get_verdict ("brilliant", FALSE), ==, "Failed");
  g_assert_cmpstr (sentence, ==, failed);
  g_assert_cmpstr (platter_message_get_error ("no-such-code"), ==, "The job failed.");
  /* A bad drive is not a bad download. */
  g_assert_nonnull (strstr (platter_message_get_advice ("mismatched", "mismatch"), "drive"));
  g_assert_nonnull (strstr (platter_message_get_advice ("failed", "digest"), "checksum"));
}

static void
test_only_verified_says_same (void)
{
  for (guint i = 0; verdicts[i] != NULL; i++)
    {
      g_autofree char *sentence = platter_message_dup_verdict (verdicts[i], FALSE, "a", "b");
      gboolean says_same = strstr (sentence, "is the same as") != NULL;

      g_assert_cmpint (says_same, ==,
                       g_str_equal (verdicts[i], "verified")
                         || g_str_equal (verdicts[i], "repaired"));
    }
}

static void
test_mismatch (void)
{
  g_autoptr (GVariant) one = g_variant_ref_sink (g_variant_new (
    "(tttstuub)", (guint64)5242880, (guint64)1, (guint64)1, "bits", (guint64)0, 1, 0, FALSE));
  g_autofree char *sentence = platter_message_dup_mismatch (one, FALSE);

  g_assert_cmpstr (sentence, ==,
                   "1 byte differs, from byte 5242880 on: a few bits are not the same");
}

/* Nothing was written, so nothing is said of writing, of reading back, or of a drive that lies. */
static void
test_mismatch_of_comparison (void)
{
  static const char *const kinds[]
    = { "zeros", "old-data", "wrapped", "bits", "other", "unreadable", "unheard-of", NULL };
  static const char *const wrong[] = { "stored", "came back", "write", "drive", "read back", NULL };

  for (guint i = 0; kinds[i] != NULL; i++)
    for (guint word = 0; wrong[word] != NULL; word++)
      g_assert_null (strstr (platter_message_get_mismatch (kinds[i], TRUE), wrong[word]));
  g_assert_cmpstr (platter_message_get_mismatch ("zeros", TRUE), ==, "only zeros are there");
}

/* A place that was written again says how often, and what came of it. */
static void
test_mismatch_written_again (void)
{
  g_autoptr (GVariant) good = g_variant_ref_sink (g_variant_new (
    "(tttstuub)", (guint64)0, (guint64)512, (guint64)512, "zeros", (guint64)0, 0, 1, TRUE));
  g_autoptr (GVariant) bad = g_variant_ref_sink (g_variant_new (
    "(tttstuub)", (guint64)0, (guint64)512, (guint64)512, "zeros", (guint64)0, 0, 3, FALSE));
  g_autofree char *of_good = platter_message_dup_mismatch (good, FALSE);
  g_autofree char *of_bad = platter_message_dup_mismatch (bad, FALSE);

  g_assert_true (g_str_has_suffix (of_good, " (repaired: written again 1 time)"));
  g_assert_true (g_str_has_suffix (of_bad, " (written again 3 times, in vain)"));
}

static void
test_duration (void)
{
  static const struct
  {
    gint64 seconds;
    const char *text;
  } times[] = {
    { -1, "0 s" }, { 59, "59 s" }, { 89, "1 min" }, { 90, "2 min" }, { 7500, "2 h 5 min" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *text = platter_message_dup_duration (times[i].seconds * G_USEC_PER_SEC);

      g_assert_cmpstr (text, ==, times[i].text);
    }
}

static void
test_refusal_has_no_decoration (void)
{
  g_autoptr (GError) error
    = g_dbus_error_new_for_dbus_error ("org.example.Strange", "The drive is busy.");
  g_autofree char *sentence = platter_message_dup_refusal (error);

  g_assert_cmpstr (sentence, ==, "The drive is busy.");
}

static void
test_part (void)
{
  g_autofree char *source_is_longer = platter_message_dup_part ("verified", 4096, 8192, 4096);
  g_autofree char *target_is_longer = platter_message_dup_part ("verified", 4096, 4096, 4097);

  g_assert_null (platter_message_dup_part ("verified", 4096, 4096, 4096));
  g_assert_null (platter_message_dup_part ("failed", 0, 8192, 4096));
  g_assert_null (platter_message_dup_part ("cancelled", 0, 8192, 4096));
  g_assert_cmpstr (source_is_longer, ==, target_is_longer);
  g_assert_nonnull (strstr (source_is_longer, "4096 bytes"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messages/left-out", test_left_out);
  g_test_add_func ("/messages/more-room", test_more_room);
  g_test_add_func ("/messages/verdicts", test_verdicts_name_both_sides);
  g_test_add_func ("/messages/unknown", test_unknown_is_failure);
  g_test_add_func ("/messages/same", test_only_verified_says_same);
  g_test_add_func ("/messages/mismatch", test_mismatch);
  g_test_add_func ("/messages/mismatch-of-comparison", test_mismatch_of_comparison);
  g_test_add_func ("/messages/mismatch-written-again", test_mismatch_written_again);
  g_test_add_func ("/messages/duration", test_duration);
  g_test_add_func ("/messages/refusal", test_refusal_has_no_decoration);
  g_test_add_func ("/messages/part", test_part);
  return g_test_run ();
}
