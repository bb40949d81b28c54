// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Small questions to sysfs about one device.

#include "sysfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

const PlatterDeviceRoots platter_device_roots_real = {
  .sysfs = "/sys",
  .proc = "/proc",
  .dev = "/dev",
};

char *
platter_sysfs_dup_folder (const PlatterDeviceRoots *roots, dev_t number)
{
  return g_strdup_printf ("%s/dev/block/%u:%u", roots->sysfs, major (number), minor (number));
}

char *
platter_sysfs_dup_attribute (const char *folder, const char *attribute)
{
  g_autofree char *path = g_build_filename (folder, attribute, NULL);
  char *content = NULL;

  if (!g_file_get_contents (path, &content, NULL, NULL))
    return NULL;
  return g_strstrip (content);
}

guint64
platter_sysfs_get_attribute (const char *folder, const char *attribute, guint64 fallback)
{
  g_autofree char *text = platter_sysfs_dup_attribute (folder, attribute);
  guint64 value = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &value, NULL))
    return fallback;
  return value;
}

/* Documentation/block/stat.rst of the kernel: the seventh number counts sectors written, the fourteenth those discarded. */
guint64
platter_sysfs_get_written_bytes (const char *folder)
{
  g_autofree char *text = platter_sysfs_dup_attribute (folder, "stat");
  guint64 written = 0;
  guint64 discarded = 0;

  if (text == NULL
      || sscanf (text,
                 "%*u %*u %*u %*u %*u %*u %" G_GUINT64_FORMAT " %*u %*u %*u %*u %*u %*u "
                 "%" G_GUINT64_FORMAT,
                 &written, &discarded)
           < 1)
    return 0;
  return (written + discarded) * 512;
}

gboolean
platter_sysfs_has_attribute (const char *folder, const char *attribute)
{
  g_autofree char *path = g_build_filename (folder, attribute, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

dev_t
platter_sysfs_get_number (const char *folder)
{
  g_autofree char *text = platter_sysfs_dup_attribute (folder, "dev");
  unsigned int device_major = 0;
  unsigned int device_minor = 0;

  if (text == NULL || sscanf (text, "%u:%u", &device_major, &device_minor) != 2)
    return 0;
  return makedev (device_major, device_minor);
}

char *
platter_sysfs_dup_node_name (const char *folder)
{
  g_autofree char *text = platter_sysfs_dup_attribute (folder, "uevent");
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "DEVNAME="))
      return g_strdup (lines[i] + strlen ("DEVNAME="));
  return NULL;
}

char *
platter_sysfs_dup_real_folder (const char *folder)
{
  char *real = realpath (folder, NULL);
  char *copy = g_strdup (real);

  free (real);
  return copy;
}

dev_t
platter_sysfs_find_node (const PlatterDeviceRoots *roots, const char *path)
{
  if (!g_str_has_prefix (path, "/dev/"))
    return 0;

  const char *below = path + strlen ("/dev/");
  g_autofree char *node = g_build_filename (roots->dev, below, NULL);
  g_autofree char *real_node = platter_sysfs_dup_real_folder (node);
  g_autofree char *real_dev = platter_sysfs_dup_real_folder (roots->dev);
  g_autofree char *prefix = g_strconcat (real_dev != NULL ? real_dev : roots->dev, "/", NULL);
  if (real_node != NULL && g_str_has_prefix (real_node, prefix))
    below = real_node + strlen (prefix);

  /* The kernel writes the slash of a node in a folder (cciss/c0d0) as an exclamation mark. */
  g_autofree char *name = g_strdelimit (g_strdup (below), "/", '!');
  g_autofree char *folder = g_build_filename (roots->sysfs, "class", "block", name, NULL);

  return platter_sysfs_get_number (folder);
}

static int
platter_sysfs_compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
platter_sysfs_list (const char *folder, const char *subfolder)
{
  g_autofree char *path = g_build_filename (folder, subfolder, NULL);
  g_autoptr (GDir) entries = g_dir_open (path, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name = NULL;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, platter_sysfs_compare_names);
  return names;
}
