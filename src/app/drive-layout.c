// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// From the volumes of a drive or an image to the segments of a bar, and to what is lost.

#include "config.h"

#include "drive-layout.h"

#include <glib/gi18n.h>

static char *
drive_layout_dup_label (PlatterVolume *volume)
{
  g_autofree char *title = platter_volume_dup_title (volume);

  return title[0] != '\0' ? g_steal_pointer (&title) : g_strdup (_ ("Partition"));
}

GPtrArray *
platter_drive_layout_new (gpointer source, guint64 size_bytes)
{
  GPtrArray *layout = platter_partition_layout_new ();
  gboolean is_image = PLATTER_IS_IMAGE (source);
  GListModel *volumes
    = is_image ? platter_image_get_partitions (source) : platter_drive_get_volumes (source);
  guint n_volumes = g_list_model_get_n_items (volumes);
  guint64 source_bytes
    = is_image ? platter_image_get_size_bytes (source) : platter_drive_get_size_bytes (source);

  /* A packed image that does not tell how much it holds. */
  if (size_bytes == 0)
    size_bytes = platter_image_get_file_bytes (source);
  if (source_bytes == 0)
    source_bytes = size_bytes;
  for (guint i = 0; i < n_volumes; i++)
    {
      g_autoptr (PlatterVolume) volume = g_list_model_get_item (volumes, i);
      g_autofree char *label = drive_layout_dup_label (volume);

      platter_partition_layout_add (layout, label, platter_volume_get_offset_bytes (volume),
                                    platter_volume_get_size_bytes (volume));
    }
  /* What is not understood is not free. */
  if (n_volumes == 0)
    platter_partition_layout_add (
      layout, is_image ? platter_image_get_name (source) : _ ("Contents not known"), 0,
      source_bytes);
  platter_partition_layout_finish (layout, size_bytes);
  return layout;
}

/* Names of the volumes that have one, and how much is in use as far as that is known. */
static char *
drive_layout_dup_volume_names (GListModel *volumes, guint64 *used_bytes)
{
  g_autoptr (GString) names = g_string_new (NULL);

  *used_bytes = 0;
  for (guint i = 0; i < g_list_model_get_n_items (volumes); i++)
    {
      g_autoptr (PlatterVolume) volume = g_list_model_get_item (volumes, i);
      const char *label = platter_volume_get_label (volume);
      guint64 used = platter_volume_get_used_bytes (volume);

      *used_bytes += used > 0 ? used : platter_volume_get_size_bytes (volume);
      if (label[0] != '\0')
        g_string_append_printf (names, "%s“%s”", names->len > 0 ? ", " : "", label);
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

GPtrArray *
platter_drive_layout_new_for_job (PlatterJob *job, gpointer source, PlatterDrives *drives)
{
  g_autoptr (PlatterDrive) drive = source == NULL ? platter_drives_find_source (drives, job) : NULL;

  if (source == NULL)
    source = drive;
  return source != NULL ? platter_drive_layout_new (source, platter_job_get_map_bytes (job)) : NULL;
}

char *
platter_drive_layout_dup_loss (PlatterDrive *drive)
{
  GListModel *volumes = platter_drive_get_volumes (drive);
  guint n_volumes = g_list_model_get_n_items (volumes);
  const char *name = platter_drive_get_display_name (drive);
  guint64 used_bytes;
  g_autofree char *names = drive_layout_dup_volume_names (volumes, &used_bytes);

  if (n_volumes == 0)
    /* Translators: %s is the name of a drive. */
    return g_strdup_printf (_ ("Everything on %s will be lost. No volumes were recognised on it."),
                            name);

  g_autofree char *size = g_format_size (used_bytes);
  /* Translators: %s is a size, %u how many volumes it is spread over. */
  g_autofree char *amount = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%s in %u volume", "%s in %u volumes", n_volumes), size,
    n_volumes);
  if (names[0] == '\0')
    /* Translators: the name of a drive, and an amount like "640 GB in 1 volume". */
    return g_strdup_printf (_ ("Everything on %s will be lost: %s."), name, amount);
  /* Translators: the name of a drive, names of volumes, and an amount like "640 GB in 1 volume". */
  return g_strdup_printf (_ ("Everything on %s will be lost: %s, %s."), name, names, amount);
}

char *
platter_drive_layout_dup_mounted (PlatterDrive *drive)
{
  GListModel *volumes = platter_drive_get_volumes (drive);
  g_autoptr (GString) points = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (volumes); i++)
    {
      g_autoptr (PlatterVolume) volume = g_list_model_get_item (volumes, i);
      g_autofree char *words = platter_volume_dup_mount_words (volume, ", ");

      if (platter_volume_is_mounted (volume))
        g_string_append_printf (points, "%s%s", points->len > 0 ? ", " : "", words);
    }
  if (points->len == 0)
    return NULL;
  return g_strdup_printf (
    /* Translators: the name of a drive, and the folders where it is mounted. */
    _ ("%s is mounted at %s, and is unmounted before anything is written. Close what uses it."),
    platter_drive_get_display_name (drive), points->str);
}
