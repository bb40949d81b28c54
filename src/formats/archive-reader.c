// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An archive read by libarchive: from the file itself, or from what a codec unpacks.

#include "archive-reader.h"

#include "engine/errors.h"
#include "packed-size.h"

#include <errno.h>
#include <stdio.h>

#define BUFFER_BYTES (256 * 1024)
/* Behind the end of a tar there are zeros up to the end of a tape's block. */
#define MAX_PADDING_BYTES (64 * 1024 * 1024)

struct _PlatterArchiveReader
{
  struct archive *archive;
  PlatterInput *input;
  PlatterCodec *codec; /* (nullable) */
  guint64 position_bytes;
  guint64 budget_bytes;
  gsize pending_bytes; /* of the ring, handed out by the last read */
  gboolean is_open;
  gboolean is_following;
  gboolean is_at_end;
  GError *error;
  guint8 *buffer;
};

/* Goes on behind what was handed out, and what was skipped. */
static gboolean
archive_reader_catch_up (PlatterArchiveReader *self, guint64 position_bytes, GError **error)
{
  guint64 at_bytes = 0;

  platter_input_take (self->input, self->pending_bytes);
  self->pending_bytes = 0;
  while ((at_bytes = platter_input_get_position_bytes (self->input)) < position_bytes)
    {
      const guint8 *data = NULL;
      gsize length = 0;

      if (!platter_input_peek (self->input, &data, &length, error))
        return FALSE;
      if (length == 0)
        break;
      platter_input_take (self->input, (gsize)MIN (length, position_bytes - at_bytes));
    }
  return TRUE;
}

/* What the ring has is what is digested: it is the very bytes that are unpacked. */
static gssize
archive_reader_read_ring (PlatterArchiveReader *self, const void **data)
{
  const guint8 *next = NULL;
  gsize length = 0;

  if (!platter_input_peek (self->input, &next, &length, &self->error))
    return -1;
  *data = next;
  self->pending_bytes = length;
  return (gssize)length;
}

static gssize
archive_reader_read_file (PlatterArchiveReader *self, const void **data)
{
  guint64 size_bytes = platter_input_get_size_bytes (self->input);
  gsize length = (gsize)MIN (BUFFER_BYTES, size_bytes - MIN (self->position_bytes, size_bytes));

  *data = self->buffer;
  if (platter_input_is_cancelled (self->input))
    g_set_error_literal (&self->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED,
                         "Cancelled");
  else if (length == 0
           || platter_input_read_at (self->input, self->position_bytes, self->buffer, length))
    return (gssize)length;
  else
    g_set_error (&self->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ,
                 "Could not read %s at byte %" G_GUINT64_FORMAT,
                 platter_input_get_name (self->input), self->position_bytes);
  return -1;
}

static gssize
archive_reader_read_codec (PlatterArchiveReader *self, const void **data)
{
  *data = self->buffer;
  if (!platter_input_is_cancelled (self->input))
    return self->codec->funcs->read (self->codec, self->buffer, BUFFER_BYTES, &self->error);
  g_set_error_literal (&self->error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED,
                       "Cancelled");
  return -1;
}

static gssize
archive_reader_read (PlatterArchiveReader *self, const void **data)
{
  if (self->codec != NULL)
    return archive_reader_read_codec (self, data);
  if (!self->is_following)
    return archive_reader_read_file (self, data);
  if (!archive_reader_catch_up (self, self->position_bytes, &self->error))
    return -1;
  return platter_input_get_position_bytes (self->input) == self->position_bytes
           ? archive_reader_read_ring (self, data)
           : archive_reader_read_file (self, data);
}

static la_ssize_t
archive_reader_read_cb (struct archive *archive, void *user_data, const void **data)
{
  PlatterArchiveReader *self = user_data;
  gssize got = -1;

  if (self->error == NULL && self->budget_bytes > 0)
    got = archive_reader_read (self, data);
  if (got < 0)
    {
      archive_set_error (archive, EIO, "it cannot be read");
      return ARCHIVE_FATAL;
    }
  self->is_at_end = got == 0;
  self->position_bytes += (guint64)got;
  self->budget_bytes -= MIN (self->budget_bytes, (guint64)got);
  return got;
}

static la_int64_t
archive_reader_skip_cb (struct archive *archive, void *user_data, la_int64_t n_bytes)
{
  PlatterArchiveReader *self = user_data;
  guint64 size_bytes = platter_input_get_size_bytes (self->input);
  guint64 left_bytes = size_bytes - MIN (self->position_bytes, size_bytes);
  guint64 skipped_bytes = MIN ((guint64)MAX (n_bytes, 0), left_bytes);

  self->position_bytes += skipped_bytes;
  return (la_int64_t)skipped_bytes;
}

