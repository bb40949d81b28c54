// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platterctl list: the drives of this machine.

#include "config.h"

#include "commands.h"

#include <glib/gi18n.h>

#include "../client/json.h"
#include "objects.h"
#include "operand.h"
#include "options.h"
#include "status.h"

static const PlatterOptionsCommand command_list_command = {
  .name = "list",
  .operands = "",
  .description = N_ ("Lists the drives that Platter can work with."),
  .use = PLATTER_OPTIONS_LIST,
};

static void
command_list_print (PlatterDrive *drive)
{
  g_autofree char *health = platter_drive_health_dup_words (platter_drive_get_health (drive));

  g_print ("%s\n    %s\n", platter_drive_get_title (drive), platter_drive_get_subtitle (drive));
  if (health != NULL)
    g_print ("    %s\n", health);
  if (platter_drive_is_system (drive))
    g_print ("    %s\n", _ ("This computer runs from it."));
}

int
platter_command_list (int argc, char **argv)
{
  int status = PLATTER_STATUS_DONE;
  g_autoptr (PlatterOptions) options
    = platter_options_parse (&command_list_command, argc, argv, &status);
  g_autoptr (PlatterDrives) drives = NULL;
  guint n_drives = 0;

  if (options == NULL)
    return status;
  drives = platter_operand_load_drives ();
  if (!platter_drives_is_available (drives))
    {
      g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                                      platter_drives_get_error_message (drives));

      return platter_status_tell (error, options->json);
    }
  platter_drives_set_show_all (drives, options->all);
  n_drives = g_list_model_get_n_items (G_LIST_MODEL (drives));
  for (guint i = 0; i < n_drives; i++)
    {
      g_autoptr (PlatterDrive) drive = g_list_model_get_item (G_LIST_MODEL (drives), i);

      if (options->json)
        platter_json_print (platter_objects_new_drive (drive));
      else
        command_list_print (drive);
    }
  if (n_drives == 0 && !options->json && !options->quiet)
    g_printerr ("%s\n", options->all
                          ? _ ("There are no drives.")
                          : _ ("There are no drives but the running system's. “platterctl "
                               "list --all” shows that one and loop devices, too."));
  return PLATTER_STATUS_DONE;
}
