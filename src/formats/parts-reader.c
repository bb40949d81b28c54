// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Another reader's content of which only parts are wanted.

#include "parts-reader.h"

#include <string.h>

#include "engine/errors.h"
#include "file-digests.h"

struct _PlatterPartsReader
{
  PlatterReader reader;
  PlatterReader *inner;
  char *name;
  PlatterParts *parts;
  guint64 seen_bytes;          /* so far the content goes at least */
  guint n_checked;             /* the first so many parts are as they must be */
  PlatterFileDigests *digests; /* (nullable): of the part that comes next, as far as it was read */
  guint64 digested_bytes;
};

static gssize
parts_reader_fail (PlatterPartsReader *self,
                   PlatterEngineError code,
                   const char *what,
                   GError **error)
{
  g_set_error (error, PLATTER_ENGINE_ERROR, code, "%s %s", self->name, what);
  return -1;
}

static char *
parts_reader_dup_hex (const guint8 *digest, gsize length)
{
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", digest[i]);
  return g_string_free (hex, FALSE);
}

/* The part that was digested is complete. */
static gboolean
parts_reader_judge (PlatterPartsReader *self, const PlatterPart *part, GError **error)
{
  PlatterDigests kind = platter_parts_get_digest (self->parts);
  g_autofree char *expected
    = parts_reader_dup_hex (part->digest, platter_parts_get_digest_length (self->parts));
  const char *hex = NULL;

  platter_file_digests_finish (self->digests);
  hex = platter_file_digests_get_hex (self->digests, kind);
  if (g_strcmp0 (hex, expected) != 0)
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DIGEST,
                   "%s is damaged, or is not the image that its bmap describes: its bytes "
                   "%" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                   " have the %s %s, but the bmap says %s. Get the image and its bmap again",
                   self->name, part->offset_bytes, part->offset_bytes + part->length_bytes - 1,
                   platter_parts_get_digest_name (self->parts), hex, expected);
      return FALSE;
    }
  g_clear_pointer (&self->digests, platter_file_digests_free);
  self->digested_bytes = 0;
  self->n_checked++;
  return TRUE;
}

/* Notes what was read of a part. Whatever comes out of order is not noted, and the end is not told without it. */
static gboolean
parts_reader_note (PlatterPartsReader *self,
                   guint index,
                   guint64 offset_bytes,
                   const guint8 *data,
                   gsize length,
                   GError **error)
{
  PlatterPart part = platter_parts_get (self->parts, index);

  if (index != self->n_checked || offset_bytes != part.offset_bytes + self->digested_bytes)
    return TRUE;
  if (part.digest != NULL && self->digests == NULL)
    self->digests = platter_file_digests_new (platter_parts_get_digest (self->parts), error);
  if (part.digest != NULL && self->digests == NULL)
    return FALSE;
  if (part.digest != NULL)
    platter_file_digests_add (self->digests, data, length);
  self->digested_bytes += length;
  if (self->digested_bytes < part.length_bytes)
    return TRUE;
  if (part.digest != NULL)
    return parts_reader_judge (self, &part, error);
  self->digested_bytes = 0;
  self->n_checked++;
  return TRUE;
}

static gssize
parts_reader_fail_size (PlatterPartsReader *self, gboolean is_longer, GError **error)
{
  g_autofree char *what = g_strdup_printf (
    "holds %s than the %" G_GUINT64_FORMAT
    " bytes that its bmap says: the bmap is of another image, or the image is damaged. Get both "
    "again",
    is_longer ? "more" : "less", platter_parts_get_size_bytes (self->parts));

  return parts_reader_fail (self, PLATTER_ENGINE_ERROR_DECODE, what, error);
}

/* What is inside of one part. */
static gboolean
parts_reader_read_part (PlatterPartsReader *self,
                        guint index,
                        guint64 offset_bytes,
                        guint8 *data,
                        gsize length,
                        GError **error)
{
  gssize got = self->inner->funcs->read (self->inner, offset_bytes, data, length, error);

  if (got < 0)
    return FALSE;
  if ((gsize)got < length)
    return parts_reader_fail_size (self, FALSE, error) == 0;
  self->seen_bytes = MAX (self->seen_bytes, offset_bytes + length);
  return parts_reader_note (self, index, offset_bytes, data, length, error);
}

