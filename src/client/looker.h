// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Has platter-look look at something foreign, so that this process need not.

#pragma once

#include "looked.h"

G_BEGIN_DECLS

/**
 * platter_looker_look_at_file:
 * @fd: open for reading; stays the caller's, but its position may move
 * @name: for messages
 * @format: how it is packed, told by its first bytes
 *
 * Starts platter-look, with the user's rights, of which it gives up all that it does not need. Blocks.
 *
 * Returns: (transfer full): or %NULL with a #GIOErrorEnum and a translated sentence: platter-look could not be started, takes
 *   more than five minutes (%G_IO_ERROR_TIMED_OUT; it is killed then), or has crashed or was killed. With
 *   %PLATTER_IMAGE_ERROR_UNSUPPORTED what is in it is no disk, or cannot be unpacked.
 */
PlatterLooked *
platter_looker_look_at_file (int fd, const char *name, PlatterFormat format, GError **error);

/**
 * platter_looker_look_at_track:
 * @track: of the file; nothing else of it is looked at
 *
 * The same, of a CD's track of data. Fails, too, if it cannot be read.
 */
PlatterLooked *
platter_looker_look_at_track (int fd, const char *name, const PlatterTrack *track, GError **error);

/**
 * platter_looker_look_at_disc:
 * @fd: of what tells of a CD's tracks
 *
 * Returns: (transfer full): with a disc; or %NULL
 */
PlatterLooked *
platter_looker_look_at_disc (int fd, const char *name, PlatterDiscKind kind, GError **error);

/**
 * platter_looker_look_at_server:
 * @socket: connected to an NBD server; taken over
 * @name: for messages
 * @export_name: (nullable): by which the server knows it; %NULL: it is QEMU, with the disk in a file, which may begin
 *   with whatever it is
 *
 * The same, of what a server has.
 *
 * Returns: (transfer full): with a size; or %NULL, also with %PLATTER_ENGINE_ERROR_READ, of the
 *   server, or %PLATTER_IMAGE_ERROR_UNSUPPORTED, of that or of what it has.
 */
PlatterLooked *platter_looker_look_at_server (int socket,
                                              const char *name,
                                              const char *export_name,
                                              GError **error);

/**
 * platter_looker_await:
 * @socket: where the answer comes from
 *
 * For the two above, and for tests.
 */
PlatterLooked *platter_looker_await (int socket, const char *name, GError **error);

G_END_DECLS
