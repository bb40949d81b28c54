// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The image in an archive, for people.

#pragma once

#include <gio/gio.h>

#include "formats/archive-choice.h"
#include "formats/format.h"

G_BEGIN_DECLS

/**
 * platter_image_archive_find:
 * @fd: the file
 * @name: for messages
 * @format: (inout): how it is packed; %PLATTER_FORMAT_NONE if it only looked like an archive
 * @choice: (out) (transfer full) (nullable): the image in it; %NULL if it is no archive
 *
 * Blocks. Of an archive that is packed as a whole, only some MiB behind the beginning of its image are looked at.
 *
 * Returns: %FALSE with %PLATTER_IMAGE_ERROR_UNSUPPORTED, or %PLATTER_IMAGE_ERROR_EMPTY, and what to do: it is an archive,
 * and not of one image.
 */
gboolean platter_image_archive_find (
  int fd, const char *name, PlatterFormat *format, PlatterArchiveChoice **choice, GError **error);

/** Returns: (transfer full): "zip archive, disk.img, 3.9 GB"; translated. */
char *platter_image_archive_dup_kind (const PlatterArchiveChoice *choice, PlatterFormat format);

/** Returns: (transfer full): "zip", "tar", "tar.xz" */
char *platter_image_archive_dup_packing (PlatterFormat format);

G_END_DECLS
