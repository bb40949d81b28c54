// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is known of an image of a CD.

#include "disc.h"

#include <limits.h>
#include <string.h>

/* What a sheet may count. */
#define DISC_MAX_COUNT G_MAXUINT16

static const guint32 track_sector_bytes[PLATTER_TRACK_N_KINDS] = { 2048, 2352, 2352, 2336 };
static const char *const disc_kinds[] = { "cue", "mds", "nrg", "raw" };

guint32
platter_track_get_sector_bytes (guint32 kind)
{
  return kind < PLATTER_TRACK_N_KINDS ? track_sector_bytes[kind] : 0;
}

gboolean
platter_track_has_subchannels (const PlatterTrack *self)
{
  return self->sector_bytes > platter_track_get_sector_bytes (self->kind);
}

gboolean
platter_track_is_valid (const PlatterTrack *self)
{
  guint32 own_bytes = platter_track_get_sector_bytes (self->kind);

  return own_bytes > 0 && self->n_sectors <= PLATTER_TRACK_MAX_SECTORS
         && self->offset_bytes <= G_MAXINT64 / 2
         && (self->sector_bytes == own_bytes
             || self->sector_bytes == own_bytes + PLATTER_TRACK_SUBCHANNEL_BYTES);
}

guint64
platter_track_get_end_bytes (const PlatterTrack *self)
{
  return self->offset_bytes + (guint64)self->n_sectors * self->sector_bytes;
}

guint64
platter_track_get_size_bytes (const PlatterTrack *self)
{
  return (guint64)self->n_sectors * PLATTER_TRACK_USER_BYTES;
}

GVariant *
platter_track_pack (const PlatterTrack *self)
{
  return g_variant_new (PLATTER_TRACK_TYPE, self->offset_bytes, self->n_sectors, self->sector_bytes,
                        self->kind);
}

gboolean
platter_track_lookup (PlatterTrack *self, GVariant *dictionary, const char *key)
{
  *self = (PlatterTrack){ 0 };
  if (!g_variant_lookup (dictionary, key, PLATTER_TRACK_TYPE, &self->offset_bytes, &self->n_sectors,
                         &self->sector_bytes, &self->kind))
    return TRUE;
  return self->n_sectors > 0 && platter_track_is_valid (self);
}

const char *
platter_disc_kind_get_name (PlatterDiscKind kind)
{
  return disc_kinds[kind];
}

gboolean
platter_disc_kind_from_name (const char *name, PlatterDiscKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (disc_kinds); i++)
    if (strcmp (disc_kinds[i], name) == 0)
      {
        *kind = (PlatterDiscKind)i;
        return TRUE;
      }
  return FALSE;
}

GVariant *
platter_disc_pack (const PlatterDisc *self)
{
  return g_variant_new ("(usuuuuuu@" PLATTER_TRACK_TYPE ")", (guint32)self->state,
                        self->file != NULL ? self->file : "", self->number, self->n_tracks,
                        self->n_audio, self->n_sessions, self->line, self->n_files,
                        platter_track_pack (&self->track));
}

gboolean
platter_disc_is_name (const char *name)
{
  gsize length = strlen (name);

  return length <= NAME_MAX && strpbrk (name, "/\\") == NULL && strcmp (name, ".") != 0
         && strcmp (name, "..") != 0;
}

static gboolean
disc_makes_sense (const PlatterDisc *self)
{
  if (self->state >= PLATTER_DISC_N_STATES || self->n_tracks > DISC_MAX_COUNT
      || self->n_audio > self->n_tracks || self->n_sessions > DISC_MAX_COUNT
      || self->n_files > DISC_MAX_COUNT)
    return FALSE;
  return self->state != PLATTER_DISC_GOOD
         || (self->number >= 1 && self->number <= DISC_MAX_COUNT && self->n_tracks > self->n_audio
             && platter_track_is_valid (&self->track));
}

gboolean
platter_disc_unpack (PlatterDisc *self, GVariant *packed)
{
  const char *file = NULL;
  guint32 state = 0;

  *self = (PlatterDisc){ 0 };
  if (!g_variant_is_of_type (packed, G_VARIANT_TYPE (PLATTER_DISC_TYPE)))
    return FALSE;
  g_variant_get (packed, "(u&suuuuuu" PLATTER_TRACK_TYPE ")", &state, &file, &self->number,
                 &self->n_tracks, &self->n_audio, &self->n_sessions, &self->line, &self->n_files,
                 &self->track.offset_bytes, &self->track.n_sectors, &self->track.sector_bytes,
                 &self->track.kind);
  if (!platter_disc_is_name (file))
    return FALSE;
  self->state = (PlatterDiscState)state;
  self->file = file[0] != '\0' ? g_strdup (file) : NULL;
  return disc_makes_sense (self);
}

void
platter_disc_clear (PlatterDisc *self)
{
  g_clear_pointer (&self->file, g_free);
}
