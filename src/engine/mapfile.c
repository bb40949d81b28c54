// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Reading and writing mapfiles.

#include "mapfile.h"

#include "errors.h"

#include <errno.h>
#include <string.h>

/* ddrescue keeps no more of a line. */
#define MAX_LINE 127
#define MAX_FIELDS 3

typedef struct
{
  const char *next;
  const char *end;
  guint line;
  char buffer[MAX_LINE + 1];
  char *fields[MAX_FIELDS];
  guint n_fields;
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

static void
mapfile_split (MapfileReader *self)
{
  char *saved = NULL;
  char *field = strtok_r (self->buffer, " \t\r\v\f", &saved);

  self->n_fields = 0;
  for (; field != NULL && self->n_fields < MAX_FIELDS; field = strtok_r (NULL, " \t\r\v\f", &saved))
    self->fields[self->n_fields++] = field;
}

/* Goes to the next line that says something. Returns: %FALSE at the end. */
static gboolean
mapfile_read_line (MapfileReader *self)
{
  self->n_fields = 0;
  while (self->n_fields == 0 && self->next < self->end)
    {
      const char *newline = memchr (self->next, '\n', (gsize)(self->end - self->next));
      const char *line_end = newline != NULL ? newline : self->end;
      gsize length = MIN ((gsize)(line_end - self->next), MAX_LINE);

      memcpy (self->buffer, self->next, length);
      self->buffer[length] = '\0';
      self->next = newline != NULL ? newline + 1 : self->end;
      self->line++;
      mapfile_cut_comment (self->buffer);
      mapfile_split (self);
    }
  return self->n_fields > 0;
}

/* Decimal, 0x hexadecimal or 0 octal, below 2^63. */
static gboolean
mapfile_parse_number (const char *text, guint64 *number)
{
  char *end = NULL;

  if (!g_ascii_isdigit (text[0]))
    return FALSE;
  errno = 0;
  *number = g_ascii_strtoull (text, &end, 0);
  return errno == 0 && *end == '\0' && *number <= G_MAXINT64;
}

static gboolean
mapfile_is_one_of (const char *text, const char *characters)
{
  return text[0] != '\0' && text[1] == '\0' && strchr (characters, text[0]) != NULL;
}

static gboolean
mapfile_parse_status (MapfileReader *reader, PlatterMapfileStatus *status, GError **error)
{
  guint64 pass = 1;

  if (reader->n_fields < 2 || !mapfile_parse_number (reader->fields[0], &status->position_bytes)
      || !mapfile_is_one_of (reader->fields[1], "?*/-FG+"))
    return mapfile_set_error (reader, "is not a status line", error);
  /* The pass came with a later version. */
  if (reader->n_fields > 2
      && (!mapfile_parse_number (reader->fields[2], &pass) || pass < 1 || pass > G_MAXINT))
    return mapfile_set_error (reader, "has no pass from 1 on", error);
  status->status = reader->fields[1][0];
  status->pass = (guint)pass;
  return TRUE;
}

static gboolean
mapfile_parse_block (MapfileReader *reader, MapfileBlock *block, GError **error)
{
  if (reader->n_fields != 3 || !mapfile_parse_number (reader->fields[0], &block->offset_bytes)
      || !mapfile_parse_number (reader->fields[1], &block->length_bytes)
      || !mapfile_is_one_of (reader->fields[2], "?*/-+"))
    return mapfile_set_error (reader, "is not a block", error);
  if (block->length_bytes == 0 && block->offset_bytes > 0)
    return mapfile_set_error (reader, "is a block without size", error);
  if (block->length_bytes > G_MAXINT64 - block->offset_bytes)
    return mapfile_set_error (reader, "is a block that ends too far away", error);
  block->status = reader->fields[2][0];
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
    case PLATTER_MAP_MISMATCHED:
      return '-';
    default:
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
