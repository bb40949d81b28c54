// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a worker may claim: nothing behind the end, and no proof of what was not read back.

#include "helper/claims.h"

#include "dbus/errors.h"

#define MIB (1024 * 1024)
#define SIZE 3000000
#define TARGET(verdict, verified)                                                                  \
  "{'verdict': <'" verdict "'>, 'verified': <uint64 " verified                                     \
  ">, 'written': <uint64 0>, 'durable': <uint64 0>}"
#define REPORT(verdict, verified, more)                                                            \
  "{'outcome': <'" verdict "'>" more ", 'targets': <[" TARGET (verdict, verified) "]>}"
#define REPORT_OF_TWO(outcome, first, first_verified, second, second_verified)                     \
  "{'outcome': <'" outcome                                                                         \
  "'>, 'targets': <[" TARGET (first, first_verified) ", " TARGET (second, second_verified) "]>}"
#define DIGEST(hex) ", 'digests': <{'md5': '" hex "'}>"
#define DIGESTS(md5, sha256) ", 'digests': <{'md5': '" md5 "', 'sha256': '" sha256 "'}>"
#define MATCHES(matches) ", 'expected-matches': <" matches ">"

static PlatterRequestSide side
  = { .is_image = TRUE, .fd = -1, .nbd_fd = -1, .parts_fd = -1, .more_fd = -1 };
static PlatterPlanSide source = { .is_image = TRUE, .size_bytes = SIZE };
static PlatterPlanSide target = { .size_bytes = 2 * SIZE };

static GVariant *
parse (const char *type, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static PlatterRequest
new_request (PlatterRequestKind kind)
{
  PlatterRequest request = { .kind = kind,
                             .sides = g_ptr_array_new (),
                             .verify = TRUE,
                             .expected = parse ("a{ss}", "@a{ss} {}"),
                             .on_error = (char *)"stop",
                             .format = (char *)"raw",
                             .map_fd = -1,
                             .domain_fd = -1 };

  g_ptr_array_add (request.sides, &side);
  g_ptr_array_add (request.sides, &side);
  return request;
}

static PlatterPlan
new_plan (guint64 size_bytes)
{
  PlatterPlan plan = { .size_bytes = size_bytes, .sides = g_ptr_array_new () };

  g_ptr_array_add (plan.sides, &source);
  g_ptr_array_add (plan.sides, &target);
  return plan;
}

static void
clear (PlatterRequest *request, PlatterPlan *plan)
{
  g_ptr_array_unref (request->sides);
  g_variant_unref (request->expected);
  g_ptr_array_unref (plan->sides);
}

static void
check_report (const PlatterRequest *request,
              const PlatterPlan *plan,
              const char *text,
              gboolean is_good)
{
  g_autoptr (GVariant) report = parse ("a{sv}", text);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (platter_claims_check_report (request, plan, report, &error), ==, is_good);
  if (!is_good)
    g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_WORKER);
}

static void
check_durable (const PlatterRequest *request,
               const PlatterPlan *plan,
               const char *key,
               guint64 bytes,
               gboolean is_good)
{
  g_autofree char *text = g_strdup_printf ("[{'%s': <uint64 %" G_GUINT64_FORMAT ">}]", key, bytes);
  g_autoptr (GVariant) targets = parse ("aa{sv}", text);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (platter_claims_check_progress (request, plan, targets, &error), ==, is_good);
}

