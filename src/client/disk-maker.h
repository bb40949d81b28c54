// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The disk of a virtual machine, made by QEMU's programs and written through one of them.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** Returns: whether @format is one of those that are made so: "qcow2", "vmdk", "vdi", "vhdx". */
gboolean platter_disk_maker_makes (const char *format);

/**
 * platter_disk_maker_create:
 * @fd: an empty file, open for reading and writing; stays the caller's
 * @size_bytes: of the disk; what is not a whole number of sectors of 512 bytes is filled up with zeros
 * @name: for messages
 *
 * Makes the file a disk of at least that size that holds nothing but zeros (`qemu-img create`). Whatever it was before is gone.
 * Blocks for a moment.
 *
 * Returns: %FALSE with %PLATTER_IMAGE_ERROR_UNSUPPORTED: there is no qemu-img, or it refuses such a disk; or a
 *   #GIOErrorEnum.
 */
gboolean platter_disk_maker_create (
  const char *format, int fd, guint64 size_bytes, const char *name, GError **error);

/**
 * platter_disk_maker_serve:
 * @size_bytes: as it was created
 *
 * Starts `qemu-nbd`, with the rights of whoever calls, to write the disk and nothing else. When its one client has
 * gone it closes the file and ends; if it ended well, the disk gets its exact size (`qemu-img resize`), and another one is started that reads the disk, past the
 * cache where the file system allows that: so what is read back was on the disk, and is what anybody will find who opens
 * it. For that the main context of the caller has to run.
 *
 * Returns: a socket with one message in it, "disk" with the sockets of both (docs/interface.md), which are nowhere else;
 *   -1 with @error.
 */
int platter_disk_maker_serve (
  const char *format, int fd, guint64 size_bytes, const char *name, GError **error);

G_END_DECLS
