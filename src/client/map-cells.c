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

PlatterMapState
platter_map_cells_find_state (const char *code)
{
  for (guint state = 0; state < PLATTER_MAP_N_STATES; state++)
    if (g_str_equal (platter_map_cells_get_code (state), code))
      return state;
  return PLATTER_MAP_FAILED;
}

static PlatterMapRange
map_cells_read_range (GVariant *ranges, gsize i)
{
  g_autoptr (GVariant) told = g_variant_get_child_value (ranges, i);
  PlatterMapRange range = { 0 };
  const char *code = "";

  g_variant_lookup (told, "offset-bytes", "t", &range.offset_bytes);
  g_variant_lookup (told, "length-bytes", "t", &range.length_bytes);
  g_variant_lookup (told, "state", "&s", &code);
  range.state = platter_map_cells_find_state (code);
  return range;
}

void
platter_map_cells_fill (GVariant *ranges, guint64 size_bytes, guint8 *cells, guint n_cells)
{
  gsize n_ranges = g_variant_n_children (ranges);
  gsize first = 0;

  for (guint cell = 0; cell < n_cells; cell++)
    {
      guint64 begin;
      guint64 length;

      cells[cell] = PLATTER_MAP_UNTOUCHED;
      platter_map_cells_get_range (n_cells, cell, size_bytes, &begin, &length);
      for (gsize i = first; i < n_ranges; i++)
        {
          PlatterMapRange range = map_cells_read_range (ranges, i);

          /* Where there are more cells than bytes, a cell has the state of what it lies in. */
          if (range.offset_bytes > begin && range.offset_bytes - begin >= MAX (length, 1))
            break;
          if (range.offset_bytes <= begin && begin - range.offset_bytes >= range.length_bytes)
            first = i + 1;
          else
            cells[cell] = MAX (cells[cell], (guint8)range.state);
        }
    }
}

const char *
platter_map_cells_get_code (PlatterMapState state)
{
  static const char *const codes[PLATTER_MAP_N_STATES] = {
    [PLATTER_MAP_UNTOUCHED] = "untouched",
    [PLATTER_MAP_COPIED] = "copied",
    [PLATTER_MAP_DURABLE] = "durable",
    [PLATTER_MAP_ZERO] = "zero",
    [PLATTER_MAP_VERIFIED] = "verified",
    [PLATTER_MAP_REPAIRED] = "repaired",
    [PLATTER_MAP_SKIPPED] = "skipped",
    [PLATTER_MAP_RETRIED] = "retried",
    [PLATTER_MAP_SLOW] = "slow",
    [PLATTER_MAP_FAILED] = "failed",
    [PLATTER_MAP_MISMATCHED] = "mismatched",
  };

  return codes[MIN (state, PLATTER_MAP_MISMATCHED)];
}
