// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What has the names that a new image is to get: out of the way, and back if that does not get them.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** PlatterReplaced: Of files in one folder. All that can fail says why in errno. */
typedef struct _PlatterReplaced PlatterReplaced;

/** platter_replaced_new: @folder: a descriptor, which is to be open as long. Returns: (transfer full) */
PlatterReplaced *platter_replaced_new (int folder);
/** platter_replaced_free: What is out of the way then stays there. */
void platter_replaced_free (PlatterReplaced *self);

/**
 * platter_replaced_hide:
 *
 * Gives what is called @name the hidden name ".NAME.platter-old", and does nothing if there is no such thing. Only a file or a link
 * goes out of the way: whatever else has appeared there is EEXIST, and a folder EISDIR.
 */
gboolean platter_replaced_hide (PlatterReplaced *self, const char *name);
/** Returns: (transfer full): that hidden name */
char *platter_replaced_dup_hidden (const char *name);
/** platter_replaced_restore: Gives all of them their names back, the first one that was hidden last. */
void platter_replaced_restore (PlatterReplaced *self);
/** platter_replaced_remove: Removes them, and what others have left under the hidden names of what was not there. */
void platter_replaced_remove (PlatterReplaced *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterReplaced, platter_replaced_free)

G_END_DECLS
