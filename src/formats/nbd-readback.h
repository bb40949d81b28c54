// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A disk that was written through one Network Block Device server, read through another.

#pragma once

#include "engine/reader.h"

G_BEGIN_DECLS

typedef struct _PlatterNbdReadback PlatterNbdReadback;

/**
 * platter_nbd_readback_new:
 * @socket: connected to the server, which may come later; taken over
 * @file: of the disk, for its digest; stays the caller's
 *
 * Returns: (transfer full): or %NULL with a #PlatterEngineError.
 */
PlatterNbdReadback *
platter_nbd_readback_new (int socket, int file, const char *name, GError **error);
void platter_nbd_readback_free (PlatterNbdReadback *self);

/**
 * platter_nbd_readback_open:
 * @content_bytes: of what was written; what fills up the last sector has to be zeros
 * @is_read: all of it will be read; if not, the file is digested now
 *
 * Waits for the server, half a minute at most.
 *
 * Returns: %FALSE with a #PlatterEngineError.
 */
gboolean platter_nbd_readback_open (PlatterNbdReadback *self,
                                    guint64 content_bytes,
                                    gboolean is_read,
                                    GError **error);
/**
 * platter_nbd_readback_get_reader:
 *
 * To be read once it is open. The read that ends with the content also fails if something follows.
 *
 * Returns: (transfer none)
 */
PlatterReader *platter_nbd_readback_get_reader (PlatterNbdReadback *self);
/** platter_nbd_readback_note_alive: Something goes on, while it is not read yet. From any thread. */
void platter_nbd_readback_note_alive (PlatterNbdReadback *self);
/** Returns: (nullable): SHA-256 of the file, once all of it was read; from any thread. */
const char *platter_nbd_readback_get_digest (PlatterNbdReadback *self);

G_END_DECLS
