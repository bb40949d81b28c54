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

#include "../client/image-format.h"
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
      g_autofree char *points = platter_volume_dup_mount_words (volume, " ");

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

static PlatterStatus
confirm_give_up (PlatterOptions *options)
{
  g_autoptr (GError) error
    = g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", _ ("Nothing was written."));

  return platter_status_tell (error, options->json);
}

PlatterStatus
platter_confirm (PlatterRequest *request, PlatterOptions *options)
{
  GPtrArray *targets = platter_request_get_targets (request);

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
  return confirm_give_up (options);
}

/* Zeros take no room, so that it may fit all the same. */
PlatterStatus
platter_confirm_room (PlatterRequest *request, PlatterOptions *options)
{
  gpointer image = g_ptr_array_index (platter_request_get_targets (request), 0);
  guint64 needed_bytes = platter_request_get_size_bytes (request);
  guint64 free_bytes = platter_new_image_get_free_bytes (image);
  g_autofree char *needed = g_format_size (needed_bytes);
  g_autofree char *room = g_format_size (free_bytes);
  g_autofree char *sentence = NULL;

  /* What it becomes packed, nobody knows before. */
  if (free_bytes >= needed_bytes
      || !platter_image_format_find (platter_request_get_format (request))->is_plain)
    return PLATTER_STATUS_DONE;
  sentence = g_strdup_printf (
    /* Translators: two sizes in bytes: what is free, and what is needed */
    _ ("There is only %s free where the image is to be saved, and it can become as large as %s."),
    room, needed);
  if (!options->yes && !isatty (STDIN_FILENO))
    {
      g_autofree char *refusal
        = g_strdup_printf ("%s %s", sentence, _ ("Give --yes to try all the same."));

      return platter_status_tell_refusal (refusal, options->json);
    }
  g_printerr ("%s\n", sentence);
  if (options->yes)
    return PLATTER_STATUS_DONE;
  g_printerr ("%s ", _ ("Type “yes” to try all the same:"));
  return confirm_read_answer () ? PLATTER_STATUS_DONE : confirm_give_up (options);
}
