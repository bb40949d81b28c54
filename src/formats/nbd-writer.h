// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A new disk, written through a Network Block Device server, and read back through another.

#pragma once

#include "engine/writer.h"

G_BEGIN_DECLS

/**
 * PlatterNbdWriter:
 *
 * A #PlatterWriter for an endpoint, which then owns it: a client of the NBD protocol, by libnbd, with a thread of its own.
 * The disk is new, and zeros are not sent to it. It takes some 22 MiB.
 */
typedef struct _PlatterNbdWriter PlatterNbdWriter;

/**
 * platter_nbd_writer_new:
 * @write_socket: connected to the server that writes, and nothing was said on it yet; taken over
 * @read_socket: the same of the one that reads, which answers when the other one has closed the disk; taken over
 * @file: of the file that becomes the disk, for its size and its digest; stays the caller's
 * @is_read_back: all of it will be read; if not, the file is digested when it is finished
 *
 * Returns: (transfer full): or %NULL with a #PlatterEngineError.
 */
PlatterNbdWriter *platter_nbd_writer_new (int write_socket,
                                          int read_socket,
                                          int file,
                                          const char *name,
                                          gboolean is_read_back,
                                          GError **error);
void platter_nbd_writer_free (PlatterNbdWriter *self);
/** Returns: (transfer none): itself as a writer. */
PlatterWriter *platter_nbd_writer_get_writer (PlatterNbdWriter *self);

/** Returns: how large the file is by now; from any thread. */
guint64 platter_nbd_writer_get_file_bytes (PlatterNbdWriter *self);
/** Returns: (nullable): SHA-256 of the file, in hexadecimal, once all of it was read. */
const char *platter_nbd_writer_get_digest (PlatterNbdWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterNbdWriter, platter_nbd_writer_free)

G_END_DECLS
