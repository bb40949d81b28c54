// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which parts of an image are its content.

#include "parts.h"

#include <string.h>

/* Size, kind of digest, offset and length of each part, and all digests one behind the other. */
#define PARTS_TYPE "(tsatay)"

static const struct
{
  const char *name;
  PlatterDigests digest;
  gsize length;
} parts_digests[] = {
  { "", PLATTER_DIGEST_NONE, 0 },          { "sha256", PLATTER_DIGEST_SHA256, 32 },
  { "sha512", PLATTER_DIGEST_SHA512, 64 }, { "sha1", PLATTER_DIGEST_SHA1, 20 },
  { "md5", PLATTER_DIGEST_MD5, 16 },       { "blake2b", PLATTER_DIGEST_BLAKE2B, 64 },
};

typedef struct
{
  guint64 offset_bytes;
  guint64 length_bytes;
} Part;

struct _PlatterParts
{
  guint64 size_bytes;
  guint kind;      /* in the table above */
  GArray *parts;   /* Part */
  guint8 *digests; /* one behind the other */
  gsize room;      /* for so many of them */
  guint64 bytes;
};

PlatterParts *
platter_parts_new (guint64 size_bytes, const char *digest)
{
  PlatterParts *self = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (parts_digests); i++)
    {
      if (strcmp (parts_digests[i].name, digest) != 0 || size_bytes == 0 || size_bytes > G_MAXINT64)
        continue;
      self = g_new0 (PlatterParts, 1);
      self->size_bytes = size_bytes;
      self->kind = i;
      self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
    }
  return self;
}

void
platter_parts_free (PlatterParts *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->parts);
  g_free (self->digests);
  g_free (self);
}

static void
parts_append (PlatterParts *self, const Part *part, const guint8 *digest, gsize digest_length)
{
  if (digest_length > 0 && self->parts->len == self->room)
    {
      self->room = MAX (64, 2 * self->room);
      self->digests = g_realloc_n (self->digests, self->room, digest_length);
    }
  if (digest_length > 0)
    memcpy (self->digests + self->parts->len * digest_length, digest, digest_length);
  g_array_append_val (self->parts, *part);
  self->bytes += part->length_bytes;
}

gboolean
platter_parts_add (PlatterParts *self,
                   guint64 offset_bytes,
                   guint64 length_bytes,
                   const guint8 *digest,
                   gsize digest_length)
{
  Part part = { offset_bytes, length_bytes };
  const Part *last
    = self->parts->len > 0 ? &g_array_index (self->parts, Part, self->parts->len - 1) : NULL;

  if (self->parts->len >= PLATTER_PARTS_MAX || length_bytes == 0 || offset_bytes >= self->size_bytes
      || length_bytes > self->size_bytes - offset_bytes
      || digest_length != parts_digests[self->kind].length
      || (last != NULL && offset_bytes < last->offset_bytes + last->length_bytes))
    return FALSE;
  parts_append (self, &part, digest, digest_length);
  return TRUE;
}

guint64
platter_parts_get_size_bytes (const PlatterParts *self)
{
  return self->size_bytes;
}

PlatterDigests
platter_parts_get_digest (const PlatterParts *self)
{
  return parts_digests[self->kind].digest;
}

const char *
platter_parts_get_digest_name (const PlatterParts *self)
{
  return parts_digests[self->kind].name;
}

gsize
platter_parts_get_digest_length (const PlatterParts *self)
{
  return parts_digests[self->kind].length;
}

guint
platter_parts_get_n (const PlatterParts *self)
{
  return self->parts->len;
}

PlatterPart
platter_parts_get (const PlatterParts *self, guint index)
{
  const Part *part = &g_array_index (self->parts, Part, index);
  gsize digest_length = platter_parts_get_digest_length (self);

  g_assert (index < self->parts->len);
  return (PlatterPart){ part->offset_bytes, part->length_bytes,
                        digest_length > 0 ? self->digests + index * digest_length : NULL };
}

guint64
platter_parts_get_bytes (const PlatterParts *self)
{
  return self->bytes;
}

guint
platter_parts_find (const PlatterParts *self, guint64 offset_bytes)
{
  guint first = 0;
  guint end = self->parts->len;

  while (first < end)
    {
      guint middle = first + (end - first) / 2;
      const Part *part = &g_array_index (self->parts, Part, middle);

      if (part->offset_bytes + part->length_bytes > offset_bytes)
        end = middle;
      else
        first = middle + 1;
    }
  return first;
}

GBytes *
platter_parts_pack (const PlatterParts *self)
{
  gsize digest_length = platter_parts_get_digest_length (self);
  g_autoptr (GVariant) packed = NULL;

  G_STATIC_ASSERT (sizeof (Part) == 2 * sizeof (guint64));
  packed = g_variant_ref_sink (
    g_variant_new ("(ts@at@ay)", self->size_bytes, platter_parts_get_digest_name (self),
                   g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, self->parts->data,
                                              2 * (gsize)self->parts->len, sizeof (guint64)),
                   g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, self->digests,
                                              digest_length * self->parts->len, 1)));
  return g_variant_get_data_as_bytes (packed);
}

PlatterParts *
platter_parts_unpack (GBytes *packed)
{
  g_autoptr (GVariant) told
    = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (PARTS_TYPE), packed, FALSE));
  g_autoptr (GVariant) places = NULL;
  g_autoptr (GVariant) digests = NULL;
  g_autoptr (PlatterParts) self = NULL;
  const char *kind = NULL;
  const guint64 *numbers = NULL;
  const guint8 *digest = NULL;
  guint64 size_bytes = 0;
  gsize n_numbers = 0;
  gsize digests_length = 0;
  gsize length = 0;

  if (g_bytes_get_size (packed) > PLATTER_PARTS_MAX_BYTES || !g_variant_is_normal_form (told))
    return NULL;
  g_variant_get (told, "(t&s@at@ay)", &size_bytes, &kind, &places, &digests);
  numbers = g_variant_get_fixed_array (places, &n_numbers, sizeof *numbers);
  digest = g_variant_get_fixed_array (digests, &digests_length, 1);
  self = platter_parts_new (size_bytes, kind);
  length = self != NULL ? platter_parts_get_digest_length (self) : 0;
  if (self == NULL || n_numbers == 0 || n_numbers % 2 != 0
      || digests_length != n_numbers / 2 * length)
    return NULL;
  for (gsize i = 0; i < n_numbers; i += 2)
    if (!platter_parts_add (self, numbers[i], numbers[i + 1],
                            length > 0 ? digest + i / 2 * length : NULL, length))
      return NULL;
  return g_steal_pointer (&self);
}
