// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The tables of Apple's disk images.

#include "dmg.h"

#include <string.h>

#include "engine/errors.h"

#define MAX_LIST_BYTES (64 * 1024 * 1024)
#define MAX_CHUNKS (1024 * 1024)
/* Elements of the list that are open at a time. */
#define MAX_OPEN 32
#define TABLE_HEADER_BYTES 204
#define CHUNK_BYTES 40
#define CHECKSUM_CRC32 2
#define TYPE_COMMENT 0x7ffffffe
#define TYPE_END (-1)
#define TYPE_ADC ((gint32)0x80000004)
#define TYPE_LZFSE ((gint32)0x80000007)
/* More than any disk has, and few enough that their bytes are a number. */
#define MAX_SECTORS (G_MAXINT64 / PLATTER_DMG_SECTOR_BYTES)

/* How far the property list was read. */
typedef struct
{
  PlatterDmg *dmg;
  const char *name;
  guint64 base_bytes;
  guint64 end_bytes;
  guint depth;   /* of arrays */
  char *section; /* (nullable): the last key outside of all arrays */
  char *key;     /* (nullable): the last one */
  GString *text; /* of the element that is open */
} DmgList;

static guint32
dmg_get_be32 (const guint8 *data)
{
  return (guint32)data[0] << 24 | (guint32)data[1] << 16 | (guint32)data[2] << 8 | data[3];
}

static guint64
dmg_get_be64 (const guint8 *data)
{
  return (guint64)dmg_get_be32 (data) << 32 | dmg_get_be32 (data + 4);
}

static gboolean
dmg_fail_damaged (const char *name, GError **error)
{
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DECODE,
               "%s is an Apple disk image that is damaged or cut off. Get it again", name);
  return FALSE;
}

static gboolean
dmg_fail_unsupported (const char *name, const char *what, GError **error)
{
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
               "%s is an Apple disk image %s. Make another one of it on a Mac, with “hdiutil "
               "convert -format UDZO”",
               name, what);
  return FALSE;
}

static gboolean
dmg_check_type (DmgList *self, gint32 type, GError **error)
{
  g_autofree char *what = NULL;

  switch (type)
    {
    case PLATTER_DMG_ZERO:
    case PLATTER_DMG_RAW:
    case PLATTER_DMG_IGNORED:
    case PLATTER_DMG_ZLIB:
    case PLATTER_DMG_BZIP2:
    case PLATTER_DMG_XZ:
      return TRUE;
    case TYPE_LZFSE:
      return dmg_fail_unsupported (self->name, "that is packed with LZFSE", error);
    case TYPE_ADC:
      return dmg_fail_unsupported (self->name, "that is packed with ADC", error);
    default:
      what = g_strdup_printf ("that is packed in a way that is not known (%08x)", (guint)type);
      return dmg_fail_unsupported (self->name, what, error);
    }
}

static gboolean
dmg_has_data (gint32 type)
{
  return type != PLATTER_DMG_ZERO && type != PLATTER_DMG_IGNORED;
}

/* @entry: of the table; @base: of its places in the file */
static gboolean
dmg_read_chunk (
  DmgList *self, const guint8 *entry, guint64 start, guint64 base, PlatterDmgChunk *chunk)
{
  guint64 own_start = dmg_get_be64 (entry + 8);
  guint64 own_offset = dmg_get_be64 (entry + 24);

  chunk->type = (gint32)dmg_get_be32 (entry);
  chunk->n_sectors = dmg_get_be64 (entry + 16);
  chunk->length_bytes = dmg_get_be64 (entry + 32);
  if (!g_uint64_checked_add (&chunk->start, start, own_start) || chunk->start > MAX_SECTORS
      || chunk->n_sectors > MAX_SECTORS - chunk->start)
    return FALSE;
  if (!dmg_has_data (chunk->type))
    {
      chunk->length_bytes = 0;
      return TRUE;
    }
  if (!g_uint64_checked_add (&chunk->offset_bytes, base, own_offset)
      || chunk->offset_bytes > self->end_bytes
      || chunk->length_bytes > self->end_bytes - chunk->offset_bytes)
    return FALSE;
  if (chunk->type == PLATTER_DMG_RAW)
    return chunk->length_bytes == chunk->n_sectors * PLATTER_DMG_SECTOR_BYTES;
  return chunk->length_bytes <= PLATTER_DMG_MAX_CHUNK_BYTES
         && chunk->n_sectors <= PLATTER_DMG_MAX_CHUNK_BYTES / PLATTER_DMG_SECTOR_BYTES;
}

