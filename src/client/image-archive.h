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
 * platter_image_archive_check:
 * @choice: what was found in it
 * @name: for messages
 *
 * Returns: %FALSE with %PLATTER_IMAGE_ERROR_UNSUPPORTED, or %PLATTER_IMAGE_ERROR_EMPTY, and what to do: it is not an archive of
 * one image.
 */
gboolean
platter_image_archive_check (const PlatterArchiveChoice *choice, const char *name, GError **error);

/** Returns: (transfer full): "zip archive, disk.img, 3.9 GB"; translated. */
char *platter_image_archive_dup_kind (const PlatterArchiveChoice *choice, PlatterFormat format);

/** Returns: (transfer full): "zip", "tar", "tar.xz" */
char *platter_image_archive_dup_packing (PlatterFormat format);

G_END_DECLS
