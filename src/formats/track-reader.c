// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The user data of a CD's track.

#include "track-reader.h"

#include <string.h>

#include "edc.h"
#include "engine/errors.h"

/* So many sectors are read at once. */
#define READ_SECTORS 64
#define SYNC_BYTES 12
#define HEADER_BYTES 16
#define SUBHEADER_BYTES 8
#define SUBMODE_FORM2 0x20

typedef struct
{
  PlatterReader reader;
  PlatterReader *inner;
  char *name;
  PlatterTrack track;
  PlatterEdc edc;
  guint8 *sectors;
  guint32 first; /* of those that are there */
  guint32 n;
} TrackReader;

static const guint8 track_sync[SYNC_BYTES]
  = { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 };

/* @index: of the sector in the track, which is how other tools count it, too */
static gboolean
track_reader_fail (
  TrackReader *self, guint32 index, PlatterEngineError code, const char *what, GError **error)
{
  guint64 place = self->track.offset_bytes + (guint64)index * self->track.sector_bytes;

  g_set_error (error, PLATTER_ENGINE_ERROR, code,
               "%s: sector %u of its track (at byte %" G_GUINT64_FORMAT " of the file) %s",
               self->name, index, place, what);
  return FALSE;
}

static guint32
track_reader_get_le32 (const guint8 *data)
{
  return data[0] | (guint32)data[1] << 8 | (guint32)data[2] << 16 | (guint32)data[3] << 24;
}

/* @data: what the code is of, with the code behind it */
static gboolean
track_reader_check_edc (
  TrackReader *self, guint32 index, const guint8 *data, gsize length, GError **error)
{
  return platter_edc_compute (&self->edc, data, length) == track_reader_get_le32 (data + length)
         || track_reader_fail (self, index, PLATTER_ENGINE_ERROR_DECODE,
                               "is damaged: its error detection code is wrong. Get the image again",
                               error);
}

static gboolean
track_reader_check_header (TrackReader *self, guint32 index, const guint8 *sector, GError **error)
{
  guint8 mode = self->track.kind == PLATTER_TRACK_MODE1 ? 1 : 2;

  if (memcmp (sector, track_sync, SYNC_BYTES) != 0)
    return track_reader_fail (self, index, PLATTER_ENGINE_ERROR_DECODE,
                              "is no sector of data: the image is damaged, or a track of sound "
                              "begins there. Choose its .cue file, if it has one, or get it again",
                              error);
  return sector[HEADER_BYTES - 1] == mode
         || track_reader_fail (self, index, PLATTER_ENGINE_ERROR_DECODE,
                               "is of another mode than its track: the image is damaged. Get it "
                               "again",
                               error);
}

/* @data: from its sub-header on. There are two copies of that: that it has to be the same twice keeps damage apart. */
static const guint8 *
track_reader_find_form1 (TrackReader *self, guint32 index, const guint8 *data, GError **error)
{
  if ((data[2] & SUBMODE_FORM2) != 0 && memcmp (data, data + 4, 4) == 0)
    {
      track_reader_fail (self, index, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                         "is of form 2, as for video and sound: it has no 2048 bytes of a file "
                         "system, so a drive cannot hold it",
                         error);
      return NULL;
    }
  return track_reader_check_edc (self, index, data, SUBHEADER_BYTES + PLATTER_TRACK_USER_BYTES,
                                 error)
           ? data + SUBHEADER_BYTES
           : NULL;
}

/* Returns: (nullable): the user data of a sector. */
static const guint8 *
track_reader_find_data (TrackReader *self, guint32 index, const guint8 *sector, GError **error)
{
  if (self->track.kind == PLATTER_TRACK_PLAIN)
    return sector;
  if (self->track.kind == PLATTER_TRACK_MODE2_BARE)
    return track_reader_find_form1 (self, index, sector, error);
  if (!track_reader_check_header (self, index, sector, error))
    return NULL;
  if (self->track.kind == PLATTER_TRACK_MODE2)
    return track_reader_find_form1 (self, index, sector + HEADER_BYTES, error);
  return track_reader_check_edc (self, index, sector, HEADER_BYTES + PLATTER_TRACK_USER_BYTES,
                                 error)
           ? sector + HEADER_BYTES
           : NULL;
}

