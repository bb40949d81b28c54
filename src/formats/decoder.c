// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A codec over a file, that can be asked for any place.

#include "decoder.h"

#include "archive-look.h"
#include "codec.h"
#include "content.h"
#include "engine/errors.h"
#include "packed-size.h"

/* Finding out how much a file holds must not take as long as unpacking it. */
#define MAX_SIZE_READS 16384
#define SKIP_BYTES (256 * 1024)
#define ADVICE "unpack it into a file, and choose that"

struct _PlatterDecoder
{
  PlatterReader reader;
  PlatterInput *input;
  PlatterFormat format;
  guint64 size_bytes;
  gboolean are_archives_allowed;
  gboolean is_anything_allowed; /* as what is in it */
  PlatterArchiveChoice *choice; /* (nullable): of an archive */
  PlatterDmg *dmg;              /* (nullable): of such an image */
  PlatterCodec *codec;          /* (nullable): made when it is needed */
  guint64 position_bytes;       /* of the content, in front of which the codec is */
  gboolean is_at_end;
  PlatterContentEnd end; /* of the content, as far as it is known */
  GError *
    failure; /* (nullable): told again by each read that comes after it: a codec that failed must not be asked */
  gint64 alive_us; /* atomic */
};

static gboolean
decoder_fail (PlatterDecoder *self, GError **error, PlatterEngineError code, const char *what)
{
  g_set_error (error, PLATTER_ENGINE_ERROR, code, "%s %s", platter_input_get_name (self->input),
               what);
  return FALSE;
}

/* The sooner it is known that it is none, the better. */
static gboolean
decoder_check_image (PlatterDecoder *self, GError **error)
{
  g_autofree guint8 *head = g_malloc (PLATTER_CONTENT_HEAD_BYTES);

  return platter_decoder_read (self, 0, head, PLATTER_CONTENT_HEAD_BYTES, error) >= 0;
}

static gboolean
decoder_open_archive (PlatterDecoder *self, GError **error)
{
  g_autofree char *several = NULL;

  switch (self->choice->state)
    {
    case PLATTER_ARCHIVE_GOOD:
      self->size_bytes = self->choice->size_bytes;
      return decoder_check_image (self, error);
    case PLATTER_ARCHIVE_SEVERAL:
      several = platter_archive_choice_dup_several (self->choice);
      return decoder_fail (self, error, PLATTER_ENGINE_ERROR_UNSUPPORTED, several);
    case PLATTER_ARCHIVE_EMPTY:
      return decoder_fail (self, error, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                           "is an archive without an image in it");
    case PLATTER_ARCHIVE_ENCRYPTED:
      return decoder_fail (self, error, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                           "is protected with a password: unpack it first, and choose the image");
    default:
      return decoder_fail (self, error, PLATTER_ENGINE_ERROR_DECODE,
                           "is an archive that is damaged, or of an unknown kind");
    }
}

/* Of a pipe, which may let somebody wait: so not before it is read. */
static gboolean
decoder_find_format_of_pipe (PlatterDecoder *self, GError **error)
{
  const guint8 *head = NULL;
  gsize length = 0;

  if (!platter_input_peek (self->input, &head, &length, error))
    return FALSE;
  self->format = platter_format_find (head, MIN (length, PLATTER_FORMAT_HEAD_BYTES));
  return (self->format != PLATTER_FORMAT_NONE && !platter_format_is_archive (self->format))
         || decoder_fail (self, error, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                          "is not packed in a way that can be unpacked as it comes");
}

static void
decoder_find_format (PlatterDecoder *self)
{
  guint8 head[PLATTER_FORMAT_HEAD_BYTES] = { 0 };
  gsize length = MIN (sizeof head, platter_input_get_size_bytes (self->input));

  if (platter_input_read_at (self->input, 0, head, length))
    self->format = platter_format_find (head, length);
  if (platter_dmg_is_there (self->input))
    self->format = PLATTER_FORMAT_DMG;
}

gboolean
platter_decoder_is_archive (PlatterDecoder *self)
{
  decoder_find_format (self);
  return platter_format_is_archive (self->format);
}

