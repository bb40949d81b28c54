// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One look at the machine: what is mounted, what is swapped to, and which devices lie below which.

#include "view.h"

#include "errors.h"
#include "loop.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

struct _PlatterDeviceView
{
  const PlatterDeviceRoots *roots;
  GPtrArray *mounts;
  GPtrArray *swaps;
};

static GArray *
platter_view_numbers_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (dev_t));
}

static void
platter_view_numbers_add (GArray *numbers, dev_t number)
{
  for (guint i = 0; i < numbers->len; i++)
    if (g_array_index (numbers, dev_t, i) == number)
      return;
  if (number != 0)
    g_array_append_val (numbers, number);
}

static void
platter_view_numbers_add_all (GArray *numbers, const GArray *others)
{
  for (guint i = 0; i < others->len; i++)
    platter_view_numbers_add (numbers, g_array_index (others, dev_t, i));
}

gboolean
platter_device_numbers_meet (const GArray *numbers, const GArray *others)
{
  for (guint i = 0; i < numbers->len; i++)
    for (guint j = 0; j < others->len; j++)
      if (g_array_index (numbers, dev_t, i) == g_array_index (others, dev_t, j))
        return TRUE;
  return FALSE;
}

static void
platter_view_mount_free (gpointer data)
{
  PlatterMount *self = data;

  g_free (self->point);
  g_free (self->source);
  g_array_unref (self->numbers);
  g_free (self);
}

static void
platter_view_swap_free (gpointer data)
{
  PlatterSwap *self = data;

  g_free (self->path);
  g_array_unref (self->numbers);
  g_free (self);
}

/* A btrfs of several devices names one of them as its source; sysfs knows them all. */
static void
platter_view_add_btrfs_devices (PlatterDeviceView *self, GArray *numbers)
{
  g_autofree char *top = g_build_filename (self->roots->sysfs, "fs", "btrfs", NULL);
  g_autoptr (GPtrArray) file_systems = platter_sysfs_list (top, NULL);

  for (guint i = 0; i < file_systems->len; i++)
    {
      g_autofree char *folder = g_build_filename (top, file_systems->pdata[i], "devices", NULL);
      g_autoptr (GPtrArray) names = platter_sysfs_list (folder, NULL);
      g_autoptr (GArray) devices = platter_view_numbers_new ();
      for (guint j = 0; j < names->len; j++)
        {
          g_autofree char *device = g_build_filename (folder, names->pdata[j], NULL);
          platter_view_numbers_add (devices, platter_sysfs_get_number (device));
        }
      if (platter_device_numbers_meet (devices, numbers))
        platter_view_numbers_add_all (numbers, devices);
    }
}

/* What a user mounts by FUSE has whatever source he likes. One of root's has the drive that it is mounted of: fuse(4), user_id. */
static gboolean
platter_view_is_users_own (const char *type, const char *const *options)
{
  return (strcmp (type, "fuse") == 0 || g_str_has_prefix (type, "fuse."))
         && !g_strv_contains (options, "user_id=0");
}

/* btrfs and FUSE have device numbers that no device has: there only the source tells. */
static GArray *
platter_view_dup_mount_numbers (PlatterDeviceView *self,
                                const char *number,
                                const char *source,
                                gboolean is_believed)
{
  GArray *numbers = platter_view_numbers_new ();
  unsigned int device_major = 0;
  unsigned int device_minor = 0;

  if (sscanf (number, "%u:%u", &device_major, &device_minor) == 2 && device_major != 0)
    platter_view_numbers_add (numbers, makedev (device_major, device_minor));
  else if (is_believed)
    platter_view_numbers_add (numbers, platter_sysfs_find_node (self->roots, source));
  if (numbers->len > 0)
    platter_view_add_btrfs_devices (self, numbers);
  return numbers;
}

/*
 * proc(5): "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue", with
 * any number of optional fields before the dash, and spaces in names as \040.
 */
