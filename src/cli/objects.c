// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Drives, images and jobs as the objects that --json prints.

#include "config.h"

#include "objects.h"

#include "../client/resume-request.h"

static void
objects_add_string (GVariantDict *object, const char *key, const char *value)
{
  g_autofree char *valid = value != NULL ? g_utf8_make_valid (value, -1) : NULL;

  if (valid != NULL)
    g_variant_dict_insert (object, key, "s", valid);
}

static GVariant *
objects_new_volume (PlatterVolume *volume)
{
  g_auto (GVariantDict) object = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariantBuilder) points = g_variant_builder_new (G_VARIANT_TYPE ("as"));
  const char *const *mount_points = platter_volume_get_mount_points (volume);

  for (guint i = 0; mount_points[i] != NULL; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (mount_points[i], -1);

      g_variant_builder_add (points, "s", valid);
    }
  objects_add_string (&object, "device", platter_volume_get_device (volume));
  objects_add_string (&object, "label", platter_volume_get_label (volume));
  objects_add_string (&object, "fs-type", platter_volume_get_fs_type (volume));
  g_variant_dict_insert (&object, "offset", "t", platter_volume_get_offset_bytes (volume));
  g_variant_dict_insert (&object, "size", "t", platter_volume_get_size_bytes (volume));
  g_variant_dict_insert_value (&object, "mount-points", g_variant_builder_end (points));
  return g_variant_dict_end (&object);
}

static void
objects_add_volumes (GVariantDict *object, const char *key, GListModel *volumes)
{
  g_autoptr (GVariantBuilder) builder = g_variant_builder_new (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < g_list_model_get_n_items (volumes); i++)
    {
      g_autoptr (PlatterVolume) volume = g_list_model_get_item (volumes, i);

      g_variant_builder_add_value (builder, objects_new_volume (volume));
    }
  g_variant_dict_insert_value (object, key, g_variant_builder_end (builder));
}

GVariant *
platter_objects_new_drive (PlatterDrive *drive)
{
  g_auto (GVariantDict) object = G_VARIANT_DICT_INIT (NULL);
  const PlatterDriveHealth *health = platter_drive_get_health (drive);

  objects_add_string (&object, "type", "drive");
  objects_add_string (&object, "device", platter_drive_get_device (drive));
  objects_add_string (&object, "object", platter_drive_get_object_path (drive));
  objects_add_string (&object, "name", platter_drive_get_display_name (drive));
  objects_add_string (&object, "vendor", platter_drive_get_vendor (drive));
  objects_add_string (&object, "model", platter_drive_get_model (drive));
  objects_add_string (&object, "serial", platter_drive_get_serial (drive));
  objects_add_string (&object, "bus", platter_drive_get_bus (drive));
  objects_add_string (&object, "port", platter_drive_get_port (drive));
  objects_add_string (&object, "backing-file", platter_drive_get_backing_file (drive));
  g_variant_dict_insert (&object, "size", "t", platter_drive_get_size_bytes (drive));
  g_variant_dict_insert (&object, "diskseq", "t", platter_drive_get_diskseq (drive));
  g_variant_dict_insert (&object, "logical-block-size", "u",
                         platter_drive_get_logical_block_bytes (drive));
  g_variant_dict_insert (&object, "removable", "b", platter_drive_is_removable (drive));
  g_variant_dict_insert (&object, "loop", "b", platter_drive_is_loop (drive));
  g_variant_dict_insert (&object, "system", "b", platter_drive_is_system (drive));
  g_variant_dict_insert (&object, "read-only", "b", platter_drive_is_read_only (drive));
  objects_add_string (&object, "health", platter_drive_health_get_code (health));
  if (health->n_bad_sectors > 0)
    g_variant_dict_insert (&object, "bad-sectors", "t", health->n_bad_sectors);
  if (platter_drive_is_content_known (drive))
    objects_add_volumes (&object, "volumes", platter_drive_get_volumes (drive));
  return g_variant_dict_end (&object);
}

