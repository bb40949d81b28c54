// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is put beside an image: its digest, and what it was made of.

#include "config.h"

#include "new-image-facts.h"

#include "drive.h"
#include "image.h"
#include "job-private.h"
#include "json.h"
#include "report-private.h"

/* What the helper tells of the job, or of one that is lost, nothing. */
static char *
new_image_facts_dup_digest (PlatterJob *job)
{
  g_autoptr (GVariant) report = platter_job_dup_report (job);
  g_autoptr (GVariant) digests
    = report != NULL ? g_variant_lookup_value (report, "digests", G_VARIANT_TYPE ("a{ss}")) : NULL;
  char *digest = NULL;

  if (digests != NULL)
    g_variant_lookup (digests, "sha256", "s", &digest);
  return digest != NULL ? digest : g_strdup ("");
}

static GVariant *
new_image_facts_dup_target (PlatterJob *job)
{
  g_autoptr (PlatterJobTarget) target = g_list_model_get_item (platter_job_get_targets (job), 0);

  return platter_job_target_dup_report (target);
}

/* Of a packed file its own, which is not that of what is in it. */
static char *
new_image_facts_dup_file_digest (PlatterJob *job)
{
  g_autoptr (GVariant) target = new_image_facts_dup_target (job);
  char *digest = NULL;

  if (g_variant_lookup (target, "packed-sha256", "s", &digest))
    return digest;
  return new_image_facts_dup_digest (job);
}

static guint64
new_image_facts_get_file_bytes (PlatterJob *job)
{
  g_autoptr (GVariant) target = new_image_facts_dup_target (job);
  guint64 bytes = platter_job_get_size_bytes (job);

  g_variant_lookup (target, "packed", "t", &bytes);
  return bytes;
}

static char *
new_image_facts_dup_format (PlatterJob *job)
{
  g_autoptr (GVariant) options
    = g_variant_lookup_value (platter_job_get_details (job), "options", G_VARIANT_TYPE_VARDICT);
  char *format = NULL;

  if (options != NULL)
    g_variant_lookup (options, "format", "s", &format);
  return format != NULL ? format : g_strdup ("raw");
}

/* As GNU sha256sum writes it: a line with a backslash before it has such names escaped. */
char *
platter_new_image_dup_sums (const PlatterNewImageLayout *layout, PlatterJob *job)
{
  g_autofree char *digest = new_image_facts_dup_file_digest (job);
  g_autoptr (GString) escaped = g_string_new (layout->name);
  guint n_escaped = g_string_replace (escaped, "\\", "\\\\", 0);

  n_escaped += g_string_replace (escaped, "\n", "\\n", 0);
  n_escaped += g_string_replace (escaped, "\r", "\\r", 0);
  return g_strdup_printf ("%s%s  %s\n", n_escaped > 0 ? "\\" : "", digest, escaped->str);
}

static GVariant *
new_image_facts_new_volume (PlatterVolume *volume)
{
  GVariantBuilder object;

  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  platter_report_add (&object, "offset-bytes",
                      g_variant_new_uint64 (platter_volume_get_offset_bytes (volume)));
  platter_report_add (&object, "size-bytes",
                      g_variant_new_uint64 (platter_volume_get_size_bytes (volume)));
  platter_report_add_string (&object, "fs-type", platter_volume_get_fs_type (volume));
  platter_report_add_string (&object, "label", platter_volume_get_label (volume));
  return g_variant_builder_end (&object);
}

static GVariant *
new_image_facts_new_volumes (gpointer source)
{
  GListModel *volumes = PLATTER_IS_DRIVE (source) ? platter_drive_get_volumes (source)
                                                  : platter_image_get_partitions (source);
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < g_list_model_get_n_items (volumes); i++)
    {
      g_autoptr (PlatterVolume) volume = g_list_model_get_item (volumes, i);

      g_variant_builder_add_value (&list, new_image_facts_new_volume (volume));
    }
  return g_variant_builder_end (&list);
}