static void
test_verified (void)
{
  PlatterRequest request = new_request (PLATTER_REQUEST_VERIFY);
  PlatterPlan plan = new_plan (SIZE);

  check_report (&request, &plan, REPORT ("verified", "3000000", ""), TRUE);
  check_report (&request, &plan, REPORT ("verified", "2999999", ""), FALSE);
  check_report (&request, &plan, REPORT ("verified", "0", ""), FALSE);
  check_report (&request, &plan, REPORT ("repaired", "0", ""), FALSE);
  check_report (&request, &plan, REPORT ("failed", "0", ""), TRUE);
  check_report (&request, &plan, REPORT ("verified", "3000000", ", 'size': <uint64 9>"), FALSE);
  /* What was left out or carried over has to have been asked for. */
  check_report (&request, &plan, REPORT ("verified", "1", ", 'left-out': <uint64 2999999>"), FALSE);
  check_report (&request, &plan, REPORT ("verified", "1", ", 'carried': <uint64 2999999>"), FALSE);
  check_report (&request, &plan,
                REPORT ("verified", "2", ", 'carried': <uint64 18446744073709551615>"), FALSE);
  request.resume = 3;
  check_report (&request, &plan, REPORT ("verified", "1", ", 'carried': <uint64 2999999>"), TRUE);
  check_report (&request, &plan,
                REPORT ("verified", "2", ", 'carried': <uint64 18446744073709551615>"), FALSE);
  request.resume = 0;
  /* Of what is packed the size shows at the end. */
  plan.size_bytes = 0;
  check_report (&request, &plan, REPORT ("verified", "9", ", 'size': <uint64 9>"), TRUE);
  check_report (&request, &plan, REPORT ("verified", "8", ", 'size': <uint64 9>"), FALSE);
  check_report (&request, &plan, REPORT ("verified", "9", ""), FALSE);
  plan.size_bytes = SIZE;
  request.kind = PLATTER_REQUEST_WRITE;
  request.verify = FALSE;
  check_report (&request, &plan, REPORT ("verified", "3000000", ""), FALSE);
  check_report (&request, &plan, REPORT ("written", "0", ""), TRUE);
  clear (&request, &plan);
}

/* What is said of one target proves nothing of the others. */
static void
test_each_target (void)
{
  PlatterRequest request = new_request (PLATTER_REQUEST_WRITE);
  PlatterPlan plan = new_plan (SIZE);

  g_ptr_array_add (request.sides, &side);
  g_ptr_array_add (plan.sides, &target);
  check_report (&request, &plan,
                REPORT_OF_TWO ("verified", "verified", "3000000", "verified", "3000000"), TRUE);
  check_report (&request, &plan, REPORT_OF_TWO ("verified", "verified", "3000000", "verified", "0"),
                FALSE);
  check_report (&request, &plan, REPORT_OF_TWO ("verified", "verified", "0", "verified", "3000000"),
                FALSE);
  check_report (&request, &plan, REPORT_OF_TWO ("failed", "failed", "0", "verified", "2999999"),
                FALSE);
  check_report (&request, &plan, REPORT_OF_TWO ("failed", "failed", "0", "verified", "3000000"),
                TRUE);
  clear (&request, &plan);
}

/* Of several digests each one counts, and none may be passed over in silence. */
static void
test_each_digest (void)
{
  static const char *const orders[]
    = { "{'md5': 'aa', 'sha256': 'bb'}", "{'sha256': 'bb', 'md5': 'aa'}" };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      PlatterRequest request = new_request (PLATTER_REQUEST_WRITE);
      PlatterPlan plan = new_plan (SIZE);

      g_variant_unref (request.expected);
      request.expected = parse ("a{ss}", orders[i]);
      check_report (&request, &plan,
                    REPORT ("verified", "3000000", DIGESTS ("aa", "bb") MATCHES ("true")), TRUE);
      check_report (&request, &plan,
                    REPORT ("verified", "3000000", DIGESTS ("aa", "cc") MATCHES ("true")), FALSE);
      check_report (&request, &plan,
                    REPORT ("verified", "3000000", DIGESTS ("cc", "bb") MATCHES ("true")), FALSE);
      check_report (&request, &plan, REPORT ("failed", "0", DIGESTS ("aa", "cc") MATCHES ("false")),
                    TRUE);
      check_report (&request, &plan, REPORT ("failed", "0", DIGESTS ("cc", "bb") MATCHES ("false")),
                    TRUE);
      check_report (&request, &plan, REPORT ("verified", "3000000", DIGEST ("aa") MATCHES ("true")),
                    FALSE);
      clear (&request, &plan);
    }
}

