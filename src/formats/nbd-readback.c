// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A disk that was written through one Network Block Device server, read through another.

#include "nbd-readback.h"

#include "engine/errors.h"
#include "nbd-reader.h"

#define SECTOR_BYTES 512

struct _PlatterNbdReadback
{
  PlatterReader reader;
  PlatterNbdReader *nbd;
  char *name;
  guint64 content_bytes; /* once it is open */
  gint64 alive_us;       /* atomic */
};

static PlatterReader *
nbd_readback_get_inner (PlatterNbdReadback *self)
{
  return platter_nbd_reader_get_reader (self->nbd);
}

static gboolean
nbd_readback_fail (PlatterNbdReadback *self, GError **error)
{
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_MISMATCH,
               "%s does not hold what was written to it", self->name);
  return FALSE;
}

/* Behind the content there is nothing but what fills up the last sector; to ask for more has the file digested. */
static gboolean
nbd_readback_check_end (PlatterNbdReadback *self, GError **error)
{
  PlatterReader *inner = nbd_readback_get_inner (self);
  guint8 rest[SECTOR_BYTES] = { 0 };
  gssize got = inner->funcs->read (inner, self->content_bytes, rest, sizeof rest, error);
  gboolean is_zero = TRUE;

  for (gssize i = 0; i < got; i++)
    is_zero = is_zero && rest[i] == 0;
  if (got > 0 && is_zero)
    got = inner->funcs->read (inner, self->content_bytes + (guint64)got, rest, 1, error);
  return got == 0 || (got > 0 && nbd_readback_fail (self, error));
}

static gssize
nbd_readback_read (
  PlatterReader *reader, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  PlatterNbdReadback *self = (PlatterNbdReadback *)reader;
  PlatterReader *inner = nbd_readback_get_inner (self);
  gssize got = 0;

  if (offset_bytes < self->content_bytes)
    got = inner->funcs->read (inner, offset_bytes, data,
                              (gsize)MIN (length, self->content_bytes - offset_bytes), error);
  if (got > 0 && offset_bytes + (guint64)got == self->content_bytes
      && !nbd_readback_check_end (self, error))
    return -1;
  return got;
}

static void
nbd_readback_cancel (PlatterReader *reader)
{
  PlatterReader *inner = nbd_readback_get_inner ((PlatterNbdReadback *)reader);

  inner->funcs->cancel (inner);
}

static void
nbd_readback_get_progress (PlatterReader *reader, PlatterReaderProgress *progress)
{
  PlatterNbdReadback *self = (PlatterNbdReadback *)reader;
  PlatterReader *inner = nbd_readback_get_inner (self);

  inner->funcs->get_progress (inner, progress);
  progress->alive_us
    = MAX (progress->alive_us, __atomic_load_n (&self->alive_us, __ATOMIC_RELAXED));
}

static const PlatterReaderFuncs nbd_readback_funcs = {
  .read = nbd_readback_read,
  .cancel = nbd_readback_cancel,
  .get_progress = nbd_readback_get_progress,
};

PlatterNbdReadback *
platter_nbd_readback_new (int socket, int file, const char *name, GError **error)
{
  PlatterNbdReadback *self = g_new0 (PlatterNbdReadback, 1);
  PlatterReader *inner = NULL;

  self->reader.funcs = &nbd_readback_funcs;
  self->name = g_strdup (name);
  self->nbd = platter_nbd_reader_new (socket, file, name, NULL);
  inner = nbd_readback_get_inner (self);
  if (inner->funcs->set_digests (inner, PLATTER_DIGEST_SHA256, error))
    return self;
  platter_nbd_readback_free (self);
  return NULL;
}

void
platter_nbd_readback_free (PlatterNbdReadback *self)
{
  if (self == NULL)
    return;
  platter_nbd_reader_free (self->nbd);
  g_free (self->name);
  g_free (self);
}

gboolean
platter_nbd_readback_open (PlatterNbdReadback *self,
                           guint64 content_bytes,
                           gboolean is_read,
                           GError **error)
{
  PlatterReader *inner = nbd_readback_get_inner (self);
  guint64 disk_bytes = (content_bytes + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
  guint8 byte = 0;

  self->content_bytes = content_bytes;
  if (!platter_nbd_reader_open (self->nbd, error))
    return FALSE;
  if (platter_nbd_reader_get_size_bytes (self->nbd) != disk_bytes)
    return nbd_readback_fail (self, error);
  return is_read || inner->funcs->read (inner, disk_bytes, &byte, 1, error) == 0;
}

PlatterReader *
platter_nbd_readback_get_reader (PlatterNbdReadback *self)
{
  return &self->reader;
}

void
platter_nbd_readback_note_alive (PlatterNbdReadback *self)
{
  __atomic_store_n (&self->alive_us, g_get_monotonic_time (), __ATOMIC_RELAXED);
}

const char *
platter_nbd_readback_get_digest (PlatterNbdReadback *self)
{
  PlatterReader *inner = nbd_readback_get_inner (self);

  return inner->funcs->get_digest (inner, PLATTER_DIGEST_SHA256);
}