static GVariant *
new_image_facts_new_source (PlatterJob *job, gpointer source)
{
  g_autoptr (GPtrArray) ends = g_ptr_array_new ();
  g_autoptr (GVariant) side
    = g_variant_lookup_value (platter_job_get_details (job), "source", G_VARIANT_TYPE_VARDICT);
  GVariantBuilder object;

  g_ptr_array_add (ends, source);
  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  if (side != NULL)
    platter_report_add_identity (&object, side, ends, TRUE);
  return g_variant_builder_end (&object);
}

static GVariant *
new_image_facts_new_image (const PlatterNewImageLayout *layout, PlatterJob *job)
{
  g_autofree char *digest = new_image_facts_dup_file_digest (job);
  g_autofree char *format = new_image_facts_dup_format (job);
  GVariantBuilder object;

  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  platter_report_add_string (&object, "name", layout->name);
  platter_report_add_string (&object, "format", format);
  platter_report_add (&object, "size-bytes",
                      g_variant_new_uint64 (new_image_facts_get_file_bytes (job)));
  platter_report_add_string (&object, "sha256", digest);
  if (layout->n_pieces > 0)
    {
      platter_report_add (&object, "pieces", g_variant_new_uint32 (layout->n_pieces));
      platter_report_add (&object, "piece-bytes", g_variant_new_uint64 (layout->piece_bytes));
    }
  return g_variant_builder_end (&object);
}

static GVariant *
new_image_facts_new_content (PlatterJob *job)
{
  g_autofree char *digest = new_image_facts_dup_digest (job);
  GVariantBuilder object;

  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  platter_report_add (&object, "size-bytes",
                      g_variant_new_uint64 (platter_job_get_size_bytes (job)));
  platter_report_add_string (&object, "sha256", digest);
  return g_variant_builder_end (&object);
}

/* What could not be read, or was not. */
static GVariant *
new_image_facts_new_damaged (PlatterJob *job)
{
  g_autoptr (GVariant) missing = platter_job_dup_missing (job);
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; missing != NULL && i < g_variant_n_children (missing); i++)
    {
      GVariantBuilder place;
      guint64 offset_bytes = 0;
      guint64 length_bytes = 0;

      g_variant_get_child (missing, i, "(tt)", &offset_bytes, &length_bytes);
      g_variant_builder_init (&place, G_VARIANT_TYPE_VARDICT);
      platter_report_add (&place, "offset-bytes", g_variant_new_uint64 (offset_bytes));
      platter_report_add (&place, "length-bytes", g_variant_new_uint64 (length_bytes));
      g_variant_builder_add_value (&list, g_variant_builder_end (&place));
    }
  return g_variant_builder_end (&list);
}

char *
platter_new_image_dup_document (const PlatterNewImageLayout *layout,
                                PlatterJob *job,
                                gpointer source)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *created = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
  gboolean is_verified
    = g_str_equal (job->outcome, "verified") || g_str_equal (job->outcome, "repaired");
  g_autoptr (GVariant) document = NULL;
  GVariantBuilder object;

  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  platter_report_add_string (&object, "format", PLATTER_NEW_IMAGE_FORMAT);
  platter_report_add (&object, "version", g_variant_new_uint32 (PLATTER_NEW_IMAGE_VERSION));
  platter_report_add_string (&object, "program", "Platter");
  platter_report_add_string (&object, "program-version", PLATTER_VERSION);
  platter_report_add_string (&object, "created", created);
  platter_report_add (&object, "image", new_image_facts_new_image (layout, job));
  platter_report_add (&object, "content", new_image_facts_new_content (job));
  platter_report_add (&object, "verified", g_variant_new_boolean (is_verified));
  platter_report_add (&object, "source", new_image_facts_new_source (job, source));
  platter_report_add (&object, "volumes", new_image_facts_new_volumes (source));
  platter_report_add (&object, "damaged", new_image_facts_new_damaged (job));
  platter_report_add (&object, "damaged-count",
                      g_variant_new_uint64 (platter_job_get_missing_count (job)));
  platter_report_add (&object, "damaged-bytes",
                      g_variant_new_uint64 (platter_job_get_missing_bytes (job)));
  platter_report_add (&object, "untried-bytes",
                      g_variant_new_uint64 (platter_job_get_untried_bytes (job)));
  document = g_variant_ref_sink (g_variant_builder_end (&object));
  return platter_json_dup_document (document);
}
