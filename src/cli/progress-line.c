// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The one live line on a terminal.

#include "config.h"

#include "progress-line.h"

#include <glib/gi18n.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../client/messages.h"

/* A device that is waited for longer than this is said to be. */
#define PROGRESS_LINE_STALL_US (2 * G_USEC_PER_SEC)

static char *
progress_line_dup_stall (PlatterJob *job)
{
  GListModel *targets = platter_job_get_targets (job);
  gint64 stalled = platter_job_get_stalled_us (job);
  const char *name = platter_job_get_source_name (job);
  g_autoptr (PlatterJobTarget) slowest = NULL;
  g_autofree char *time = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (targets, i);

      if (platter_job_target_get_stalled_us (target) <= stalled)
        continue;
      stalled = platter_job_target_get_stalled_us (target);
      g_set_object (&slowest, target);
    }
  if (stalled < PROGRESS_LINE_STALL_US)
    return NULL;
  if (slowest != NULL)
    name = platter_job_target_get_name (slowest);
  time = platter_message_dup_duration (stalled);
  /* Translators: a drive that does not answer, and for how long */
  return g_strdup_printf (_ ("waiting for %s for %s"), name, time);
}

static char *
progress_line_dup_rest (PlatterJob *job)
{
  g_autofree char *rate = g_format_size (platter_job_get_rate (job));
  g_autofree char *left = NULL;

  /* While it flushes or begins, there is nothing to be said of speed. */
  if (platter_job_get_rate (job) == 0)
    return g_strdup ("…");
  if (platter_job_get_remaining_us (job) < 0)
    /* Translators: a speed */
    return g_strdup_printf (_ ("%s/s"), rate);
  left = platter_message_dup_duration (platter_job_get_remaining_us (job));
  /* Translators: a speed, and how much time is left */
  return g_strdup_printf (_ ("%s/s · %s left"), rate, left);
}

char *
platter_progress_line_dup (PlatterJob *job)
{
  const char *phase
    = platter_job_is_asking (job) ? platter_message_get_waiting ()
      : platter_job_is_paused (job)
        ? _ ("Paused")
        : platter_message_get_phase (platter_job_get_phase (job), platter_job_get_kind (job));
  g_autofree char *done = g_format_size (platter_job_get_done_bytes (job));
  g_autofree char *total = g_format_size (platter_job_get_total_bytes (job));
  g_autofree char *rest = progress_line_dup_stall (job);

  if (rest == NULL)
    rest = platter_message_dup_rescue (platter_job_get_rescue (job),
                                       platter_job_get_missing_bytes (job),
                                       platter_job_get_read_errors (job));
  if (rest == NULL)
    rest = progress_line_dup_rest (job);
  if (platter_job_get_total_bytes (job) == 0)
    /* Translators: phase, percent of all, bytes done in this phase, and speed */
    return g_strdup_printf (_ ("%s · %u %% · %s · %s"), phase, platter_job_get_percent (job), done,
                            rest);
  /* Translators: phase, percent of all, bytes done of bytes in this phase, and speed */
  return g_strdup_printf (_ ("%s · %u %% · %s of %s · %s"), phase, platter_job_get_percent (job),
                          done, total, rest);
}

static glong
progress_line_get_columns (void)
{
  struct winsize size;

  return ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1 : 79;
}

void
platter_progress_line_show (PlatterJob *job)
{
  g_autofree char *line = platter_progress_line_dup (job);
  glong columns = progress_line_get_columns ();
  /* A line that wraps could not be taken back. */
  g_autofree char *cut = g_utf8_substring (line, 0, MIN (g_utf8_strlen (line, -1), columns));

  g_printerr ("\r%s\033[K", cut);
}

void
platter_progress_line_clear (void)
{
  g_printerr ("\r\033[K");
}
