// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The mapfiles that a rescue begins with, and the maps that a job leaves for whoever looks at it.

#include "maps.h"

#include <string.h>

#include "dbus/map-page.h"
#include "whole-file.h"

/* A map of a million bad places has less. */
#define MAX_TEXT_BYTES (64 * 1024 * 1024)
#define SAVE_US (G_USEC_PER_SEC)
/* Telling of the map may take so much of the time. */
#define SAVE_SHARE 20
/* Of all targets together: what a page has room for, twice over, and more than anybody has looked at. */
#define MAX_RANGES (2 * 1024 * 1024)

/* Returns: (nullable): %NULL without a mapfile, too. */
static PlatterMap *
maps_parse (int fd, guint64 size_bytes, PlatterMapfileStatus *status, GError **error)
{
  g_autoptr (GBytes) text = NULL;
  gsize length = 0;
  const char *data = NULL;

  if (fd < 0)
    return NULL;
  text = platter_whole_file_read (fd, MAX_TEXT_BYTES, "The mapfile", error);
  if (text == NULL)
    return NULL;
  data = g_bytes_get_data (text, &length);
  return platter_mapfile_parse (data != NULL ? data : "", length, size_bytes, status, error);
}

gboolean
platter_maps_load (PlatterMaps *self, PlatterTransfer *transfer, GError **error)
{
  g_autoptr (PlatterMap) own = platter_transfer_dup_target_map (transfer, 0);
  guint64 size_bytes = platter_map_get_size_bytes (own);
  PlatterMapfileStatus status = { 0, '?', 1 };
  PlatterMap *map = maps_parse (self->map_fd, size_bytes, &status, error);
  PlatterMap *domain = NULL;

  if (map == NULL && self->map_fd >= 0)
    return FALSE;
  domain = maps_parse (self->domain_fd, size_bytes, NULL, error);
  if (domain == NULL && self->domain_fd >= 0)
    {
      platter_map_free (map);
      return FALSE;
    }
  if (map != NULL || domain != NULL)
    platter_transfer_set_start (transfer, map, domain, &status);
  return TRUE;
}

/* One entry of %PLATTER_MAP_PAGE_RANGES_TYPE as GVariant lays it out: all bytes count. */
typedef struct
{
  guint64 offset_bytes;
  guint8 state;
  guint8 padding[7];
} MapsRange;

static GVariant *
maps_new_ranges (const MapsRange *ranges, gsize n_ranges)
{
  G_STATIC_ASSERT (sizeof (MapsRange) == 16);
  return g_variant_new_fixed_array (G_VARIANT_TYPE ("(ty)"), ranges, n_ranges, sizeof *ranges);
}

/* Each range while there is room for all of them, or else the worst in equal cells. */
static GVariant *
maps_build_target (const PlatterMap *map, guint max_ranges)
{
  guint64 size_bytes = platter_map_get_size_bytes (map);
  guint n_ranges = platter_map_get_n_ranges (map);
  guint n_cells = (guint)MIN (max_ranges, size_bytes);
  gboolean is_coarse = n_ranges > max_ranges;
  g_autofree MapsRange *ranges = g_new0 (MapsRange, MAX (is_coarse ? n_cells : n_ranges, 1));
  g_autofree guint8 *cells = is_coarse ? g_malloc (n_cells) : NULL;

  if (is_coarse)
    platter_map_get_cells (map, 0, size_bytes, cells, n_cells);
  for (guint i = 0; i < (is_coarse ? n_cells : n_ranges); i++)
    {
      const PlatterMapRange *range = is_coarse ? NULL : platter_map_get_range (map, i);

      ranges[i].offset_bytes
        = is_coarse ? platter_map_get_cell_start (size_bytes, n_cells, i) : range->offset_bytes;
      ranges[i].state = is_coarse ? cells[i] : (guint8)range->state;
    }
  return g_variant_new ("(t@a(ty))", size_bytes,
                        maps_new_ranges (ranges, is_coarse ? n_cells : n_ranges));
}

static void
maps_save_ranges (PlatterMaps *self, PlatterTransfer *transfer, guint n_targets)
{
  g_auto (GVariantBuilder) builder
    = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (PLATTER_MAP_PAGE_RANGES_TYPE));
  g_autoptr (GVariant) ranges = NULL;

  for (guint i = 0; i < n_targets; i++)
    {
      g_autoptr (PlatterMap) map = platter_transfer_dup_target_map (transfer, i);

      g_variant_builder_add_value (&builder, maps_build_target (map, MAX_RANGES / n_targets));
    }
  ranges = g_variant_ref_sink (g_variant_builder_end (&builder));
  if (platter_map_page_write (self->page_fd, PLATTER_MAP_PAGE_RANGES, self->ranges_number + 1,
                              g_variant_get_data (ranges), g_variant_get_size (ranges)))
    self->ranges_number++;
}

static void
maps_save_file (PlatterMaps *self, PlatterTransfer *transfer)
{
  g_autofree char *text = platter_transfer_dup_mapfile (transfer, 0);

  if (platter_map_page_write (self->page_fd, PLATTER_MAP_PAGE_FILE, self->file_number + 1, text,
                              strlen (text)))
    self->file_number++;
}

void
platter_maps_save (PlatterMaps *self, PlatterTransfer *transfer, guint n_targets, gboolean is_end)
{
  gint64 now_us = g_get_monotonic_time ();
  PlatterTargetProgress progress;
  gboolean is_news = FALSE;

  /* What has just become durable is told at once, as the helper keeps it. */
  platter_transfer_get_target_progress (transfer, 0, &progress);
  is_news = self->has_file && progress.durable_bytes != self->durable_bytes;
  if (self->page_fd < 0 || (now_us < self->next_us && !is_end && !is_news))
    return;
  self->durable_bytes = progress.durable_bytes;
  maps_save_ranges (self, transfer, n_targets);
  if (self->has_file)
    maps_save_file (self, transfer);
  self->next_us = MAX (now_us + SAVE_US, now_us + (g_get_monotonic_time () - now_us) * SAVE_SHARE);
}
