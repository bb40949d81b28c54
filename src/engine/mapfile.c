// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Reading and writing mapfiles.

#include "mapfile.h"

#include "errors.h"

#include <stdio.h>
#include <string.h>

/* ddrescue keeps no more of a line, white space at its start not counted. */
#define MAX_LINE 127

typedef struct
{
  const char *next;
  const char *end;
  guint line;
  char buffer[MAX_LINE + 1];
} MapfileReader;

typedef struct
{
  guint64 offset_bytes;
  guint64 length_bytes;
  char status;
} MapfileBlock;

static gboolean
mapfile_set_error (const MapfileReader *reader, const char *what, GError **error)
{
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FAILED, "The mapfile's line %u %s",
               reader->line, what);
  return FALSE;
}

/* A hash begins a comment at the start of a line and after white space. */
static void
mapfile_cut_comment (char *text)
{
  for (char *c = text; *c != '\0'; c++)
    if (*c == '#' && (c == text || g_ascii_isspace (c[-1])))
      {
        *c = '\0';
        return;
      }
}

/* Goes to the next line that says something. Returns: %FALSE at the end. */
static gboolean
mapfile_read_line (MapfileReader *self)
{
  self->buffer[0] = '\0';
  while (self->buffer[0] == '\0' && self->next < self->end)
    {
      const char *newline = memchr (self->next, '\n', (gsize)(self->end - self->next));
      const char *line_end = newline != NULL ? newline : self->end;
      gsize length = 0;

      while (self->next < line_end && g_ascii_isspace (*self->next))
        self->next++;
      length = MIN ((gsize)(line_end - self->next), MAX_LINE);
      memcpy (self->buffer, self->next, length);
      self->buffer[length] = '\0';
      self->next = newline != NULL ? newline + 1 : self->end;
      self->line++;
      mapfile_cut_comment (self->buffer);
    }
  return self->buffer[0] != '\0';
}

/* Both lines are read by the same formats as ddrescue's, so that what one takes for a map is one for the other. */
static gboolean
mapfile_parse_status (MapfileReader *reader, PlatterMapfileStatus *status, GError **error)
{
  long long position = -1;
  int pass = 1; /* it came with a later version */
  char sign = '\0';

  if (sscanf (reader->buffer, "%lli %c %d", &position, &sign, &pass) < 2 || position < 0
      || sign == '\0' || strchr ("?*/-FG+", sign) == NULL || pass < 1)
    return mapfile_set_error (reader, "is not a status line", error);
  *status = (PlatterMapfileStatus){ (guint64)position, sign, (guint)pass };
  return TRUE;
}

static gboolean
mapfile_parse_block (MapfileReader *reader, MapfileBlock *block, GError **error)
{
  long long position = -1;
  long long size = -1;
  char sign = '\0';

  if (sscanf (reader->buffer, "%lli %lli %c", &position, &size, &sign) != 3 || position < 0
      || size < 0 || sign == '\0' || strchr ("?*/-+", sign) == NULL)
    return mapfile_set_error (reader, "is not a block", error);
  if (size == 0 && position > 0)
    return mapfile_set_error (reader, "is a block without size", error);
  /* Nothing ends further away. */
  *block = (MapfileBlock){ (guint64)position,
                           MIN ((guint64)size, (guint64)G_MAXINT64 - (guint64)position), sign };
  return TRUE;
}

static gboolean
mapfile_parse_blocks (MapfileReader *reader, GArray *blocks, guint64 size_bytes, GError **error)
{
  guint64 end_bytes = 0;

  while (mapfile_read_line (reader))
    {
      MapfileBlock block = { 0, 0, '?' };

      if (!mapfile_parse_block (reader, &block, error))
        return FALSE;
      if (blocks->len > 0 && block.offset_bytes != end_bytes)
        return mapfile_set_error (reader, "does not follow on the block before", error);
      end_bytes = block.offset_bytes + block.length_bytes;
      if (size_bytes > 0 && end_bytes > size_bytes && block.status == '+')
        return mapfile_set_error (reader, "has finished data behind the end of the disk", error);
      g_array_append_val (blocks, block);
    }
  return TRUE;
}

