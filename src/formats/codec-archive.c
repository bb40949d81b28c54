// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The image in an archive, by libarchive. What it only warns of, a wrong checksum or length, is a failure here.

#include "archive-reader.h"
#include "codec.h"
#include "engine/errors.h"
#include "packed-size.h"

#include <errno.h>
#include <string.h>

typedef struct
{
  PlatterCodec base;
  PlatterArchiveReader *archive;
  PlatterArchiveChoice *found; /* what has been met so far */
  guint index;                 /* of the next entry */
  guint64 size_bytes;
  guint64 position_bytes; /* of the image */
  const guint8 *block;
  gsize block_bytes;
  guint64 block_offset_bytes; /* of the image; before it there may be a hole */
  gboolean is_data_read;
  gboolean has_ended;
} CodecArchive;

static gssize
codec_archive_fail (CodecArchive *self, int result, GError **error)
{
  struct archive *archive = platter_archive_reader_get (self->archive);
  g_autoptr (GError) below = platter_archive_reader_steal_error (self->archive);

  if (below != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&below));
      return -1;
    }
  if (archive_errno (archive) == ENOMEM)
    return platter_codec_fail_memory (&self->base, error);
  if (result == ARCHIVE_FAILED)
    return platter_codec_fail_unsupported (
      &self->base, "its archive uses something that is not known here", error);
  return platter_archive_reader_is_at_end (self->archive)
           ? platter_codec_fail_short (&self->base, error)
           : platter_codec_fail_damaged (&self->base, error);
}

static gssize
codec_archive_fail_size (CodecArchive *self, GError **error)
{
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DECODE,
               "%s is damaged: its image has another length than is recorded",
               platter_input_get_name (self->base.input));
  return -1;
}

/* Goes on to the next entry. Returns: 1; 0 at the end; -1 with an error. */
static gssize
codec_archive_next (CodecArchive *self, struct archive_entry **entry, GError **error)
{
  int result = platter_archive_reader_next (self->archive, entry);

  if (result == ARCHIVE_EOF)
    return 0;
  if (result != ARCHIVE_OK)
    return codec_archive_fail (self, result, error);
  platter_archive_reader_consider (self->found, *entry, self->index++);
  return 1;
}

/* To the image, which has been chosen before. */
static gboolean
codec_archive_find (CodecArchive *self, const PlatterArchiveChoice *choice, GError **error)
{
  struct archive_entry *entry = NULL;
  gssize got = 1;

  while (got > 0 && self->index <= choice->index)
    got = codec_archive_next (self, &entry, error);
  if (got < 0)
    return FALSE;
  if (got == 0 || self->found->n_candidates != 1 || self->found->index != choice->index)
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CHANGED,
                   "%s has been changed while it was read",
                   platter_input_get_name (self->base.input));
      return FALSE;
    }
  self->size_bytes = platter_archive_reader_get_size_bytes (entry);
  platter_archive_reader_follow (self->archive);
  return TRUE;
}

/* Behind the image: another one would make it a matter of chance which was written. */
static gssize
codec_archive_end (CodecArchive *self, GError **error)
{
  struct archive_entry *entry = NULL;
  gssize got = 1;

  if (self->size_bytes != PLATTER_PACKED_SIZE_UNKNOWN && self->position_bytes != self->size_bytes)
    return codec_archive_fail_size (self, error);
  while (got > 0 && self->found->n_candidates == 1)
    got = codec_archive_next (self, &entry, error);
  if (got < 0)
    return -1;
  if (self->found->n_candidates > 1)
    {
      g_autofree char *several = platter_archive_choice_dup_several (self->found);

      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED, "%s %s",
                   platter_input_get_name (self->base.input), several);
      return -1;
    }
  if (!platter_archive_reader_drain (self->archive, error))
    return -1;
  self->has_ended = TRUE;
  return 0;
}

/* Returns: whether there is one, or the end with what is left of a hole. */
static gboolean
codec_archive_next_block (CodecArchive *self, GError **error)
{
  const void *block = NULL;
  size_t length = 0;
  la_int64_t offset = 0;
  int result = archive_read_data_block (platter_archive_reader_get (self->archive), &block, &length,
                                        &offset);

  self->is_data_read = result == ARCHIVE_EOF;
  if (result != ARCHIVE_OK && result != ARCHIVE_EOF)
    {
      codec_archive_fail (self, result, error);
      return FALSE;
    }
  self->block = block;
  self->block_bytes = result == ARCHIVE_OK ? length : 0;
  self->block_offset_bytes
    = result == ARCHIVE_OK ? (guint64)offset : MAX ((guint64)offset, self->position_bytes);
  if (offset >= 0 && self->block_offset_bytes >= self->position_bytes)
    return TRUE;
  platter_codec_fail_damaged (&self->base, error);
  return FALSE;
}

static gssize
codec_archive_take (CodecArchive *self, guint8 *data, gsize length)
{
  guint64 hole_bytes = self->block_offset_bytes - self->position_bytes;

  if (hole_bytes > 0)
    {
      length = (gsize)MIN (length, hole_bytes);
      memset (data, 0, length);
      self->position_bytes += length;
      return (gssize)length;
    }
  length = MIN (length, self->block_bytes);
  /* An entry may end without a block. */
  if (length == 0)
    return 0;
  memcpy (data, self->block, length);
  self->block += length;
  self->block_bytes -= length;
  self->block_offset_bytes += length;
  self->position_bytes += length;
  return (gssize)length;
}

static gssize
codec_archive_read (PlatterCodec *base, guint8 *data, gsize length, GError **error)
{
  CodecArchive *self = (CodecArchive *)base;
  gssize got = 0;

  while (!self->has_ended)
    {
      got = codec_archive_take (self, data, length);
      if (got > 0)
        return got;
      if (self->is_data_read)
        return codec_archive_end (self, error);
      if (!codec_archive_next_block (self, error))
        return -1;
      /* What is more than was told is not unpacked. */
      if (self->block_offset_bytes + self->block_bytes > self->size_bytes)
        return codec_archive_fail_size (self, error);
    }
  return 0;
}

static void
codec_archive_free (PlatterCodec *base)
{
  CodecArchive *self = (CodecArchive *)base;

  platter_archive_reader_free (self->archive);
  platter_archive_choice_free (self->found);
  g_free (self);
}

static const PlatterCodecFuncs codec_archive_funcs = { codec_archive_read, codec_archive_free };

PlatterCodec *
platter_codec_archive_new (PlatterInput *input,
                           PlatterFormat format,
                           const PlatterArchiveChoice *choice,
                           GError **error)
{
  gboolean is_packed = !platter_format_is_archive (format);
  PlatterCodec *codec = is_packed ? platter_codec_new (input, format, error) : NULL;
  CodecArchive *self = NULL;
  const guint8 *data = NULL;
  gsize length = 0;

  /* The input's thread and buffers come before all that an archive may ask for. */
  if ((is_packed && codec == NULL) || !platter_input_peek (input, &data, &length, error))
    {
      platter_codec_free (codec);
      return NULL;
    }
  self = g_new0 (CodecArchive, 1);
  self->base.funcs = &codec_archive_funcs;
  self->base.input = input;
  self->found = platter_archive_choice_new ();
  self->archive
    = platter_archive_reader_new (input, is_packed ? PLATTER_FORMAT_TAR : format, codec);
  if (codec_archive_find (self, choice, error))
    return &self->base;
  codec_archive_free (&self->base);
  return NULL;
}
