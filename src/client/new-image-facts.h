// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is put beside an image: its digest, and what it was made of. docs/image.md.

#pragma once

#include "drive.h"
#include "job.h"

G_BEGIN_DECLS

/** What the document calls itself, and the version of docs/image.md that it follows. */
#define PLATTER_NEW_IMAGE_FORMAT "platter-image"
#define PLATTER_NEW_IMAGE_VERSION 1

/** PlatterNewImageLayout: borrowed: where the image lies. */
typedef struct
{
  const char *
    name; /* in the file system's encoding: of the file, or of what the pieces become put together */
  guint n_pieces; /* 0: it is one file */
  guint64 piece_bytes;
} PlatterNewImageLayout;

/**
 * platter_new_image_dup_sums:
 * @name: of the image, in the file system's encoding
 *
 * Returns: (transfer full): what "sha256sum -c" reads.
 */
char *platter_new_image_dup_sums (const PlatterNewImageLayout *layout, PlatterJob *job);

/** @source: a #PlatterDrive or a #PlatterImage. Returns: (transfer full): the JSON document. */
char *platter_new_image_dup_document (const PlatterNewImageLayout *layout,
                                      PlatterJob *job,
                                      gpointer source);

G_END_DECLS
