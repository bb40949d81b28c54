// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// All of a file that tells the worker something.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * platter_whole_file_read:
 * @fd: a regular file, open for reading; stays the caller's
 * @max_bytes: it may not be larger
 * @name: for messages: "The mapfile"
 *
 * Returns: (transfer full): or %NULL with %PLATTER_ENGINE_ERROR_FAILED.
 */
GBytes *platter_whole_file_read (int fd, gsize max_bytes, const char *name, GError **error);

G_END_DECLS
