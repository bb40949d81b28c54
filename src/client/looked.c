// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What platter-look has seen.

#include "looked.h"

#include "dbus/arguments.h"
#include "formats/packed-size.h"
#include "volume.h"

#define MAX_PARTITIONS 256

static const PlatterArgument looked_keys[] = {
  { "format", "s", FALSE },
  { "size", "t", FALSE },
  { "archive", "a{sv}", FALSE },
  { "partitions", "a(ttss)", FALSE },
  { "disc", PLATTER_DISC_TYPE, FALSE },
  { "end", "(tu)", FALSE },
};

static const PlatterArgument looked_archive_keys[] = {
  { "state", "s", TRUE },
  { "candidates", "u", TRUE },
  { "names", "as", TRUE },
};

static gboolean
looked_refuse (GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "It makes no sense: %s", what);
  return FALSE;
}

static gboolean
looked_parse_names (PlatterArchiveChoice *choice, GVariant *archive, GError **error)
{
  g_autoptr (GVariantIter) names = NULL;
  const char *name = NULL;

  g_variant_lookup (archive, "names", "as", &names);
  if (g_variant_iter_n_children (names) > PLATTER_ARCHIVE_MAX_NAMES)
    return looked_refuse (error, "too many names");
  while (g_variant_iter_next (names, "&s", &name))
    g_ptr_array_add (choice->names, platter_archive_choice_dup_shown (name));
  return TRUE;
}

static gboolean
looked_parse_archive (PlatterLooked *self, GVariant *content, GError **error)
{
  g_autoptr (GVariant) archive
    = g_variant_lookup_value (content, "archive", G_VARIANT_TYPE_VARDICT);
  const char *state = NULL;
  PlatterArchiveChoice *choice = NULL;

  if (archive == NULL)
    return TRUE;
  if (!platter_arguments_check (archive, looked_archive_keys, G_N_ELEMENTS (looked_archive_keys),
                                error))
    return FALSE;
  self->choice = choice = platter_archive_choice_new ();
  choice->size_bytes = self->size_bytes;
  g_variant_lookup (archive, "state", "&s", &state);
  g_variant_lookup (archive, "candidates", "u", &choice->n_candidates);
  if (!platter_archive_choice_set_state (choice, state))
    return looked_refuse (error, "an unknown state");
  if (!looked_parse_names (choice, archive, error))
    return FALSE;
  if (self->format == PLATTER_FORMAT_NONE || choice->n_candidates < choice->names->len
      || (choice->state == PLATTER_ARCHIVE_GOOD && choice->names->len != 1))
    return looked_refuse (error, "an archive that is none");
  return TRUE;
}

static gboolean
looked_parse_partitions (PlatterLooked *self, GVariant *content, GError **error)
{
  g_autoptr (GVariantIter) partitions = NULL;
  guint64 offset_bytes = 0;
  guint64 size_bytes = 0;
  const char *label = NULL;
  const char *type = NULL;

  if (!g_variant_lookup (content, "partitions", "a(ttss)", &partitions))
    return TRUE;
  if (g_variant_iter_n_children (partitions) > MAX_PARTITIONS)
    return looked_refuse (error, "too many partitions");
  while (g_variant_iter_next (partitions, "(tt&s&s)", &offset_bytes, &size_bytes, &label, &type))
    {
      g_autofree char *shown_label = platter_archive_choice_dup_shown (label);
      g_autofree char *shown_type = platter_archive_choice_dup_shown (type);
      g_autoptr (PlatterVolume) volume
        = platter_volume_new (NULL, offset_bytes, size_bytes, shown_label, shown_type, NULL);

      if (offset_bytes > G_MAXINT64 || size_bytes > G_MAXINT64 - offset_bytes)
        return looked_refuse (error, "a partition without an end");
      g_list_store_append (self->partitions, volume);
    }
  return TRUE;
}

static gboolean
looked_parse_disc (PlatterLooked *self, GVariant *content, GError **error)
{
  g_autoptr (GVariant) disc
    = g_variant_lookup_value (content, "disc", G_VARIANT_TYPE (PLATTER_DISC_TYPE));

  self->has_disc = disc != NULL;
  return disc == NULL || platter_disc_unpack (&self->disc, disc)
         || looked_refuse (error, "a disc that is none");
}

PlatterLooked *
platter_looked_parse (GVariant *content, GError **error)
{
  g_autoptr (PlatterLooked) self = g_new0 (PlatterLooked, 1);
  const char *format = "";

  self->partitions = g_list_store_new (PLATTER_TYPE_VOLUME);
  self->size_bytes = PLATTER_PACKED_SIZE_UNKNOWN;
  if (!platter_arguments_check (content, looked_keys, G_N_ELEMENTS (looked_keys), error))
    return NULL;
  g_variant_lookup (content, "format", "&s", &format);
  g_variant_lookup (content, "size", "t", &self->size_bytes);
  g_variant_lookup (content, "end", "(tu)", &self->end_bytes, &self->end_partition);
  if (!platter_format_from_name (format, &self->format))
    {
      looked_refuse (error, "an unknown format");
      return NULL;
    }
  if (!looked_parse_archive (self, content, error)
      || !looked_parse_partitions (self, content, error)
      || !looked_parse_disc (self, content, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
platter_looked_free (PlatterLooked *self)
{
  if (self == NULL)
    return;
  platter_archive_choice_free (self->choice);
  platter_disc_clear (&self->disc);
  g_object_unref (self->partitions);
  g_free (self);
}
