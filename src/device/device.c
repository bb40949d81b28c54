// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Facts about one drive or partition, by device number, as the kernel knows them.

#include "device.h"

#include "errors.h"

#include <string.h>
#include <sys/sysmacros.h>

#define PLATTER_DEVICE_SYSFS_SECTOR_BYTES 512
/* From a disk up to the USB device that it is on: target, host, interface, a hub or two. */
#define PLATTER_DEVICE_MAX_PARENTS 8

static char *
platter_device_dup_text (const char *folder, const char *attribute)
{
  char *text = platter_sysfs_dup_attribute (folder, attribute);

  if (text != NULL && *text != '\0' && g_utf8_validate (text, -1, NULL))
    return text;
  g_free (text);
  return NULL;
}

/* Returns: (transfer full) (nullable): the folder of what is plugged in, of a drive on USB. */
static char *
platter_device_dup_usb_folder (const char *real_folder)
{
  g_autofree char *folder = g_strdup (real_folder);

  for (guint i = 0; i < PLATTER_DEVICE_MAX_PARENTS; i++)
    {
      if (platter_sysfs_has_attribute (folder, "idVendor"))
        return g_steal_pointer (&folder);
      char *parent = g_path_get_dirname (folder);
      g_free (folder);
      folder = parent;
    }
  return NULL;
}

static char *
platter_device_dup_usb_serial (const char *real_folder)
{
  g_autofree char *folder = platter_device_dup_usb_folder (real_folder);

  return folder != NULL ? platter_device_dup_text (folder, "serial") : NULL;
}

/* SPC-4, 7.8.15: page 80h is a header of four bytes, its last two the length, then the serial. */
static char *
platter_device_dup_scsi_serial (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "device", "vpd_pg80", NULL);
  g_autofree char *page = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &page, &length, NULL) || length <= 4)
    return NULL;

  g_autofree char *serial = g_strstrip (g_strndup (page + 4, length - 4));
  return *serial != '\0' && g_utf8_validate (serial, -1, NULL) ? g_steal_pointer (&serial) : NULL;
}

static char *
platter_device_dup_serial (const char *folder, const char *real_folder)
{
  char *serial = platter_device_dup_text (folder, "device/serial");

  if (serial == NULL)
    serial = platter_device_dup_text (folder, "serial");
  if (serial == NULL)
    serial = platter_device_dup_usb_serial (real_folder);
  if (serial == NULL)
    serial = platter_device_dup_scsi_serial (folder);
  if (serial == NULL)
    serial = platter_device_dup_text (folder, "device/wwid");
  if (serial == NULL)
    serial = platter_device_dup_text (folder, "wwid");
  return serial != NULL ? serial : g_strdup ("");
}

static char *
platter_device_dup_text_or_empty (const char *folder, const char *attribute)
{
  char *text = platter_device_dup_text (folder, attribute);

  return text != NULL ? text : g_strdup ("");
}

/* virtio and NVMe have nothing but a number there, and the kernel calls every SATA drive's vendor "ATA". */
static char *
platter_device_dup_vendor (const char *folder)
{
  g_autofree char *vendor = platter_device_dup_text_or_empty (folder, "device/vendor");

  if (g_str_has_prefix (vendor, "0x") || g_str_equal (vendor, "ATA"))
    return g_strdup ("");
  return g_steal_pointer (&vendor);
}

char *
platter_device_dup_wwid (const char *folder)
{
  g_autofree char *real_folder = platter_sysfs_dup_real_folder (folder);
  g_autofree char *usb_folder
    = real_folder != NULL ? platter_device_dup_usb_folder (real_folder) : NULL;
  char *wwid = NULL;

  if (usb_folder != NULL)
    return NULL;
  wwid = platter_device_dup_text (folder, "device/wwid");
  return wwid != NULL ? wwid : platter_device_dup_text (folder, "wwid");
}

/* What only the whole disk has, also for its partitions. */
static void
platter_device_load_disk (PlatterDevice *self, const char *folder)
{
  self->diskseq = platter_sysfs_get_attribute (folder, "diskseq", 0);
  self->logical_block_bytes
    = (guint)platter_sysfs_get_attribute (folder, "queue/logical_block_size", 512);
  self->is_removable = platter_sysfs_get_attribute (folder, "removable", 0) != 0;
  self->is_hidden = platter_sysfs_get_attribute (folder, "hidden", 0) != 0;
  self->is_rotational = platter_sysfs_get_attribute (folder, "queue/rotational", 0) != 0;
  self->queue_depth = (guint)platter_sysfs_get_attribute (folder, "queue/nr_requests", 0);
  self->write_zeroes_max_bytes
    = platter_sysfs_get_attribute (folder, "queue/write_zeroes_max_bytes", 0);
  self->vendor = platter_device_dup_vendor (folder);
  self->model = platter_device_dup_text (folder, "device/model");
  /* A card has nothing but a name. */
  if (self->model == NULL)
    self->model = platter_device_dup_text_or_empty (folder, "device/name");
  self->serial = platter_device_dup_serial (folder, folder);
  self->wwid = platter_device_dup_wwid (folder);
}

