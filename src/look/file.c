// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A first look at an image file.

#include "file.h"

#include "engine/errors.h"
#include "formats/archive-look.h"
#include "formats/codec.h"
#include "formats/content.h"
#include "formats/decoder.h"
#include "formats/file-reader.h"
#include "formats/packed-size.h"
#include "formats/track-reader.h"
#include "head.h"
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

/*
 * Whether what is in it can be a disk, as far as its first bytes tell. Whatever else is wrong with it is for whoever reads
 * all of it; so is what lies behind other files in an archive.
 */
static gboolean
file_look_at_content (PlatterInput *input,
                      PlatterFormat format,
                      const PlatterArchiveChoice *choice,
                      GError **error)
{
  g_autoptr (PlatterCodec) codec = NULL;
  g_autofree guint8 *head = g_malloc (PLATTER_CONTENT_HEAD_BYTES);
  gsize length = 0;
  gssize got = 1;

  if (choice != NULL
      && (choice->state != PLATTER_ARCHIVE_GOOD
          || (choice->index > 0 && format != PLATTER_FORMAT_ZIP)))
    return TRUE;
  platter_input_seek (input, 0);
  codec = choice != NULL ? platter_codec_archive_new (input, format, choice, NULL)
                         : platter_codec_new (input, format, NULL);
  while (codec != NULL && length < PLATTER_CONTENT_HEAD_BYTES && got > 0)
    {
      got = codec->funcs->read (codec, head + length, PLATTER_CONTENT_HEAD_BYTES - length, NULL);
      length += (gsize)MAX (got, 0);
    }
  return platter_content_check_beginning (head, length, platter_input_get_name (input),
                                          "unpack it into a file, and choose that", error);
}

/* @size_bytes: (out): how much the file says that it holds */
static gboolean
file_look_inside (const PlatterLookRequest *request,
                  PlatterFormat *format,
                  guint64 *size_bytes,
                  GVariantDict *dict,
                  GError **error)
{
  g_autoptr (PlatterInput) input = platter_input_new (request->fd, request->name);
  g_autoptr (PlatterArchiveChoice) choice = platter_archive_look (input, *format);

  if (choice == NULL && platter_format_is_archive (*format))
    *format = PLATTER_FORMAT_NONE;
  if (choice == NULL)
    *size_bytes = platter_packed_size_find (request->fd, *format, MAX_SIZE_READS);
  else
    {
      g_variant_dict_insert_value (dict, "archive", file_write_choice (choice));
      *size_bytes = choice->size_bytes;
    }
  return *format == PLATTER_FORMAT_NONE || file_look_at_content (input, *format, choice, error);
}

/* Of what has to be read to know what is on it: what a drive would get. */
static GVariant *
file_look_through (const PlatterLookRequest *request,
                   PlatterReader *reader,
                   guint64 size_bytes,
                   int scratch,
                   GError **error)
{
  PlatterLookEnd end = { 0 };
  gboolean is_copied = platter_look_head_copy (reader, size_bytes, request->name, scratch, error);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  reader->funcs->free (reader);
  if (!is_copied)
    return NULL;
  g_variant_dict_insert (&dict, "format", "s", platter_format_get_name (request->format));
  g_variant_dict_insert (&dict, "size", "t", size_bytes);
  g_variant_dict_insert_value (&dict, "partitions", platter_look_partitions_read (scratch, &end));
  return g_variant_dict_end (&dict);
}

static GVariant *
file_look_at_track (const PlatterLookRequest *request, int scratch, GError **error)
{
  return file_look_through (
    request,
    platter_track_reader_new (platter_file_reader_new (request->fd, request->name), request->name,
                              &request->track),
    platter_track_get_size_bytes (&request->track), scratch, error);
}

static GVariant *
file_look_at_dmg (const PlatterLookRequest *request, int scratch, GError **error)
{
  PlatterDecoder *decoder = platter_decoder_new (request->fd, request->name);

  if (!platter_decoder_open (decoder, error))
    {
      platter_decoder_free (decoder);
      return NULL;
    }
  return file_look_through (request, platter_decoder_get_reader (decoder),
                            platter_decoder_get_size_bytes (decoder), scratch, error);
}

GVariant *
platter_look_at_file (const PlatterLookRequest *request, int scratch, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  PlatterFormat format = request->format;
  guint64 size_bytes = PLATTER_PACKED_SIZE_UNKNOWN;
  PlatterLookEnd end = { 0 };

  if (request->track.n_sectors > 0)
    return file_look_at_track (request, scratch, error);
  if (format == PLATTER_FORMAT_DMG)
    return file_look_at_dmg (request, scratch, error);
  if (format != PLATTER_FORMAT_NONE
      && !file_look_inside (request, &format, &size_bytes, &dict, error))
    {
      g_variant_dict_clear (&dict);
      return NULL;
    }
  g_variant_dict_insert (&dict, "format", "s", platter_format_get_name (format));
  if (size_bytes != PLATTER_PACKED_SIZE_UNKNOWN)
    g_variant_dict_insert (&dict, "size", "t", size_bytes);
  if (format == PLATTER_FORMAT_NONE)
    g_variant_dict_insert_value (&dict, "partitions",
                                 platter_look_partitions_read (request->fd, &end));
  if (end.bytes > 0)
    g_variant_dict_insert (&dict, "end", "(tu)", end.bytes, end.partition);
  return g_variant_dict_end (&dict);
}
