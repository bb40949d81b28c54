// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Everything that is known of a drive at one moment, gathered from the kernel.

#include "config.h"

#include "drive-facts.h"

#include <glib/gi18n-lib.h>

#include "../device/guard.h"
#include "drive-port.h"
#include "volume.h"

static gboolean
drive_facts_is_system (PlatterDeviceView *view, const PlatterDevice *device)
{
  g_autoptr (GError) error = NULL;

  return !platter_device_check_target (view, device, NULL, &error)
         && g_error_matches (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_SYSTEM_DRIVE);
}

static GStrv
drive_facts_dup_mount_points (const PlatterDevice *device, dev_t number)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < device->mounts->len; i++)
    {
      const PlatterMount *mount = g_ptr_array_index (device->mounts, i);

      for (guint n = 0; n < mount->numbers->len; n++)
        if (g_array_index (mount->numbers, dev_t, n) == number)
          g_strv_builder_add (builder, mount->point);
    }
  return g_strv_builder_end (builder);
}

/* Without UDisks2 nobody tells what is on a partition; where it lies and where it is mounted, the kernel does. */
static void
drive_facts_add_volumes (PlatterDriveFacts *self,
                         PlatterDeviceView *view,
                         const PlatterDevice *device)
{
  const PlatterDeviceRoots *roots = platter_device_view_get_roots (view);

  for (guint i = 0; i < device->numbers->len; i++)
    {
      dev_t number = g_array_index (device->numbers, dev_t, i);
      g_autofree char *folder = platter_sysfs_dup_folder (roots, number);
      g_autofree char *node = platter_sysfs_dup_node_name (folder);
      g_autofree char *path = g_strconcat ("/dev/", node, NULL);
      g_auto (GStrv) points = drive_facts_dup_mount_points (device, number);

      if (number == device->number && points[0] == NULL)
        continue;
      g_ptr_array_add (self->volumes,
                       platter_volume_new (path,
                                           platter_sysfs_get_attribute (folder, "start", 0) * 512,
                                           platter_sysfs_get_attribute (folder, "size", 0) * 512,
                                           NULL, NULL, (const char *const *)points));
    }
  platter_drive_facts_sort_volumes (self);
}

static PlatterDriveFacts *
drive_facts_fill (PlatterDeviceView *view, const PlatterDevice *device)
{
  PlatterDriveFacts *self = g_new0 (PlatterDriveFacts, 1);
  g_autofree char *folder
    = platter_sysfs_dup_folder (platter_device_view_get_roots (view), device->number);
  g_autofree char *real = platter_sysfs_dup_real_folder (folder);

  self->device = g_strdup (device->path);
  self->name = g_strdup (device->name);
  self->number = device->number;
  self->diskseq = device->diskseq;
  self->size_bytes = device->size_bytes;
  self->vendor = g_strdup (device->vendor);
  self->model = g_strdup (device->model);
  self->serial = g_strdup (device->serial);
  self->bus = g_strdup (platter_drive_port_get_bus (real != NULL ? real : folder, device->name));
  self->port = platter_drive_port_dup (real != NULL ? real : folder);
  self->backing_file = g_strdup (device->backing_file);
  self->table = g_strdup ("");
  self->logical_block_bytes = device->logical_block_bytes;
  self->is_loop = g_str_has_prefix (device->name, "loop");
  self->is_removable = device->is_removable || g_str_equal (self->bus, "usb");
  self->is_system = drive_facts_is_system (view, device);
  self->is_read_only = device->is_read_only;
  self->volumes = g_ptr_array_new_with_free_func (g_object_unref);
  drive_facts_add_volumes (self, view, device);
  return self;
}

PlatterDriveFacts *
platter_drive_facts_new (PlatterDeviceView *view, dev_t number, GError **error)
{
  g_autoptr (PlatterDevice) device = platter_device_new (view, number, error);

  if (device == NULL)
    return NULL;
  if (device->is_partition)
    {
      g_set_error (
        error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_NOT_A_DRIVE,
        _ ("%s is a partition. Platter works on whole drives: give the drive that it is on."),
        device->path);
      return NULL;
    }
  return drive_facts_fill (view, device);
}

void
platter_drive_facts_free (PlatterDriveFacts *self)
{
  g_free (self->object_path);
  g_free (self->device);
  g_free (self->name);
  g_free (self->vendor);
  g_free (self->model);
  g_free (self->serial);
  g_free (self->bus);
  g_free (self->port);
  g_free (self->backing_file);
  g_free (self->table);
  g_ptr_array_unref (self->volumes);
  g_free (self);
}

/* The kernel knows nothing of a file system that is not mounted. */
gboolean
platter_drive_facts_is_content_known (const PlatterDriveFacts *self)
{
  return self->object_path != NULL || self->volumes->len > 0;
}

static int
drive_facts_compare_volumes (gconstpointer a, gconstpointer b)
{
  PlatterVolume *first = *(PlatterVolume *const *)a;
  PlatterVolume *second = *(PlatterVolume *const *)b;
  guint64 first_offset = platter_volume_get_offset_bytes (first);
  guint64 second_offset = platter_volume_get_offset_bytes (second);

  if (first_offset != second_offset)
    return first_offset < second_offset ? -1 : 1;
  if (platter_volume_get_size_bytes (first) != platter_volume_get_size_bytes (second))
    return platter_volume_get_size_bytes (first) > platter_volume_get_size_bytes (second) ? -1 : 1;
  return 0;
}

void
platter_drive_facts_sort_volumes (PlatterDriveFacts *self)
{
  g_ptr_array_sort (self->volumes, drive_facts_compare_volumes);
}
