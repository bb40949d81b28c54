// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
// What a job says of itself: its progress, its parts and its end.

#include "config.h"

#include "job.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "job-private.h"
#include "messages.h"

guint
platter_job_get_id (PlatterJob *self)
{
  const char *slash = strrchr (self->object_path, '/');

  return slash != NULL ? (guint)g_ascii_strtoull (slash + 1, NULL, 10) : 0;
}

const char *
platter_job_get_object_path (PlatterJob *self)
{
  return self->object_path;
}

const char *
platter_job_get_kind (PlatterJob *self)
{
  return self->kind;
}

gboolean
platter_job_is_running (PlatterJob *self)
{
  return self->is_running;
}

gboolean
platter_job_is_lost (PlatterJob *self)
{
  return self->is_lost;
}

gboolean
platter_job_is_bus_lost (PlatterJob *self)
{
  return self->is_bus_lost;
}

const char *
platter_job_get_title (PlatterJob *self)
{
  return self->title;
}

GVariant *
platter_job_get_details (PlatterJob *self)
{
  return self->details;
}

const char *
platter_job_get_outcome (PlatterJob *self)
{
  return self->is_running ? "" : self->outcome;
}

PlatterSpeedHistory *
platter_job_get_speed (PlatterJob *self)
{
  return self->speed;
}

GListModel *
platter_job_get_targets (PlatterJob *self)
{
  return G_LIST_MODEL (self->targets);
}

GVariant *
platter_job_dup_report (PlatterJob *self)
{
  return self->report != NULL ? g_variant_ref (self->report) : NULL;
}

GVariant *
platter_job_dup_written (PlatterJob *self)
{
  return self->written != NULL ? g_variant_ref (self->written) : NULL;
}

static const char *
job_progress_find_string (GVariant *dictionary, const char *key, const char *fallback)
{
  const char *value = fallback;

  if (dictionary != NULL)
    g_variant_lookup (dictionary, key, "&s", &value);
  return value;
}

static guint64
job_progress_find_number (GVariant *dictionary, const char *key)
{
  guint64 value = 0;

  if (dictionary != NULL)
    g_variant_lookup (dictionary, key, "t", &value);
  return value;
}

static gint64
job_progress_find_time (PlatterJob *self, const char *key, gint64 fallback)
{
  gint64 value = fallback;

  g_variant_lookup (self->progress, key, "x", &value);
  return value;
}

static gboolean
job_progress_is_good (PlatterJob *self)
{
  static const char *const good[] = { "verified", "repaired", "written", NULL };

  return !self->is_running && g_strv_contains (good, self->outcome);
}

double
platter_job_get_fraction (PlatterJob *self)
{
  double fraction = 0;

  if (job_progress_is_good (self))
    return 1.0;
  g_variant_lookup (self->progress, "fraction", "d", &fraction);
  return CLAMP (fraction, 0.0, 0.999);
}

guint
platter_job_get_percent (PlatterJob *self)
{
  return job_progress_is_good (self) ? 100 : (guint)(platter_job_get_fraction (self) * 100);
}

gint64
platter_job_get_stalled_us (PlatterJob *self)
{
  return MAX (job_progress_find_time (self, "source-stalled", 0), 0);
}

guint64
platter_job_get_source_bytes (PlatterJob *self)
{
  g_autoptr (GVariant) source
    = g_variant_lookup_value (self->details, "source", G_VARIANT_TYPE_VARDICT);
  guint64 size_bytes = 0;

  if (source != NULL)
    g_variant_lookup (source, "size", "t", &size_bytes);
  return size_bytes;
}

gboolean
platter_job_is_paused (PlatterJob *self)
{
  gboolean is_paused = FALSE;

  g_variant_lookup (self->progress, "paused", "b", &is_paused);
  return is_paused && self->is_running;
}

