// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Any bytes as what tells of a CD's tracks, and as the CD: what is found is a track that the client takes, and of that
// each sector is read or refused. The first byte says what it is.

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "formats/disc-look.h"
#include "formats/track-reader.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The same as a reader of files, without its thread. */
typedef struct
{
  PlatterReader reader;
  int fd;
} Inner;

static gssize
inner_read (PlatterReader *reader, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  (void)error;
  return MAX (0, pread (((Inner *)reader)->fd, data, length, (off_t)offset_bytes));
}

static void
inner_get_progress (PlatterReader *reader, PlatterReaderProgress *progress)
{
  (void)reader;
  *progress = (PlatterReaderProgress){ 0 };
}

static void
inner_free (PlatterReader *reader)
{
  g_free (reader);
}

static const PlatterReaderFuncs inner_funcs
  = { .read = inner_read, .get_progress = inner_get_progress, .free = inner_free };

static PlatterReader *
inner_new (int fd)
{
  Inner *self = g_new0 (Inner, 1);

  self->reader.funcs = &inner_funcs;
  self->fd = fd;
  return &self->reader;
}

static void
read_track (int fd, PlatterTrack *track)
{
  PlatterReader *reader = NULL;
  guint8 buffer[5000];
  gssize got = 1;

  if (track->n_sectors == 0 || track->n_sectors > 100)
    track->n_sectors = 100;
  reader = platter_track_reader_new (inner_new (fd), "x", track);
  for (guint64 at = 0; got > 0; at += (guint64)got)
    {
      g_autoptr (GError) error = NULL;

      got = reader->funcs->read (reader, at, buffer, sizeof buffer, &error);
      g_assert_true ((got < 0) == (error != NULL));
      if (got >= 0)
        g_assert_cmpuint (at + (guint64)got, <=, platter_track_get_size_bytes (track));
    }
  reader->funcs->free (reader);
}

static void
check (int fd, PlatterDisc *disc)
{
  g_autoptr (GVariant) packed = NULL;
  g_auto (PlatterDisc) again = { 0 };

  if (disc->state != PLATTER_DISC_GOOD)
    g_clear_pointer (&disc->file, g_free);
  packed = g_variant_ref_sink (platter_disc_pack (disc));
  g_assert_true (platter_disc_unpack (&again, packed));
  if (disc->state == PLATTER_DISC_GOOD)
    read_track (fd, &again.track);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (PlatterDisc) disc = { 0 };
  int fd = -1;

  if (size == 0)
    return 0;
  fd = memfd_create ("disc", MFD_CLOEXEC);
  g_assert_cmpint (write (fd, data + 1, size - 1), ==, (gssize)size - 1);
  platter_disc_look (fd, (PlatterDiscKind)(data[0] & 3), &disc);
  check (fd, &disc);
  close (fd);
  return 0;
}