static gboolean
platter_view_add_mount (PlatterDeviceView *self, const char *line)
{
  g_auto (GStrv) fields = g_strsplit (line, " ", -1);
  guint n_fields = g_strv_length (fields);
  guint dash = 6;

  while (dash < n_fields && strcmp (fields[dash], "-") != 0)
    dash++;
  if (dash + 3 >= n_fields)
    return FALSE;

  g_auto (GStrv) options = g_strsplit (fields[dash + 3], ",", -1);
  PlatterMount *mount = g_new0 (PlatterMount, 1);
  mount->id = (guint)g_ascii_strtoull (fields[0], NULL, 10);
  mount->point = g_strcompress (fields[4]);
  mount->source = g_strcompress (fields[dash + 2]);
  mount->is_read_only = g_strv_contains ((const char *const *)options, "ro");
  mount->numbers = platter_view_dup_mount_numbers (
    self, fields[2], mount->source,
    !platter_view_is_users_own (fields[dash + 1], (const char *const *)options));
  g_ptr_array_add (self->mounts, mount);
  return TRUE;
}

static gboolean
platter_view_load_mounts (PlatterDeviceView *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->roots->proc, "self", "mountinfo", NULL);
  g_autofree char *content = NULL;

  if (!g_file_get_contents (path, &content, NULL, error))
    return FALSE;

  g_auto (GStrv) lines = g_strsplit (content, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0' && !platter_view_add_mount (self, lines[i]))
      {
        g_set_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_FAILED,
                     "%s has a line that can’t be understood", path);
        return FALSE;
      }
  return TRUE;
}

/* proc(5): a line of headings, then "/dev/sda2 partition 8388604 0 -2" with spaces and tabs
 * between. */
static gboolean
platter_view_load_swaps (PlatterDeviceView *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->roots->proc, "swaps", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GError) local_error = NULL;

  if (!g_file_get_contents (path, &content, NULL, &local_error))
    {
      /* A kernel without swapping has no such file. */
      if (g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  g_auto (GStrv) lines = g_strsplit (content, "\n", -1);
  for (guint i = 1; lines[0] != NULL && lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_auto (GStrv) fields = g_strsplit_set (lines[i], " \t", 2);
      PlatterSwap *swap = g_new0 (PlatterSwap, 1);
      swap->path = g_strcompress (fields[0]);
      swap->numbers = platter_device_view_dup_path_numbers (self, swap->path);
      g_ptr_array_add (self->swaps, swap);
    }
  return TRUE;
}

PlatterDeviceView *
platter_device_view_new (const PlatterDeviceRoots *roots, GError **error)
{
  g_autoptr (PlatterDeviceView) self = g_new0 (PlatterDeviceView, 1);
  g_autoptr (GError) local_error = NULL;

  self->roots = roots != NULL ? roots : &platter_device_roots_real;
  self->mounts = g_ptr_array_new_with_free_func (platter_view_mount_free);
  self->swaps = g_ptr_array_new_with_free_func (platter_view_swap_free);
  if (platter_view_load_mounts (self, &local_error) && platter_view_load_swaps (self, &local_error))
    return g_steal_pointer (&self);

  g_set_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_FAILED,
               "It can’t be found out what this system uses, so nothing may be written: %s.",
               local_error->message);
  return NULL;
}

void
platter_device_view_free (PlatterDeviceView *self)
{
  g_ptr_array_unref (self->mounts);
  g_ptr_array_unref (self->swaps);
  g_free (self);
}

const PlatterDeviceRoots *
platter_device_view_get_roots (PlatterDeviceView *self)
{
  return self->roots;
}

GPtrArray *
platter_device_view_get_mounts (PlatterDeviceView *self)
{
  return self->mounts;
}

GPtrArray *
platter_device_view_get_swaps (PlatterDeviceView *self)
{
  return self->swaps;
}

