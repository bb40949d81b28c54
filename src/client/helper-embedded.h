// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How a helper of our own is started.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * platter_helper_embedded_spawn:
 *
 * Starts platter-helper at the other end of a socket.
 *
 * Returns: (transfer full): our end of the socket; or %NULL with #GIOErrorEnum or #GSpawnError.
 */
GIOStream *platter_helper_embedded_spawn (GError **error);

G_END_DECLS
