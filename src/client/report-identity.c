// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which drive or image it was: what the helper compared before the job, and what the client has seen of it.

#include "config.h"

#include "report-private.h"

#include "image.h"
#include "new-image.h"

static gboolean
report_identity_is_drive (PlatterDrive *drive, GVariant *side)
{
  guint64 number = 0;
  guint64 diskseq = 0;

  /* Another medium behind the same number is another drive. */
  return g_variant_lookup (side, "number", "t", &number)
         && g_variant_lookup (side, "diskseq", "t", &diskseq)
         && platter_drive_get_number (drive) == number
         && platter_drive_get_diskseq (drive) == diskseq;
}

static gboolean
report_identity_is_image (PlatterImage *image, GVariant *side)
{
  const char *name = "";
  guint64 size = 0;

  g_variant_lookup (side, "name", "&s", &name);
  g_variant_lookup (side, "size", "t", &size);
  return g_str_equal (platter_image_get_name (image), name)
         && platter_image_get_file_bytes (image) == size;
}

static void
report_identity_add_drive (GVariantBuilder *report, PlatterDrive *drive)
{
  platter_report_add_string (report, "vendor", platter_drive_get_vendor (drive));
  platter_report_add_string (report, "model", platter_drive_get_model (drive));
  platter_report_add_string (report, "bus", platter_drive_get_bus (drive));
  platter_report_add_string (report, "port", platter_drive_get_port (drive));
  platter_report_add_string (report, "backing-file", platter_drive_get_backing_file (drive));
  platter_report_add_string (report, "partition-table", platter_drive_get_table (drive));
  platter_report_add (report, "logical-block-bytes",
                      g_variant_new_uint32 (platter_drive_get_logical_block_bytes (drive)));
}

/* The first of a job's ends is its source. Of its targets one may have the source's own name. */
static gboolean
report_identity_add_image (GVariantBuilder *report,
                           GVariant *side,
                           gpointer end,
                           gboolean is_source)
{
  g_autofree char *path = NULL;

  /* A new one has it as it was typed. */
  if (PLATTER_IS_NEW_IMAGE (end) && !is_source)
    path = g_canonicalize_filename (platter_new_image_get_path (end), NULL);
  else if (PLATTER_IS_IMAGE (end) && (is_source || report_identity_is_image (end, side)))
    path = g_strdup (platter_image_get_path (end));
  platter_report_add_string (report, "path", path);
  return path != NULL;
}

static void
report_identity_add_known (
  GVariantBuilder *report, GVariant *side, gboolean is_image, GPtrArray *ends, gboolean is_source)
{
  guint first = is_source || !is_image ? 0 : 1;
  guint n_ends = ends == NULL ? 0 : is_image && is_source ? MIN (ends->len, 1) : ends->len;

  for (guint i = first; i < n_ends; i++)
    {
      gpointer end = g_ptr_array_index (ends, i);

      if (is_image && report_identity_add_image (report, side, end, is_source))
        return;
      if (!is_image && PLATTER_IS_DRIVE (end) && report_identity_is_drive (end, side))
        {
          report_identity_add_drive (report, end);
          return;
        }
    }
}

void
platter_report_add_identity (GVariantBuilder *report,
                             GVariant *side,
                             GPtrArray *ends,
                             gboolean is_source)
{
  static const char *const strings[] = { "name", "device", "serial" };
  gboolean is_image = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      const char *text = NULL;

      g_variant_lookup (side, strings[i], "&s", &text);
      platter_report_add_string (report, strings[i], text);
    }
  platter_report_add_number (report, "size-bytes", side, "size");
  g_variant_lookup (side, "is-image", "b", &is_image);
  platter_report_add (report, "is-image", g_variant_new_boolean (is_image));
  report_identity_add_known (report, side, is_image, ends, is_source);
}
