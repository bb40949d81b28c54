// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A reader over memory, that tells how it was used.

#include "memory-reader.h"

#include "engine/errors.h"

#include <string.h>

static gssize
memory_fail (PlatterEngineError code, const char *text, GError **error)
{
  g_set_error_literal (error, PLATTER_ENGINE_ERROR, code, text);
  return -1;
}

static gssize
memory_read (PlatterReader *base, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  MemoryReader *self = (MemoryReader *)base;
  guint64 left = self->size_bytes - MIN (offset_bytes, self->size_bytes);
  gboolean is_bad
    = offset_bytes <= self->fail_at_bytes && self->fail_at_bytes - offset_bytes < length;

  while (is_bad && self->hangs_there && !g_atomic_int_get (&self->is_cancelled))
    g_usleep (1000);
  if (g_atomic_int_get (&self->is_cancelled))
    return memory_fail (PLATTER_ENGINE_ERROR_CANCELLED, "Cancelled", error);
  if (is_bad)
    return memory_fail (PLATTER_ENGINE_ERROR_DECODE, "it is damaged", error);
  self->n_back += offset_bytes < self->position_bytes;
  length = MIN (length, left);
  if (length > 0)
    memcpy (data, self->data + offset_bytes, length);
  self->position_bytes = MIN (offset_bytes, self->size_bytes) + length;
  return (gssize)length;
}

static void
memory_cancel (PlatterReader *base)
{
  g_atomic_int_set (&((MemoryReader *)base)->is_cancelled, TRUE);
}

static void
memory_get_progress (PlatterReader *base, PlatterReaderProgress *progress)
{
  /* Always half way. */
  *progress = (PlatterReaderProgress){ .input_bytes = 50, .total_bytes = 100 };
}

static gboolean
memory_set_digests (PlatterReader *base, PlatterDigests digests, GError **error)
{
  return TRUE;
}

static const char *
memory_get_digest (PlatterReader *base, PlatterDigests digest)
{
  return ((MemoryReader *)base)->digest;
}

static void
memory_free (PlatterReader *base)
{
  g_free (base);
}

static const PlatterReaderFuncs memory_funcs = {
  .read = memory_read,
  .cancel = memory_cancel,
  .get_progress = memory_get_progress,
  .set_digests = memory_set_digests,
  .get_digest = memory_get_digest,
  .free = memory_free,
};

MemoryReader *
memory_reader_new (const guint8 *data, guint64 size_bytes)
{
  MemoryReader *self = g_new0 (MemoryReader, 1);

  self->base.funcs = &memory_funcs;
  self->data = data;
  self->size_bytes = size_bytes;
  self->fail_at_bytes = G_MAXUINT64;
  self->digest = "0123";
  return self;
}
