// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which part of a drive a map shows.

#include "map-zoom.h"

#define STEP 16
#define MIN_BYTES ((guint64)PLATTER_MAP_ZOOM_CELLS * PLATTER_MAP_ZOOM_CELL_BYTES)

/* Cells begin where sectors do. */
static guint64
map_zoom_align (guint64 bytes)
{
  return bytes - bytes % PLATTER_MAP_ZOOM_CELL_BYTES;
}

static PlatterMapRange
map_zoom_place (guint64 size_bytes, guint64 length_bytes, guint64 start_bytes)
{
  PlatterMapRange stretch = { .length_bytes = MIN (length_bytes, size_bytes) };

  stretch.offset_bytes = map_zoom_align (MIN (start_bytes, size_bytes - stretch.length_bytes));
  /* The last sector may be a part of one. */
  if (start_bytes >= size_bytes - stretch.length_bytes)
    stretch.length_bytes = size_bytes - stretch.offset_bytes;
  return stretch;
}

PlatterMapRange
platter_map_zoom_step (guint64 size_bytes,
                       const PlatterMapRange *stretch,
                       int steps,
                       guint64 at_bytes)
{
  guint64 length_bytes = size_bytes;

  if (steps > 0)
    length_bytes = MIN (stretch->length_bytes, MAX (stretch->length_bytes / STEP, MIN_BYTES));
  else if (steps < 0 && stretch->length_bytes < size_bytes / STEP)
    length_bytes = stretch->length_bytes * STEP;
  if (length_bytes < size_bytes)
    length_bytes = MAX (length_bytes - length_bytes % MIN_BYTES, MIN_BYTES);
  if (length_bytes >= size_bytes)
    return (PlatterMapRange){ .length_bytes = size_bytes };
  return map_zoom_place (size_bytes, length_bytes, at_bytes - MIN (at_bytes, length_bytes / 2));
}

PlatterMapRange
platter_map_zoom_move (guint64 size_bytes, const PlatterMapRange *stretch, guint64 start_bytes)
{
  return map_zoom_place (size_bytes, stretch->length_bytes, start_bytes);
}

PlatterMapRange
platter_map_zoom_pan (guint64 size_bytes, const PlatterMapRange *stretch, int stretches)
{
  guint64 start_bytes = stretch->offset_bytes;

  if (stretches < 0)
    start_bytes -= MIN (stretch->length_bytes, start_bytes);
  else
    start_bytes += MIN (stretch->length_bytes, size_bytes - start_bytes);
  return platter_map_zoom_move (size_bytes, stretch, start_bytes);
}

PlatterMapRange
platter_map_zoom_on (guint64 size_bytes, const PlatterMapRange *range)
{
  guint64 length_bytes
    = range->length_bytes < size_bytes / 4 ? range->length_bytes * 4 : size_bytes;

  length_bytes = MAX (length_bytes - length_bytes % MIN_BYTES, MIN_BYTES);
  if (length_bytes >= size_bytes)
    return (PlatterMapRange){ .length_bytes = size_bytes };
  return map_zoom_place (size_bytes, length_bytes,
                         range->offset_bytes
                           - MIN (range->offset_bytes, (length_bytes - range->length_bytes) / 2));
}