guint
platter_job_get_limiting_target (PlatterJob *self)
{
  guint32 index = 0;

  g_variant_lookup (self->progress, "limiting-target", "u", &index);
  return index;
}

static const char *
job_progress_find_source_string (PlatterJob *self, const char *key)
{
  g_autoptr (GVariant) source
    = g_variant_lookup_value (self->details, "source", G_VARIANT_TYPE_VARDICT);

  /* The string lies in the details' own memory and outlives this reference. */
  return job_progress_find_string (source, key, "");
}

gboolean
platter_job_is_conversion (PlatterJob *self)
{
  GVariant *details = platter_job_get_details (self);
  g_autoptr (GVariant) source
    = details != NULL ? g_variant_lookup_value (details, "source", G_VARIANT_TYPE_VARDICT) : NULL;
  gboolean is_image = FALSE;

  return g_strcmp0 (platter_job_get_kind (self), "image") == 0 && source != NULL
         && g_variant_lookup (source, "is-image", "b", &is_image) && is_image;
}

gboolean
platter_job_has_more_room (PlatterJob *self, PlatterJobTarget *target)
{
  GListModel *targets = platter_job_get_targets (self);
  guint64 size_bytes = platter_job_get_size_bytes (self);
  gboolean has_more = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (PlatterJobTarget) one = g_list_model_get_item (targets, i);

      if (target == NULL || target == one)
        has_more = has_more || platter_job_target_get_size_bytes (one) > size_bytes;
    }
  return has_more && size_bytes > 0 && g_strcmp0 (platter_job_get_kind (self), "verify") != 0;
}

gboolean
platter_job_is_rescued_image (PlatterJob *self)
{
  GVariant *details = platter_job_get_details (self);
  g_autoptr (GVariant) options
    = details != NULL ? g_variant_lookup_value (details, "options", G_VARIANT_TYPE_VARDICT) : NULL;
  gboolean is_rescue = FALSE;

  return g_strcmp0 (platter_job_get_kind (self), "image") == 0 && options != NULL
         && g_variant_lookup (options, "rescue", "b", &is_rescue) && is_rescue;
}

const char *
platter_job_get_source_name (PlatterJob *self)
{
  return job_progress_find_source_string (self, "name");
}

const char *
platter_job_get_source_device (PlatterJob *self)
{
  return job_progress_find_source_string (self, "device");
}

guint64
platter_job_get_size_bytes (PlatterJob *self)
{
  guint64 size_bytes = job_progress_find_number (self->details, "size");

  /* Of what is packed only the report may tell, and there is none before the end. */
  return size_bytes > 0 ? size_bytes : job_progress_find_number (self->report, "size");
}

guint64
platter_job_get_map_bytes (PlatterJob *self)
{
  guint64 map_bytes = job_progress_find_number (self->progress, "map-size");

  return map_bytes > 0 ? map_bytes : platter_job_get_size_bytes (self);
}

guint64
platter_job_get_started (PlatterJob *self)
{
  return job_progress_find_number (self->details, "started");
}

gint64
platter_job_get_remaining_us (PlatterJob *self)
{
  return MAX (job_progress_find_time (self, "remaining", -1), -1);
}

gint64
platter_job_get_elapsed_us (PlatterJob *self)
{
  return MAX (job_progress_find_time (self, "elapsed", 0), 0);
}

const char *
platter_job_get_error_code (PlatterJob *self)
{
  return job_progress_find_string (self->report, "error-code", "");
}

const char *
platter_job_get_error_message (PlatterJob *self)
{
  const char *written = job_progress_find_string (self->written, "error-message", "");
  gboolean is_kept = FALSE;

  /* What of one that was lost was said at its end. */
  if (written[0] != '\0')
    return written;
  if (self->details != NULL)
    g_variant_lookup (self->details, "kept", "b", &is_kept);
  if (self->is_bus_lost)
    return _ ("The system bus went away, and nothing more is heard of the job. It may still run: "
              "do not unplug anything, and do not trust the targets as they are.");
  if (self->is_lost && is_kept)
    return _ ("Platter's helper ended unexpectedly. Do not trust the targets as they are. If the "
              "job can be resumed, it is among the jobs (“platterctl jobs”).");
  if (self->is_lost)
    return _ (
      "Platter's helper ended unexpectedly. Nothing is known about the targets: do not trust "
      "them, and start again.");
  return job_progress_find_string (self->report, "error-message", "");
}