static la_int64_t
archive_reader_seek_cb (struct archive *archive, void *user_data, la_int64_t offset, int whence)
{
  PlatterArchiveReader *self = user_data;
  gint64 size_bytes = (gint64)platter_input_get_size_bytes (self->input);
  gint64 base_bytes = whence == SEEK_END ? size_bytes : 0;

  if (whence == SEEK_CUR)
    base_bytes = (gint64)self->position_bytes;
  if (offset < -base_bytes || offset > size_bytes - base_bytes)
    {
      archive_set_error (archive, EILSEQ, "it points outside of the file");
      return ARCHIVE_FATAL;
    }
  self->position_bytes = (guint64)(base_bytes + offset);
  return (la_int64_t)self->position_bytes;
}

static void
archive_reader_open (PlatterArchiveReader *self, PlatterFormat format)
{
  if (format == PLATTER_FORMAT_ZIP)
    archive_read_support_format_zip_seekable (self->archive);
  else if (format == PLATTER_FORMAT_7Z)
    archive_read_support_format_7zip (self->archive);
  else
    archive_read_support_format_tar (self->archive);
  archive_read_set_read_callback (self->archive, archive_reader_read_cb);
  if (self->codec == NULL)
    {
      archive_read_set_skip_callback (self->archive, archive_reader_skip_cb);
      archive_read_set_seek_callback (self->archive, archive_reader_seek_cb);
    }
  archive_read_set_callback_data (self->archive, self);
  /* After a failure it must not be asked for anything: libarchive 3.6 looks behind its list of formats then. */
  self->is_open = archive_read_open1 (self->archive) == ARCHIVE_OK;
}

PlatterArchiveReader *
platter_archive_reader_new (PlatterInput *input, PlatterFormat format, PlatterCodec *codec)
{
  PlatterArchiveReader *self = g_new0 (PlatterArchiveReader, 1);

  self->input = input;
  self->codec = codec;
  self->budget_bytes = G_MAXUINT64;
  self->buffer = g_malloc (BUFFER_BYTES);
  self->archive = archive_read_new ();
  archive_reader_open (self, format);
  return self;
}

void
platter_archive_reader_free (PlatterArchiveReader *self)
{
  if (self == NULL)
    return;
  archive_read_free (self->archive);
  platter_codec_free (self->codec);
  g_clear_error (&self->error);
  g_free (self->buffer);
  g_free (self);
}

struct archive *
platter_archive_reader_get (PlatterArchiveReader *self)
{
  return self->archive;
}

int
platter_archive_reader_next (PlatterArchiveReader *self, struct archive_entry **entry)
{
  int result = self->is_open ? archive_read_next_header (self->archive, entry) : ARCHIVE_FATAL;
  const char *warning = result == ARCHIVE_WARN ? archive_error_string (self->archive) : NULL;

  if (result != ARCHIVE_WARN)
    return result;
  /* Of a zip's directory and its entry. What else is warned of are names that cannot be shown. */
  return warning != NULL && g_str_has_prefix (warning, "Inconsistent") ? ARCHIVE_FATAL : ARCHIVE_OK;
}

gboolean
platter_archive_reader_is_encrypted (PlatterArchiveReader *self)
{
  return self->is_open && archive_read_has_encrypted_entries (self->archive) > 0;
}

void
platter_archive_reader_set_budget (PlatterArchiveReader *self, guint64 n_bytes)
{
  self->budget_bytes = n_bytes;
}

void
platter_archive_reader_follow (PlatterArchiveReader *self)
{
  self->is_following = self->codec == NULL;
}

static gboolean
archive_reader_drain_codec (PlatterArchiveReader *self, GError **error)
{
  gsize n_bytes = 0;
  gssize got = 0;

  do
    {
      const void *data = NULL;

      got = archive_reader_read_codec (self, &data);
      n_bytes += (gsize)MAX (got, 0);
    }
  while (got > 0 && n_bytes <= MAX_PADDING_BYTES);
  if (got < 0)
    g_propagate_error (error, platter_archive_reader_steal_error (self));
  else if (got > 0)
    platter_codec_fail_garbage (self->codec, error);
  return got == 0;
}

gboolean
platter_archive_reader_drain (PlatterArchiveReader *self, GError **error)
{
  /* libarchive may have met the end of the archive and something wrong in one go, and told of the end only. */
  if (self->error != NULL)
    {
      g_propagate_error (error, platter_archive_reader_steal_error (self));
      return FALSE;
    }
  return self->codec != NULL ? archive_reader_drain_codec (self, error)
                             : archive_reader_catch_up (self, G_MAXUINT64, error);
}

GError *
platter_archive_reader_steal_error (PlatterArchiveReader *self)
{
  return g_steal_pointer (&self->error);
}

gboolean
platter_archive_reader_is_at_end (PlatterArchiveReader *self)
{
  return self->is_at_end;
}
