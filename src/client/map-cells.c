// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The cells of a target's map: which bytes they are and how much there is of each state.

#include "config.h"

#include "map-cells.h"

void
platter_map_cells_get_range (
  guint n_cells, guint cell, guint64 size_bytes, guint64 *offset_bytes, guint64 *length_bytes)
{
  *offset_bytes = platter_map_get_cell_start (size_bytes, n_cells, cell);
  *length_bytes = platter_map_get_cell_start (size_bytes, n_cells, cell + 1) - *offset_bytes;
}

static const PlatterMapRanges *
map_cells_find_map (PlatterJobTarget *target, guint64 size_bytes, gboolean *is_final)
{
  const PlatterMapRanges *map = platter_job_target_get_map (target, is_final);

  return map != NULL && platter_map_ranges_get_size_bytes (map) == size_bytes ? map : NULL;
}

gboolean
platter_map_cells_count (PlatterJobTarget *target, guint64 size_bytes, guint64 *amounts_bytes)
{
  GBytes *bytes = platter_job_target_get_cells (target);
  gsize n_cells = 0;
  const guint8 *cells = bytes != NULL ? g_bytes_get_data (bytes, &n_cells) : NULL;
  guint64 repaired = platter_job_target_get_repaired_bytes (target);
  guint64 verified = platter_job_target_get_verified_bytes (target);
  gboolean is_final = FALSE;
  const PlatterMapRanges *map = map_cells_find_map (target, size_bytes, &is_final);
  gboolean is_exact = map != NULL && is_final;

  for (guint state = 0; state < PLATTER_MAP_N_STATES; state++)
    amounts_bytes[state] = 0;
  if (is_exact)
    platter_map_ranges_count (map, amounts_bytes);
  if (n_cells == 0 || is_exact)
    return is_exact;
  for (gsize i = 0; i < n_cells; i++)
    {
      guint64 offset;
      guint64 length;

      platter_map_cells_get_range ((guint)n_cells, (guint)i, size_bytes, &offset, &length);
      amounts_bytes[MIN (cells[i], PLATTER_MAP_MISMATCHED)] += length;
    }
  /* What was repaired was verified as well, and is not to be counted twice. */
  amounts_bytes[PLATTER_MAP_VERIFIED] = verified - MIN (repaired, verified);
  amounts_bytes[PLATTER_MAP_REPAIRED] = repaired;
  amounts_bytes[PLATTER_MAP_MISMATCHED] = platter_job_target_get_mismatched_bytes (target);
  return FALSE;
}

/* The first cell of all that a byte lies in. */
static guint
map_cells_find (guint n_cells, guint64 size_bytes, guint64 offset_bytes)
{
  guint cell = (guint)((unsigned __int128)offset_bytes * n_cells / MAX (size_bytes, 1));

  while (cell + 1 < n_cells
         && platter_map_get_cell_start (size_bytes, n_cells, cell + 1) <= offset_bytes)
    cell++;
  return MIN (cell, n_cells - 1);
}

void
platter_map_cells_get_stretch (PlatterJobTarget *target,
                               guint64 size_bytes,
                               const PlatterMapRange *stretch,
                               guint8 *cells,
                               guint n_cells)
{
  GBytes *bytes = platter_job_target_get_cells (target);
  gsize n_known = 0;
  const guint8 *known = bytes != NULL ? g_bytes_get_data (bytes, &n_known) : NULL;
  const PlatterMapRanges *map = map_cells_find_map (target, size_bytes, NULL);

  if (map != NULL)
    {
      platter_map_ranges_get_cells (map, stretch, cells, n_cells);
      return;
    }
  for (guint i = 0; i < n_cells; i++)
    {
      guint64 begin
        = stretch->offset_bytes + platter_map_get_cell_start (stretch->length_bytes, n_cells, i);
      guint64 end = stretch->offset_bytes
                    + platter_map_get_cell_start (stretch->length_bytes, n_cells, i + 1);
      guint first = n_known > 0 ? map_cells_find ((guint)n_known, size_bytes, begin) : 0;

      cells[i] = PLATTER_MAP_UNTOUCHED;
      for (guint cell = first; cell < n_known; cell++)
        {
          if (cell > first && platter_map_get_cell_start (size_bytes, (guint)n_known, cell) >= end)
            break;
          cells[i] = MAX (cells[i], known[cell]);
        }
    }
}

PlatterMapState
platter_map_cells_find_state (const char *code)
{
  for (guint state = 0; state < PLATTER_MAP_N_STATES; state++)
    if (g_str_equal (platter_map_cells_get_code (state), code))
      return state;
  return PLATTER_MAP_FAILED;
}

PlatterMapRange
platter_map_cells_read_range (GVariant *ranges, gsize i)
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
          PlatterMapRange range = platter_map_cells_read_range (ranges, i);

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
    [PLATTER_MAP_UNTOUCHED] = "untouched", [PLATTER_MAP_FREE] = "free",
    [PLATTER_MAP_COPIED] = "copied",       [PLATTER_MAP_DURABLE] = "durable",
    [PLATTER_MAP_ZERO] = "zero",           [PLATTER_MAP_VERIFIED] = "verified",
    [PLATTER_MAP_REPAIRED] = "repaired",   [PLATTER_MAP_SKIPPED] = "skipped",
    [PLATTER_MAP_RETRIED] = "retried",     [PLATTER_MAP_SLOW] = "slow",
    [PLATTER_MAP_FAILED] = "failed",       [PLATTER_MAP_MISMATCHED] = "mismatched",
  };

  return codes[MIN (state, PLATTER_MAP_MISMATCHED)];
}
