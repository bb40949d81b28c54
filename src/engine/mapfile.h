// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// GNU ddrescue's mapfile: the text form of a map (described in ddrescue's manual, "Mapfile structure").

#pragma once

#include "map.h"

G_BEGIN_DECLS

/** What the status line says. */
typedef struct
{
  guint64 position_bytes;
  char status; /* one of ? * / - F G + */
  guint pass;  /* from 1 */
} PlatterMapfileStatus;

/**
 * platter_mapfile_parse:
 * @text: foreign bytes; need not end with a zero
 * @size_bytes: of the map; 0 takes the end of the last block. What the text does not cover is untouched
 * @status: (out) (optional)
 *
 * Reads as strictly as ddrescue: blocks must be contiguous and ascending, inside @size_bytes as far as
 * they are finished, and end below 2^63. `+` becomes VERIFIED, `?` UNTOUCHED, `*` SKIPPED, `/`
 * RETRIED, `-` FAILED. Nothing but comments is an empty map.
 *
 * Returns: (transfer full): or %NULL with a #PlatterEngineError that names the line.
 */
PlatterMap *platter_mapfile_parse (
  const char *text, gsize length, guint64 size_bytes, PlatterMapfileStatus *status, GError **error);

/**
 * platter_mapfile_format:
 *
 * Durable, zero, verified, repaired and slow are `+`; untouched and copied `?`, skipped `*`,
 * retried `/`, failed `-`; what the target did not keep is `?`.
 *
 * Returns: (transfer full): a mapfile that ddrescue reads.
 */
char *platter_mapfile_format (const PlatterMap *map, const PlatterMapfileStatus *status);

G_END_DECLS