const char *
platter_job_get_phase (PlatterJob *self)
{
  const char *phase = job_progress_find_string (self->progress, "phase", "preparing");

  if (!self->is_running)
    return "ended";
  /* The worker has come to its end before the helper knows how, and an image then still has to get its name. */
  return self->is_ending || g_str_equal (phase, "ended") ? "finishing" : phase;
}

const char *
platter_job_get_rescue (PlatterJob *self)
{
  return job_progress_find_string (self->progress, "rescue", "none");
}

const char *
platter_job_get_question (PlatterJob *self)
{
  if (!self->is_running || self->is_answered)
    return "";
  return job_progress_find_string (self->progress, "question", "");
}

gboolean
platter_job_is_asking (PlatterJob *self)
{
  return platter_job_get_question (self)[0] != '\0';
}

guint64
platter_job_get_question_offset (PlatterJob *self)
{
  return job_progress_find_number (self->progress, "question-offset");
}

guint64
platter_job_get_read_errors (PlatterJob *self)
{
  return job_progress_find_number (self->progress, "read-errors");
}

guint64
platter_job_get_missing_bytes (PlatterJob *self)
{
  guint64 bytes = 0;

  if (self->report != NULL && g_variant_lookup (self->report, "missing-bytes", "t", &bytes))
    return bytes;
  return job_progress_find_number (self->progress, "missing");
}

guint64
platter_job_get_untried_bytes (PlatterJob *self)
{
  return job_progress_find_number (self->report, "untried-bytes");
}

GVariant *
platter_job_dup_missing (PlatterJob *self)
{
  return self->report != NULL
           ? g_variant_lookup_value (self->report, "missing", G_VARIANT_TYPE ("a(tt)"))
           : NULL;
}

guint64
platter_job_get_missing_count (PlatterJob *self)
{
  return job_progress_find_number (self->report, "missing-count");
}

GVariant *
platter_job_dup_damage (PlatterJob *self)
{
  return self->report != NULL
           ? g_variant_lookup_value (self->report, "damage", G_VARIANT_TYPE ("a(ussttt)"))
           : NULL;
}

guint64
platter_job_get_damaged_files (PlatterJob *self)
{
  return job_progress_find_number (self->report, "damage-files");
}

char *
platter_job_dup_damage_state (PlatterJob *self)
{
  char *state = NULL;

  if (self->report == NULL || !g_variant_lookup (self->report, "damage-state", "s", &state))
    state = g_strdup ("");
  return state;
}

guint64
platter_job_get_carried_bytes (PlatterJob *self)
{
  return job_progress_find_number (self->report, "carried");
}

guint64
platter_job_get_left_out_bytes (PlatterJob *self)
{
  return job_progress_find_number (self->report, "left-out");
}

const char *
platter_job_get_limit (PlatterJob *self)
{
  return job_progress_find_string (self->progress, "limit", "none");
}

guint64
platter_job_get_total_bytes (PlatterJob *self)
{
  return job_progress_find_number (self->progress, "total");
}

guint64
platter_job_get_done_bytes (PlatterJob *self)
{
  return job_progress_find_number (self->progress, "done");
}

guint64
platter_job_get_rate (PlatterJob *self)
{
  return job_progress_find_number (self->progress, "rate");
}

guint64
platter_job_get_read_bytes (PlatterJob *self)
{
  return job_progress_find_number (self->progress, "read");
}

