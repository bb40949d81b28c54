// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What tests of encoders share: content, files in memory, and an encoder without a transfer.

#pragma once

#include "formats/encoder.h"

G_BEGIN_DECLS

#define ENCODING_MIB ((gsize)1024 * 1024)
#define ENCODING_PIECE_BYTES (4 * ENCODING_MIB)

/** encoding_new_content: Noise, text and zeros, and pieces of nothing but zeros where there is room for them. */
GByteArray *encoding_new_content (gsize length);
/** Returns: the descriptor of a file in memory with so much in it. @data: (nullable) */
int encoding_new_file (const guint8 *data, gsize length);
/** encoding_feed: Returns: 1 when all is stored, or a negative errno. */
int encoding_feed (PlatterWriter *writer, GByteArray *content);
/** encoding_pack: Returns: (transfer full): an encoder that has finished. @fd: stays the caller's */
PlatterEncoder *encoding_pack (const char *format, guint level, int fd, GByteArray *content);
/** Returns: whether its reader gives @content. */
gboolean encoding_comes_back (PlatterEncoder *encoder, GByteArray *content, GError **error);

G_END_DECLS