/* @is_last: (out): there is nothing behind it */
static gboolean
dmg_add_chunk (
  DmgList *self, const guint8 *table, const guint8 *entry, gboolean *is_last, GError **error)
{
  PlatterDmgTable *own
    = &g_array_index (self->dmg->tables, PlatterDmgTable, self->dmg->tables->len - 1);
  PlatterDmgChunk chunk = { .table = self->dmg->tables->len - 1 };
  gint32 type = (gint32)dmg_get_be32 (entry);
  guint64 base = 0;

  *is_last = type == TYPE_END;
  if (*is_last || type == TYPE_COMMENT)
    return TRUE;
  if (!dmg_check_type (self, type, error))
    return FALSE;
  if (!g_uint64_checked_add (&base, self->base_bytes, dmg_get_be64 (table + 24))
      || !dmg_read_chunk (self, entry, dmg_get_be64 (table + 8), base, &chunk)
      || self->dmg->chunks->len >= MAX_CHUNKS)
    return dmg_fail_damaged (self->name, error);
  if (chunk.n_sectors == 0)
    return TRUE;
  g_array_append_val (self->dmg->chunks, chunk);
  own->n_chunks++;
  return TRUE;
}

static gboolean
dmg_add_table (DmgList *self, const guint8 *data, gsize length, GError **error)
{
  PlatterDmgTable table = { 0 };
  gboolean is_last = FALSE;
  guint32 n_entries = 0;

  if (length < TABLE_HEADER_BYTES || memcmp (data, "mish", 4) != 0)
    return dmg_fail_damaged (self->name, error);
  n_entries = dmg_get_be32 (data + 200);
  if (n_entries > (length - TABLE_HEADER_BYTES) / CHUNK_BYTES)
    return dmg_fail_damaged (self->name, error);
  table.has_checksum = dmg_get_be32 (data + 64) == CHECKSUM_CRC32;
  table.checksum = dmg_get_be32 (data + 72);
  g_array_append_val (self->dmg->tables, table);
  for (guint32 i = 0; i < n_entries && !is_last; i++)
    if (!dmg_add_chunk (self, data, data + TABLE_HEADER_BYTES + (gsize)i * CHUNK_BYTES, &is_last,
                        error))
      return FALSE;
  return TRUE;
}

static void
dmg_list_start (GMarkupParseContext *context,
                const char *element,
                const char **names,
                const char **values,
                gpointer data,
                GError **error)
{
  DmgList *self = data;

  g_string_set_size (self->text, 0);
  if (strcmp (element, "array") == 0)
    self->depth++;
  /* Each that is open takes memory, and there is room for millions. */
  if (g_slist_length ((GSList *)g_markup_parse_context_get_element_stack (context)) > MAX_OPEN)
    dmg_fail_damaged (self->name, error);
}

static void
dmg_list_text (
  GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
  g_string_append_len (((DmgList *)data)->text, text, (gssize)length);
}

static void
dmg_list_end (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  DmgList *self = data;

  if (strcmp (element, "array") == 0)
    self->depth--;
  else if (strcmp (element, "key") == 0)
    {
      g_free (self->key);
      self->key = g_strdup (self->text->str);
      if (self->depth == 0)
        {
          g_free (self->section);
          self->section = g_strdup (self->key);
        }
    }
  else if (strcmp (element, "data") == 0 && self->depth == 1 && g_strcmp0 (self->key, "Data") == 0
           && g_strcmp0 (self->section, "blkx") == 0)
    {
      gsize length = 0;
      g_autofree guchar *table = g_base64_decode (self->text->str, &length);

      dmg_add_table (self, table, length, error);
    }
  g_string_set_size (self->text, 0);
}

static int
dmg_compare_chunks (gconstpointer a, gconstpointer b)
{
  guint64 first = ((const PlatterDmgChunk *)a)->start;
  guint64 second = ((const PlatterDmgChunk *)b)->start;

  return (first > second) - (first < second);
}

/* A sector that nobody tells of, or two do, is none that anybody could rely on. */
static gboolean
dmg_check_order (PlatterDmg *self, guint64 n_sectors)
{
  guint64 at = 0;

  g_array_sort (self->chunks, dmg_compare_chunks);
  for (guint i = 0; i < self->chunks->len; i++)
    {
      const PlatterDmgChunk *chunk = &g_array_index (self->chunks, PlatterDmgChunk, i);

      if (chunk->start != at)
        return FALSE;
      at += chunk->n_sectors;
    }
  self->size_bytes = at * PLATTER_DMG_SECTOR_BYTES;
  return at > 0 && (at == n_sectors || n_sectors == 0);
}

