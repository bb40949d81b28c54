// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platterctl info: what a drive or an image is, and what Platter would do with it.

#include "config.h"

#include "commands.h"

#include <glib/gi18n.h>

#include "../client/json.h"
#include "objects.h"
#include "operand.h"
#include "options.h"
#include "status.h"

static const PlatterOptionsCommand command_info_command = {
  .name = "info",
  .operands = "DRIVE|IMAGE",
  .description = N_ ("Tells what a drive or an image is, what is on it, and what Platter would do "
                     "with it."),
  .use = PLATTER_OPTIONS_BMAP,
  .min_operands = 1,
  .max_operands = 1,
};

static void
command_info_print_volumes (GListModel *volumes)
{
  for (guint i = 0; i < g_list_model_get_n_items (volumes); i++)
    {
      g_autoptr (PlatterVolume) volume = g_list_model_get_item (volumes, i);
      g_autofree char *title = platter_volume_dup_title (volume);
      g_autofree char *points = platter_volume_dup_mount_words (volume, " ");

      g_print ("    %s %s\n", title, points);
    }
}

static void
command_info_print_drive (PlatterDrive *drive, const GError *no_source, const GError *no_target)
{
  g_autofree char *health = platter_drive_health_dup_words (platter_drive_get_health (drive));

  g_print ("%s\n    %s\n", platter_drive_get_title (drive), platter_drive_get_subtitle (drive));
  if (health != NULL)
    g_print ("    %s\n", health);
  /* Translators: a drive's logical block size */
  g_print (_ ("    blocks of %u bytes\n"), platter_drive_get_logical_block_bytes (drive));
  command_info_print_volumes (platter_drive_get_volumes (drive));
  g_print ("%s\n", no_source != NULL ? no_source->message : _ ("It can be copied."));
  g_print ("%s\n", no_target != NULL ? no_target->message : _ ("It can be overwritten."));
}

static void
command_info_tell_drive (PlatterDrive *drive, gboolean is_json)
{
  g_autoptr (GError) no_source = NULL;
  g_autoptr (GError) no_target = NULL;
  g_autoptr (GVariant) facts = NULL;
  GVariantDict object;

  platter_drive_check_source (drive, &no_source);
  platter_drive_check_target (drive, 0, NULL, NULL, FALSE, &no_target);
  if (!is_json)
    {
      command_info_print_drive (drive, no_source, no_target);
      return;
    }
  facts = g_variant_ref_sink (platter_objects_new_drive (drive));
  g_variant_dict_init (&object, facts);
  if (no_source != NULL)
    g_variant_dict_insert (&object, "source-refusal", "s", no_source->message);
  if (no_target != NULL)
    g_variant_dict_insert (&object, "target-refusal", "s", no_target->message);
  platter_json_print (g_variant_dict_end (&object));
}

static void
command_info_tell_image (PlatterImage *image, gboolean is_json)
{
  g_autofree char *title = platter_image_dup_title (image);
  g_autofree char *bmap = platter_image_dup_bmap_words (image);
  g_autofree char *shortfall = platter_image_dup_shortfall (image);
  g_autofree char *silence = platter_image_dup_silence (image);

  if (is_json)
    {
      platter_json_print (platter_objects_new_image (image));
      return;
    }
  g_print ("%s\n    %s\n", title, platter_image_get_kind (image));
  if (platter_image_is_packed (image) && platter_image_get_size_bytes (image) == 0)
    g_print ("    %s\n", _ ("How much it holds is not recorded in it."));
  command_info_print_volumes (platter_image_get_partitions (image));
  if (platter_image_get_expected_digest (image) != NULL)
    /* Translators: the name of a checksum, the checksum, and the file that tells it */
    g_print (_ ("    %s %s, says %s\n"), platter_image_get_expected_algorithm (image),
             platter_image_get_expected_digest (image), platter_image_get_sums_name (image));
  if (silence != NULL)
    g_print ("    %s\n", silence);
  if (bmap != NULL)
    g_print ("    %s\n", bmap);
  if (shortfall != NULL)
    g_print ("%s\n", shortfall);
  g_print ("%s\n", _ ("It can be written to a drive."));
}

int
platter_command_info (int argc, char **argv)
{
  int status = PLATTER_STATUS_DONE;
  g_autoptr (PlatterOptions) options
    = platter_options_parse (&command_info_command, argc, argv, &status);
  g_autoptr (PlatterDrives) drives = NULL;
  g_autoptr (GObject) operand = NULL;
  g_autoptr (GError) error = NULL;

  if (options == NULL)
    return status;
  drives = platter_operand_is_drive (options->operands[0]) ? platter_operand_load_drives () : NULL;
  operand = platter_operand_open (drives, options->operands[0], &error);
  if (operand == NULL || !platter_operand_choose_bmap (operand, options, &error))
    return platter_status_tell (error, options->json);
  if (PLATTER_IS_DRIVE (operand))
    command_info_tell_drive (PLATTER_DRIVE (operand), options->json);
  else
    command_info_tell_image (PLATTER_IMAGE (operand), options->json);
  return PLATTER_STATUS_DONE;
}
