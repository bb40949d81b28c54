// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The formats of virtual machines' disks: which one it is, and whether it is whole by itself.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** PlatterVirtualDisk: constant. */
typedef struct
{
  const char *driver; /* qemu's name of it, in JSON with what it has to be told */
  const char *name;   /* "qcow2", "VHD"; for people and for programs */
} PlatterVirtualDisk;

/**
 * platter_virtual_disk_find:
 * @fd: the file
 * @head: its first bytes, at least 64 KiB of them unless it is shorter
 * @file_bytes: its size
 * @name: for messages
 * @disk: (out) (transfer none) (nullable): what it is; %NULL: no such disk
 *
 * By its content, never by its name. Reads a few headers and nothing else: qcow2 and qed by QEMU's docs/interop, VMDK by
 * VMware's "Virtual Disk Format 5.0", VHD by Microsoft's "Virtual Hard Disk Image Format Specification", VDI by
 * VirtualBox's VDICore.h. No other program has looked at the file before: those of QEMU open whatever a header
 * names.
 *
 * Returns: %FALSE with %PLATTER_IMAGE_ERROR_UNSUPPORTED and what to do: it needs another file (a backing file, a parent, data
 *   or extents elsewhere), is encrypted, damaged or cut off.
 */
gboolean platter_virtual_disk_find (int fd,
                                    const guint8 *head,
                                    gsize length,
                                    guint64 file_bytes,
                                    const char *name,
                                    const PlatterVirtualDisk **disk,
                                    GError **error);

G_END_DECLS
