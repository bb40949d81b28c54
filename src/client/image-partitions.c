// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The partitions inside an image file.

#include "image-partitions.h"

#include <blkid/blkid.h>

#include "volume.h"

static const char *
image_partitions_lookup (blkid_probe probe, const char *name)
{
  const char *value = NULL;

  return blkid_probe_lookup_value (probe, name, &value, NULL) == 0 ? value : NULL;
}

/* The file system at one place of the file. */
static PlatterVolume *
image_partitions_probe (int fd, guint64 offset_bytes, guint64 size_bytes, const char *part_name)
{
  blkid_probe probe = blkid_new_probe ();
  const char *label = NULL;
  const char *type = NULL;
  PlatterVolume *volume = NULL;

  blkid_probe_enable_superblocks (probe, TRUE);
  blkid_probe_set_superblocks_flags (probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL);
  if (blkid_probe_set_device (probe, fd, (blkid_loff_t)offset_bytes, (blkid_loff_t)size_bytes) == 0
      && blkid_do_safeprobe (probe) == 0)
    {
      label = image_partitions_lookup (probe, "LABEL");
      type = image_partitions_lookup (probe, "TYPE");
    }
  volume = platter_volume_new (NULL, offset_bytes, size_bytes, label != NULL ? label : part_name,
                               type, NULL);
  blkid_free_probe (probe);
  return volume;
}

static void
image_partitions_add (int fd, guint64 file_bytes, blkid_partition partition, GListStore *volumes)
{
  guint64 offset = 0;
  guint64 size = 0;

  if (blkid_partition_is_extended (partition)
      || !g_uint64_checked_mul (&offset, (guint64)blkid_partition_get_start (partition), 512)
      || !g_uint64_checked_mul (&size, (guint64)blkid_partition_get_size (partition), 512)
      || offset >= file_bytes || size == 0)
    return;

  g_autoptr (PlatterVolume) volume = image_partitions_probe (
    fd, offset, MIN (size, file_bytes - offset), blkid_partition_get_name (partition));
  g_list_store_append (volumes, volume);
}

static void
image_partitions_add_whole (int fd, guint64 file_bytes, GListStore *volumes)
{
  g_autoptr (PlatterVolume) volume = image_partitions_probe (fd, 0, file_bytes, NULL);

  if (platter_volume_get_fs_type (volume)[0] != '\0')
    g_list_store_append (volumes, volume);
}

void
platter_image_partitions_read (int fd, GListStore *volumes)
{
  blkid_probe probe = blkid_new_probe ();
  blkid_partlist list = NULL;
  guint64 file_bytes = 0;

  blkid_probe_enable_superblocks (probe, FALSE);
  blkid_probe_enable_partitions (probe, TRUE);
  if (blkid_probe_set_device (probe, fd, 0, 0) == 0)
    {
      file_bytes = (guint64)blkid_probe_get_size (probe);
      list = blkid_probe_get_partitions (probe);
    }
  for (int i = 0; list != NULL && i < blkid_partlist_numof_partitions (list); i++)
    image_partitions_add (fd, file_bytes, blkid_partlist_get_partition (list, i), volumes);
  blkid_free_probe (probe);

  if (g_list_model_get_n_items (G_LIST_MODEL (volumes)) == 0 && file_bytes > 0)
    image_partitions_add_whole (fd, file_bytes, volumes);
}
