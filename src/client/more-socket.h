// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A socket in which messages wait for whoever writes an image.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** platter_more_socket_open: @pair: (out) (array fixed-size=2): what is sent goes into the first. Returns: %FALSE with a #GIOErrorEnum */
gboolean platter_more_socket_open (int *pair, GError **error);
/**
 * platter_more_socket_close:
 * @is_sent: all that was to wait in it does
 *
 * Returns: (transfer full): the other end, for "more" (docs/interface.md); -1 without @is_sent
 */
int platter_more_socket_close (int *pair, gboolean is_sent);

G_END_DECLS
