// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The cells of a target's map: which bytes they are and how much there is of each state.

#include "config.h"

#include "map-cells.h"

static guint64
map_cells_get_boundary (guint n_cells, guint cell, guint64 size_bytes)
{
  return size_bytes / n_cells * cell + size_bytes % n_cells * cell / n_cells;
}

void
platter_map_cells_get_range (
  guint n_cells, guint cell, guint64 size_bytes, guint64 *offset_bytes, guint64 *length_bytes)
{
  *offset_bytes = map_cells_get_boundary (n_cells, cell, size_bytes);
  *length_bytes = map_cells_get_boundary (n_cells, cell + 1, size_bytes) - *offset_bytes;
}

void
platter_map_cells_count (PlatterJobTarget *target, guint64 size_bytes, guint64 *amounts_bytes)
{
  GBytes *map = platter_job_target_get_cells (target);
  gsize n_cells = 0;
  const guint8 *cells = map != NULL ? g_bytes_get_data (map, &n_cells) : NULL;
  guint64 repaired = platter_job_target_get_repaired_bytes (target);
  guint64 verified = platter_job_target_get_verified_bytes (target);

  for (guint state = 0; state < PLATTER_MAP_N_STATES; state++)
    amounts_bytes[state] = 0;
  for (gsize i = 0; i < n_cells; i++)
    {
      guint64 offset;
      guint64 length;

      platter_map_cells_get_range ((guint)n_cells, (guint)i, size_bytes, &offset, &length);
      amounts_bytes[MIN (cells[i], PLATTER_MAP_MISMATCHED)] += length;
    }
  if (n_cells == 0)
    return;
  /* What was repaired was verified as well, and is not to be counted twice. */
  amounts_bytes[PLATTER_MAP_VERIFIED] = verified - MIN (repaired, verified);
  amounts_bytes[PLATTER_MAP_REPAIRED] = repaired;
  amounts_bytes[PLATTER_MAP_MISMATCHED] = platter_job_target_get_mismatched_bytes (target);
}

const char *
platter_map_cells_get_code (PlatterMapState state)
{
  static const char *const codes[PLATTER_MAP_N_STATES] = {
    [PLATTER_MAP_UNTOUCHED] = "untouched", [PLATTER_MAP_COPIED] = "copied",
    [PLATTER_MAP_DURABLE] = "durable",     [PLATTER_MAP_ZERO] = "zero",
    [PLATTER_MAP_VERIFIED] = "verified",   [PLATTER_MAP_REPAIRED] = "repaired",
    [PLATTER_MAP_RETRIED] = "retried",     [PLATTER_MAP_SLOW] = "slow",
    [PLATTER_MAP_FAILED] = "failed",       [PLATTER_MAP_MISMATCHED] = "mismatched",
  };

  return codes[MIN (state, PLATTER_MAP_MISMATCHED)];
}