/* Behind the last byte nothing may follow, but up to there all must be. Going back would mean to unpack all again. */
static gssize
parts_reader_read_end (PlatterPartsReader *self, GError **error)
{
  const PlatterReaderFuncs *funcs = self->inner->funcs;
  guint64 size_bytes = platter_parts_get_size_bytes (self->parts);
  guint8 byte = 0;
  gssize last = self->seen_bytes < size_bytes
                  ? funcs->read (self->inner, size_bytes - 1, &byte, 1, error)
                  : 1;
  gssize behind = last == 1 ? funcs->read (self->inner, size_bytes, &byte, 1, error) : 0;

  if (last < 0 || behind < 0)
    return -1;
  if (last == 0 || behind > 0)
    return parts_reader_fail_size (self, behind > 0, error);
  if (self->n_checked < platter_parts_get_n (self->parts))
    return parts_reader_fail (self, PLATTER_ENGINE_ERROR_DIGEST,
                              "could not be checked with its bmap: it was not read in order",
                              error);
  return 0;
}

static gssize
parts_reader_read (
  PlatterReader *reader, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  PlatterPartsReader *self = (PlatterPartsReader *)reader;
  guint64 size_bytes = platter_parts_get_size_bytes (self->parts);
  guint64 end_bytes = MIN (offset_bytes + length, size_bytes);
  guint64 at_bytes = offset_bytes;

  while (at_bytes < end_bytes)
    {
      guint index = platter_parts_find (self->parts, at_bytes);
      PlatterPart part = { end_bytes, 0, NULL };
      gsize n_bytes = 0;

      if (index < platter_parts_get_n (self->parts))
        part = platter_parts_get (self->parts, index);
      if (part.offset_bytes > at_bytes)
        {
          n_bytes = MIN (part.offset_bytes, end_bytes) - at_bytes;
          memset (data + (at_bytes - offset_bytes), 0, n_bytes);
        }
      else
        {
          n_bytes = MIN (part.offset_bytes + part.length_bytes, end_bytes) - at_bytes;
          if (!parts_reader_read_part (self, index, at_bytes, data + (at_bytes - offset_bytes),
                                       n_bytes, error))
            return -1;
        }
      at_bytes += n_bytes;
    }
  if (at_bytes < offset_bytes + length && parts_reader_read_end (self, error) < 0)
    return -1;
  return (gssize)(at_bytes - offset_bytes);
}

static void
parts_reader_cancel (PlatterReader *reader)
{
  PlatterReader *inner = ((PlatterPartsReader *)reader)->inner;

  inner->funcs->cancel (inner);
}

static void
parts_reader_get_progress (PlatterReader *reader, PlatterReaderProgress *progress)
{
  PlatterReader *inner = ((PlatterPartsReader *)reader)->inner;

  inner->funcs->get_progress (inner, progress);
}

static gboolean
parts_reader_set_digests (PlatterReader *reader, PlatterDigests digests, GError **error)
{
  PlatterReader *inner = ((PlatterPartsReader *)reader)->inner;

  return inner->funcs->set_digests (inner, digests, error);
}

static const char *
parts_reader_get_digest (PlatterReader *reader, PlatterDigests digest)
{
  PlatterReader *inner = ((PlatterPartsReader *)reader)->inner;

  return inner->funcs->get_digest (inner, digest);
}

static void
parts_reader_free (PlatterReader *reader)
{
  PlatterPartsReader *self = (PlatterPartsReader *)reader;

  self->inner->funcs->free (self->inner);
  g_clear_pointer (&self->digests, platter_file_digests_free);
  platter_parts_free (self->parts);
  g_free (self->name);
  g_free (self);
}

static const PlatterReaderFuncs parts_reader_funcs = {
  .read = parts_reader_read,
  .cancel = parts_reader_cancel,
  .get_progress = parts_reader_get_progress,
  .set_digests = parts_reader_set_digests,
  .get_digest = parts_reader_get_digest,
  .free = parts_reader_free,
};

PlatterPartsReader *
platter_parts_reader_new (PlatterReader *inner, const char *name)
{
  PlatterPartsReader *self = g_new0 (PlatterPartsReader, 1);

  self->reader.funcs = &parts_reader_funcs;
  self->reader.is_once = inner->is_once;
  self->inner = inner;
  self->name = g_strdup (name);
  return self;
}

PlatterReader *
platter_parts_reader_get_reader (PlatterPartsReader *self)
{
  return &self->reader;
}

void
platter_parts_reader_take_parts (PlatterPartsReader *self, PlatterParts *parts)
{
  g_assert (self->parts == NULL);
  self->parts = parts;
}

PlatterMap *
platter_parts_dup_map (const PlatterParts *parts)
{
  PlatterMap *map = platter_map_new (platter_parts_get_size_bytes (parts));

  for (guint i = 0; i < platter_parts_get_n (parts); i++)
    {
      PlatterPart part = platter_parts_get (parts, i);

      platter_map_set (map, part.offset_bytes, part.length_bytes, PLATTER_MAP_VERIFIED);
    }
  return map;
}
