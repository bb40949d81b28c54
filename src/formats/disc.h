// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is known of an image of a CD: where in which file its data track lies, and what its sectors look like.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** What a drive gets of each sector, in bytes. */
#define PLATTER_TRACK_USER_BYTES 2048
/** The largest sector, with its sub-channels. */
#define PLATTER_TRACK_MAX_SECTOR_BYTES (2352 + PLATTER_TRACK_SUBCHANNEL_BYTES)
#define PLATTER_TRACK_SUBCHANNEL_BYTES 96
/** As many as fit into the addresses of three digits of minutes. */
#define PLATTER_TRACK_MAX_SECTORS (1000 * 60 * 75)

/** The type of a track in messages: offset, number of sectors, bytes of each, and kind. */
#define PLATTER_TRACK_TYPE "(tuuu)"

/**
 * PlatterTrackKind: of the sectors, as ECMA-130 and the "Yellow Book" describe them.
 * @PLATTER_TRACK_PLAIN: 2048 bytes of user data and nothing else
 * @PLATTER_TRACK_MODE1: 2352: synchronisation and header (16), user data, check sum (4), nothing (8), parity (276)
 * @PLATTER_TRACK_MODE2: 2352: synchronisation and header (16), sub-header (8), user data, check sum (4), parity (276); that is form 1
 * @PLATTER_TRACK_MODE2_BARE: 2336: the same without its first 16 bytes
 */
typedef enum
{
  PLATTER_TRACK_PLAIN,
  PLATTER_TRACK_MODE1,
  PLATTER_TRACK_MODE2,
  PLATTER_TRACK_MODE2_BARE,
  PLATTER_TRACK_N_KINDS,
} PlatterTrackKind;

/** PlatterTrack: @n_sectors: 0, where a sheet does not say: up to the end of the file */
typedef struct
{
  guint64 offset_bytes;
  guint32 n_sectors;
  guint32 sector_bytes; /* with sub-channels, if there are such */
  guint32 kind;         /* a #PlatterTrackKind */
} PlatterTrack;

/** Returns: how large a sector of @kind is without sub-channels, in bytes; 0 if there is no such kind. */
guint32 platter_track_get_sector_bytes (guint32 kind);
/** platter_track_is_valid: Returns: whether there are such sectors, and where it ends is a number. */
gboolean platter_track_is_valid (const PlatterTrack *self);
/** Returns: where it ends in its file; of a valid one. */
guint64 platter_track_get_end_bytes (const PlatterTrack *self);
/** Returns: how much a drive gets of it. */
guint64 platter_track_get_size_bytes (const PlatterTrack *self);
/** Returns: whether its sectors have sub-channels, which are not used. */
gboolean platter_track_has_subchannels (const PlatterTrack *self);
/** platter_track_pack: Returns: (transfer floating): of %PLATTER_TRACK_TYPE */
GVariant *platter_track_pack (const PlatterTrack *self);
/**
 * platter_track_lookup:
 * @dictionary: a{sv}; its value for @key is of %PLATTER_TRACK_TYPE, if there is one
 *
 * Returns: %FALSE if it is there and makes no sense. Without one, @self is all 0.
 */
gboolean platter_track_lookup (PlatterTrack *self, GVariant *dictionary, const char *key);

/** The type of a disc in messages: state, file, number, n_tracks, n_audio, n_sessions, line, n_files, track. */
#define PLATTER_DISC_TYPE "(usuuuuuu" PLATTER_TRACK_TYPE ")"

/** PlatterDiscKind: what tells of an image's tracks. */
typedef enum
{
  PLATTER_DISC_CUE, /* a sheet of text, of other files */
  PLATTER_DISC_MDS, /* Alcohol 120%: a table, of another file */
  PLATTER_DISC_NRG, /* Nero: a table at the end of the image */
  PLATTER_DISC_RAW, /* nothing but its sectors */
} PlatterDiscKind;

/** PlatterDiscState: what came of looking at it. */
typedef enum
{
  PLATTER_DISC_GOOD,
  PLATTER_DISC_DAMAGED,      /* it does not fit together */
  PLATTER_DISC_NO_TRACK,     /* there is no track at all */
  PLATTER_DISC_AUDIO,        /* there is no track of data */
  PLATTER_DISC_FORM2,        /* its track of data has no sectors of 2048 bytes */
  PLATTER_DISC_UNKNOWN_MODE, /* its track has sectors that are not known */
  PLATTER_DISC_UNKNOWN_VERSION,
  PLATTER_DISC_OUTSIDE, /* it names a file in another folder */
  PLATTER_DISC_PARTS,   /* its track lies in several files */
  PLATTER_DISC_N_STATES,
} PlatterDiscState;

/** PlatterDisc: cleared by platter_disc_clear(). */
typedef struct
{
  PlatterDiscState state;
  char *
    file; /* (nullable): which has the track, valid UTF-8, without folders, may begin with "*", which is the sheet's own name
                 without its ending; %NULL: the file itself */
  PlatterTrack track;
  guint32 number;     /* of the track of data; 1 is the first */
  guint32 n_tracks;   /* of all sessions */
  guint32 n_audio;    /* of these are of sound */
  guint32 n_sessions; /* at least 1 */
  guint32 line;       /* of the sheet, where it is damaged; 0: nowhere in particular */
  guint32 n_files;    /* that it names */
} PlatterDisc;

/** Returns: (transfer none): what a kind is called: "cue", "mds", "nrg", "raw". */
const char *platter_disc_kind_get_name (PlatterDiscKind kind);
/** platter_disc_kind_from_name: @kind: (out): that is called so. Returns: whether there is one. */
gboolean platter_disc_kind_from_name (const char *name, PlatterDiscKind *kind);

/** platter_disc_is_name: Returns: whether it can be the name of a file, and of none in another folder. */
gboolean platter_disc_is_name (const char *name);

/** platter_disc_pack: Returns: (transfer floating): of type %PLATTER_DISC_TYPE, the "disc" of docs/interface.md */
GVariant *platter_disc_pack (const PlatterDisc *self);
/**
 * platter_disc_unpack:
 * @packed: whatever may come from an enemy
 *
 * Returns: %FALSE if it makes no sense; @self has to be cleared in any case.
 */
gboolean platter_disc_unpack (PlatterDisc *self, GVariant *packed);
void platter_disc_clear (PlatterDisc *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PlatterDisc, platter_disc_clear)

G_END_DECLS