/* One that was to be looked at and is not spoken of: then nothing is well. */
static void
test_silent_about_a_digest (void)
{
  PlatterRequest request = new_request (PLATTER_REQUEST_WRITE);
  PlatterPlan plan = new_plan (SIZE);

  g_variant_unref (request.expected);
  request.expected = parse ("a{ss}", "{'md5': 'aa'}");
  check_report (&request, &plan, REPORT ("verified", "3000000", DIGEST ("bb")), FALSE);
  check_report (&request, &plan, REPORT ("verified", "3000000", DIGEST ("aa")), FALSE);
  check_report (&request, &plan, REPORT ("verified", "3000000", ""), FALSE);
  check_report (&request, &plan, REPORT ("repaired", "3000000", ""), FALSE);
  check_report (&request, &plan, REPORT ("cancelled", "0", ""), TRUE);
  request.verify = FALSE;
  check_report (&request, &plan, REPORT ("written", "0", ""), FALSE);
  request.kind = PLATTER_REQUEST_IMAGE;
  check_report (&request, &plan, REPORT ("written", "0", ""), FALSE);
  check_report (&request, &plan, REPORT ("written", "0", MATCHES ("true")), TRUE);
  clear (&request, &plan);
}

static void
test_expected (void)
{
  PlatterRequest request = new_request (PLATTER_REQUEST_WRITE);
  PlatterPlan plan = new_plan (SIZE);

  check_report (&request, &plan, REPORT ("verified", "3000000", MATCHES ("true")), FALSE);
  g_variant_unref (request.expected);
  request.expected = parse ("a{ss}", "{'md5': 'aa'}");
  check_report (&request, &plan, REPORT ("verified", "3000000", DIGEST ("aa") MATCHES ("true")),
                TRUE);
  check_report (&request, &plan, REPORT ("failed", "0", DIGEST ("bb") MATCHES ("false")), TRUE);
  check_report (&request, &plan, REPORT ("failed", "0", ""), TRUE);
  check_report (&request, &plan, REPORT ("verified", "3000000", DIGEST ("bb") MATCHES ("true")),
                FALSE);
  check_report (&request, &plan, REPORT ("verified", "3000000", MATCHES ("true")), FALSE);
  check_report (&request, &plan, REPORT ("verified", "3000000", DIGEST ("bb") MATCHES ("false")),
                FALSE);
  check_report (&request, &plan, REPORT ("failed", "0", DIGEST ("aa") MATCHES ("false")), FALSE);
  /* Of an image that is made the digests are of the content. */
  request.kind = PLATTER_REQUEST_IMAGE;
  check_report (&request, &plan, REPORT ("verified", "3000000", DIGEST ("bb") MATCHES ("true")),
                TRUE);
  clear (&request, &plan);
}

static void
test_durable (void)
{
  PlatterRequest request = new_request (PLATTER_REQUEST_VERIFY);
  PlatterPlan plan = new_plan (SIZE);

  check_durable (&request, &plan, "durable-until", SIZE, TRUE);
  check_durable (&request, &plan, "durable-until", 3 * MIB, TRUE); /* the last block */
  check_durable (&request, &plan, "durable-until", SIZE + MIB, FALSE);
  check_durable (&request, &plan, "durable-until", G_MAXUINT64, FALSE);
  check_durable (&request, &plan, "durable", SIZE, TRUE);
  check_durable (&request, &plan, "durable", SIZE + 1, FALSE);
  check_durable (&request, &plan, "written", SIZE + 1, FALSE);
  /* Where only the end will tell, the other side is the limit. */
  plan.size_bytes = 0;
  check_durable (&request, &plan, "durable-until", 2 * SIZE, TRUE);
  check_durable (&request, &plan, "durable-until", G_MAXUINT64, FALSE);
  request.kind = PLATTER_REQUEST_IMAGE;
  check_durable (&request, &plan, "durable-until", 3 * SIZE, TRUE);
  clear (&request, &plan);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/claims/verified", test_verified);
  g_test_add_func ("/claims/each-target", test_each_target);
  g_test_add_func ("/claims/expected", test_expected);
  g_test_add_func ("/claims/each-digest", test_each_digest);
  g_test_add_func ("/claims/silent-about-a-digest", test_silent_about_a_digest);
  g_test_add_func ("/claims/durable", test_durable);
  return g_test_run ();
}
