// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The content of a virtual machine's disk, served by qemu-nbd.

#pragma once

#include <gio/gio.h>

#include "virtual-disk.h"

G_BEGIN_DECLS

/**
 * platter_disk_server_start:
 * @fd: the file, open for reading; stays the caller's
 * @name: for messages
 * @messages: what it complains of goes there; -1: nowhere
 *
 * Starts `qemu-nbd`, with the rights of whoever calls, to serve the file read-only, and nothing but this file. It does
 * not wait for it. The server has one client, the socket that is returned, which nobody else can get at; it ends
 * when this socket is closed by all who have it, whether or not a word was said. It does not end with this
 * process: whoever the socket was handed to reads on.
 *
 * Returns: a connected socket, on which the server says the first word of the NBD protocol, if it can read the file; -1
 *   with %PLATTER_IMAGE_ERROR_UNSUPPORTED: there is no qemu-nbd, or a #GIOErrorEnum.
 */
int platter_disk_server_start (
  const PlatterVirtualDisk *disk, int fd, const char *name, int messages, GError **error);

/**
 * platter_disk_server_check:
 * @size_bytes: (out): of the disk
 * @partitions: (inout) (transfer full) (element-type PlatterVolume): becomes the list of those in it
 *
 * Whether QEMU can read it and nothing of it is missing, which it would take for zeros (`qemu-img check`). It blocks.
 *
 * Returns: %FALSE with %PLATTER_IMAGE_ERROR_UNSUPPORTED or a #GIOErrorEnum.
 */
gboolean platter_disk_server_check (const PlatterVirtualDisk *disk,
                                    int fd,
                                    const char *name,
                                    guint64 *size_bytes,
                                    GListStore **partitions,
                                    GError **error);

G_END_DECLS
