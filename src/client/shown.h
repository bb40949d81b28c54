// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Names of files as people are shown them: whoever made the file has chosen its name.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** platter_shown_dup_name: @path: a name or a path. Returns: (transfer full): for a sentence, by engine/printable.h. */
char *platter_shown_dup_name (const char *path);
/** platter_shown_dup_base_name: The same of the last part of @path. */
char *platter_shown_dup_base_name (const char *path);

G_END_DECLS
