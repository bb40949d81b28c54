// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where the data track of a CD's image lies: reads what tells of it.

#pragma once

#include "disc.h"

G_BEGIN_DECLS

/** The largest sheet and table that is looked at, in bytes. */
#define PLATTER_DISC_MAX_SHEET_BYTES (1024 * 1024)

/**
 * platter_disc_look:
 * @fd: of the sheet, or of the image itself, open for reading
 * @disc: (out caller-allocates): cleared by the caller; whatever is wrong is its state
 *
 * Blocks.
 */
void platter_disc_look (int fd, PlatterDiscKind kind, PlatterDisc *disc);

/**
 * platter_cue_parse:
 * @text: what is in a .cue file; any bytes
 *
 * The format is that of the appendix of CDRWIN's manual, as far as it says where tracks are, with "REM SESSION" and the types of track that
 * came later. UTF-8 and UTF-16 with their marks, and Latin-1. Of several tracks of data the first is taken.
 */
void platter_cue_parse (const guint8 *text, gsize length, PlatterDisc *disc);

/**
 * platter_mds_parse:
 * @data: what is in a .mds file; any bytes
 *
 * Version 1. There is no specification; the layout is as libmirage and others found it: a header of 88 bytes, blocks of sessions (24 bytes)
 * with blocks of tracks (80 bytes), each with its length and the name of its file elsewhere. All is little endian.
 */
void platter_mds_parse (const guint8 *data, gsize length, PlatterDisc *disc);

/**
 * platter_nrg_parse:
 * @table: what lies from the first chunk to the end of a .nrg file; any bytes
 * @is_wide: whether it is of version 2, "NER5"
 *
 * Nero's own: chunks of a name, a length and content, all big endian. DAOI and DAOX list tracks of a disc that was recorded at once, ETNF
 * and ETN2 those of one that was recorded track by track.
 */
void platter_nrg_parse (const guint8 *table, gsize length, gboolean is_wide, PlatterDisc *disc);

/**
 * platter_raw_parse:
 * @head: the first bytes of the image, at most %PLATTER_RAW_HEAD_BYTES
 *
 * Tells sectors of 2352, 2448 and 2336 bytes by what is repeated in each.
 */
void platter_raw_parse (const guint8 *head, gsize length, guint64 file_bytes, PlatterDisc *disc);
#define PLATTER_RAW_HEAD_BYTES (64 * 1024)

G_END_DECLS
