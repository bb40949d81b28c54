// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a worker claims, held against what the helper knows.

#include "claims.h"

#include <string.h>

#include "dbus/errors.h"
#include "report.h"

/* Up to where something is durable is told in blocks of the engine's, the last of which may lie half behind the end. */
#define CLAIMS_BLOCK_BYTES (1024 * 1024)

static gboolean
claims_refuse (GError **error, const char *what)
{
  g_set_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_WORKER,
               "The worker said what can’t be: %s.", what);
  return FALSE;
}

static guint64
claims_get (GVariant *dictionary, const char *key)
{
  guint64 number = 0;

  g_variant_lookup (dictionary, key, "t", &number);
  return number;
}

/* Returns: what of a target can be durable or equal at most; G_MAXUINT64 if that is not known: of an image that is packed
   it is the file that counts. */
static guint64
claims_get_limit (const PlatterRequest *request, const PlatterPlan *plan, guint target)
{
  const PlatterPlanSide *side = platter_plan_get_side (plan, target + 1);
  gboolean is_image = request->kind == PLATTER_REQUEST_IMAGE;

  if (is_image && strcmp (request->format, "raw") != 0)
    return G_MAXUINT64;
  if (plan->size_bytes > 0)
    return plan->size_bytes;
  return is_image || side->is_packed ? G_MAXUINT64 : side->size_bytes;
}

/* What is read again in a rescue may be counted again. */
static gboolean
claims_may_rescue (const PlatterRequest *request, const PlatterPlan *plan)
{
  return request->rescue || strcmp (request->on_error, "stop") != 0 || request->map_fd >= 0
         || plan->resume_map != NULL;
}

gboolean
platter_claims_check_progress (const PlatterRequest *request,
                               const PlatterPlan *plan,
                               GVariant *targets,
                               GError **error)
{
  for (guint i = 0; i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);
      guint64 limit_bytes = claims_get_limit (request, plan, i);
      guint64 until_bytes = claims_get (target, "durable-until");

      if (until_bytes > limit_bytes && until_bytes - limit_bytes >= CLAIMS_BLOCK_BYTES)
        return claims_refuse (error, "more is durable than there is");
      if (!claims_may_rescue (request, plan)
          && MAX (claims_get (target, "durable"), claims_get (target, "written")) > limit_bytes)
        return claims_refuse (error, "more is written than there is");
    }
  return TRUE;
}

static gboolean
claims_is_verified (GVariant *target)
{
  const char *verdict = "";

  g_variant_lookup (target, "verdict", "&s", &verdict);
  return strcmp (verdict, "verified") == 0 || strcmp (verdict, "repaired") == 0;
}

/* Returns: whether so much was left out, or is from an earlier job, as the request allows. */
static gboolean
claims_are_gaps_asked (const PlatterRequest *request,
                       const PlatterPlan *plan,
                       guint64 left_out_bytes,
                       guint64 carried_bytes)
{
  gboolean has_parts = platter_request_get_side (request, 0)->parts_fd >= 0
                       || request->domain_fd >= 0 || plan->domain != NULL;
  gboolean goes_on = request->resume != 0 || request->map_fd >= 0 || plan->resume_map != NULL;

  return (left_out_bytes == 0 || has_parts) && (carried_bytes == 0 || goes_on);
}

/* All that is not left out is read back; of a comparison that goes on, what was equal before counts. */
static gboolean
claims_check_verified (const PlatterRequest *request,
                       const PlatterPlan *plan,
                       GVariant *report,
                       GVariant *target,
                       GError **error)
{
  guint64 size_bytes = plan->size_bytes > 0 ? plan->size_bytes : claims_get (report, "size");
  guint64 left_out_bytes = claims_get (report, "left-out");
  guint64 carried_bytes = claims_get (report, "carried");
  guint64 sum_bytes = 0;

  if (!claims_is_verified (target))
    return TRUE;
  if (request->kind != PLATTER_REQUEST_VERIFY && !request->verify)
    return claims_refuse (error, "it was verified, which nobody has asked for");
  if (!claims_are_gaps_asked (request, plan, left_out_bytes, carried_bytes))
    return claims_refuse (error, "a part of it was not to be looked at");
  if (!g_uint64_checked_add (&sum_bytes, claims_get (target, "verified"), left_out_bytes)
      || !g_uint64_checked_add (&sum_bytes, sum_bytes, carried_bytes) || size_bytes == 0
      || sum_bytes < size_bytes)
    return claims_refuse (error, "it was verified, but not all of it");
  return TRUE;
}

/* Returns: whether the digests of the report say what it says of those that were expected. */
static gboolean
claims_match (const PlatterRequest *request, GVariant *report, gboolean matches)
{
  g_autoptr (GVariant) digests = g_variant_lookup_value (report, "digests", NULL);
  gboolean is_equal = TRUE;
  GVariantIter iter;
  const char *kind;
  const char *expected;

  /* Of an image that is made these are of its content, and the expected ones of the file. */
  if (request->kind == PLATTER_REQUEST_IMAGE)
    return TRUE;
  g_variant_iter_init (&iter, request->expected);
  while (g_variant_iter_next (&iter, "{&s&s}", &kind, &expected))
    {
      const char *hex = "";

      if (digests == NULL || !g_variant_lookup (digests, kind, "&s", &hex))
        return FALSE;
      is_equal = is_equal && strcmp (hex, expected) == 0;
    }
  return is_equal == matches;
}

/* A worker that is silent about them has not looked. */
static gboolean
claims_check_expected (const PlatterRequest *request, GVariant *report, GError **error)
{
  const char *outcome = "";
  gboolean matches = FALSE;
  gboolean is_told = g_variant_lookup (report, "expected-matches", "b", &matches);

  if (g_variant_n_children (request->expected) == 0)
    return !is_told || claims_refuse (error, "a digest is as expected, and none was");
  if (is_told && !claims_match (request, report, matches))
    return claims_refuse (error, "a digest is as expected or not, and it is the other");
  g_variant_lookup (report, "outcome", "&s", &outcome);
  return matches || !platter_report_is_good (outcome)
         || claims_refuse (error, "a digest is not as expected, and all is well");
}

gboolean
platter_claims_check_report (const PlatterRequest *request,
                             const PlatterPlan *plan,
                             GVariant *report,
                             GError **error)
{
  g_autoptr (GVariant) targets = g_variant_lookup_value (report, "targets", NULL);
  guint64 told_bytes = claims_get (report, "size");

  if (plan->size_bytes > 0 && told_bytes > 0 && told_bytes != plan->size_bytes)
    return claims_refuse (error, "its size is another one");
  for (guint i = 0; i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);

      if (!claims_check_verified (request, plan, report, target, error))
        return FALSE;
    }
  return platter_claims_check_progress (request, plan, targets, error)
         && claims_check_expected (request, report, error);
}
