// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The mapfiles of a rescue as its worker leaves them: one for each target, with a zero byte between them. They are
// counted and copied here, and nothing of them is read.

#include "journal-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dbus/map-page.h"

#define MAX_MAP_BYTES JOURNAL_MAX_MAP_BYTES
#define READ_BYTES (64 * 1024)

GBytes *
platter_journal_read_map (int page_fd, GBytes *map)
{
  g_autoptr (GBytes) newest
    = page_fd >= 0 ? platter_map_page_read (page_fd, PLATTER_MAP_PAGE_FILE) : NULL;

  /* One that is too large is not kept: the last that was not is older, and as true. */
  if (newest != NULL && g_bytes_get_size (newest) <= MAX_MAP_BYTES)
    return g_steal_pointer (&newest);
  return map != NULL ? g_bytes_ref (map) : NULL;
}

/* Returns: (transfer full) (element-type GBytes) */
static GPtrArray *
journal_maps_split (GBytes *maps)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  gsize length = 0;
  const char *data = g_bytes_get_data (maps, &length);
  gsize start = 0;

  for (gsize at = 0; at <= length; at++)
    if (at == length || data[at] == '\0')
      {
        g_ptr_array_add (texts, g_bytes_new_from_bytes (maps, start, at - start));
        start = at + 1;
      }
  return texts;
}

GBytes *
platter_journal_select_maps (GBytes *maps, guint n_maps, const GArray *indexes)
{
  g_autoptr (GPtrArray) texts = NULL;
  g_autoptr (GByteArray) selected = g_byte_array_new ();

  if (maps == NULL)
    return NULL;
  texts = journal_maps_split (maps);
  if (texts->len != n_maps)
    return NULL;
  for (guint i = 0; i < indexes->len; i++)
    {
      GBytes *text = texts->pdata[g_array_index (indexes, guint, i)];
      gsize length = 0;
      const guint8 *data = g_bytes_get_data (text, &length);

      if (i > 0)
        g_byte_array_append (selected, (const guint8 *)"", 1);
      g_byte_array_append (selected, data, (guint)length);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&selected));
}

GBytes *
platter_journal_read_domain (int fd)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();
  guint8 piece[READ_BYTES];

  while (text->len <= MAX_MAP_BYTES)
    {
      gssize got = pread (fd, piece, sizeof piece, (off_t)text->len);

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return NULL;
      if (got == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&text));
      g_byte_array_append (text, piece, (guint)got);
    }
  return NULL;
}
