// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Other block devices with the same bytes: a second loop device over a file, what a loop device lies on, a second cable.

#include "alias.h"

#include <string.h>

#define ALIAS_SECTOR_BYTES 512
/* A partition of a loop device on a partition and so on; the kernel itself does not let loop devices go round in a circle. */
#define ALIAS_MAX_STEPS 32

/** AliasGround: where the bytes of a block device are in the end. */
typedef struct
{
  dev_t number;     /* of the drive that has them; of a loop device over a file its own */
  char *file;       /* (nullable): the file in which they are, and */
  PlatterLoop loop; /* as the kernel knows it */
  char *wwid;       /* (nullable): that of the drive */
  guint64 start;    /* in the drive or the file, in bytes */
  guint64 length;
} AliasGround;

static void
alias_ground_free (AliasGround *self)
{
  g_free (self->file);
  g_free (self->wwid);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AliasGround, alias_ground_free)

/* Returns: the block device that a device lies in, at @start; 0 if it is no partition, and no loop device over a block device.
   Of a loop device over a file also which. */
static dev_t
alias_ground_step (AliasGround *self,
                   const PlatterDeviceRoots *roots,
                   const char *folder,
                   guint64 *start)
{
  g_autofree char *real_folder = platter_sysfs_dup_real_folder (folder);
  g_autofree char *name = real_folder != NULL ? g_path_get_basename (real_folder) : NULL;
  g_autofree char *file = platter_sysfs_dup_attribute (folder, "loop/backing_file");
  dev_t below = 0;

  if (real_folder != NULL && platter_sysfs_has_attribute (folder, "partition"))
    {
      g_autofree char *disk_folder = g_path_get_dirname (real_folder);
      *start = platter_sysfs_get_attribute (folder, "start", 0) * ALIAS_SECTOR_BYTES;
      return platter_sysfs_get_number (disk_folder);
    }
  if (file == NULL || name == NULL)
    return 0;
  *start = platter_sysfs_get_attribute (folder, "loop/offset", 0);
  self->loop = platter_loop_look (roots, name);
  below = self->loop.device != 0 ? self->loop.device : platter_sysfs_find_node (roots, file);
  if (below == 0)
    self->file = g_steal_pointer (&file);
  return below;
}

static AliasGround *
alias_ground_new (const PlatterDeviceRoots *roots, dev_t number)
{
  AliasGround *self = g_new0 (AliasGround, 1);
  g_autofree char *folder = platter_sysfs_dup_folder (roots, number);

  self->number = number;
  self->length = platter_sysfs_get_attribute (folder, "size", 0) * ALIAS_SECTOR_BYTES;
  /* A loop device that nobody uses lies nowhere, and there may be dozens. */
  if (self->length == 0)
    return self;
  for (guint i = 0; i < ALIAS_MAX_STEPS && self->file == NULL; i++)
    {
      guint64 start = 0;
      dev_t below = alias_ground_step (self, roots, folder, &start);

      self->start += start;
      if (below == 0)
        break;
      self->number = below;
      g_free (folder);
      folder = platter_sysfs_dup_folder (roots, below);
    }
  if (self->file == NULL)
    self->wwid = platter_device_dup_wwid (folder);
  return self;
}

/* Names that start otherwise are not the drive's own, and cheap drives share those that are, but hardly a serial number as well. */
gboolean
platter_device_is_same_lun (const PlatterDevice *first, const PlatterDevice *second)
{
  static const char *const kinds[] = { "naa.", "eui.", "nvme.", "uuid." };

  if (g_strcmp0 (first->wwid, second->wwid) != 0 || first->wwid == NULL
      || first->size_bytes != second->size_bytes || first->serial[0] == '\0'
      || strcmp (first->serial, second->serial) != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (first->wwid, kinds[i]))
      return TRUE;
  return FALSE;
}

