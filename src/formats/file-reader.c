// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A file of plain bytes as a reader.

#include "file-reader.h"

#include "input.h"

#define SKIP_BYTES (256 * 1024)

typedef struct
{
  PlatterReader reader;
  PlatterInput *input;
  gboolean has_digests;
  guint64 position_bytes; /* in front of which the input is */
  gint64 alive_us;        /* atomic */
} FileReader;

/* Only what is read in order is digested. */
static gboolean
file_reader_skip (FileReader *self, guint64 offset_bytes, GError **error)
{
  g_autofree guint8 *skipped = g_malloc (SKIP_BYTES);

  while (self->position_bytes < offset_bytes)
    {
      gssize got = platter_input_read (
        self->input, skipped, MIN (SKIP_BYTES, offset_bytes - self->position_bytes), error);

      if (got < 0)
        return FALSE;
      if (got == 0)
        break;
      self->position_bytes += (guint64)got;
      __atomic_store_n (&self->alive_us, g_get_monotonic_time (), __ATOMIC_RELAXED);
    }
  return TRUE;
}

static gboolean
file_reader_seek (FileReader *self, guint64 offset_bytes, GError **error)
{
  guint64 size_bytes = platter_input_get_size_bytes (self->input);

  if (offset_bytes == self->position_bytes)
    return TRUE;
  if (self->has_digests && offset_bytes > self->position_bytes)
    return file_reader_skip (self, MIN (offset_bytes, size_bytes), error);
  platter_input_seek (self->input, MIN (offset_bytes, size_bytes));
  self->position_bytes = MIN (offset_bytes, size_bytes);
  return TRUE;
}

static gssize
file_reader_read (
  PlatterReader *reader, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  FileReader *self = (FileReader *)reader;
  gssize got = -1;

  __atomic_store_n (&self->alive_us, g_get_monotonic_time (), __ATOMIC_RELAXED);
  if (!file_reader_seek (self, offset_bytes, error))
    return -1;
  if (offset_bytes > self->position_bytes)
    got = 0; /* behind the end */
  else
    got = platter_input_read (self->input, data, length, error);
  if (got < 0)
    return -1;
  self->position_bytes += (guint64)got;
  if ((gsize)got < length)
    platter_input_finish_digests (self->input);
  return got;
}

static void
file_reader_cancel (PlatterReader *reader)
{
  platter_input_cancel (((FileReader *)reader)->input);
}

static void
file_reader_get_progress (PlatterReader *reader, PlatterReaderProgress *progress)
{
  FileReader *self = (FileReader *)reader;

  *progress = (PlatterReaderProgress){
    .input_bytes = platter_input_get_position_bytes (self->input),
    .total_bytes = platter_input_get_size_bytes (self->input),
    .alive_us = __atomic_load_n (&self->alive_us, __ATOMIC_RELAXED),
  };
}

static gboolean
file_reader_set_digests (PlatterReader *reader, PlatterDigests digests, GError **error)
{
  FileReader *self = (FileReader *)reader;

  self->has_digests = TRUE;
  return platter_input_set_digests (self->input, digests, error);
}

static const char *
file_reader_get_digest (PlatterReader *reader, PlatterDigests digest)
{
  FileReader *self = (FileReader *)reader;

  return self->has_digests ? platter_input_get_digest (self->input, digest) : NULL;
}

static void
file_reader_free (PlatterReader *reader)
{
  FileReader *self = (FileReader *)reader;

  platter_input_free (self->input);
  g_free (self);
}

static const PlatterReaderFuncs file_reader_funcs = {
  .read = file_reader_read,
  .cancel = file_reader_cancel,
  .get_progress = file_reader_get_progress,
  .set_digests = file_reader_set_digests,
  .get_digest = file_reader_get_digest,
  .free = file_reader_free,
};

PlatterReader *
platter_file_reader_new (int fd, const char *name)
{
  FileReader *self = g_new0 (FileReader, 1);

  self->reader.funcs = &file_reader_funcs;
  self->input = platter_input_new (fd, name);
  return &self->reader;
}
