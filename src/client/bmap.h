// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Block maps: which parts of an image are its content, as bmaptool writes them down.

#pragma once

#include "formats/parts.h"

G_BEGIN_DECLS

/** PlatterBmap: one that was read; immutable. */
typedef struct
{
  char *name;          /* of its file, without folders, valid UTF-8 */
  PlatterParts *parts; /* what it says */
} PlatterBmap;

/**
 * platter_bmap_parse:
 * @text: what is in the file; any bytes
 * @name: of the file, for messages
 *
 * Knows the format's versions 1.3, 1.4 and 2.0, of which bmaptool's "docs/README" and its comments in each file tell,
 * and nothing beyond them. Its own checksum is checked before all else. Ranges are in order, do not overlap, lie inside
 * the image, and are as many as it says; either all of them have checksums or none.
 *
 * Returns: (transfer full): or %NULL with %PLATTER_IMAGE_ERROR_UNSUPPORTED, a whole translated sentence.
 */
PlatterParts *platter_bmap_parse (const char *text, gsize length, const char *name, GError **error);

/**
 * platter_bmap_open:
 * @path: of the file
 *
 * Blocks.
 *
 * Returns: (transfer full): or %NULL with %PLATTER_IMAGE_ERROR_UNSUPPORTED or a #GIOErrorEnum.
 */
PlatterBmap *platter_bmap_open (const char *path, GError **error);

/**
 * platter_bmap_find_beside:
 * @path: of an image
 *
 * Looks for IMAGE.bmap, and for the same without one or two of the endings of its name, as bmaptool does. Blocks.
 *
 * Returns: (transfer full) (nullable): %NULL without an error if there is none.
 */
PlatterBmap *platter_bmap_find_beside (const char *path, GError **error);
void platter_bmap_free (PlatterBmap *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterBmap, platter_bmap_free)

G_END_DECLS