PlatterDmg *
platter_dmg_parse (const char *text,
                   gsize length,
                   guint64 n_sectors,
                   guint64 base_bytes,
                   guint64 end_bytes,
                   const char *name,
                   GError **error)
{
  static const GMarkupParser parser
    = { .start_element = dmg_list_start, .text = dmg_list_text, .end_element = dmg_list_end };
  g_autoptr (PlatterDmg) self = g_new0 (PlatterDmg, 1);
  DmgList list = { .dmg = self, .name = name, .base_bytes = base_bytes, .end_bytes = end_bytes };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &list, NULL);
  g_autoptr (GError) reason = NULL;
  gboolean is_good = FALSE;

  self->chunks = g_array_new (FALSE, FALSE, sizeof (PlatterDmgChunk));
  self->tables = g_array_new (FALSE, FALSE, sizeof (PlatterDmgTable));
  list.text = g_string_new (NULL);
  is_good = g_markup_parse_context_parse (context, text, (gssize)length, &reason)
            && g_markup_parse_context_end_parse (context, &reason);
  g_string_free (list.text, TRUE);
  g_free (list.section);
  g_free (list.key);
  if (is_good && dmg_check_order (self, n_sectors))
    return g_steal_pointer (&self);
  if (reason != NULL && reason->domain == PLATTER_ENGINE_ERROR)
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    dmg_fail_damaged (name, error);
  return NULL;
}

void
platter_dmg_free (PlatterDmg *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->chunks);
  g_array_unref (self->tables);
  g_free (self);
}

static gboolean
dmg_read_trailer (PlatterInput *input, guint8 *trailer)
{
  guint64 size_bytes = platter_input_get_size_bytes (input);

  return size_bytes > PLATTER_DMG_TRAILER_BYTES
         && platter_input_read_at (input, size_bytes - PLATTER_DMG_TRAILER_BYTES, trailer,
                                   PLATTER_DMG_TRAILER_BYTES);
}

gboolean
platter_dmg_is_there (PlatterInput *input)
{
  guint8 trailer[PLATTER_DMG_TRAILER_BYTES];

  return dmg_read_trailer (input, trailer) && memcmp (trailer, "koly", 4) == 0;
}

static gboolean
dmg_check_trailer (const guint8 *trailer, guint64 end_bytes, const char *name, GError **error)
{
  guint64 list_bytes = dmg_get_be64 (trailer + 216);
  guint64 list_length = dmg_get_be64 (trailer + 224);

  if (dmg_get_be32 (trailer + 8) != PLATTER_DMG_TRAILER_BYTES)
    return dmg_fail_damaged (name, error);
  if (dmg_get_be32 (trailer + 60) > 1)
    return dmg_fail_unsupported (name, "in several segments", error);
  if (list_length == 0)
    return dmg_fail_unsupported (name, "of an old kind, without a property list", error);
  return (list_length <= MAX_LIST_BYTES && list_bytes <= end_bytes
          && list_length <= end_bytes - list_bytes)
         || dmg_fail_damaged (name, error);
}

PlatterDmg *
platter_dmg_open (PlatterInput *input, GError **error)
{
  guint8 trailer[PLATTER_DMG_TRAILER_BYTES] = { 0 };
  const char *name = platter_input_get_name (input);
  guint64 end_bytes = platter_input_get_size_bytes (input) - PLATTER_DMG_TRAILER_BYTES;
  guint64 list_bytes = 0;
  guint64 list_length = 0;
  g_autofree guint8 *list = NULL;

  if (!dmg_read_trailer (input, trailer))
    dmg_fail_damaged (name, error);
  else if (dmg_check_trailer (trailer, end_bytes, name, error))
    list_length = dmg_get_be64 (trailer + 224);
  if (list_length == 0)
    return NULL;
  list_bytes = dmg_get_be64 (trailer + 216);
  list = g_malloc (list_length);
  if (!platter_input_read_at (input, list_bytes, list, list_length))
    {
      dmg_fail_damaged (name, error);
      return NULL;
    }
  return platter_dmg_parse ((const char *)list, list_length, dmg_get_be64 (trailer + 492),
                            dmg_get_be64 (trailer + 24), end_bytes, name, error);
}
