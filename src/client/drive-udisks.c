// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What UDisks2 adds to the kernel's facts about a drive: names, labels, mount points, its health.

#include "config.h"

#include "drive-udisks.h"

#include "volume.h"

/* UDisks2 has it since 2.10, and its library no type for it before. */
#define NVME_INTERFACE "org.freedesktop.UDisks2.NVMe.Controller"

gboolean
platter_drive_udisks_is_drive (UDisksClient *client, UDisksObject *object)
{
  UDisksBlock *block = udisks_object_peek_block (object);
  UDisksLoop *loop = udisks_object_peek_loop (object);

  if (block == NULL || udisks_object_peek_partition (object) != NULL)
    return FALSE;
  if (loop != NULL)
    return udisks_block_get_size (block) > 0;

  g_autoptr (UDisksDrive) drive = udisks_client_get_drive_for_block (client, block);
  /* An optical drive is no place to copy a disk to. */
  return drive != NULL && !g_str_has_prefix (udisks_block_get_device (block), "/dev/sr");
}

static PlatterVolume *
drive_udisks_dup_volume (UDisksObject *object)
{
  UDisksBlock *block = udisks_object_peek_block (object);
  UDisksPartition *partition = udisks_object_peek_partition (object);
  UDisksFilesystem *filesystem = udisks_object_peek_filesystem (object);
  const char *label = udisks_block_get_id_label (block);

  if (partition != NULL && (label == NULL || label[0] == '\0'))
    label = udisks_partition_get_name (partition);
  return platter_volume_new (udisks_block_get_device (block),
                             partition != NULL ? udisks_partition_get_offset (partition) : 0,
                             udisks_block_get_size (block), label, udisks_block_get_id_type (block),
                             filesystem != NULL ? udisks_filesystem_get_mount_points (filesystem)
                                                : NULL);
}

static void
drive_udisks_replace (char **fact, const char *value)
{
  if (value == NULL || value[0] == '\0')
    return;
  g_free (*fact);
  *fact = g_utf8_make_valid (value, -1);
}

static void
drive_udisks_add_partitions (PlatterDriveFacts *facts,
                             UDisksClient *client,
                             UDisksPartitionTable *table)
{
  g_autolist (UDisksPartition) partitions = udisks_client_get_partitions (client, table);

  for (GList *item = partitions; item != NULL; item = item->next)
    {
      g_autoptr (GDBusObject) object = g_dbus_interface_dup_object (G_DBUS_INTERFACE (item->data));

      if (object == NULL || udisks_object_peek_block (UDISKS_OBJECT (object)) == NULL
          || udisks_partition_get_is_container (UDISKS_PARTITION (item->data)))
        continue;
      g_ptr_array_add (facts->volumes, drive_udisks_dup_volume (UDISKS_OBJECT (object)));
    }
}

static void
drive_udisks_add_volumes (PlatterDriveFacts *facts, UDisksClient *client, UDisksObject *object)
{
  UDisksPartitionTable *table = udisks_object_peek_partition_table (object);
  const char *usage = udisks_block_get_id_usage (udisks_object_peek_block (object));

  g_ptr_array_set_size (facts->volumes, 0);
  if (table != NULL)
    {
      drive_udisks_replace (&facts->table, udisks_partition_table_get_type_ (table));
      drive_udisks_add_partitions (facts, client, table);
    }
  else if (usage != NULL && usage[0] != '\0')
    g_ptr_array_add (facts->volumes, drive_udisks_dup_volume (object));
  platter_drive_facts_sort_volumes (facts);
}

static PlatterDriveHealth
drive_udisks_read_ata (UDisksDriveAta *ata)
{
  PlatterSmartAta smart = {
    .is_supported = udisks_drive_ata_get_smart_supported (ata),
    .is_enabled = udisks_drive_ata_get_smart_enabled (ata),
    .updated_s = udisks_drive_ata_get_smart_updated (ata),
    .is_failing = udisks_drive_ata_get_smart_failing (ata),
    .n_bad_sectors = udisks_drive_ata_get_smart_num_bad_sectors (ata),
    .n_attributes_failing = udisks_drive_ata_get_smart_num_attributes_failing (ata),
    .selftest = udisks_drive_ata_get_smart_selftest_status (ata),
  };

  return platter_drive_health_from_ata (&smart);
}

static PlatterDriveHealth
drive_udisks_read_nvme (GDBusProxy *nvme)
{
  g_autoptr (GVariant) updated = g_dbus_proxy_get_cached_property (nvme, "SmartUpdated");
  g_autoptr (GVariant) warnings = g_dbus_proxy_get_cached_property (nvme, "SmartCriticalWarning");
  g_autofree const char **words = NULL;

  if (updated == NULL || !g_variant_is_of_type (updated, G_VARIANT_TYPE_UINT64))
    return platter_drive_health_from_nvme (0, NULL);
  if (warnings != NULL && g_variant_is_of_type (warnings, G_VARIANT_TYPE_STRING_ARRAY))
    words = g_variant_get_strv (warnings, NULL);
  return platter_drive_health_from_nvme (g_variant_get_uint64 (updated), words);
}

/* Only what UDisks2 has read before: to ask a drive that is failing may be what ends it. */
static PlatterDriveHealth
drive_udisks_find_health (UDisksDrive *drive)
{
  g_autoptr (GDBusObject) object = g_dbus_interface_dup_object (G_DBUS_INTERFACE (drive));
  UDisksDriveAta *ata
    = object != NULL ? udisks_object_peek_drive_ata (UDISKS_OBJECT (object)) : NULL;
  g_autoptr (GDBusInterface) nvme
    = object != NULL ? g_dbus_object_get_interface (object, NVME_INTERFACE) : NULL;

  if (ata != NULL)
    return drive_udisks_read_ata (ata);
  return nvme != NULL ? drive_udisks_read_nvme (G_DBUS_PROXY (nvme))
                      : platter_drive_health_from_nvme (0, NULL);
}

void
platter_drive_udisks_add (PlatterDriveFacts *facts, UDisksClient *client, UDisksObject *object)
{
  UDisksBlock *block = udisks_object_peek_block (object);
  g_autoptr (UDisksDrive) drive = udisks_client_get_drive_for_block (client, block);

  facts->object_path = g_strdup (g_dbus_object_get_object_path (G_DBUS_OBJECT (object)));
  drive_udisks_add_volumes (facts, client, object);
  if (drive == NULL)
    return;

  facts->health = drive_udisks_find_health (drive);
  drive_udisks_replace (&facts->vendor, udisks_drive_get_vendor (drive));
  drive_udisks_replace (&facts->model, udisks_drive_get_model (drive));
  /* The helper compares with UDisks2's serial wherever there is UDisks2, also when that is empty. */
  g_free (facts->serial);
  facts->serial = g_strdup (udisks_drive_get_serial (drive));
  if (facts->bus[0] == '\0')
    drive_udisks_replace (&facts->bus, udisks_drive_get_connection_bus (drive));
  facts->is_removable = facts->is_removable || udisks_drive_get_removable (drive)
                        || g_str_equal (facts->bus, "usb") || g_str_equal (facts->bus, "sdio");
}
