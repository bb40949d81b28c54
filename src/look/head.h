// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The beginning of what only a reader can read, for what only looks at files.

#pragma once

#include "engine/reader.h"

G_BEGIN_DECLS

/**
 * platter_look_head_copy:
 * @source: of @size_bytes
 * @name: for messages
 * @scratch: an empty file in memory
 *
 * Makes @scratch as large as the source, with its first MiB, and holes behind that.
 *
 * Returns: %FALSE with an error of the source, or a #GIOErrorEnum
 */
gboolean platter_look_head_copy (
  PlatterReader *source, guint64 size_bytes, const char *name, int scratch, GError **error);

G_END_DECLS
