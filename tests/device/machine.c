// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A made-up machine for tests: sysfs, proc and dev below a temporary folder.

#include "machine.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

Machine *
machine_new (void)
{
  Machine *self = g_new0 (Machine, 1);

  self->folder = g_dir_make_tmp ("platter-machine-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->sysfs = g_build_filename (self->folder, "sys", NULL);
  self->proc = g_build_filename (self->folder, "proc", NULL);
  self->dev = g_build_filename (self->folder, "dev", NULL);
  self->roots = (PlatterDeviceRoots){ .sysfs = self->sysfs, .proc = self->proc, .dev = self->dev };
  machine_set_mounts (self, "");
  machine_set_swaps (self, "");
  machine_write (self, "dev/null", "%s", "");
  return self;
}

static int
machine_remove_cb (const char *path, const struct stat *status, int type, struct FTW *walk)
{
  return remove (path);
}

void
machine_free (Machine *self)
{
  nftw (self->folder, machine_remove_cb, 8, FTW_DEPTH | FTW_PHYS);
  g_free (self->folder);
  g_free (self->sysfs);
  g_free (self->proc);
  g_free (self->dev);
  g_free (self);
}

void
machine_write (Machine *self, const char *path, const char *format, ...)
{
  g_autofree char *full = g_build_filename (self->folder, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *content = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  g_assert_true (g_file_set_contents (full, content, -1, NULL));
}

/* The links by which sysfs finds a device: by its number and by its name. */
static void
machine_link (Machine *self, const char *folder, const char *name, dev_t number)
{
  g_autofree char *numbers = g_build_filename (self->sysfs, "dev", "block", NULL);
  g_autofree char *names = g_build_filename (self->sysfs, "class", "block", NULL);
  g_autofree char *by_number
    = g_strdup_printf ("%s/%u:%u", numbers, major (number), minor (number));
  g_autofree char *by_name = g_build_filename (names, name, NULL);
  g_autofree char *target = g_build_filename (self->sysfs, "devices", folder, NULL);

  g_assert_no_errno (g_mkdir_with_parents (numbers, 0700));
  g_assert_no_errno (g_mkdir_with_parents (names, 0700));
  g_assert_no_errno (symlink (target, by_number));
  g_assert_no_errno (symlink (target, by_name));
}

static void
machine_add_device (Machine *self, const char *folder, dev_t number, guint size_mib)
{
  g_autofree char *path = g_build_filename ("sys", "devices", folder, NULL);
  g_autofree char *name = g_path_get_basename (folder);
  g_autofree char *dev = g_build_filename (path, "dev", NULL);
  g_autofree char *uevent = g_build_filename (path, "uevent", NULL);
  g_autofree char *size = g_build_filename (path, "size", NULL);
  g_autofree char *read_only = g_build_filename (path, "ro", NULL);

  machine_write (self, dev, "%u:%u\n", major (number), minor (number));
  machine_write (self, uevent, "MAJOR=%u\nMINOR=%u\nDEVNAME=%s\n", major (number), minor (number),
                 name);
  machine_write (self, size, "%u\n", size_mib * 2048);
  machine_write (self, read_only, "0\n");
  machine_link (self, folder, name, number);
}

void
machine_add_disk (Machine *self, const char *name, dev_t number, guint size_mib)
{
  g_autofree char *path = g_build_filename ("sys", "devices", name, NULL);
  g_autofree char *diskseq = g_build_filename (path, "diskseq", NULL);
  g_autofree char *sector = g_build_filename (path, "queue", "logical_block_size", NULL);

  machine_add_device (self, name, number, size_mib);
  machine_write (self, diskseq, "7\n");
  machine_write (self, sector, "512\n");
}

void
machine_add_partition (Machine *self, const char *disk, const char *name, dev_t number)
{
  g_autofree char *folder = g_build_filename (disk, name, NULL);
  g_autofree char *path = g_build_filename ("sys", "devices", folder, "partition", NULL);

  machine_add_device (self, folder, number, 1);
  machine_write (self, path, "1\n");
}

void
machine_add_holder (Machine *self, const char *part, const char *holder)
{
  g_autofree char *part_name = g_path_get_basename (part);
  g_autofree char *part_folder = g_build_filename (self->sysfs, "devices", part, NULL);
  g_autofree char *holder_folder = g_build_filename (self->sysfs, "devices", holder, NULL);
  g_autofree char *holders = g_build_filename (part_folder, "holders", NULL);
  g_autofree char *slaves = g_build_filename (holder_folder, "slaves", NULL);
  g_autofree char *up = g_build_filename (holders, holder, NULL);
  g_autofree char *down = g_build_filename (slaves, part_name, NULL);

  g_assert_no_errno (g_mkdir_with_parents (holders, 0700));
  g_assert_no_errno (g_mkdir_with_parents (slaves, 0700));
  g_assert_no_errno (symlink (holder_folder, up));
  g_assert_no_errno (symlink (part_folder, down));
}

void
machine_set_backing_file (Machine *self, const char *loop, const char *file)
{
  g_autofree char *path = g_build_filename ("sys", "devices", loop, "loop", "backing_file", NULL);

  machine_write (self, path, "%s\n", file);
}

void
machine_set_mounts (Machine *self, const char *lines)
{
  machine_write (self, "proc/self/mountinfo", "%s", lines);
}

void
machine_set_swaps (Machine *self, const char *lines)
{
  machine_write (self, "proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n%s", lines);
}
