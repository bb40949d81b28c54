// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The tables of Nero's images.

#include <string.h>

#include "disc-look.h"

#define CHUNK_BYTES 8
#define DAO_HEADER_BYTES 22

/* How the fields of one version's tables lie. All numbers are big endian. */
typedef struct
{
  const char *at_once; /* the chunk's name */
  gsize
    at_once_bytes; /* of a track in it: name (12), size of sectors (2), mode (1), nothing (3), three places */
  const char *by_track; /* the other chunk's name */
  gsize by_track_bytes; /* of a track in it: place, length, mode (4), address (4), more */
  gsize place_bytes;
} NrgVersion;

static const NrgVersion nrg_versions[] = {
  { "DAOI", 30, "ETNF", 20, 4 },
  { "DAOX", 42, "ETN2", 32, 8 },
};

/* As Nero calls them. */
static const struct
{
  guint64 mode;
  guint32 kind;
  guint32 sector_bytes;
  gboolean is_audio;
} nrg_modes[] = {
  { 0x00, PLATTER_TRACK_PLAIN, 2048, FALSE },      { 0x02, PLATTER_TRACK_PLAIN, 2048, FALSE },
  { 0x03, PLATTER_TRACK_MODE2_BARE, 2336, FALSE }, { 0x05, PLATTER_TRACK_MODE1, 2352, FALSE },
  { 0x06, PLATTER_TRACK_MODE2, 2352, FALSE },      { 0x07, 0, 2352, TRUE },
  { 0x0f, PLATTER_TRACK_MODE1, 2448, FALSE },      { 0x10, 0, 2448, TRUE },
  { 0x11, PLATTER_TRACK_MODE2, 2448, FALSE },
};

static guint64
nrg_get_be (const guint8 *data, gsize length)
{
  guint64 number = 0;

  for (gsize i = 0; i < length; i++)
    number = number << 8 | data[i];
  return number;
}

/* @sector_bytes: 0: what goes with the mode */
static void
nrg_add_track (
  PlatterDisc *disc, guint64 mode, guint64 sector_bytes, guint64 start, guint64 end_bytes)
{
  guint i = 0;

  disc->n_tracks++;
  while (i < G_N_ELEMENTS (nrg_modes) && nrg_modes[i].mode != mode)
    i++;
  if (i < G_N_ELEMENTS (nrg_modes) && nrg_modes[i].is_audio)
    disc->n_audio++;
  if (disc->number > 0 || (i < G_N_ELEMENTS (nrg_modes) && nrg_modes[i].is_audio))
    return;
  disc->number = disc->n_tracks;
  disc->state = PLATTER_DISC_UNKNOWN_MODE;
  if (i == G_N_ELEMENTS (nrg_modes)
      || (sector_bytes != 0 && sector_bytes != nrg_modes[i].sector_bytes))
    return;
  disc->state = PLATTER_DISC_DAMAGED;
  sector_bytes = nrg_modes[i].sector_bytes;
  if (end_bytes <= start || (end_bytes - start) % sector_bytes != 0
      || (end_bytes - start) / sector_bytes > PLATTER_TRACK_MAX_SECTORS)
    return;
  disc->track = (PlatterTrack){ start, (guint32)((end_bytes - start) / sector_bytes),
                                (guint32)sector_bytes, nrg_modes[i].kind };
  if (platter_track_is_valid (&disc->track))
    disc->state = PLATTER_DISC_GOOD;
}

static void
nrg_add_at_once (const NrgVersion *version, const guint8 *data, gsize length, PlatterDisc *disc)
{
  for (gsize at = DAO_HEADER_BYTES; at + version->at_once_bytes <= length;
       at += version->at_once_bytes)
    {
      const guint8 *places = data + at + 18;

      nrg_add_track (disc, data[at + 14], nrg_get_be (data + at + 12, 2),
                     nrg_get_be (places + version->place_bytes, version->place_bytes),
                     nrg_get_be (places + 2 * version->place_bytes, version->place_bytes));
    }
}

static void
nrg_add_by_track (const NrgVersion *version, const guint8 *data, gsize length, PlatterDisc *disc)
{
  for (gsize at = 0; at + version->by_track_bytes <= length; at += version->by_track_bytes)
    {
      guint64 start = nrg_get_be (data + at, version->place_bytes);
      guint64 bytes = nrg_get_be (data + at + version->place_bytes, version->place_bytes);
      guint64 end_bytes = 0;

      if (!g_uint64_checked_add (&end_bytes, start, bytes))
        end_bytes = 0;
      nrg_add_track (disc, nrg_get_be (data + at + 2 * version->place_bytes, 4), 0, start,
                     end_bytes);
    }
}

static void
nrg_add_chunk (const NrgVersion *version,
               const guint8 *name,
               const guint8 *data,
               gsize length,
               PlatterDisc *disc)
{
  if (memcmp (name, version->at_once, 4) == 0)
    nrg_add_at_once (version, data, length, disc);
  else if (memcmp (name, version->by_track, 4) == 0)
    nrg_add_by_track (version, data, length, disc);
  else if (memcmp (name, "SINF", 4) == 0)
    disc->n_sessions++;
}

void
platter_nrg_parse (const guint8 *table, gsize length, gboolean is_wide, PlatterDisc *disc)
{
  const NrgVersion *version = &nrg_versions[is_wide ? 1 : 0];
  gboolean is_whole = FALSE;

  *disc = (PlatterDisc){ .n_files = 1 };
  for (gsize at = 0; at + CHUNK_BYTES <= length && !is_whole;)
    {
      guint64 chunk_bytes = nrg_get_be (table + at + 4, 4);

      is_whole = memcmp (table + at, "END!", 4) == 0;
      if (is_whole || chunk_bytes > length - at - CHUNK_BYTES)
        break;
      nrg_add_chunk (version, table + at, table + at + CHUNK_BYTES, (gsize)chunk_bytes, disc);
      at += CHUNK_BYTES + (gsize)chunk_bytes;
    }
  disc->n_sessions = MAX (disc->n_sessions, 1);
  if (!is_whole)
    disc->state = PLATTER_DISC_DAMAGED;
  else if (disc->n_tracks == 0)
    disc->state = PLATTER_DISC_NO_TRACK;
  else if (disc->number == 0)
    disc->state = PLATTER_DISC_AUDIO;
}
