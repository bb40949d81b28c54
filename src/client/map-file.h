// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The user's mapfile of a rescue, in the format of GNU ddrescue: whole at any time, whatever happens meanwhile.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _PlatterMapFile PlatterMapFile;

/**
 * platter_map_file_new:
 * @drives: (element-type GObject): of the job; a file on one of them is refused
 *
 * Makes sure of its place, and makes an empty file if there is none: that is a map of which nothing is known. Whether another
 * one can take its place is tried now.
 *
 * Returns: (transfer full): or %NULL with a #GIOErrorEnum.
 */
PlatterMapFile *platter_map_file_new (const char *path, GPtrArray *drives, GError **error);
void platter_map_file_free (PlatterMapFile *self);

/** platter_map_file_check: Whether there may be one at @path: otherwise as platter_map_file_new(), and makes nothing. */
gboolean platter_map_file_check (const char *path, GPtrArray *drives, GError **error);

/** Returns: (transfer full): a descriptor, open for reading, of what is there now; -1 with an error. */
int platter_map_file_open (PlatterMapFile *self, GError **error);
/** Returns: whether nothing was in it. */
gboolean platter_map_file_is_empty (PlatterMapFile *self);
/** platter_map_file_discard: Removes it, if it was made, and nothing is in it. */
void platter_map_file_discard (PlatterMapFile *self);

/**
 * platter_map_file_save:
 *
 * Writes a new file beside it, flushes that, and gives it the name, so that one of the two is there whole at any
 * time. Does nothing if @text is what was saved last.
 */
gboolean platter_map_file_save (PlatterMapFile *self, const char *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterMapFile, platter_map_file_free)

G_END_DECLS