GVariant *
platter_objects_new_image (PlatterImage *image)
{
  g_auto (GVariantDict) object = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *shortfall = platter_image_dup_shortfall (image);

  objects_add_string (&object, "type", "image");
  objects_add_string (&object, "name", platter_image_get_name (image));
  objects_add_string (&object, "path", platter_image_get_path (image));
  objects_add_string (&object, "kind", platter_image_get_kind (image));
  if (!platter_image_is_packed (image) || platter_image_get_size_bytes (image) > 0)
    g_variant_dict_insert (&object, "size", "t", platter_image_get_size_bytes (image));
  if (platter_image_is_packed (image))
    {
      objects_add_string (&object, "packing", platter_image_get_packing (image));
      objects_add_string (&object, "entry", platter_image_get_entry (image));
      g_variant_dict_insert (&object, "file-size", "t", platter_image_get_file_bytes (image));
    }
  objects_add_string (&object, "expected-algorithm", platter_image_get_expected_algorithm (image));
  objects_add_string (&object, "expected-digest", platter_image_get_expected_digest (image));
  objects_add_string (&object, "sums-file", platter_image_get_sums_name (image));
  objects_add_string (&object, "silent-sums-file", platter_image_get_silent_sums_name (image));
  objects_add_string (&object, "bmap", platter_image_get_bmap_name (image));
  if (platter_image_get_bmap_name (image) != NULL)
    g_variant_dict_insert (&object, "content-bytes", "t", platter_image_get_content_bytes (image));
  if (shortfall != NULL)
    g_variant_dict_insert (&object, "is-cut-off", "b", TRUE);
  objects_add_volumes (&object, "volumes", platter_image_get_partitions (image));
  return g_variant_dict_end (&object);
}

/* Empty while nothing is asked. */
static void
objects_add_question (GVariantDict *object, PlatterJob *job)
{
  objects_add_string (object, "question", platter_job_get_question (job));
  if (platter_job_is_asking (job))
    g_variant_dict_insert (object, "question-offset", "t", platter_job_get_question_offset (job));
}

static GVariant *
objects_new_target_progress (PlatterJobTarget *target)
{
  g_auto (GVariantDict) object = G_VARIANT_DICT_INIT (NULL);

  objects_add_string (&object, "device", platter_job_target_get_device (target));
  objects_add_string (&object, "phase", platter_job_target_get_phase (target));
  objects_add_string (&object, "verdict", platter_job_target_get_verdict (target));
  g_variant_dict_insert (&object, "written", "t", platter_job_target_get_written_bytes (target));
  g_variant_dict_insert (&object, "durable", "t", platter_job_target_get_durable_bytes (target));
  g_variant_dict_insert (&object, "verified", "t", platter_job_target_get_verified_bytes (target));
  g_variant_dict_insert (&object, "rate", "t", platter_job_target_get_rate (target));
  g_variant_dict_insert (&object, "stalled", "x", platter_job_target_get_stalled_us (target));
  return g_variant_dict_end (&object);
}

static GVariant *
objects_new_targets (PlatterJob *job)
{
  GListModel *list = platter_job_get_targets (job);
  GVariantBuilder targets;

  g_variant_builder_init (&targets, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (list, i);

      g_variant_builder_add_value (&targets, objects_new_target_progress (target));
    }
  return g_variant_builder_end (&targets);
}

GVariant *
platter_objects_new_job (PlatterJob *job)
{
  g_auto (GVariantDict) object = G_VARIANT_DICT_INIT (NULL);

  objects_add_string (&object, "type", "job");
  g_variant_dict_insert (&object, "id", "u", platter_job_get_id (job));
  objects_add_string (&object, "kind", platter_job_get_kind (job));
  objects_add_string (&object, "title", platter_job_get_title (job));
  objects_add_string (&object, "state", platter_job_is_running (job) ? "running" : "ended");
  objects_add_string (&object, "outcome", platter_job_get_outcome (job));
  g_variant_dict_insert (&object, "resumable", "b", platter_resume_is_possible (job));
  objects_add_string (&object, "phase", platter_job_get_phase (job));
  g_variant_dict_insert (&object, "paused", "b", platter_job_is_paused (job));
  objects_add_question (&object, job);
  g_variant_dict_insert (&object, "fraction", "d", platter_job_get_fraction (job));
  g_variant_dict_insert (&object, "size", "t", platter_job_get_size_bytes (job));
  g_variant_dict_insert (&object, "started", "t", platter_job_get_started (job));
  g_variant_dict_insert_value (&object, "targets", objects_new_targets (job));
  return g_variant_dict_end (&object);
}

