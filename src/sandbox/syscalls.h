// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The system calls that are left when the sandbox is closed.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * platter_syscalls_close:
 * @own_socket: to whoever has started it: for messages, which may bring descriptors
 * @sockets: (array length=n_sockets): connected, on which data may be sent and received, and nothing else
 *
 * Leaves to all threads of the process, for good, what copying takes: reading, writing and flushing descriptors
 * that are open, the ioctls of block devices that this needs, threads, memory that cannot be executed, waiting.
 * Opening and looking up files fails with EACCES; any other system call kills the process (seccomp).
 *
 * Returns: %FALSE with a #GIOErrorEnum if the kernel cannot do that.
 */
gboolean
platter_syscalls_close (int own_socket, const int *sockets, guint n_sockets, GError **error);

/**
 * platter_syscalls_forbid_writing:
 *
 * After platter_syscalls_close(): takes from all threads what could change a drive, too. Writing fails with EPERM; messages on
 * sockets are still sent.
 *
 * Returns: %FALSE with a #GIOErrorEnum if the kernel cannot do that.
 */
gboolean platter_syscalls_forbid_writing (GError **error);

/** Returns: whether this is a build for tests, with a sanitizer that needs more than the worker does. */
gboolean platter_syscalls_has_sanitizer (void);

G_END_DECLS