/* Reads the sectors from @index on, and puts their user data where they began. */
static gboolean
track_reader_load (TrackReader *self, guint32 index, GError **error)
{
  guint32 n = MIN (READ_SECTORS, self->track.n_sectors - index);
  gsize length = (gsize)n * self->track.sector_bytes;
  guint64 offset_bytes = self->track.offset_bytes + (guint64)index * self->track.sector_bytes;
  gssize got = self->inner->funcs->read (self->inner, offset_bytes, self->sectors, length, error);

  self->n = 0;
  if (got < 0)
    return FALSE;
  if ((gsize)got < length)
    return track_reader_fail (self, index + (guint32)((gsize)got / self->track.sector_bytes),
                              PLATTER_ENGINE_ERROR_DECODE,
                              "is missing: the file is too short. Get it again", error);
  for (guint32 i = 0; i < n; i++)
    {
      const guint8 *data = track_reader_find_data (
        self, index + i, self->sectors + (gsize)i * self->track.sector_bytes, error);

      if (data == NULL)
        return FALSE;
      memmove (self->sectors + (gsize)i * PLATTER_TRACK_USER_BYTES, data, PLATTER_TRACK_USER_BYTES);
    }
  self->first = index;
  self->n = n;
  return TRUE;
}

/* Behind the track there may be others: what the digests are of is all of the file. */
static gboolean
track_reader_finish (TrackReader *self, GError **error)
{
  PlatterReaderProgress progress = { 0 };
  guint8 byte = 0;

  self->inner->funcs->get_progress (self->inner, &progress);
  return self->inner->funcs->read (
           self->inner, MAX (progress.total_bytes, platter_track_get_end_bytes (&self->track)),
           &byte, 1, error)
         >= 0;
}

static gssize
track_reader_read (
  PlatterReader *reader, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  TrackReader *self = (TrackReader *)reader;
  guint64 size_bytes = platter_track_get_size_bytes (&self->track);
  gsize filled = 0;

  while (filled < length && offset_bytes + filled < size_bytes)
    {
      guint64 at_bytes = offset_bytes + filled;
      guint32 index = (guint32)(at_bytes / PLATTER_TRACK_USER_BYTES);
      gsize skip = 0;
      gsize available = 0;

      if ((index < self->first || index - self->first >= self->n)
          && !track_reader_load (self, index, error))
        return -1;
      skip = (gsize)(at_bytes - (guint64)self->first * PLATTER_TRACK_USER_BYTES);
      available = MIN ((gsize)self->n * PLATTER_TRACK_USER_BYTES - skip, length - filled);
      memcpy (data + filled, self->sectors + skip, available);
      filled += available;
    }
  return filled == length || track_reader_finish (self, error) ? (gssize)filled : -1;
}

static void
track_reader_cancel (PlatterReader *reader)
{
  PlatterReader *inner = ((TrackReader *)reader)->inner;

  inner->funcs->cancel (inner);
}

static void
track_reader_get_progress (PlatterReader *reader, PlatterReaderProgress *progress)
{
  PlatterReader *inner = ((TrackReader *)reader)->inner;

  inner->funcs->get_progress (inner, progress);
}

static gboolean
track_reader_set_digests (PlatterReader *reader, PlatterDigests digests, GError **error)
{
  PlatterReader *inner = ((TrackReader *)reader)->inner;

  return inner->funcs->set_digests (inner, digests, error);
}

static const char *
track_reader_get_digest (PlatterReader *reader, PlatterDigests digest)
{
  PlatterReader *inner = ((TrackReader *)reader)->inner;

  return inner->funcs->get_digest (inner, digest);
}

static void
track_reader_free (PlatterReader *reader)
{
  TrackReader *self = (TrackReader *)reader;

  self->inner->funcs->free (self->inner);
  g_free (self->sectors);
  g_free (self->name);
  g_free (self);
}

static const PlatterReaderFuncs track_reader_funcs = {
  .read = track_reader_read,
  .cancel = track_reader_cancel,
  .get_progress = track_reader_get_progress,
  .set_digests = track_reader_set_digests,
  .get_digest = track_reader_get_digest,
  .free = track_reader_free,
};

PlatterReader *
platter_track_reader_new (PlatterReader *inner, const char *name, const PlatterTrack *track)
{
  TrackReader *self = g_new0 (TrackReader, 1);

  self->reader.funcs = &track_reader_funcs;
  self->inner = inner;
  self->name = g_strdup (name);
  self->track = *track;
  self->sectors = g_malloc ((gsize)READ_SECTORS * PLATTER_TRACK_MAX_SECTOR_BYTES);
  platter_edc_init (&self->edc);
  return &self->reader;
}
