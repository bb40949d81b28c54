// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A map range by range, to be looked at only: as it was left in memory, whatever its length, nothing is copied of it.

#pragma once

#include "../engine/map.h"

G_BEGIN_DECLS

typedef struct _PlatterMapRanges PlatterMapRanges;

/**
 * platter_map_ranges_new:
 * @told: (ta(ty)): one target of %PLATTER_MAP_PAGE_RANGES_TYPE; a reference is taken
 *
 * Returns: (transfer full) (nullable): %NULL if that is no map.
 */
PlatterMapRanges *platter_map_ranges_new (GVariant *told);
/**
 * platter_map_ranges_new_written:
 * @written: aa{sv}: a target's "map" of docs/report.md
 *
 * Returns: (transfer full) (nullable): %NULL if it does not cover @size_bytes without gaps.
 */
PlatterMapRanges *platter_map_ranges_new_written (GVariant *written, guint64 size_bytes);
void platter_map_ranges_free (PlatterMapRanges *self);

guint64 platter_map_ranges_get_size_bytes (const PlatterMapRanges *self);
guint platter_map_ranges_get_n (const PlatterMapRanges *self);
PlatterMapRange platter_map_ranges_get_nth (const PlatterMapRanges *self, guint index);

/**
 * platter_map_ranges_count:
 * @amounts_bytes: (out caller-allocates) (array fixed-size=PLATTER_MAP_MISMATCHED + 1)
 */
void platter_map_ranges_count (const PlatterMapRanges *self, guint64 *amounts_bytes);

/**
 * platter_map_ranges_get_cells:
 * @stretch: a part of it, not empty; its state does not count
 * @cells: (out caller-allocates) (array length=n_cells): the worst state in each
 *
 * Takes as long as there are cells and ranges in the stretch; it is found by halving.
 */
void platter_map_ranges_get_cells (const PlatterMapRanges *self,
                                   const PlatterMapRange *stretch,
                                   guint8 *cells,
                                   guint n_cells);

/**
 * platter_map_ranges_find_bad:
 * @range: (out): the first range behind @offset_bytes that was not simply read, written and found right; from the
 *   beginning again if there is none
 *
 * Returns: %FALSE if there is none at all.
 */
gboolean platter_map_ranges_find_bad (const PlatterMapRanges *self,
                                      guint64 offset_bytes,
                                      PlatterMapRange *range);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterMapRanges, platter_map_ranges_free)

G_END_DECLS
