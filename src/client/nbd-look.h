// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A first look at what a Network Block Device server offers, with the user's rights.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * platter_nbd_look:
 * @socket: connected; taken over, and closed
 * @name: for messages
 * @export_name: (nullable): by which the server knows it
 * @size_bytes: (out): how much there is
 * @head: (out) (transfer full): a descriptor of so many bytes, of which the first MiB are those of the server: the
 *   partitions are read from it
 *
 * It blocks.
 *
 * Returns: %FALSE with %PLATTER_ENGINE_ERROR_READ or %PLATTER_ENGINE_ERROR_UNSUPPORTED, of the server, or a #GIOErrorEnum.
 */
gboolean platter_nbd_look (int socket,
                           const char *name,
                           const char *export_name,
                           guint64 *size_bytes,
                           int *head,
                           GError **error);

G_END_DECLS
