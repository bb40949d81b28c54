// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How the files of images are named.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Returns: (transfer none): what the names of images end in, without the dot; %NULL at the end. */
const char *const *platter_image_name_get_endings (void);

/**
 * platter_image_name_dup:
 * @name: of the image that is read, without folders
 * @ending: of the new one, with its dot
 * @number: which try it is; only from the second on it is a part of the name
 *
 * Returns: (transfer full): "pi.img.zst" for "pi.wic.xz", "pi-2.img.zst" the second time.
 */
char *platter_image_name_dup (const char *name, const char *ending, guint number);

G_END_DECLS
