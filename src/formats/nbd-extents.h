// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What an NBD server says of which places are zeros anyway.

#pragma once

#include <glib.h>
#include <libnbd.h>

G_BEGIN_DECLS

typedef struct _PlatterNbdExtents PlatterNbdExtents;

/** platter_nbd_extents_new: @nbd: connected, and kept open as long as it is asked */
PlatterNbdExtents *platter_nbd_extents_new (struct nbd_handle *nbd, guint64 size_bytes);
void platter_nbd_extents_free (PlatterNbdExtents *self);

/** Returns: whether anything is known of the place. */
gboolean platter_nbd_extents_is_known (PlatterNbdExtents *self, guint64 offset_bytes);
/**
 * platter_nbd_extents_ask:
 *
 * Forgets what is known, and asks the server of what follows @offset_bytes ("base:allocation").
 *
 * Returns: the request's cookie, with the end of which the answer is known; 0 if it cannot be asked
 */
gint64 platter_nbd_extents_ask (PlatterNbdExtents *self, guint64 offset_bytes);
/** platter_nbd_extents_add: What follows the last that is known. */
void platter_nbd_extents_add (PlatterNbdExtents *self, guint64 length_bytes, gboolean are_zeros);
/** Returns: whether all of it is known to be zeros. */
gboolean
platter_nbd_extents_are_zeros (PlatterNbdExtents *self, guint64 offset_bytes, guint64 length_bytes);

G_END_DECLS
