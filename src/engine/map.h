// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The map of a disk: sorted, gap-free ranges, each with a state.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** In ascending order of badness, so that the worst of a stretch is the greatest. */
typedef enum
{
  PLATTER_MAP_UNTOUCHED,
  PLATTER_MAP_FREE,    /* not part of what is copied: it is left as it is */
  PLATTER_MAP_COPIED,  /* written, not yet durable */
  PLATTER_MAP_DURABLE, /* covered by a flush that succeeded */
  PLATTER_MAP_ZERO,    /* durable, and all zeros */
  PLATTER_MAP_VERIFIED,
  PLATTER_MAP_REPAIRED, /* verified after it was written again */
  PLATTER_MAP_SKIPPED,  /* a read of many sectors failed here; its edges are still to be tried */
  PLATTER_MAP_RETRIED,  /* in between bad sectors; each sector is still to be tried */
  PLATTER_MAP_SLOW,
  PLATTER_MAP_FAILED, /* unreadable or not written */
  PLATTER_MAP_MISMATCHED,
} PlatterMapState;

typedef struct
{
  guint64 offset_bytes;
  guint64 length_bytes;
  PlatterMapState state;
} PlatterMapRange;

typedef struct _PlatterMap PlatterMap;

/** platter_map_new: One range of %PLATTER_MAP_UNTOUCHED over @size_bytes. */
PlatterMap *platter_map_new (guint64 size_bytes);
PlatterMap *platter_map_copy (const PlatterMap *self);
void platter_map_free (PlatterMap *self);

guint64 platter_map_get_size_bytes (const PlatterMap *self);
guint platter_map_get_n_ranges (const PlatterMap *self);
const PlatterMapRange *platter_map_get_range (const PlatterMap *self, guint index);

/** platter_map_set: Gives a stretch a state; neighbours of the same state are merged. */
void platter_map_set (PlatterMap *self,
                      guint64 offset_bytes,
                      guint64 length_bytes,
                      PlatterMapState state);
PlatterMapState platter_map_get (const PlatterMap *self, guint64 offset_bytes);
guint64 platter_map_count_bytes (const PlatterMap *self, PlatterMapState state);

/**
 * platter_map_find_next:
 * @range: (out): all of the first range in this state that ends behind @offset_bytes
 *
 * Returns: %FALSE if there is none.
 */
gboolean platter_map_find_next (const PlatterMap *self,
                                guint64 offset_bytes,
                                PlatterMapState state,
                                PlatterMapRange *range);
/** platter_map_find_other: All of the first range in any other state that ends behind @offset_bytes. */
gboolean platter_map_find_other (const PlatterMap *self,
                                 guint64 offset_bytes,
                                 PlatterMapState state,
                                 PlatterMapRange *range);
/** platter_map_find_previous: The last range in this state that begins before @offset_bytes. */
gboolean platter_map_find_previous (const PlatterMap *self,
                                    guint64 offset_bytes,
                                    PlatterMapState state,
                                    PlatterMapRange *range);

/** platter_map_cut: Drops all that lies behind @size_bytes. */
void platter_map_cut (PlatterMap *self, guint64 size_bytes);

/** platter_map_replace: Every range in a state @from becomes @to (a flush: copied -> durable). */
void platter_map_replace (PlatterMap *self, PlatterMapState from, PlatterMapState to);

/** platter_map_get_cell_start: Where a cell of @n_cells begins: the first at 0, the one behind the last at @size_bytes. */
static inline guint64
platter_map_get_cell_start (guint64 size_bytes, guint n_cells, guint cell)
{
  return (guint64)((unsigned __int128)size_bytes * cell / n_cells);
}

/**
 * platter_map_get_cells:
 * @cells: (out caller-allocates) (array length=n_cells): the worst state in each equal part
 *
 * A stretch of the map as a picture of @n_cells cells.
 */
void platter_map_get_cells (
  const PlatterMap *self, guint64 offset_bytes, guint64 length_bytes, guint8 *cells, gsize n_cells);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterMap, platter_map_free)

G_END_DECLS
