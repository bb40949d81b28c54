// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What comes out of a pipe next, which stays in it.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * platter_pipe_peek:
 * @fd: the end of a pipe to be read from
 *
 * Waits until there is that much in the pipe, or nobody is left who could fill it; it blocks.
 *
 * Returns: how many bytes of @head were filled, fewer than @length only if it ends there; 0: it has ended; -1 with a
 *   #GIOErrorEnum, G_IO_ERROR_NOT_SUPPORTED where it is no pipe, G_IO_ERROR_NO_SPACE where it is full with less.
 */
gssize platter_pipe_peek (int fd, guint8 *head, gsize length, GError **error);

G_END_DECLS