gboolean
platter_decoder_open (PlatterDecoder *self, GError **error)
{
  if (platter_input_is_pipe (self->input))
    return TRUE;
  decoder_find_format (self);
  if (self->format == PLATTER_FORMAT_DMG)
    {
      self->dmg = platter_dmg_open (self->input, error);
      self->size_bytes = self->dmg != NULL ? self->dmg->size_bytes : PLATTER_PACKED_SIZE_UNKNOWN;
      return self->dmg != NULL;
    }
  if (self->are_archives_allowed)
    self->choice = platter_archive_look (self->input, self->format);
  if (self->choice != NULL)
    return decoder_open_archive (self, error);
  if (self->format == PLATTER_FORMAT_NONE || platter_format_is_archive (self->format))
    return decoder_fail (self, error, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                         "is not packed in a way that is known");
  if (platter_input_get_fd (self->input) >= 0)
    self->size_bytes
      = platter_packed_size_find (platter_input_get_fd (self->input), self->format, MAX_SIZE_READS);
  return TRUE;
}

void
platter_decoder_allow_archives (PlatterDecoder *self)
{
  self->are_archives_allowed = TRUE;
}

guint64
platter_decoder_get_size_bytes (PlatterDecoder *self)
{
  return self->size_bytes;
}

static void
decoder_note_alive (PlatterDecoder *self)
{
  __atomic_store_n (&self->alive_us, g_get_monotonic_time (), __ATOMIC_RELAXED);
}

static gboolean
decoder_start (PlatterDecoder *self, GError **error)
{
  if (self->codec != NULL && platter_input_is_pipe (self->input))
    return decoder_fail (self, error, PLATTER_ENGINE_ERROR_READ, "cannot be read a second time");
  if (platter_input_is_pipe (self->input) && !decoder_find_format_of_pipe (self, error))
    return FALSE;
  if (self->codec != NULL)
    {
      g_clear_pointer (&self->codec, platter_codec_free);
      platter_input_seek (self->input, 0);
    }
  self->position_bytes = 0;
  self->is_at_end = FALSE;
  self->end.length = 0;
  if (self->dmg != NULL)
    self->codec = platter_codec_dmg_new (self->input, self->dmg);
  else if (self->choice != NULL)
    self->codec = platter_codec_archive_new (self->input, self->format, self->choice, error);
  else
    self->codec = platter_codec_new (self->input, self->format, error);
  return self->codec != NULL;
}

static gboolean
decoder_check_content (
  PlatterDecoder *self, gboolean is_beginning, const guint8 *data, gsize length, GError **error)
{
  const char *name = platter_input_get_name (self->input);

  if (self->is_anything_allowed)
    return TRUE;
  platter_content_end_add (&self->end, data, length);
  return (!is_beginning || platter_content_check_beginning (data, length, name, ADVICE, error))
         && (!self->is_at_end || platter_content_check_end (&self->end, name, ADVICE, error));
}

/* Returns: how many bytes, fewer only at the end; -1. */
static gssize
decoder_fill (PlatterDecoder *self, guint8 *data, gsize length, GError **error)
{
  gboolean is_beginning = self->position_bytes == 0;
  gsize filled = 0;

  while (filled < length && !self->is_at_end)
    {
      gssize got = -1;

      if (!platter_input_is_cancelled (self->input))
        got = self->codec->funcs->read (self->codec, data + filled, length - filled, error);
      else
        g_set_error_literal (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED,
                             "Cancelled");
      if (got < 0)
        return -1;
      decoder_note_alive (self);
      self->is_at_end = got == 0;
      self->position_bytes += (guint64)got;
      filled += (gsize)got;
    }
  if (self->is_at_end)
    platter_input_finish_digests (self->input);
  return decoder_check_content (self, is_beginning, data, filled, error) ? (gssize)filled : -1;
}

static gboolean
decoder_skip (PlatterDecoder *self, guint64 offset_bytes, GError **error)
{
  g_autofree guint8 *skipped = NULL;

  while (self->position_bytes < offset_bytes && !self->is_at_end)
    {
      if (skipped == NULL)
        skipped = g_malloc (SKIP_BYTES);
      if (decoder_fill (self, skipped, MIN (SKIP_BYTES, offset_bytes - self->position_bytes), error)
          < 0)
        return FALSE;
    }
  return TRUE;
}

