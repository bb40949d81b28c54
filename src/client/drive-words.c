// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a drive is called in a row of a list.

#include "config.h"

#include "drive-words.h"

#include <glib/gi18n-lib.h>

#include "../engine/printable.h"
#include "volume.h"

#define DRIVE_WORDS_MAX_VOLUMES 3

char *
platter_drive_words_dup_name (const PlatterDriveFacts *facts)
{
  g_autofree char *name = NULL;

  if (facts->backing_file != NULL)
    name = g_path_get_basename (facts->backing_file);
  else if (facts->vendor[0] != '\0' && !g_str_has_prefix (facts->model, facts->vendor))
    name = g_strconcat (facts->vendor, " ", facts->model, NULL);
  else
    name = g_strdup (facts->model);

  g_strstrip (name);
  return platter_printable_dup (name[0] != '\0' ? name : facts->name, -1);
}

char *
platter_drive_words_dup_title (const PlatterDriveFacts *facts)
{
  g_autofree char *name = platter_drive_words_dup_name (facts);
  g_autofree char *size = g_format_size (facts->size_bytes);

  /* Translators: a drive's name and its size */
  return g_strdup_printf (_ ("%s · %s"), name, facts->size_bytes > 0 ? size : _ ("no medium"));
}

static char *
drive_words_dup_volumes (const PlatterDriveFacts *facts, GListModel *volumes)
{
  guint n_volumes = g_list_model_get_n_items (volumes);
  g_autoptr (GString) words = g_string_new (NULL);

  if (!platter_drive_facts_is_content_known (facts))
    return g_strdup (_ ("contents not known"));
  if (n_volumes == 0)
    return g_strdup (_ ("no volumes"));
  for (guint i = 0; i < MIN (n_volumes, DRIVE_WORDS_MAX_VOLUMES); i++)
    {
      g_autoptr (PlatterVolume) volume = g_list_model_get_item (volumes, i);
      g_autofree char *title = platter_volume_dup_title (volume);

      g_string_append_printf (words, "%s%s", i > 0 ? "; " : "", title);
    }
  if (n_volumes > DRIVE_WORDS_MAX_VOLUMES)
    {
      guint more = n_volumes - DRIVE_WORDS_MAX_VOLUMES;

      g_string_append_printf (words, g_dngettext (GETTEXT_PACKAGE, "; %u more", "; %u more", more),
                              more);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

char *
platter_drive_words_dup_place (const PlatterDriveFacts *facts)
{
  /* Translators: a drive's serial number */
  g_autofree char *serial = g_strdup_printf (_ ("serial %s"), facts->serial);
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  g_autofree char *place = NULL;

  g_ptr_array_add (parts, facts->device);
  if (facts->port[0] != '\0')
    g_ptr_array_add (parts, facts->port);
  if (facts->serial[0] != '\0')
    g_ptr_array_add (parts, serial);
  g_ptr_array_add (parts, NULL);
  place = g_strjoinv (" · ", (char **)parts->pdata);
  return platter_printable_dup (place, -1);
}

char *
platter_drive_words_dup_subtitle (const PlatterDriveFacts *facts, GListModel *volumes)
{
  g_autofree char *place = platter_drive_words_dup_place (facts);
  g_autofree char *content = drive_words_dup_volumes (facts, volumes);
  g_autofree char *shown = platter_printable_dup (content, -1);

  return g_strdup_printf ("%s · %s", place, shown);
}

const char *
platter_drive_words_get_icon_name (const PlatterDriveFacts *facts)
{
  if (g_str_equal (facts->bus, "mmc"))
    return "media-flash-symbolic";
  if (facts->is_removable)
    return "drive-removable-media-symbolic";
  return "drive-harddisk-symbolic";
}
