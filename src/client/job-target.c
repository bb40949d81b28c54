// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One target of a job, as the helper tells of it.

#include "config.h"

#include "job-target.h"

#include "dbus/map-changes.h"
#include "job-target-private.h"

struct _PlatterJobTarget
{
  GObject parent_instance;
  /* a{sv} each, as the helper sent them; empty until it does. */
  GVariant *live;
  GVariant *details;
  GVariant *report;
  GBytes *cells;
  PlatterMapRanges *map; /* (nullable): range by range */
  gboolean is_map_final;
};

G_DEFINE_FINAL_TYPE (PlatterJobTarget, platter_job_target, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_NAME,
  PROP_DEVICE,
  PROP_SERIAL,
  PROP_PHASE,
  PROP_VERDICT,
  PROP_ERROR_CODE,
  PROP_ERROR_MESSAGE,
  PROP_SIZE_BYTES,
  PROP_WRITTEN_BYTES,
  PROP_DURABLE_BYTES,
  PROP_VERIFIED_BYTES,
  PROP_MISMATCHED_BYTES,
  PROP_REPAIRED_BYTES,
  PROP_RATE,
  PROP_MISMATCH_COUNT,
  PROP_STALLED_US,
  PROP_CELLS,
  N_PROPS,
};

static GParamSpec *job_target_props[N_PROPS];

static void
job_target_finalize (GObject *object)
{
  PlatterJobTarget *self = PLATTER_JOB_TARGET (object);

  g_variant_unref (self->live);
  g_variant_unref (self->details);
  g_variant_unref (self->report);
  g_clear_pointer (&self->cells, g_bytes_unref);
  g_clear_pointer (&self->map, platter_map_ranges_free);
  G_OBJECT_CLASS (platter_job_target_parent_class)->finalize (object);
}

static const char *
job_target_get_string (PlatterJobTarget *self, guint id)
{
  switch (id)
    {
    case PROP_NAME:
      return platter_job_target_get_name (self);
    case PROP_DEVICE:
      return platter_job_target_get_device (self);
    case PROP_SERIAL:
      return platter_job_target_get_serial (self);
    case PROP_PHASE:
      return platter_job_target_get_phase (self);
    case PROP_VERDICT:
      return platter_job_target_get_verdict (self);
    case PROP_ERROR_CODE:
      return platter_job_target_get_error_code (self);
    default:
      return platter_job_target_get_error_message (self);
    }
}

static guint64
job_target_get_number (PlatterJobTarget *self, guint id)
{
  switch (id)
    {
    case PROP_SIZE_BYTES:
      return platter_job_target_get_size_bytes (self);
    case PROP_WRITTEN_BYTES:
      return platter_job_target_get_written_bytes (self);
    case PROP_DURABLE_BYTES:
      return platter_job_target_get_durable_bytes (self);
    case PROP_VERIFIED_BYTES:
      return platter_job_target_get_verified_bytes (self);
    case PROP_MISMATCHED_BYTES:
      return platter_job_target_get_mismatched_bytes (self);
    case PROP_REPAIRED_BYTES:
      return platter_job_target_get_repaired_bytes (self);
    case PROP_RATE:
      return platter_job_target_get_rate (self);
    default:
      return platter_job_target_get_mismatch_count (self);
    }
}

static void
job_target_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PlatterJobTarget *self = PLATTER_JOB_TARGET (object);

  if (id == PROP_CELLS)
    g_value_set_boxed (value, self->cells);
  else if (id == PROP_STALLED_US)
    g_value_set_int64 (value, platter_job_target_get_stalled_us (self));
  else if (id >= PROP_SIZE_BYTES)
    g_value_set_uint64 (value, job_target_get_number (self, id));
  else
    g_value_set_string (value, job_target_get_string (self, id));
}