static gssize
decoder_read_at (
  PlatterDecoder *self, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  if ((self->codec == NULL || offset_bytes < self->position_bytes) && !decoder_start (self, error))
    return -1;
  return decoder_skip (self, offset_bytes, error) ? decoder_fill (self, data, length, error) : -1;
}

gssize
platter_decoder_read (
  PlatterDecoder *self, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  gssize got = -1;

  decoder_note_alive (self);
  if (self->failure == NULL)
    got = decoder_read_at (self, offset_bytes, data, length, &self->failure);
  if (got < 0)
    g_propagate_error (error, g_error_copy (self->failure));
  return got;
}

void
platter_decoder_cancel (PlatterDecoder *self)
{
  platter_input_cancel (self->input);
}

void
platter_decoder_free (PlatterDecoder *self)
{
  if (self == NULL)
    return;
  /* Before what it reads from. */
  platter_codec_free (self->codec);
  g_clear_error (&self->failure);
  platter_archive_choice_free (self->choice);
  platter_dmg_free (self->dmg);
  platter_input_free (self->input);
  g_free (self);
}

/* As a reader */

static gssize
decoder_reader_read (
  PlatterReader *reader, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  return platter_decoder_read ((PlatterDecoder *)reader, offset_bytes, data, length, error);
}

static void
decoder_reader_cancel (PlatterReader *reader)
{
  platter_decoder_cancel ((PlatterDecoder *)reader);
}

static void
decoder_reader_get_progress (PlatterReader *reader, PlatterReaderProgress *progress)
{
  PlatterDecoder *self = (PlatterDecoder *)reader;

  *progress = (PlatterReaderProgress){
    .input_bytes = platter_input_get_position_bytes (self->input),
    .total_bytes = platter_input_get_size_bytes (self->input),
    .alive_us = MAX (__atomic_load_n (&self->alive_us, __ATOMIC_RELAXED),
                     platter_input_get_alive_us (self->input)),
  };
}

static gboolean
decoder_reader_set_digests (PlatterReader *reader, PlatterDigests digests, GError **error)
{
  return platter_input_set_digests (((PlatterDecoder *)reader)->input, digests, error);
}

static const char *
decoder_reader_get_digest (PlatterReader *reader, PlatterDigests digest)
{
  return platter_input_get_digest (((PlatterDecoder *)reader)->input, digest);
}

static void
decoder_reader_free (PlatterReader *reader)
{
  platter_decoder_free ((PlatterDecoder *)reader);
}

static const PlatterReaderFuncs decoder_reader_funcs = {
  .read = decoder_reader_read,
  .cancel = decoder_reader_cancel,
  .get_progress = decoder_reader_get_progress,
  .set_digests = decoder_reader_set_digests,
  .get_digest = decoder_reader_get_digest,
  .free = decoder_reader_free,
};

static PlatterDecoder *
decoder_new_for_input (PlatterInput *input)
{
  PlatterDecoder *self = g_new0 (PlatterDecoder, 1);

  self->reader.funcs = &decoder_reader_funcs;
  self->reader.is_once = platter_input_is_pipe (input);
  self->input = input;
  self->size_bytes = PLATTER_PACKED_SIZE_UNKNOWN;
  return self;
}

PlatterDecoder *
platter_decoder_new (int fd, const char *name)
{
  return decoder_new_for_input (platter_input_new (fd, name));
}

PlatterDecoder *
platter_decoder_new_for_split (PlatterSplitFile *file, const char *name)
{
  PlatterDecoder *self = decoder_new_for_input (platter_input_new_for_split (file, name));

  self->is_anything_allowed = TRUE;
  return self;
}

PlatterDecoder *
platter_decoder_new_for_pipe (int fd, const char *name, guint64 size_bytes)
{
  return decoder_new_for_input (platter_input_new_for_pipe (fd, name, size_bytes));
}

PlatterReader *
platter_decoder_get_reader (PlatterDecoder *self)
{
  return &self->reader;
}