static PlatterMapState
mapfile_to_state (char status)
{
  switch (status)
    {
    case '+':
      return PLATTER_MAP_VERIFIED;
    case '-':
      return PLATTER_MAP_FAILED;
    case '*':
      return PLATTER_MAP_SKIPPED;
    case '/':
      return PLATTER_MAP_RETRIED;
    default:
      return PLATTER_MAP_UNTOUCHED;
    }
}

static char
mapfile_from_state (PlatterMapState state)
{
  switch (state)
    {
    case PLATTER_MAP_DURABLE:
    case PLATTER_MAP_ZERO:
    case PLATTER_MAP_VERIFIED:
    case PLATTER_MAP_REPAIRED:
    case PLATTER_MAP_SLOW:
      return '+';
    case PLATTER_MAP_SKIPPED:
      return '*';
    case PLATTER_MAP_RETRIED:
      return '/';
    case PLATTER_MAP_FAILED:
      return '-';
    default: /* also what the target did not keep: the source may give it again */
      return '?';
    }
}

static PlatterMap *
mapfile_make_map (const GArray *blocks, guint64 size_bytes)
{
  PlatterMap *map = NULL;

  if (size_bytes == 0 && blocks->len > 0)
    {
      const MapfileBlock *last = &g_array_index (blocks, MapfileBlock, blocks->len - 1);

      size_bytes = last->offset_bytes + last->length_bytes;
    }
  map = platter_map_new (size_bytes);
  for (guint i = 0; i < blocks->len; i++)
    {
      const MapfileBlock *block = &g_array_index (blocks, MapfileBlock, i);

      if (block->offset_bytes < size_bytes)
        platter_map_set (map, block->offset_bytes,
                         MIN (block->length_bytes, size_bytes - block->offset_bytes),
                         mapfile_to_state (block->status));
    }
  return map;
}

PlatterMap *
platter_mapfile_parse (
  const char *text, gsize length, guint64 size_bytes, PlatterMapfileStatus *status, GError **error)
{
  MapfileReader reader = { .next = text, .end = text + length };
  g_autoptr (GArray) blocks = g_array_new (FALSE, FALSE, sizeof (MapfileBlock));
  PlatterMapfileStatus found = { 0, '?', 1 };

  if (memchr (text, '\0', length) != NULL)
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FAILED,
                   "The mapfile is not a text");
      return NULL;
    }
  if (mapfile_read_line (&reader)
      && (!mapfile_parse_status (&reader, &found, error)
          || !mapfile_parse_blocks (&reader, blocks, size_bytes, error)))
    return NULL;
  if (status != NULL)
    *status = found;
  return mapfile_make_map (blocks, size_bytes);
}

char *
platter_mapfile_format (const PlatterMap *map, const PlatterMapfileStatus *status)
{
  GString *text = g_string_new ("# Mapfile. Created by Platter\n"
                                "# current_pos  current_status  current_pass\n");
  guint n_ranges = platter_map_get_n_ranges (map);

  g_string_append_printf (text, "0x%08" G_GINT64_MODIFIER "X     %c               %u\n",
                          status->position_bytes, status->status, status->pass);
  g_string_append (text, "#      pos        size  status\n");
  for (guint i = 0; i < n_ranges;)
    {
      const PlatterMapRange *first = platter_map_get_range (map, i);
      char sign = mapfile_from_state (first->state);
      guint64 end_bytes = first->offset_bytes;

      /* States that a mapfile does not tell apart are one block. */
      for (; i < n_ranges; i++)
        {
          const PlatterMapRange *range = platter_map_get_range (map, i);

          if (mapfile_from_state (range->state) != sign)
            break;
          end_bytes += range->length_bytes;
        }
      g_string_append_printf (text,
                              "0x%08" G_GINT64_MODIFIER "X  0x%08" G_GINT64_MODIFIER "X  %c\n",
                              first->offset_bytes, end_bytes - first->offset_bytes, sign);
    }
  return g_string_free (text, FALSE);
}
