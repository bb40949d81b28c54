// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What an image file is, told by its first bytes.

#pragma once

#include <gio/gio.h>

#include "formats/content.h"
#include "formats/format.h"

G_BEGIN_DECLS

/** How much of the file is looked at, in bytes. */
#define PLATTER_IMAGE_KIND_BYTES PLATTER_CONTENT_HEAD_BYTES

/**
 * platter_image_kind_check_end:
 * @name: for people; of an Apple image by its ending
 *
 * Of what looks like plain sectors: what makes a packed image of Apple's one stands at its end, and may have been cut off. A
 * plain one begins as a disk does.
 */
gboolean
platter_image_kind_check_end (const guint8 *head, gsize length, const char *name, GError **error);
/**
 * platter_image_kind_find:
 * @head: the first bytes of the file
 * @length: how many; fewer than %PLATTER_IMAGE_KIND_BYTES only if the file is shorter
 *
 * @format: (out): how it is packed, or what kind of archive it seems to be; %PLATTER_FORMAT_NONE if it is plain sectors
 *
 * Returns: (transfer none): what it is in words ("ISO image", "Disk image"), translated; or %NULL with
 * %PLATTER_IMAGE_ERROR_UNSUPPORTED and what to do if it is neither plain sectors nor can be unpacked.
 */
const char *platter_image_kind_find (
  const guint8 *head, gsize length, const char *name, PlatterFormat *format, GError **error);

G_END_DECLS