static gboolean
platter_view_mount_covers (const PlatterMount *self, const char *path)
{
  gsize length = strlen (self->point);

  if (length == 1)
    return TRUE;
  return strncmp (path, self->point, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/*
 * The deepest mount wins, of equally deep ones the last. Mounts without a device don't count: a
 * service manager may hide folders by mounting an empty one over them. (What it unmounts in the helper's namespace is lost to this
 * look; see the helper's unit.)
 */
static const PlatterMount *
platter_view_find_mount (PlatterDeviceView *self, const char *path)
{
  const PlatterMount *found = NULL;

  for (guint i = 0; i < self->mounts->len; i++)
    {
      const PlatterMount *mount = self->mounts->pdata[i];
      if (mount->numbers->len > 0 && platter_view_mount_covers (mount, path)
          && (found == NULL || strlen (mount->point) >= strlen (found->point)))
        found = mount;
    }
  return found;
}

GArray *
platter_device_view_dup_path_numbers (PlatterDeviceView *self, const char *path)
{
  GArray *numbers = platter_view_numbers_new ();
  const PlatterMount *mount = NULL;

  platter_view_numbers_add (numbers, platter_sysfs_find_node (self->roots, path));
  if (numbers->len == 0 && (mount = platter_view_find_mount (self, path)) != NULL)
    platter_view_numbers_add_all (numbers, mount->numbers);
  return numbers;
}

GArray *
platter_device_view_dup_loop_numbers (PlatterDeviceView *self, const char *name, const char *file)
{
  GArray *numbers = platter_device_view_dup_path_numbers (self, file);
  PlatterLoop loop = platter_loop_look (self->roots, name);

  platter_view_numbers_add (numbers, loop.device);
  if (major (loop.file_system) != 0)
    platter_view_numbers_add (numbers, loop.file_system);
  return numbers;
}

/* The mount that @fd was opened through, by its id; 0 if the kernel does not tell. */
static guint
platter_view_get_mount_id (PlatterDeviceView *self, int fd)
{
  g_autofree char *folder = g_build_filename (self->roots->proc, "self", "fdinfo", NULL);
  g_autofree char *name = g_strdup_printf ("%d", fd);
  g_autofree char *text = platter_sysfs_dup_attribute (folder, name);
  const char *field = text != NULL ? strstr (text, "mnt_id:") : NULL;

  return field != NULL ? (guint)g_ascii_strtoull (field + strlen ("mnt_id:"), NULL, 10) : 0;
}

GArray *
platter_device_view_dup_fd_numbers (PlatterDeviceView *self, int fd)
{
  GArray *numbers = platter_view_numbers_new ();
  guint mount_id = platter_view_get_mount_id (self, fd);
  struct stat status;

  if (fstat (fd, &status) == 0)
    {
      dev_t number = S_ISBLK (status.st_mode) ? status.st_rdev : status.st_dev;
      if (major (number) != 0)
        platter_view_numbers_add (numbers, number);
    }
  for (guint i = 0; i < self->mounts->len && mount_id != 0; i++)
    {
      const PlatterMount *mount = self->mounts->pdata[i];
      if (mount->id == mount_id)
        platter_view_numbers_add_all (numbers, mount->numbers);
    }
  return numbers;
}

static void
platter_view_add_directly_below (PlatterDeviceView *self, dev_t number, GArray *numbers)
{
  g_autofree char *folder = platter_sysfs_dup_folder (self->roots, number);
  g_autofree char *real_folder = platter_sysfs_dup_real_folder (folder);
  g_autofree char *file = platter_sysfs_dup_attribute (folder, "loop/backing_file");
  g_autoptr (GPtrArray) slaves = platter_sysfs_list (folder, "slaves");

  if (real_folder != NULL && platter_sysfs_has_attribute (folder, "partition"))
    {
      g_autofree char *disk_folder = g_path_get_dirname (real_folder);
      platter_view_numbers_add (numbers, platter_sysfs_get_number (disk_folder));
    }
  for (guint i = 0; i < slaves->len; i++)
    {
      g_autofree char *slave = g_build_filename (folder, "slaves", slaves->pdata[i], NULL);
      platter_view_numbers_add (numbers, platter_sysfs_get_number (slave));
    }
  if (file != NULL)
    {
      g_autofree char *name = platter_sysfs_dup_node_name (folder);
      g_autoptr (GArray) below
        = platter_device_view_dup_loop_numbers (self, name != NULL ? name : "", file);
      platter_view_numbers_add_all (numbers, below);
    }
}

GArray *
platter_device_view_dup_below (PlatterDeviceView *self, const GArray *numbers)
{
  GArray *below = platter_view_numbers_new ();

  /* The result is its own list of work; it holds nothing twice, so a circle comes to an end too. */
  platter_view_numbers_add_all (below, numbers);
  for (guint i = 0; i < below->len; i++)
    platter_view_add_directly_below (self, g_array_index (below, dev_t, i), below);
  return below;
}
