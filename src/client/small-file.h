// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A file beside an image, which anybody may have put there.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * platter_small_file_read:
 * @folder: a descriptor, or %AT_FDCWD
 * @path: seen from there
 * @max_bytes: what is longer is read up to there
 * @content: (out): nothing if it cannot be read
 *
 * May block, but not for a pipe of that name.
 *
 * Returns: whether there is a file of that name, even if it cannot be read.
 */
gboolean
platter_small_file_read (int folder, const char *path, gsize max_bytes, GByteArray *content);

G_END_DECLS
