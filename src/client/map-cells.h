// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The cells of a target's map: which bytes they are and how much there is of each state.

#pragma once

#include "../engine/map.h"
#include "job-target.h"

G_BEGIN_DECLS

#define PLATTER_MAP_N_STATES (PLATTER_MAP_MISMATCHED + 1)

/**
 * platter_map_cells_get_range:
 * @offset_bytes: (out): of the first byte in the cell
 * @length_bytes: (out): may be 0 where there are more cells than bytes
 *
 * Which bytes of a disk a cell stands for. Any size is fine, also G_MAXUINT64.
 */
void platter_map_cells_get_range (
  guint n_cells, guint cell, guint64 size_bytes, guint64 *offset_bytes, guint64 *length_bytes);

/**
 * platter_map_cells_count:
 * @size_bytes: how much is copied or compared
 * @amounts_bytes: (out caller-allocates) (array fixed-size=PLATTER_MAP_N_STATES)
 *
 * How much of a target is in each state. While it runs only what was verified, repaired and different is exact; the rest
 * is what its cells say, and as a cell has the worst state in it, of %PLATTER_MAP_FAILED it is the most that there can be.
 *
 * Returns: whether all of it is exact.
 */
gboolean
platter_map_cells_count (PlatterJobTarget *target, guint64 size_bytes, guint64 *amounts_bytes);

/**
 * platter_map_cells_get_stretch:
 * @size_bytes: how much is copied or compared
 * @stretch: which part of that, not empty; its state does not count
 * @cells: (out caller-allocates) (array length=n_cells): the worst state in each
 *
 * A part of a target's map, as precise as it is known: to the sector with what platter_job_refresh_maps() found, or else
 * to the cells of the whole.
 */
void platter_map_cells_get_stretch (PlatterJobTarget *target,
                                    guint64 size_bytes,
                                    const PlatterMapRange *stretch,
                                    guint8 *cells,
                                    guint n_cells);

/** platter_map_cells_get_code: Returns: (transfer none): a state as docs/report.md names it: "verified". */
const char *platter_map_cells_get_code (PlatterMapState state);

/** platter_map_cells_find_state: The reverse; a word that is not known is %PLATTER_MAP_FAILED. */
PlatterMapState platter_map_cells_find_state (const char *code);

/** platter_map_cells_read_range: Returns: one of the ranges of a target's "map" of docs/report.md. */
PlatterMapRange platter_map_cells_read_range (GVariant *ranges, gsize i);

/**
 * platter_map_cells_fill:
 * @ranges: aa{sv}: a target's "map" of docs/report.md
 * @cells: (out caller-allocates) (array length=n_cells): the worst state in each
 */
void platter_map_cells_fill (GVariant *ranges, guint64 size_bytes, guint8 *cells, guint n_cells);

G_END_DECLS
