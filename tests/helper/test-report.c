// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A job's report: the worst verdict counts, and a worker that died leaves no good one.

#include "helper/job.h"
#include "helper/report.h"

#define TARGET(verdict)                                                                            \
  "{'phase': <'ended'>, 'verdict': <'" verdict                                                     \
  "'>, 'written': <uint64 8>, 'durable': <uint64 8>, "                                             \
  "'verified': <uint64 8>, 'mismatched': <uint64 0>, 'repaired': <uint64 0>, 'rate': <uint64 0>, " \
  "'stalled': <int64 0>}"
#define REPORT(outcome, first, second)                                                             \
  "{'outcome': <'" outcome "'>, 'read': <uint64 8>, 'zero': <uint64 0>, 'targets': <[" TARGET (    \
    first) ", " TARGET (second) "]>}"

static void
add_side (GPtrArray *sides, const char *name)
{
  PlatterPlanSide *side = g_new0 (PlatterPlanSide, 1);

  side->name = g_strdup (name);
  side->device = g_strdup_printf ("/dev/%s", name);
  side->serial = g_strdup ("");
  side->size_bytes = 8;
  g_ptr_array_add (sides, side);
}

static void
free_side (gpointer data)
{
  PlatterPlanSide *side = data;

  g_free (side->name);
  g_free (side->device);
  g_free (side->serial);
  g_free (side);
}

static PlatterJob *
new_job (void)
{
  const char *drive = "{'number': <uint64 1792>, 'diskseq': <uint64 1>, 'size': <uint64 8>, "
                      "'serial': <''>}";
  g_autofree char *text = g_strdup_printf ("(%s, [%s, %s], @a{sv} {})", drive, drive, drive);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) parameters
    = g_variant_parse (G_VARIANT_TYPE ("(a{sv}aa{sv}a{sv})"), text, NULL, NULL, &error);
  g_autoptr (PlatterRequest) request = NULL;
  PlatterPlan *plan = g_new0 (PlatterPlan, 1);

  g_assert_no_error (error);
  request = platter_request_new (PLATTER_REQUEST_CLONE, parameters, NULL, &error);
  g_assert_no_error (error);
  plan->size_bytes = 8;
  plan->sides = g_ptr_array_new_with_free_func (free_side);
  add_side (plan->sides, "sda");
  add_side (plan->sides, "sdb");
  add_side (plan->sides, "sdc");
  return platter_job_new (7, 1000, request, plan);
}

static void
check (PlatterJob *job, const char *outcome, gboolean is_good)
{
  g_autoptr (GVariant) report = platter_job_dup_report (job);
  g_autoptr (GVariant) property = platter_job_dup_property (job, "Outcome");
  g_autoptr (GVariant) state = platter_job_dup_property (job, "State");
  g_autoptr (GVariant) progress = platter_job_dup_property (job, "Progress");
  const char *told = NULL;
  double fraction = -1;

  g_assert_true (g_variant_lookup (report, "outcome", "&s", &told));
  g_assert_cmpstr (told, ==, outcome);
  g_assert_cmpstr (g_variant_get_string (property, NULL), ==, outcome);
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "ended");
  g_assert_true (g_variant_lookup (progress, "fraction", "d", &fraction));
  g_assert_cmpint (fraction == 1.0, ==, is_good);
}

static void
check_end (const char *text, const char *outcome, gboolean is_good)
{
  g_autoptr (PlatterJob) job = new_job ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) worker = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (platter_job_has_ended (job));
  platter_job_end (job, worker, NULL);
  g_assert_true (platter_job_has_ended (job));
  check (job, outcome, is_good);
}

static void
test_outcome (void)
{
  check_end (REPORT ("verified", "verified", "verified"), "verified", TRUE);
  check_end (REPORT ("verified", "verified", "repaired"), "repaired", TRUE);
  check_end (REPORT ("verified", "verified", "mismatched"), "mismatched", FALSE);
  check_end (REPORT ("verified", "failed", "verified"), "failed", FALSE);
  check_end (REPORT ("verified", "none", "verified"), "failed", FALSE);
  check_end (REPORT ("failed", "verified", "verified"), "failed", FALSE);
}

/* A source that was written to while it was read: nothing good stands, and what is worse does. */
static void
test_distrust (void)
{
  g_autoptr (PlatterJob) job = new_job ();
  g_autoptr (GVariant) worker
    = g_variant_parse (NULL, REPORT ("failed", "verified", "failed"), NULL, NULL, NULL);
  g_autoptr (GVariant) distrusted = platter_report_distrust (worker, "Written to.");
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GVariant) targets = NULL;
  const char *const expected[] = { "source-unstable", "failed" };

  platter_job_end (job, distrusted, NULL);
  check (job, "failed", FALSE);
  report = platter_job_dup_report (job);
  targets = g_variant_lookup_value (report, "targets", G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);
      const char *verdict = "";
      const char *message = NULL;
      const char *code = NULL;

      g_assert_true (g_variant_lookup (target, "verdict", "&s", &verdict));
      g_assert_cmpstr (verdict, ==, expected[i]);
      g_variant_lookup (target, "error-message", "&s", &message);
      g_assert_cmpstr (message, ==, i == 0 ? "Written to." : NULL);
      g_variant_lookup (target, "error-code", "&s", &code);
      g_assert_cmpstr (code, ==, i == 0 ? "source-changed" : NULL);
    }
}

static void
test_crash (void)
{
  g_autoptr (PlatterJob) job = new_job ();
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GVariant) targets = NULL;

  platter_job_fail (job, "failed", "worker-crashed", "It died.");
  check (job, "failed", FALSE);
  report = platter_job_dup_report (job);
  targets = g_variant_lookup_value (report, "targets", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_cmpuint (g_variant_n_children (targets), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);
      const char *code = NULL;
      const char *name = NULL;
      guint64 durable = 1;

      g_assert_true (g_variant_lookup (target, "error-code", "&s", &code));
      g_assert_true (g_variant_lookup (target, "name", "&s", &name));
      g_assert_true (g_variant_lookup (target, "durable", "t", &durable));
      g_assert_cmpstr (code, ==, "worker-crashed");
      g_assert_cmpstr (name, ==, i == 0 ? "sdb" : "sdc");
      g_assert_cmpuint (durable, ==, 0);
    }
}

/* "incomplete" and "unverified" say that something is there, and not that all is well. */
static void
test_good (void)
{
  static const struct
  {
    const char *outcome;
    gboolean is_good;
  } outcomes[] = {
    { "verified", TRUE },
    { "repaired", TRUE },
    { "written", TRUE },
    { "incomplete", FALSE },
    { "unverified", FALSE },
    { "cancelled", FALSE },
    { "source-unstable", FALSE },
    { "mismatched", FALSE },
    { "failed", FALSE },
    { "none", FALSE },
    { "", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    g_assert_cmpint (platter_report_is_good (outcomes[i].outcome), ==, outcomes[i].is_good);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/outcome", test_outcome);
  g_test_add_func ("/report/distrust", test_distrust);
  g_test_add_func ("/report/crash", test_crash);
  g_test_add_func ("/report/good", test_good);
  return g_test_run ();
}
