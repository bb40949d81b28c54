// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The mapfiles that a rescue begins with, and the map that it leaves.

#include "rescue-maps.h"

#include <errno.h>
#include <unistd.h>

#include "dbus/map-page.h"
#include "engine/errors.h"

/* A map of a million bad places has less. */
#define MAX_TEXT_BYTES (64 * 1024 * 1024)
#define READ_BYTES 65536
#define SAVE_US (2 * G_USEC_PER_SEC)
/* Telling of the map may take so much of the time. */
#define SAVE_SHARE 20

static char *
rescue_maps_read (int fd, gsize *length, GError **error)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_autofree guint8 *piece = g_malloc (READ_BYTES);
  gssize got = 1;

  while (got > 0 && text->len <= MAX_TEXT_BYTES)
    {
      got = pread (fd, piece, READ_BYTES, (off_t)text->len);
      if (got < 0 && errno == EINTR)
        got = 1;
      else if (got > 0)
        g_byte_array_append (text, piece, (guint)got);
    }
  if (got == 0)
    {
      *length = text->len;
      g_byte_array_append (text, (const guint8 *)"", 1);
      return (char *)g_byte_array_free (g_steal_pointer (&text), FALSE);
    }
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FAILED,
               "The mapfile cannot be read: %s", got < 0 ? g_strerror (errno) : "it is too large");
  return NULL;
}

/* Returns: (nullable): %NULL without a mapfile, too. */
static PlatterMap *
rescue_maps_parse (int fd, guint64 size_bytes, PlatterMapfileStatus *status, GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;

  if (fd < 0)
    return NULL;
  text = rescue_maps_read (fd, &length, error);
  return text != NULL ? platter_mapfile_parse (text, length, size_bytes, status, error) : NULL;
}

gboolean
platter_rescue_maps_load (PlatterRescueMaps *self, PlatterTransfer *transfer, GError **error)
{
  g_autoptr (PlatterMap) own = platter_transfer_dup_target_map (transfer, 0);
  guint64 size_bytes = platter_map_get_size_bytes (own);
  PlatterMapfileStatus status = { 0, '?', 1 };
  PlatterMap *map = rescue_maps_parse (self->map_fd, size_bytes, &status, error);
  PlatterMap *domain = NULL;

  if (map == NULL && self->map_fd >= 0)
    return FALSE;
  domain = rescue_maps_parse (self->domain_fd, size_bytes, NULL, error);
  if (domain == NULL && self->domain_fd >= 0)
    {
      platter_map_free (map);
      return FALSE;
    }
  if (map != NULL || domain != NULL)
    platter_transfer_set_start (transfer, map, domain, &status);
  return TRUE;
}

void
platter_rescue_maps_save (PlatterRescueMaps *self, PlatterTransfer *transfer, gboolean is_end)
{
  gint64 now_us = g_get_monotonic_time ();
  g_autofree char *text = NULL;

  if (self->page_fd < 0 || (now_us < self->next_us && !is_end))
    return;
  text = platter_transfer_dup_mapfile (transfer, 0);
  if (platter_map_page_write (self->page_fd, self->page_number + 1, text))
    self->page_number++;
  self->next_us = MAX (now_us + SAVE_US, now_us + (g_get_monotonic_time () - now_us) * SAVE_SHARE);
}