GVariant *
platter_objects_new_progress (PlatterJob *job)
{
  g_auto (GVariantDict) object = G_VARIANT_DICT_INIT (NULL);

  objects_add_string (&object, "type", "progress");
  g_variant_dict_insert (&object, "id", "u", platter_job_get_id (job));
  objects_add_string (&object, "phase", platter_job_get_phase (job));
  g_variant_dict_insert (&object, "total", "t", platter_job_get_total_bytes (job));
  g_variant_dict_insert (&object, "done", "t", platter_job_get_done_bytes (job));
  g_variant_dict_insert (&object, "read", "t", platter_job_get_read_bytes (job));
  g_variant_dict_insert (&object, "zero", "t", platter_job_get_zero_bytes (job));
  g_variant_dict_insert (&object, "rate", "t", platter_job_get_rate (job));
  g_variant_dict_insert (&object, "fraction", "d", platter_job_get_fraction (job));
  g_variant_dict_insert (&object, "remaining", "x", platter_job_get_remaining_us (job));
  g_variant_dict_insert (&object, "elapsed", "x", platter_job_get_elapsed_us (job));
  g_variant_dict_insert (&object, "source-stalled", "x", platter_job_get_stalled_us (job));
  objects_add_string (&object, "limit", platter_job_get_limit (job));
  g_variant_dict_insert (&object, "paused", "b", platter_job_is_paused (job));
  objects_add_question (&object, job);
  objects_add_string (&object, "rescue", platter_job_get_rescue (job));
  g_variant_dict_insert (&object, "read-errors", "t", platter_job_get_read_errors (job));
  g_variant_dict_insert (&object, "missing", "t", platter_job_get_missing_bytes (job));
  g_variant_dict_insert (&object, "getting-worse", "b", platter_job_is_getting_worse (job));
  g_variant_dict_insert (&object, "unkept", "b", platter_job_is_unkept (job));
  g_variant_dict_insert_value (&object, "targets", objects_new_targets (job));
  return g_variant_dict_end (&object);
}

static GVariant *
objects_new_mismatch (GVariant *mismatch)
{
  static const char *const keys[] = { "offset",   "length", "differing",       "class",
                                      "found-at", "bits",   "repair-attempts", "repaired" };
  g_auto (GVariantDict) object = G_VARIANT_DICT_INIT (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (keys) && i < g_variant_n_children (mismatch); i++)
    {
      g_autoptr (GVariant) value = g_variant_get_child_value (mismatch, i);

      g_variant_dict_insert_value (&object, keys[i], value);
    }
  return g_variant_dict_end (&object);
}

static GVariant *
objects_new_target_report (GVariant *report)
{
  g_auto (GVariantDict) object = G_VARIANT_DICT_INIT (report);
  g_autoptr (GVariantBuilder) mismatches = g_variant_builder_new (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GVariant) list
    = g_variant_lookup_value (report, "mismatches", G_VARIANT_TYPE ("a(tttstuub)"));

  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) mismatch = g_variant_get_child_value (list, i);

      g_variant_builder_add_value (mismatches, objects_new_mismatch (mismatch));
    }
  g_variant_dict_insert_value (&object, "mismatches", g_variant_builder_end (mismatches));
  g_variant_dict_remove (&object, "map");
  return g_variant_dict_end (&object);
}

static void
objects_replace_targets (GVariantDict *object)
{
  g_autoptr (GVariantBuilder) builder = g_variant_builder_new (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GVariant) targets
    = g_variant_dict_lookup_value (object, "targets", G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; targets != NULL && i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);

      g_variant_builder_add_value (builder, objects_new_target_report (target));
    }
  g_variant_dict_insert_value (object, "targets", g_variant_builder_end (builder));
}

GVariant *
platter_objects_new_report (PlatterJob *job, int status)
{
  g_autoptr (GVariant) report = platter_job_dup_report (job);
  g_auto (GVariantDict) object = G_VARIANT_DICT_INIT (report);

  objects_add_string (&object, "type", "report");
  g_variant_dict_insert (&object, "id", "u", platter_job_get_id (job));
  g_variant_dict_insert (&object, "status", "i", status);
  /* Where the helper vanished there is no report, and this is all there is to say. */
  objects_add_string (&object, "outcome", platter_job_get_outcome (job));
  if (platter_job_get_error_message (job)[0] != '\0')
    objects_add_string (&object, "error-message", platter_job_get_error_message (job));
  objects_replace_targets (&object);
  return g_variant_dict_end (&object);
}
