// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a Network Block Device server offers, read through a connected socket.

#pragma once

#include "engine/reader.h"

G_BEGIN_DECLS

/**
 * PlatterNbdReader:
 *
 * A client of the NBD protocol (https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md), by libnbd. Used by
 * one thread at a time, but where #PlatterReader says otherwise. It reads ahead, and asks the server what is zeros
 * anyway ("base:allocation"). It takes some 9 MiB, and 4 MiB more where a file is digested.
 */
typedef struct _PlatterNbdReader PlatterNbdReader;

/**
 * platter_nbd_reader_new:
 * @socket: connected, and nothing was said on it yet; taken over
 * @file: of the file that the server reads, for its digests; stays the caller's; -1: there is none, and the digests are
 *   those of the content
 * @name: for messages
 * @export_name: (nullable): by which the server knows it; %NULL for the only one that it has
 *
 * Says and reads nothing yet. Without a file, what is certainly no disk is refused when it is read.
 */
PlatterNbdReader *
platter_nbd_reader_new (int socket, int file, const char *name, const char *export_name);
void platter_nbd_reader_free (PlatterNbdReader *self);
/** platter_nbd_reader_allow_anything: Whatever it begins with: it is what is in a virtual machine's disk. */
void platter_nbd_reader_allow_anything (PlatterNbdReader *self);
/** Returns: (transfer none): itself as a reader. */
PlatterReader *platter_nbd_reader_get_reader (PlatterNbdReader *self);

/**
 * platter_nbd_reader_open:
 *
 * Negotiates with the server, which has half a minute to answer. To be called before the first read.
 *
 * Returns: %FALSE with %PLATTER_ENGINE_ERROR_READ or %PLATTER_ENGINE_ERROR_UNSUPPORTED.
 */
gboolean platter_nbd_reader_open (PlatterNbdReader *self, GError **error);
/** Returns: how much the server says there is, once it is open. */
guint64 platter_nbd_reader_get_size_bytes (PlatterNbdReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterNbdReader, platter_nbd_reader_free)

G_END_DECLS
