// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The tables of Apple's disk images, UDIF (.dmg).

#pragma once

#include "input.h"

G_BEGIN_DECLS

/** What tells that it is one is as long, at the end of the file. */
#define PLATTER_DMG_TRAILER_BYTES 512
#define PLATTER_DMG_SECTOR_BYTES 512
/** The largest piece that is packed as one, in bytes: as it is, and packed. */
#define PLATTER_DMG_MAX_CHUNK_BYTES (64 * 1024 * 1024)

/** PlatterDmgType: how a chunk is packed, as the file says it. */
typedef enum
{
  PLATTER_DMG_ZERO = 0,
  PLATTER_DMG_RAW = 1,
  PLATTER_DMG_IGNORED = 2, /* zeros that no check sum is of */
  PLATTER_DMG_ZLIB = (int)0x80000005,
  PLATTER_DMG_BZIP2 = (int)0x80000006,
  PLATTER_DMG_XZ = (int)0x80000008,
} PlatterDmgType;

/** PlatterDmgChunk: of the disk, in sectors; and where it lies in the file. */
typedef struct
{
  guint64 start;
  guint64 n_sectors;
  guint64 offset_bytes;
  guint64 length_bytes;
  guint32 table; /* that tells of it */
  gint32 type;   /* a #PlatterDmgType */
} PlatterDmgChunk;

typedef struct
{
  guint32 n_chunks;
  guint32 checksum;
  gboolean has_checksum; /* a CRC-32 of all of its chunks */
} PlatterDmgTable;

/** PlatterDmg: the chunks lie one behind the other, without a gap, and in the file. */
typedef struct
{
  GArray *chunks; /* PlatterDmgChunk */
  GArray *tables; /* PlatterDmgTable */
  guint64 size_bytes;
} PlatterDmg;

/** platter_dmg_is_there: Returns: whether the file ends as such an image does. */
gboolean platter_dmg_is_there (PlatterInput *input);

/**
 * platter_dmg_open:
 *
 * Reads the trailer ("koly") and the property list with the tables ("mish"), all big endian. Apple has not published the format; it is as
 * dmg2img, 7-Zip and QEMU found it.
 *
 * Returns: (transfer full): or %NULL with %PLATTER_ENGINE_ERROR_DECODE or %PLATTER_ENGINE_ERROR_UNSUPPORTED
 */
PlatterDmg *platter_dmg_open (PlatterInput *input, GError **error);
void platter_dmg_free (PlatterDmg *self);

/**
 * platter_dmg_parse:
 * @text: (array length=length): the property list
 * @n_sectors: that the whole disk has; 0: nobody says
 * @base_bytes: of all places in the file
 * @end_bytes: where the file's data ends
 * @name: for messages
 *
 * For platter_dmg_open(), and for tests.
 */
PlatterDmg *platter_dmg_parse (const char *text,
                               gsize length,
                               guint64 n_sectors,
                               guint64 base_bytes,
                               guint64 end_bytes,
                               const char *name,
                               GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterDmg, platter_dmg_free)

G_END_DECLS
