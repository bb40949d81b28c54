// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which part of a drive a map shows: plain arithmetic, without a display.

#pragma once

#include "engine/map.h"

G_BEGIN_DECLS

/** So many cells a stretch is shown in. */
#define PLATTER_MAP_ZOOM_CELLS 1024
/** The smallest cell: a sector. */
#define PLATTER_MAP_ZOOM_CELL_BYTES 512

/**
 * platter_map_zoom_step:
 * @stretch: what is shown now, a part of @size_bytes
 * @steps: 1 to see less in more detail, -1 to see more, 0 to see all
 * @at_bytes: what stays in view
 *
 * Returns: what is shown then; the same if it does not go further. Its state does not count.
 */
PlatterMapRange platter_map_zoom_step (guint64 size_bytes,
                                       const PlatterMapRange *stretch,
                                       int steps,
                                       guint64 at_bytes);

/** platter_map_zoom_move: Returns: as much as @stretch, beginning at @start_bytes or as near as there is room. */
PlatterMapRange
platter_map_zoom_move (guint64 size_bytes, const PlatterMapRange *stretch, guint64 start_bytes);

/** platter_map_zoom_pan: Returns: what lies before (-1) or behind (1) @stretch, as far as there is. */
PlatterMapRange
platter_map_zoom_pan (guint64 size_bytes, const PlatterMapRange *stretch, int stretches);

/** platter_map_zoom_on: Returns: a stretch that shows all of @range with something around it. */
PlatterMapRange platter_map_zoom_on (guint64 size_bytes, const PlatterMapRange *range);

G_END_DECLS
