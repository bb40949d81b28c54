// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The tables of Alcohol 120%'s images.

#include <string.h>

#include "disc-look.h"

#define HEADER_BYTES 88
#define SESSION_BYTES 24
#define TRACK_BYTES 80
#define FOOTER_BYTES 16
#define MAX_SESSIONS 99
#define MAX_NAME_BYTES 512
/* Media from there on are DVDs, whose tracks have no block of their lengths. */
#define FIRST_DVD 0x10

typedef struct
{
  const guint8 *data;
  gsize length;
  gboolean is_dvd;
  PlatterDisc *disc;
} Mds;

static guint64
mds_get_le (const guint8 *data, gsize length)
{
  guint64 number = 0;

  for (gsize i = length; i > 0; i--)
    number = number << 8 | data[i - 1];
  return number;
}

/* Returns: (nullable): @length bytes at @offset. */
static const guint8 *
mds_find (const Mds *self, guint64 offset, gsize length)
{
  return offset <= self->length && length <= self->length - offset ? self->data + offset : NULL;
}

/* Returns: (nullable): whatever ends with a zero; letters of one byte are those of Latin-1. */
static char *
mds_dup_text (const Mds *self, guint64 offset, gboolean is_wide)
{
  GString *text = g_string_new (NULL);
  gsize unit = is_wide ? 2 : 1;
  const guint8 *place = mds_find (self, offset, unit);

  while (place != NULL && text->len < MAX_NAME_BYTES && mds_get_le (place, unit) != 0)
    {
      gunichar letter = (gunichar)mds_get_le (place, unit);

      g_string_append_unichar (text, g_unichar_validate (letter) ? letter : '_');
      offset += unit;
      place = mds_find (self, offset, unit);
    }
  return g_string_free (text, FALSE);
}

static PlatterDiscState
mds_find_file (Mds *self, guint64 offset)
{
  const guint8 *footer = offset > 0 ? mds_find (self, offset, FOOTER_BYTES) : NULL;

  if (footer == NULL)
    return PLATTER_DISC_DAMAGED;
  self->disc->file = mds_dup_text (self, mds_get_le (footer, 4), mds_get_le (footer + 4, 4) != 0);
  if (self->disc->file[0] == '\0')
    return PLATTER_DISC_DAMAGED;
  return platter_disc_is_name (self->disc->file) ? PLATTER_DISC_GOOD : PLATTER_DISC_OUTSIDE;
}

/* Of a DVD it stands where a CD has the place of it (as libmirage has found). Returns: how long a track is, in sectors; 0 if
   nobody says. */
static guint32
mds_find_length (const Mds *self, const guint8 *track)
{
  guint64 offset = mds_get_le (track + 12, 4);
  const guint8 *extra = NULL;

  if (self->is_dvd)
    return (guint32)offset;
  extra = offset > 0 ? mds_find (self, offset, 8) : NULL;
  return extra != NULL ? (guint32)mds_get_le (extra + 4, 4) : 0;
}

static PlatterDiscState
mds_take_track (Mds *self, const guint8 *track)
{
  /* By the lowest bits of the mode; the others tell how it was read. */
  static const guint32 kinds[8]
    = { PLATTER_TRACK_MODE2, PLATTER_TRACK_N_KINDS, PLATTER_TRACK_MODE1,   PLATTER_TRACK_MODE2,
        PLATTER_TRACK_MODE2, PLATTER_TRACK_N_KINDS, PLATTER_TRACK_N_KINDS, PLATTER_TRACK_MODE2 };
  PlatterTrack *taken = &self->disc->track;
  guint32 own_bytes = 0;

  *taken = (PlatterTrack){
    .offset_bytes = mds_get_le (track + 40, 8),
    .n_sectors = mds_find_length (self, track),
    .sector_bytes = (guint32)mds_get_le (track + 16, 2),
    .kind = kinds[track[0] & 7],
  };
  own_bytes = taken->sector_bytes - (track[1] != 0 ? PLATTER_TRACK_SUBCHANNEL_BYTES : 0);
  if ((track[0] & 7) == 5)
    return PLATTER_DISC_FORM2;
  if (mds_get_le (track + 48, 4) > 1)
    return PLATTER_DISC_PARTS;
  if (own_bytes == PLATTER_TRACK_USER_BYTES)
    taken->kind = PLATTER_TRACK_PLAIN;
  else if (own_bytes == 2336 && taken->kind == PLATTER_TRACK_MODE2)
    taken->kind = PLATTER_TRACK_MODE2_BARE;
  if (own_bytes != platter_track_get_sector_bytes (taken->kind))
    return PLATTER_DISC_UNKNOWN_MODE;
  return platter_track_is_valid (taken) ? mds_find_file (self, mds_get_le (track + 52, 4))
                                        : PLATTER_DISC_DAMAGED;
}

static void
mds_add_track (Mds *self, const guint8 *track)
{
  const guint8 audio = 1;
  guint8 point = track[4];

  /* Others are entries of the table of contents that are no tracks. */
  if (point < 1 || point > 99)
    return;
  self->disc->n_tracks++;
  if ((track[0] & 7) == audio)
    self->disc->n_audio++;
  else if (self->disc->number == 0)
    {
      self->disc->number = self->disc->n_tracks;
      self->disc->state = mds_take_track (self, track);
    }
}

static gboolean
mds_add_session (Mds *self, guint64 offset)
{
  const guint8 *session = mds_find (self, offset, SESSION_BYTES);
  guint64 tracks = session != NULL ? mds_get_le (session + 20, 4) : 0;

  for (guint i = 0; session != NULL && i < session[10]; i++)
    {
      const guint8 *track = mds_find (self, tracks + (guint64)i * TRACK_BYTES, TRACK_BYTES);

      if (track == NULL)
        return FALSE;
      mds_add_track (self, track);
    }
  return session != NULL;
}

void
platter_mds_parse (const guint8 *data, gsize length, PlatterDisc *disc)
{
  Mds self = { data, length, FALSE, disc };
  guint64 sessions = 0;
  gboolean is_whole = TRUE;

  *disc = (PlatterDisc){ .n_files = 1, .state = PLATTER_DISC_DAMAGED };
  if (length < HEADER_BYTES || memcmp (data, "MEDIA DESCRIPTOR", 16) != 0)
    return;
  if (data[16] != 1)
    {
      disc->state = PLATTER_DISC_UNKNOWN_VERSION;
      return;
    }
  self.is_dvd = mds_get_le (data + 18, 2) >= FIRST_DVD;
  disc->n_sessions = (guint32)mds_get_le (data + 20, 2);
  sessions = mds_get_le (data + 80, 4);
  if (disc->n_sessions == 0 || disc->n_sessions > MAX_SESSIONS)
    return;
  disc->state = PLATTER_DISC_GOOD;
  for (guint i = 0; i < disc->n_sessions && is_whole; i++)
    is_whole = mds_add_session (&self, sessions + (guint64)i * SESSION_BYTES);
  if (!is_whole)
    disc->state = PLATTER_DISC_DAMAGED;
  else if (disc->n_tracks == 0)
    disc->state = PLATTER_DISC_NO_TRACK;
  else if (disc->number == 0)
    disc->state = PLATTER_DISC_AUDIO;
}