static void
platter_device_add_holders (GPtrArray *holders, const char *folder)
{
  g_autoptr (GPtrArray) names = platter_sysfs_list (folder, "holders");

  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (holders, g_strdup (names->pdata[i]));
}

/* Its own number and holders, and those of its partitions, which the kernel names after their disk. */
static void
platter_device_load_parts (PlatterDevice *self, const char *folder)
{
  g_autoptr (GPtrArray) holders = g_ptr_array_new ();
  g_autoptr (GPtrArray) entries = platter_sysfs_list (folder, NULL);

  self->numbers = g_array_new (FALSE, FALSE, sizeof (dev_t));
  g_array_append_val (self->numbers, self->number);
  platter_device_add_holders (holders, folder);
  for (guint i = 0; i < entries->len; i++)
    {
      if (!g_str_has_prefix (entries->pdata[i], self->name))
        continue;

      g_autofree char *part = g_build_filename (folder, entries->pdata[i], NULL);
      dev_t number = platter_sysfs_get_number (part);
      if (number == 0 || !platter_sysfs_has_attribute (part, "partition"))
        continue;
      g_array_append_val (self->numbers, number);
      platter_device_add_holders (holders, part);
    }
  g_ptr_array_add (holders, NULL);
  self->holders = (GStrv)g_ptr_array_steal (holders, NULL);
}

static void
platter_device_load_mounts (PlatterDevice *self, PlatterDeviceView *view)
{
  GPtrArray *mounts = platter_device_view_get_mounts (view);

  self->mounts = g_ptr_array_new ();
  for (guint i = 0; i < mounts->len; i++)
    if (platter_device_numbers_meet (((PlatterMount *)mounts->pdata[i])->numbers, self->numbers))
      g_ptr_array_add (self->mounts, mounts->pdata[i]);
}

PlatterDevice *
platter_device_new (PlatterDeviceView *view, dev_t number, GError **error)
{
  const PlatterDeviceRoots *roots = platter_device_view_get_roots (view);
  g_autofree char *link = platter_sysfs_dup_folder (roots, number);
  g_autofree char *folder = platter_sysfs_dup_real_folder (link);
  g_autofree char *node_name = folder != NULL ? platter_sysfs_dup_node_name (folder) : NULL;
  guint64 n_sectors = folder != NULL ? platter_sysfs_get_attribute (folder, "size", 0) : 0;

  if (node_name == NULL)
    {
      g_set_error (
        error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE,
        "There is no drive with the number %u:%u any more. Plug it in and choose it again.",
        major (number), minor (number));
      return NULL;
    }

  PlatterDevice *self = g_new0 (PlatterDevice, 1);
  self->number = number;
  self->name = g_path_get_basename (folder);
  self->path = g_build_filename (roots->dev, node_name, NULL);
  self->is_partition = platter_sysfs_has_attribute (folder, "partition");
  self->is_read_only = platter_sysfs_get_attribute (folder, "ro", 0) != 0;
  self->backing_file = platter_sysfs_dup_attribute (folder, "loop/backing_file");
  if (self->backing_file != NULL)
    self->loop = platter_loop_look (roots, self->name);
  if (!g_uint64_checked_mul (&self->size_bytes, n_sectors, PLATTER_DEVICE_SYSFS_SECTOR_BYTES))
    self->size_bytes = 0;

  g_autofree char *parent = g_path_get_dirname (folder);
  const char *disk_folder = self->is_partition ? parent : folder;
  self->disk = self->is_partition ? platter_sysfs_get_number (disk_folder) : number;
  platter_device_load_disk (self, disk_folder);
  platter_device_load_parts (self, folder);
  platter_device_load_mounts (self, view);
  return self;
}

void
platter_device_free (PlatterDevice *self)
{
  g_free (self->name);
  g_free (self->path);
  g_free (self->vendor);
  g_free (self->model);
  g_free (self->serial);
  g_free (self->wwid);
  g_free (self->backing_file);
  g_array_unref (self->numbers);
  g_strfreev (self->holders);
  g_ptr_array_unref (self->mounts);
  g_free (self);
}
