// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The partitions inside an image file.

#include "partitions.h"

#include <blkid/blkid.h>
#include <sys/types.h>

#include "formats/archive-choice.h"

static const char *
partitions_lookup (blkid_probe probe, const char *name)
{
  const char *value = NULL;

  return blkid_probe_lookup_value (probe, name, &value, NULL) == 0 ? value : NULL;
}

/* The file system at one place of the file. */
static gboolean
partitions_add_place (int fd,
                      guint64 offset_bytes,
                      guint64 size_bytes,
                      guint64 file_bytes,
                      const char *part_name,
                      gboolean is_whole,
                      GVariantBuilder *builder)
{
  blkid_probe probe = blkid_new_probe ();
  const char *label = NULL;
  const char *type = NULL;
  gboolean is_added = FALSE;

  blkid_probe_enable_superblocks (probe, TRUE);
  blkid_probe_set_superblocks_flags (probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL);
  if (blkid_probe_set_device (probe, fd, (blkid_loff_t)offset_bytes,
                              (blkid_loff_t)MIN (size_bytes, file_bytes - offset_bytes))
        == 0
      && blkid_do_safeprobe (probe) == 0)
    {
      label = partitions_lookup (probe, "LABEL");
      type = partitions_lookup (probe, "TYPE");
    }
  if (label == NULL)
    label = part_name != NULL ? part_name : "";
  is_added = !is_whole || type != NULL;
  if (is_added)
    {
      g_autofree char *shown = platter_archive_choice_dup_shown (label);

      g_variant_builder_add (builder, "(ttss)", offset_bytes, size_bytes, shown,
                             type != NULL ? type : "");
    }
  blkid_free_probe (probe);
  return is_added;
}

static gboolean
partitions_add (int fd,
                guint64 file_bytes,
                blkid_partition partition,
                PlatterLookEnd *end,
                GVariantBuilder *builder)
{
  guint64 offset = 0;
  guint64 size = 0;

  if (blkid_partition_is_extended (partition)
      || !g_uint64_checked_mul (&offset, (guint64)blkid_partition_get_start (partition), 512)
      || !g_uint64_checked_mul (&size, (guint64)blkid_partition_get_size (partition), 512)
      || offset > G_MAXINT64 || size > G_MAXINT64 - offset || size == 0)
    return FALSE;
  platter_look_end_extend (end, offset + size, (guint)blkid_partition_get_partno (partition));
  if (offset >= file_bytes)
    return FALSE;
  return partitions_add_place (fd, offset, size, file_bytes, blkid_partition_get_name (partition),
                               FALSE, builder);
}

GVariant *
platter_look_partitions_read (int fd, PlatterLookEnd *end)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ttss)"));
  blkid_probe probe = blkid_new_probe ();
  blkid_partlist list = NULL;
  guint64 file_bytes = 0;
  int n_partitions = 0;
  gboolean is_table = FALSE;

  blkid_probe_enable_superblocks (probe, FALSE);
  blkid_probe_enable_partitions (probe, TRUE);
  if (blkid_probe_set_device (probe, fd, 0, 0) == 0)
    {
      file_bytes = (guint64)blkid_probe_get_size (probe);
      list = blkid_probe_get_partitions (probe);
    }
  if (list != NULL)
    n_partitions = MIN (blkid_partlist_numof_partitions (list), PLATTER_LOOK_MAX_PARTITIONS);
  for (int i = 0; i < n_partitions; i++)
    is_table
      |= partitions_add (fd, file_bytes, blkid_partlist_get_partition (list, i), end, &builder);
  blkid_free_probe (probe);

  if (!is_table && file_bytes > 0)
    partitions_add_place (fd, 0, file_bytes, file_bytes, NULL, TRUE, &builder);
  platter_look_end_read (end, fd);
  return g_variant_builder_end (&builder);
}
