// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The question before something is overwritten.

#include "config.h"

#include "confirm.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../client/json.h"

static void
confirm_show_target (PlatterDrive *drive)
{
  GListModel *volumes = platter_drive_get_volumes (drive);
  guint n_volumes = g_list_model_get_n_items (volumes);

  g_printerr ("  %s\n    %s\n", platter_drive_get_title (drive),
              platter_drive_get_subtitle (drive));
  for (guint i = 0; i < n_volumes; i++)
    {
      g_autoptr (PlatterVolume) volume = g_list_model_get_item (volumes, i);
      g_autofree char *title = platter_volume_dup_title (volume);
      g_autofree char *points = g_strjoinv (" ", (char **)platter_volume_get_mount_points (volume));

      g_printerr ("    %s: %s %s\n", platter_volume_get_device (volume), title, points);
    }
}

static gboolean
confirm_read_answer (void)
{
  g_autofree char *answer = NULL;
  char *line = NULL;
  size_t room = 0;
  ssize_t length = getline (&line, &room, stdin);

  if (length > 0)
    answer = g_strstrip (g_strndup (line, (gsize)length));
  free (line);
  /* Translators: what is typed to agree to overwriting a drive */
  return answer != NULL && g_utf8_validate (answer, -1, NULL)
         && (g_ascii_strcasecmp (answer, "yes") == 0 || g_utf8_collate (answer, _ ("yes")) == 0);
}

PlatterStatus
platter_confirm (PlatterRequest *request, PlatterOptions *options)
{
  GPtrArray *targets = platter_request_get_targets (request);
  g_autoptr (GError) error = NULL;

  if (options->yes)
    return PLATTER_STATUS_DONE;
  if (!isatty (STDIN_FILENO))
    return platter_status_tell_refusal (
      _ (
        "Nothing was written: there is nobody to ask. Give --yes to overwrite without a question."),
      options->json);

  g_printerr ("%s\n", g_dngettext (GETTEXT_PACKAGE, "Everything on this drive will be lost:",
                                   "Everything on these drives will be lost:", targets->len));
  for (guint i = 0; i < targets->len; i++)
    confirm_show_target (PLATTER_DRIVE (g_ptr_array_index (targets, i)));
  g_printerr ("%s ", _ ("Type “yes” to overwrite:"));
  if (confirm_read_answer ())
    return PLATTER_STATUS_DONE;
  error = g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", _ ("Nothing was written."));
  return platter_status_tell (error, options->json);
}