static void
platter_job_target_class_init (PlatterJobTargetClass *klass)
{
  static const char *const strings[] = {
    "name", "device", "serial", "phase", "verdict", "error-code", "error-message",
  };
  static const char *const numbers[] = {
    "size-bytes",       "written-bytes",  "durable-bytes", "verified-bytes",
    "mismatched-bytes", "repaired-bytes", "rate",          "mismatch-count",
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = job_target_finalize;
  object_class->get_property = job_target_get_property;

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    job_target_props[PROP_NAME + i] = g_param_spec_string (strings[i], NULL, NULL, NULL, flags);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    job_target_props[PROP_SIZE_BYTES + i]
      = g_param_spec_uint64 (numbers[i], NULL, NULL, 0, G_MAXUINT64, 0, flags);
  job_target_props[PROP_STALLED_US]
    = g_param_spec_int64 ("stalled-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  job_target_props[PROP_CELLS] = g_param_spec_boxed ("cells", NULL, NULL, G_TYPE_BYTES, flags);
  g_object_class_install_properties (object_class, N_PROPS, job_target_props);
}

static void
platter_job_target_init (PlatterJobTarget *self)
{
  self->live = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  self->details = g_variant_ref (self->live);
  self->report = g_variant_ref (self->live);
}

PlatterJobTarget *
platter_job_target_new (void)
{
  return g_object_new (PLATTER_TYPE_JOB_TARGET, NULL);
}

static void
job_target_replace (PlatterJobTarget *self, GVariant **slot, GVariant *value)
{
  g_variant_ref (value);
  g_variant_unref (*slot);
  *slot = value;

  g_object_freeze_notify (G_OBJECT (self));
  for (guint id = PROP_0 + 1; id < N_PROPS; id++)
    g_object_notify_by_pspec (G_OBJECT (self), job_target_props[id]);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
job_target_update_cells (PlatterJobTarget *self, GVariant *dictionary)
{
  g_autoptr (GVariant) map = g_variant_lookup_value (dictionary, "map", G_VARIANT_TYPE_BYTESTRING);
  g_autoptr (GVariant) changes
    = g_variant_lookup_value (dictionary, "map-changes", G_VARIANT_TYPE (PLATTER_MAP_CHANGES_TYPE));
  g_autoptr (GBytes) before = NULL;

  if (map == NULL && (changes == NULL || g_variant_n_children (changes) == 0))
    return;
  before = g_steal_pointer (&self->cells);
  self->cells
    = map != NULL ? g_variant_get_data_as_bytes (map) : platter_map_changes_apply (before, changes);
}

void
platter_job_target_set_live (PlatterJobTarget *self, GVariant *live)
{
  job_target_update_cells (self, live);
  job_target_replace (self, &self->live, live);
}

void
platter_job_target_set_details (PlatterJobTarget *self, GVariant *details)
{
  job_target_replace (self, &self->details, details);
}

void
platter_job_target_set_report (PlatterJobTarget *self, GVariant *report)
{
  job_target_update_cells (self, report);
  job_target_replace (self, &self->report, report);
}

static const char *
job_target_find_string (GVariant *first, GVariant *second, const char *key, const char *fallback)
{
  const char *value = NULL;

  if (g_variant_lookup (first, key, "&s", &value)
      || (second != NULL && g_variant_lookup (second, key, "&s", &value)))
    return value;
  return fallback;
}

/* The report has the last word. */
static guint64
job_target_find_number (PlatterJobTarget *self, const char *key)
{
  guint64 value = 0;

  if (!g_variant_lookup (self->report, key, "t", &value))
    g_variant_lookup (self->live, key, "t", &value);
  return value;
}

const char *
platter_job_target_get_name (PlatterJobTarget *self)
{
  return job_target_find_string (self->details, NULL, "name", "");
}

const char *
platter_job_target_get_device (PlatterJobTarget *self)
{
  return job_target_find_string (self->details, NULL, "device", "");
}

const char *
platter_job_target_get_serial (PlatterJobTarget *self)
{
  return job_target_find_string (self->details, NULL, "serial", "");
}

const char *
platter_job_target_get_object_path (PlatterJobTarget *self)
{
  const char *path = NULL;

  return g_variant_lookup (self->details, "object", "&o", &path) ? path : NULL;
}

guint64
platter_job_target_get_size_bytes (PlatterJobTarget *self)
{
  guint64 size = 0;

  g_variant_lookup (self->details, "size", "t", &size);
  return size;
}

const char *
platter_job_target_get_phase (PlatterJobTarget *self)
{
  return job_target_find_string (self->report, self->live, "phase", "preparing");
}

const char *
platter_job_target_get_verdict (PlatterJobTarget *self)
{
  return job_target_find_string (self->report, self->live, "verdict", "none");
}

gint64
platter_job_target_get_stalled_us (PlatterJobTarget *self)
{
  gint64 stalled = 0;

  g_variant_lookup (self->live, "stalled", "x", &stalled);
  return MAX (stalled, 0);
}

GBytes *
platter_job_target_get_cells (PlatterJobTarget *self)
{
  return self->cells;
}

void
platter_job_target_take_cells (PlatterJobTarget *self, GBytes *cells)
{
  g_clear_pointer (&self->cells, g_bytes_unref);
  self->cells = cells;
  g_object_notify_by_pspec (G_OBJECT (self), job_target_props[PROP_CELLS]);
}

void
platter_job_target_take_map (PlatterJobTarget *self, PlatterMapRanges *map, gboolean is_final)
{
  g_clear_pointer (&self->map, platter_map_ranges_free);
  self->map = map;
  self->is_map_final = is_final;
}

const PlatterMapRanges *
platter_job_target_get_map (PlatterJobTarget *self, gboolean *is_final)
{
  if (is_final != NULL)
    *is_final = self->map != NULL && self->is_map_final;
  return self->map;
}

const char *
platter_job_target_get_error_code (PlatterJobTarget *self)
{
  return job_target_find_string (self->report, NULL, "error-code", "");
}

const char *
platter_job_target_get_error_message (PlatterJobTarget *self)
{
  return job_target_find_string (self->report, NULL, "error-message", "");
}

GVariant *
platter_job_target_dup_mismatches (PlatterJobTarget *self)
{
  return g_variant_lookup_value (self->report, "mismatches", G_VARIANT_TYPE ("a(tttstuub)"));
}

GVariant *
platter_job_target_dup_details (PlatterJobTarget *self)
{
  return g_variant_ref (self->details);
}

GVariant *
platter_job_target_dup_report (PlatterJobTarget *self)
{
  return g_variant_ref (self->report);
}

guint64
platter_job_target_get_written_bytes (PlatterJobTarget *self)
{
  return job_target_find_number (self, "written");
}

guint64
platter_job_target_get_durable_bytes (PlatterJobTarget *self)
{
  return job_target_find_number (self, "durable");
}

guint64
platter_job_target_get_durable_until_bytes (PlatterJobTarget *self)
{
  return job_target_find_number (self, "durable-until");
}

guint64
platter_job_target_get_verified_bytes (PlatterJobTarget *self)
{
  return job_target_find_number (self, "verified");
}

guint64
platter_job_target_get_mismatched_bytes (PlatterJobTarget *self)
{
  return job_target_find_number (self, "mismatched");
}

guint64
platter_job_target_get_repaired_bytes (PlatterJobTarget *self)
{
  return job_target_find_number (self, "repaired");
}

guint64
platter_job_target_get_rate (PlatterJobTarget *self)
{
  return job_target_find_number (self, "rate");
}

guint64
platter_job_target_get_mismatch_count (PlatterJobTarget *self)
{
  return job_target_find_number (self, "mismatch-count");
}