guint64
platter_job_get_zero_bytes (PlatterJob *self)
{
  return job_progress_find_number (self->progress, "zero");
}

/* At its beginning a phase has no rate yet, which is not that of a drive that stands still. */
static gboolean
job_progress_has_speed (PlatterJob *self, PlatterSpeedKind kind)
{
  guint n_points = 0;
  const PlatterSpeedPoint *points = platter_speed_history_get_points (self->speed, &n_points);

  return platter_job_get_rate (self) > 0 || (n_points > 0 && points[n_points - 1].kind == kind);
}

void
platter_job_note_speed (PlatterJob *self)
{
  const char *phase = platter_job_get_phase (self);
  gboolean is_copying = g_strcmp0 (phase, "copying") == 0;
  PlatterSpeedKind kind = is_copying ? PLATTER_SPEED_COPYING : PLATTER_SPEED_VERIFYING;

  if (platter_job_is_paused (self) || (!is_copying && g_strcmp0 (phase, "verifying") != 0)
      || !job_progress_has_speed (self, kind))
    return;
  platter_speed_history_add (self->speed, platter_job_get_elapsed_us (self),
                             platter_job_get_rate (self), kind);
}

/* The first pass of a rescue goes from the start to the end, as a copy does. What it skips is no longer than a hundredth
 * of the drive, so that what is untouched for longer has not been come to yet. */
static gboolean
job_progress_is_onward (PlatterJob *self)
{
  g_autoptr (PlatterJobTarget) target = g_list_model_get_item (G_LIST_MODEL (self->targets), 0);
  GBytes *cells = target != NULL ? platter_job_target_get_cells (target) : NULL;
  gsize n_cells = 0;
  const guint8 *states = cells != NULL ? g_bytes_get_data (cells, &n_cells) : NULL;
  gsize n_untouched = 0;

  while (n_untouched < n_cells && states[n_cells - n_untouched - 1] == PLATTER_MAP_UNTOUCHED)
    n_untouched++;
  return n_untouched > n_cells / 50;
}

void
platter_job_note_trend (PlatterJob *self)
{
  PlatterRescueSample sample = {
    .time_us = platter_job_get_elapsed_us (self),
    .read_bytes = platter_job_get_read_bytes (self),
    .n_errors = platter_job_get_read_errors (self),
    .stalled_us = platter_job_get_stalled_us (self),
    .is_onward = job_progress_is_onward (self),
  };

  if (platter_job_is_paused (self))
    platter_rescue_trend_pause (self->trend);
  else if (g_strcmp0 (platter_job_get_phase (self), "copying") == 0)
    platter_rescue_trend_add (self->trend, &sample);
}

gboolean
platter_job_is_unkept (PlatterJob *self)
{
  gboolean is_unkept = FALSE;

  g_variant_lookup (self->progress, "unkept", "b", &is_unkept);
  return is_unkept;
}

gboolean
platter_job_is_getting_worse (PlatterJob *self)
{
  return self->is_running && platter_message_get_rescue (platter_job_get_rescue (self)) != NULL
         && platter_rescue_trend_is_worse (self->trend);
}

void
platter_job_set_map_trouble (PlatterJob *self, const char *trouble)
{
  g_autofree char *before = self->map_trouble;

  self->map_trouble = g_strdup (trouble);
  if (g_strcmp0 (before, trouble) != 0)
    platter_job_notify_all (self);
}

const char *
platter_job_get_warning (PlatterJob *self, PlatterJobWarning warning)
{
  switch (warning)
    {
    case PLATTER_JOB_WARNING_MAP:
      return self->is_running ? self->map_trouble : NULL;
    case PLATTER_JOB_WARNING_WORSE:
      return platter_job_is_getting_worse (self) ? platter_message_get_worse () : NULL;
    default:
      return self->is_running && platter_job_is_unkept (self) ? platter_message_get_unkept ()
                                                              : NULL;
    }
}
