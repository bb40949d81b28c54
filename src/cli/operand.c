// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What an operand of the command line is: a drive or an image.

#include "config.h"

#include "operand.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "../client/nbd-address.h"
#include "../device/sysfs.h"
#include "await.h"

PlatterDrives *
platter_operand_load_drives (void)
{
  PlatterDrives *drives = platter_drives_new ();
  g_autoptr (GAsyncResult) result = NULL;
  GAsyncResult *waiting = NULL;

  platter_drives_load_async (drives, NULL, platter_await_cb, &waiting);
  result = platter_await (&waiting);
  /* Why it failed stands in the list; who needs the list says so. */
  platter_drives_load_finish (drives, result, NULL);
  return drives;
}

gboolean
platter_operand_is_drive (const char *name)
{
  return g_str_has_prefix (name, "/org/freedesktop/UDisks2/")
         || platter_sysfs_find_node (&platter_device_roots_real, name) != 0;
}

PlatterImage *
platter_operand_open_image (const char *name, GError **error)
{
  g_autoptr (GFile) file = NULL;

  if (g_str_equal (name, "-"))
    return platter_image_open_pipe (STDIN_FILENO, error);
  if (platter_nbd_address_is (name))
    return platter_image_open_server (name, error);
  file = strstr (name, "://") != NULL ? g_file_new_for_uri (name) : g_file_new_for_path (name);
  return platter_image_open (file, NULL, error);
}

gpointer
platter_operand_open (PlatterDrives *drives, const char *name, GError **error)
{
  if (platter_operand_is_drive (name))
    return platter_drives_lookup (drives, name, error);
  return platter_operand_open_image (name, error);
}

gboolean
platter_operand_choose_bmap (gpointer operand, const PlatterOptions *options, GError **error)
{
  PlatterImage *image = PLATTER_IS_IMAGE (operand) ? PLATTER_IMAGE (operand) : NULL;
  const GError *fault = NULL;

  if (image == NULL)
    return TRUE;
  if (options->no_bmap || options->bmap != NULL)
    return platter_image_set_bmap (image, options->bmap, error);
  fault = platter_image_get_bmap_fault (image);
  if (fault != NULL)
    /* Translators: %s is a whole sentence: why a block map cannot be used */
    g_set_error (error, fault->domain, fault->code, _ ("%s Or take all of the image: --no-bmap."),
                 fault->message);
  return fault == NULL;
}

gboolean
platter_operand_has_bmap (gpointer operand)
{
  return PLATTER_IS_IMAGE (operand) && platter_image_get_bmap_name (operand) != NULL;
}

void
platter_operand_tell_bmap (gpointer operand, const PlatterOptions *options)
{
  g_autofree char *words
    = platter_operand_has_bmap (operand) ? platter_image_dup_bmap_words (operand) : NULL;

  if (words != NULL && !options->quiet)
    g_printerr ("%s\n", words);
}