static gboolean
alias_ground_is_same_drive (PlatterDeviceView *view,
                            const AliasGround *self,
                            const AliasGround *other)
{
  g_autoptr (PlatterDevice) drive = NULL;
  g_autoptr (PlatterDevice) other_drive = NULL;

  if (self->number == other->number)
    return TRUE;
  if (self->wwid == NULL || g_strcmp0 (self->wwid, other->wwid) != 0)
    return FALSE;
  drive = platter_device_new (view, self->number, NULL);
  other_drive = platter_device_new (view, other->number, NULL);
  return drive != NULL && other_drive != NULL && platter_device_is_same_lun (drive, other_drive);
}

/* The path is only asked where the kernel does not tell: it may have been another one's where the loop device was set up. */
static gboolean
alias_ground_is_same (PlatterDeviceView *view, const AliasGround *self, const AliasGround *other)
{
  if (self->file == NULL && other->file == NULL)
    return alias_ground_is_same_drive (view, self, other);
  if (self->file == NULL || other->file == NULL)
    return FALSE;
  if (self->loop.inode != 0 && other->loop.inode != 0)
    return platter_loop_is_same (&self->loop, &other->loop);
  return strcmp (self->file, other->file) == 0;
}

static gboolean
alias_ground_meets (PlatterDeviceView *view, const AliasGround *self, const AliasGround *other)
{
  if (self->length == 0 || other->length == 0)
    return FALSE;
  if (self->start >= other->start ? self->start - other->start >= other->length
                                  : other->start - self->start >= self->length)
    return FALSE;
  return alias_ground_is_same (view, self, other);
}

/* Of two that meet. */
static gboolean
alias_ground_is_within (const AliasGround *self, const AliasGround *other)
{
  guint64 offset = self->start - other->start;

  return self->start >= other->start && offset <= other->length
         && self->length <= other->length - offset;
}

static gboolean
alias_has_number (const PlatterDevice *device, dev_t number)
{
  for (guint i = 0; i < device->numbers->len; i++)
    if (g_array_index (device->numbers, dev_t, i) == number)
      return TRUE;
  return FALSE;
}

static void
alias_device_free (gpointer data)
{
  g_clear_pointer ((PlatterDevice **)&data, platter_device_free);
}

GPtrArray *
platter_device_dup_aliases (PlatterDeviceView *view, const PlatterDevice *device)
{
  const PlatterDeviceRoots *roots = platter_device_view_get_roots (view);
  g_autoptr (AliasGround) ours = alias_ground_new (roots, device->number);
  g_autoptr (GPtrArray) names = platter_sysfs_list (roots->sysfs, "class/block");
  GPtrArray *aliases = g_ptr_array_new_with_free_func (alias_device_free);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *folder
        = g_build_filename (roots->sysfs, "class", "block", names->pdata[i], NULL);
      dev_t number = platter_sysfs_get_number (folder);
      g_autoptr (AliasGround) ground = alias_ground_new (roots, number);
      g_autoptr (PlatterDevice) alias = NULL;

      if (number == 0 || alias_has_number (device, number)
          || !alias_ground_meets (view, ours, ground))
        continue;
      alias = platter_device_new (view, number, NULL);
      /* Of a drive of which we have but a part, those partitions count that we meet, each by itself. */
      if (alias != NULL && (alias->numbers->len == 1 || alias_ground_is_within (ground, ours)))
        g_ptr_array_add (aliases, g_steal_pointer (&alias));
    }
  return aliases;
}

gboolean
platter_device_shares_content (PlatterDeviceView *view,
                               const PlatterDevice *first,
                               const PlatterDevice *second)
{
  const PlatterDeviceRoots *roots = platter_device_view_get_roots (view);
  g_autoptr (AliasGround) one = alias_ground_new (roots, first->number);
  g_autoptr (AliasGround) other = alias_ground_new (roots, second->number);

  return alias_ground_meets (view, one, other);
}
