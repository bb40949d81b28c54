// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which rescues are called worse and worse, and which are only those of a bad drive.

#include "client/rescue-trend.h"

#define SECOND ((gint64)G_USEC_PER_SEC)
#define FAST (100 * 1000 * 1000) /* bytes a second */

typedef struct
{
  PlatterRescueTrend *trend;
  PlatterRescueSample now;
} Job;

static Job
begin (void)
{
  return (Job){ platter_rescue_trend_new (), { .is_onward = TRUE } };
}

static void
add (Job *job)
{
  platter_rescue_trend_add (job->trend, &job->now);
}

/* So many seconds of reading, with an error whenever @error_s have gone by. */
static void
go (Job *job, guint seconds, guint64 bytes_a_second, guint error_s)
{
  for (guint i = 1; i <= seconds; i++)
    {
      job->now.time_us += SECOND;
      job->now.read_bytes += bytes_a_second;
      job->now.n_errors += error_s > 0 && i % error_s == 0;
      add (job);
    }
}

/* It does not answer for so long. */
static void
stall (Job *job, guint seconds)
{
  for (guint i = 0; i < seconds; i++)
    {
      job->now.time_us += SECOND;
      job->now.stalled_us += SECOND;
      add (job);
    }
  job->now.stalled_us = 0;
  job->now.n_errors++;
  add (job);
}

static void
assert_worse (Job *job, gboolean is_worse)
{
  g_assert_cmpint (platter_rescue_trend_is_worse (job->trend), ==, is_worse);
}

static void
end (Job *job, gboolean is_worse)
{
  assert_worse (job, is_worse);
  platter_rescue_trend_free (job->trend);
}

static void
test_sound (void)
{
  Job job = begin ();

  go (&job, 7200, FAST, 0);
  go (&job, 7200, FAST / 20, 0); /* somebody else uses the bus */
  end (&job, FALSE);
}

static void
test_gets_worse (void)
{
  Job job = begin ();

  go (&job, 1200, FAST, 0);
  go (&job, 500, FAST / 1000, 20);
  assert_worse (&job, FALSE); /* it may be one bad place */
  go (&job, 200, FAST / 1000, 20);
  end (&job, TRUE);
}

static void
test_recovers (void)
{
  Job job = begin ();

  go (&job, 1200, FAST, 0);
  go (&job, 900, 0, 20);
  assert_worse (&job, TRUE);
  go (&job, 540, FAST, 0);
  assert_worse (&job, TRUE);
  go (&job, 120, FAST, 0);
  end (&job, FALSE);
}

/* Nine errors, and the first pass has skipped as far as it ever skips: by then it is out of most bad places. */
static void
test_one_bad_place (void)
{
  Job job = begin ();

  go (&job, 1200, FAST, 0);
  go (&job, 270, 0, 30);
  go (&job, 1200, FAST, 0);
  go (&job, 600, 0, 60);
  go (&job, 1200, FAST, 0);
  end (&job, FALSE);
}

/* A dead head: errors all the time, and as slow as it was from the start. */
static void
test_as_bad_as_ever (void)
{
  Job job = begin ();

  go (&job, 36000, FAST / 100, 5);
  end (&job, FALSE);
}

/* Much slower, but not by a factor of ten; and that without what came with it, each for itself. */
static void
test_not_bad_enough (void)
{
  Job job = begin ();

  go (&job, 1200, FAST, 0);
  go (&job, 3600, FAST / 9, 10);
  assert_worse (&job, FALSE);
  platter_rescue_trend_pause (job.trend);
  go (&job, 3600, FAST / 20, 70); /* nine in ten minutes */
  end (&job, FALSE);
}

/* All at once is one place, whatever their number. */
static void
test_burst (void)
{
  Job job = begin ();

  go (&job, 1200, FAST, 0);
  go (&job, 120, 0, 1);
  go (&job, 600, FAST / 20, 0);
  end (&job, FALSE);
}

/* Where only bad places are left, there are errors and little else, and nothing follows from that. */
static void
test_later_passes (void)
{
  Job job = begin ();

  go (&job, 3600, FAST, 600);
  job.now.is_onward = FALSE;
  go (&job, 36000, 512, 5);
  end (&job, FALSE);
}

/* What was before a pause, or while nobody looked, does not count. */
static void
test_gaps (void)
{
  Job job = begin ();

  go (&job, 1200, FAST, 0);
  go (&job, 400, 0, 20);
  job.now.time_us += 3600 * SECOND;
  go (&job, 400, 0, 20);
  assert_worse (&job, FALSE);
  platter_rescue_trend_pause (job.trend);
  go (&job, 400, 0, 20);
  assert_worse (&job, FALSE);
  go (&job, 300, 0, 20);
  end (&job, TRUE);
}

static void
test_stalls (void)
{
  Job job = begin ();

  job.now.is_onward = FALSE;
  go (&job, 600, 512, 30);
  stall (&job, 40);
  go (&job, 300, 512, 30);
  stall (&job, 29);
  stall (&job, 40);
  go (&job, 600, 512, 30);
  assert_worse (&job, FALSE);
  stall (&job, 90); /* one, however long */
  end (&job, TRUE);
}

/* A disk for desktops tries each bad sector for a minute. It always has. */
static void
test_slow_to_give_up (void)
{
  Job job = begin ();

  job.now.is_onward = FALSE;
  for (guint i = 0; i < 100; i++)
    stall (&job, 60);
  end (&job, FALSE);
}

static void
test_rare_stalls (void)
{
  Job job = begin ();

  job.now.is_onward = FALSE;
  go (&job, 600, 512, 30);
  for (guint i = 0; i < 20; i++)
    {
      stall (&job, 40);
      go (&job, 1000, 512, 30);
    }
  end (&job, FALSE);
}

/* Counts that go back are nothing to reckon with. */
static void
test_backwards (void)
{
  Job job = begin ();

  go (&job, 1200, FAST, 0);
  job.now.read_bytes = 0;
  go (&job, 1200, FAST, 20);
  assert_worse (&job, FALSE);

  platter_rescue_trend_pause (job.trend);
  job.now.n_errors = 100;
  add (&job);
  job.now.n_errors = 0;
  go (&job, 660, FAST / 20, 90);
  end (&job, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rescue-trend/sound", test_sound);
  g_test_add_func ("/rescue-trend/gets-worse", test_gets_worse);
  g_test_add_func ("/rescue-trend/recovers", test_recovers);
  g_test_add_func ("/rescue-trend/one-bad-place", test_one_bad_place);
  g_test_add_func ("/rescue-trend/as-bad-as-ever", test_as_bad_as_ever);
  g_test_add_func ("/rescue-trend/not-bad-enough", test_not_bad_enough);
  g_test_add_func ("/rescue-trend/burst", test_burst);
  g_test_add_func ("/rescue-trend/later-passes", test_later_passes);
  g_test_add_func ("/rescue-trend/gaps", test_gaps);
  g_test_add_func ("/rescue-trend/stalls", test_stalls);
  g_test_add_func ("/rescue-trend/slow-to-give-up", test_slow_to_give_up);
  g_test_add_func ("/rescue-trend/rare-stalls", test_rare_stalls);
  g_test_add_func ("/rescue-trend/backwards", test_backwards);
  return g_test_run ();
}
