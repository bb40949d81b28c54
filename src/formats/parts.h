// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which parts of an image are its content, and what each must hash to.

#pragma once

#include "engine/transfer.h"

G_BEGIN_DECLS

/** The most parts that an image may have, and the size of the file that then tells of them, in bytes. */
#define PLATTER_PARTS_MAX (512 * 1024)
#define PLATTER_PARTS_MAX_BYTES (64 * 1024 * 1024)

typedef struct _PlatterParts PlatterParts;

/** PlatterPart: @digest is borrowed. */
typedef struct
{
  guint64 offset_bytes;
  guint64 length_bytes;
  const guint8 *digest; /* (nullable): without one nothing is checked */
} PlatterPart;

/**
 * platter_parts_new:
 * @size_bytes: of the whole image
 * @digest: what the parts are digested with, as docs/interface.md calls it; "" for none
 *
 * Returns: (transfer full) (nullable): %NULL if there is no such size or no such digest.
 */
PlatterParts *platter_parts_new (guint64 size_bytes, const char *digest);
void platter_parts_free (PlatterParts *self);

/**
 * platter_parts_add:
 * @digest: (array length=digest_length) (nullable): copied
 *
 * Returns: %FALSE if it is empty, does not lie behind the last part and inside the image, has a digest of another
 *   length than the kind has, or is one too many.
 */
gboolean platter_parts_add (PlatterParts *self,
                            guint64 offset_bytes,
                            guint64 length_bytes,
                            const guint8 *digest,
                            gsize digest_length);

guint64 platter_parts_get_size_bytes (const PlatterParts *self);
PlatterDigests platter_parts_get_digest (const PlatterParts *self);
/** Returns: "sha256", and so on; "" for none. */
const char *platter_parts_get_digest_name (const PlatterParts *self);
/** Returns: the length of each digest in bytes; 0 for none. */
gsize platter_parts_get_digest_length (const PlatterParts *self);
guint platter_parts_get_n (const PlatterParts *self);
PlatterPart platter_parts_get (const PlatterParts *self, guint index);
/** Returns: of all parts together. */
guint64 platter_parts_get_bytes (const PlatterParts *self);
/** platter_parts_find: Returns: the index of the first part that ends behind @offset_bytes; the number of all. */
guint platter_parts_find (const PlatterParts *self, guint64 offset_bytes);

/** platter_parts_pack: Returns: (transfer full): as one process tells it to another; docs/interface.md has the format. */
GBytes *platter_parts_pack (const PlatterParts *self);
/** platter_parts_unpack: Returns: (transfer full) (nullable): %NULL if it is not as platter_parts_pack() makes it. */
PlatterParts *platter_parts_unpack (GBytes *packed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterParts, platter_parts_free)

G_END_DECLS
