// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Reads what tells of a CD's tracks.

#include "disc-look.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NRG_END_BYTES 12
#define SYNC_BYTES 12
/* The volume descriptors of a file system of a CD begin there. */
#define DESCRIPTOR_SECTOR 16

/* Returns: (nullable): all that is there of @length bytes. */
static guint8 *
disc_look_read (int fd, guint64 offset_bytes, gsize *length)
{
  guint8 *data = g_malloc (*length + 1);
  gsize filled = 0;

  while (filled < *length)
    {
      gssize got = pread (fd, data + filled, *length - filled, (off_t)(offset_bytes + filled));

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        break;
      filled += (gsize)got;
    }
  *length = filled;
  return data;
}

static void
disc_look_at_nrg (int fd, guint64 file_bytes, PlatterDisc *disc)
{
  gsize length = NRG_END_BYTES;
  g_autofree guint8 *end = NULL;
  g_autofree guint8 *table = NULL;
  gboolean is_wide = FALSE;
  guint64 offset_bytes = 0;
  guint64 footer_bytes = 0;

  disc->state = PLATTER_DISC_DAMAGED;
  if (file_bytes < NRG_END_BYTES)
    return;
  end = disc_look_read (fd, file_bytes - NRG_END_BYTES, &length);
  if (length < NRG_END_BYTES)
    return;
  is_wide = memcmp (end, "NER5", 4) == 0;
  footer_bytes = is_wide ? 12 : 8;
  for (guint i = is_wide ? 4 : 8; i < NRG_END_BYTES; i++)
    offset_bytes = offset_bytes << 8 | end[i];
  if ((!is_wide && memcmp (end + 4, "NERO", 4) != 0) || offset_bytes > file_bytes - footer_bytes
      || file_bytes - footer_bytes - offset_bytes > PLATTER_DISC_MAX_SHEET_BYTES)
    return;
  length = (gsize)(file_bytes - footer_bytes - offset_bytes);
  table = disc_look_read (fd, offset_bytes, &length);
  platter_nrg_parse (table, length, is_wide, disc);
}

static gboolean
disc_look_has_sync (const guint8 *head, gsize length, gsize offset)
{
  static const guint8 sync[SYNC_BYTES]
    = { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 };

  return offset + SYNC_BYTES <= length && memcmp (head + offset, sync, SYNC_BYTES) == 0;
}

/* @offset: of the user data in each sector */
static gboolean
disc_look_has_descriptor (const guint8 *head, gsize length, gsize sector_bytes, gsize offset)
{
  gsize at = DESCRIPTOR_SECTOR * sector_bytes + offset + 1;

  return at + 5 <= length && memcmp (head + at, "CD001", 5) == 0;
}

/* Returns: how large sectors are, in bytes; 0 for none that are known. */
static guint32
disc_look_find_sectors (const guint8 *head, gsize length, guint64 file_bytes)
{
  static const guint32 sizes[] = { 2352, 2352 + PLATTER_TRACK_SUBCHANNEL_BYTES };

  for (guint i = 0; i < G_N_ELEMENTS (sizes) && disc_look_has_sync (head, length, 0); i++)
    if (disc_look_has_sync (head, length, sizes[i]) || file_bytes == sizes[i])
      return sizes[i];
  if (disc_look_has_descriptor (head, length, 2336, 8))
    return 2336;
  return disc_look_has_descriptor (head, length, 2336 + PLATTER_TRACK_SUBCHANNEL_BYTES, 8)
           ? 2336 + PLATTER_TRACK_SUBCHANNEL_BYTES
           : 0;
}

void
platter_raw_parse (const guint8 *head, gsize length, guint64 file_bytes, PlatterDisc *disc)
{
  guint32 sector_bytes = disc_look_find_sectors (head, length, file_bytes);

  *disc = (PlatterDisc){ .number = 1, .n_tracks = 1, .n_sessions = 1, .n_files = 1 };
  disc->track.sector_bytes = sector_bytes;
  if (sector_bytes == 0)
    disc->state = PLATTER_DISC_NO_TRACK;
  else if (!disc_look_has_sync (head, length, 0))
    disc->track.kind = PLATTER_TRACK_MODE2_BARE;
  else if (head[15] == 1 || head[15] == 2)
    disc->track.kind = head[15] == 1 ? PLATTER_TRACK_MODE1 : PLATTER_TRACK_MODE2;
  else
    disc->state = PLATTER_DISC_UNKNOWN_MODE;
}

void
platter_disc_look (int fd, PlatterDiscKind kind, PlatterDisc *disc)
{
  struct stat info = { 0 };
  gsize length = kind == PLATTER_DISC_RAW ? PLATTER_RAW_HEAD_BYTES : PLATTER_DISC_MAX_SHEET_BYTES;
  g_autofree guint8 *data = NULL;

  *disc = (PlatterDisc){ .state = PLATTER_DISC_DAMAGED };
  if (fstat (fd, &info) != 0)
    return;
  if (kind == PLATTER_DISC_NRG)
    {
      disc_look_at_nrg (fd, (guint64)info.st_size, disc);
      return;
    }
  if (kind != PLATTER_DISC_RAW && info.st_size > PLATTER_DISC_MAX_SHEET_BYTES)
    return;
  data = disc_look_read (fd, 0, &length);
  if (kind == PLATTER_DISC_CUE)
    platter_cue_parse (data, length, disc);
  else if (kind == PLATTER_DISC_MDS)
    platter_mds_parse (data, length, disc);
  else
    platter_raw_parse (data, length, (guint64)info.st_size, disc);
}
