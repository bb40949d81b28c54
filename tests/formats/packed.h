// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Packed files for tests, made by the formats' own libraries.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** packed_dup_content: Some that packs well, some that does not, some zeros. */
GByteArray *packed_dup_content (gsize length);

typedef GByteArray *(*PackedMake) (const guint8 *content, gsize length);
typedef struct
{
  const char *name;
  PackedMake make;
  gboolean has_size;      /* and says it */
  gboolean has_parts;     /* each of which is a file of its own */
  gboolean can_be_padded; /* with zeros */
} PackedKind;

/** packed_get_kinds: Ends with one that has no name. */
const PackedKind *packed_get_kinds (void);

/** packed_make_gzip_member: Returns: (transfer full): with a header of ten bytes. */
GByteArray *packed_make_gzip_member (const guint8 *content, gsize length);

/** packed_open: Returns: a descriptor of a file in memory with that in it. */
int packed_open (const guint8 *data, gsize length);

G_END_DECLS
