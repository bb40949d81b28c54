// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What IMAGE.json says of the image that it lies beside: docs/image.md.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *name;         /* of the document, for people */
  guint64 n_pieces;   /* 0: the image is one file */
  guint64 size_bytes; /* of all of the file or files; 0: it does not say */
} PlatterImageDocument;

/**
 * platter_image_document_read:
 * @self: (out): to be cleared if %TRUE is returned
 * @path: of the image
 *
 * Anybody may have written it. Blocks.
 *
 * Returns: %FALSE if there is none, or none that this version knows.
 */
gboolean platter_image_document_read (PlatterImageDocument *self, const char *path);
void platter_image_document_clear (PlatterImageDocument *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PlatterImageDocument, platter_image_document_clear)

G_END_DECLS
