// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An image somewhere else, that GIO can read: by HTTP, SFTP, SMB and what else GVfs knows.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * platter_image_remote_get_size_bytes:
 * @name: for messages
 *
 * Asks for it; it blocks. One that does not say how large it is, is refused: nobody would see that it ended too early.
 *
 * Returns: how large it is; 0 with #PlatterImageError or #GIOErrorEnum.
 */
guint64 platter_image_remote_get_size_bytes (GFile *file,
                                             const char *name,
                                             GCancellable *cancellable,
                                             GError **error);

/**
 * platter_image_remote_read_head:
 *
 * Its first bytes; it blocks.
 *
 * Returns: how many, fewer than @length only if it is shorter; -1 with #GIOErrorEnum.
 */
gssize platter_image_remote_read_head (GFile *file,
                                       const char *name,
                                       guint8 *head,
                                       gsize length,
                                       GCancellable *cancellable,
                                       GError **error);

/**
 * platter_image_remote_feed:
 *
 * Reads it from its beginning on, on a thread of its own. Where it cannot be read, the pipe ends before its time.
 *
 * Returns: the end of the pipe to be read from; -1 with a #GIOErrorEnum.
 */
int platter_image_remote_feed (GFile *file, guint64 size_bytes, GError **error);

G_END_DECLS
