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

static PlatterMap *
maps_parse_domain (int fd, guint64 size_bytes, GError **error)
{
  g_autoptr (GBytes) text = platter_whole_file_read (fd, MAX_TEXT_BYTES, "The mapfile", error);
  gsize length = 0;
  const char *data = NULL;

  if (text == NULL)
    return NULL;
  data = g_bytes_get_data (text, &length);
  return platter_mapfile_parse (data != NULL ? data : "", length, size_bytes, NULL, error);
}

/* What somebody gave is one text; what was kept of several targets is as many, with a zero between them. */
static gsize
maps_get_length (const char *text, gsize length, gboolean is_last)
{
  const char *zero = is_last ? NULL : memchr (text, '\0', length);

  return zero != NULL ? (gsize)(zero - text) : length;
}

/* @maps: of the targets */
static gboolean
maps_parse_all (GPtrArray *maps,
                guint n_targets,
                GBytes *text,
                guint64 size_bytes,
                PlatterMapfileStatus *status,
                GError **error)
{
  gsize left = 0;
  const char *data = g_bytes_get_data (text, &left);

  if (data == NULL)
    data = "";
  for (guint i = 0; i < n_targets; i++)
    {
      gsize length = maps_get_length (data, left, i + 1 == n_targets);
      PlatterMap *map
        = platter_mapfile_parse (data, length, size_bytes, i == 0 ? status : NULL, error);

      if (map == NULL)
        {
          /* There may be two mapfiles. */
          g_prefix_error_literal (error, "The map cannot be gone on with: ");
          return FALSE;
        }
      g_ptr_array_add (maps, map);
      /* Behind the last one there is nothing; one that is missing is empty, and says that nothing is there. */
      data += MIN (left, length + 1);
      left -= MIN (left, length + 1);
    }
  return TRUE;
}

static gboolean
maps_load (PlatterMaps *self,
           guint n_targets,
           GPtrArray *maps,
           PlatterMapfileStatus *status,
           guint64 size_bytes,
           GError **error)
{
  g_autoptr (GBytes) text = NULL;

  if (self->map_fd < 0)
    return TRUE;
  text = platter_whole_file_read (self->map_fd, MAX_TEXT_BYTES, "The mapfile", error);
  return text != NULL && maps_parse_all (maps, n_targets, text, size_bytes, status, error);
}

static void
maps_free (gpointer data)
{
  platter_map_free (data);
}

gboolean
platter_maps_load (PlatterMaps *self, PlatterTransfer *transfer, guint n_targets, GError **error)
{
  g_autoptr (PlatterMap) own = platter_transfer_dup_target_map (transfer, 0);
  g_autoptr (GPtrArray) maps = g_ptr_array_new_with_free_func (maps_free);
  guint64 size_bytes = platter_map_get_size_bytes (own);
  PlatterMapfileStatus status = { 0, '?', 1 };
  PlatterMap *domain = NULL;

  if (!maps_load (self, n_targets, maps, &status, size_bytes, error))
    return FALSE;
  if (self->domain_fd >= 0)
    domain = maps_parse_domain (self->domain_fd, size_bytes, error);
  if (self->domain_fd >= 0 && domain == NULL)
    {
      g_prefix_error_literal (error, "The domain cannot be used: ");
      return FALSE;
    }
  g_ptr_array_set_free_func (maps, NULL);
  if (maps->len > 0 || domain != NULL)
    platter_transfer_set_start (transfer, maps->len > 0 ? (PlatterMap **)maps->pdata : NULL, domain,
                                &status);
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

/* With a zero between them, as none has one inside. */
static void
maps_save_file (PlatterMaps *self, PlatterTransfer *transfer, guint n_targets)
{
  g_autoptr (GByteArray) texts = g_byte_array_new ();
  PlatterBlockHash hash;

  for (guint i = 0; i < n_targets; i++)
    {
      g_autofree char *text = platter_transfer_dup_mapfile (transfer, i);

      if (i > 0)
        g_byte_array_append (texts, (const guint8 *)"", 1);
      g_byte_array_append (texts, (const guint8 *)text, (guint)strlen (text));
    }
  hash = platter_block_hash_get_func () (texts->data, texts->len);
  /* One that says the same is no news: the helper would keep it once more. */
  if (self->file_number > 0 && platter_block_hash_equal (hash, self->file_hash))
    return;
  if (platter_map_page_write (self->page_fd, PLATTER_MAP_PAGE_FILE, self->file_number + 1,
                              texts->data, texts->len))
    {
      self->file_number++;
      self->file_hash = hash;
    }
}

static guint64
maps_count_durable (PlatterTransfer *transfer, guint n_targets)
{
  guint64 bytes = 0;

  for (guint i = 0; i < n_targets; i++)
    {
      PlatterTargetProgress progress;

      platter_transfer_get_target_progress (transfer, i, &progress);
      bytes += progress.durable_bytes;
    }
  return bytes;
}

void
platter_maps_save (PlatterMaps *self, PlatterTransfer *transfer, guint n_targets, gboolean is_end)
{
  gint64 now_us = g_get_monotonic_time ();
  guint64 durable_bytes = maps_count_durable (transfer, n_targets);
  /* What has just become durable is told at once, as the helper keeps it. */
  gboolean is_news = self->has_file && durable_bytes != self->durable_bytes;

  if (self->page_fd < 0 || (now_us < self->next_us && !is_end && !is_news))
    return;
  self->durable_bytes = durable_bytes;
  maps_save_ranges (self, transfer, n_targets);
  if (self->has_file)
    maps_save_file (self, transfer, n_targets);
  self->next_us = MAX (now_us + SAVE_US, now_us + (g_get_monotonic_time () - now_us) * SAVE_SHARE);
}
