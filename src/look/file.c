// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A first look at an image file.

#include "file.h"

#include "formats/archive-look.h"
#include "formats/packed-size.h"
#include "partitions.h"

/* Enough for the frames of some TiB, and few enough for a slow disk. */
#define MAX_SIZE_READS 65536

static GVariant *
file_write_choice (const PlatterArchiveChoice *choice)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "state", "s", platter_archive_choice_get_state (choice));
  g_variant_dict_insert (&dict, "candidates", "u", choice->n_candidates);
  g_variant_dict_insert_value (
    &dict, "names",
    g_variant_new_strv ((const char *const *)choice->names->pdata, (gssize)choice->names->len));
  return g_variant_dict_end (&dict);
}

/* Returns: how much the file says that it holds. */
static guint64
file_look_inside (const PlatterLookRequest *request, PlatterFormat *format, GVariantDict *dict)
{
  g_autoptr (PlatterInput) input = platter_input_new (request->fd, request->name);
  g_autoptr (PlatterArchiveChoice) choice = platter_archive_look (input, *format);

  if (choice != NULL)
    {
      g_variant_dict_insert_value (dict, "archive", file_write_choice (choice));
      return choice->size_bytes;
    }
  if (platter_format_is_archive (*format))
    *format = PLATTER_FORMAT_NONE;
  return platter_packed_size_find (request->fd, *format, MAX_SIZE_READS);
}

GVariant *
platter_look_at_file (const PlatterLookRequest *request)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  PlatterFormat format = request->format;
  guint64 size_bytes = PLATTER_PACKED_SIZE_UNKNOWN;

  if (format != PLATTER_FORMAT_NONE)
    size_bytes = file_look_inside (request, &format, &dict);
  g_variant_dict_insert (&dict, "format", "s", platter_format_get_name (format));
  if (size_bytes != PLATTER_PACKED_SIZE_UNKNOWN)
    g_variant_dict_insert (&dict, "size", "t", size_bytes);
  if (format == PLATTER_FORMAT_NONE)
    g_variant_dict_insert_value (&dict, "partitions", platter_look_partitions_read (request->fd));
  return g_variant_dict_end (&dict);
}
