// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a process gives up before it touches anything foreign: a worker a drive, platter-look a file.

#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/** PlatterSandbox: who root becomes; filled by platter_sandbox_prepare(). */
typedef struct
{
  uid_t user;
  gid_t group;
} PlatterSandbox;

/**
 * platter_sandbox_prepare:
 * @self: (out caller-allocates)
 *
 * The first step, before anything is read from the other side and while there is one thread only: looks
 * up the user that root will be (`platter-worker`, or 65534 where there is none), loads what libraries
 * would otherwise look for in files later, goes into empty namespaces where it may, gives up core dumps and
 * gaining privileges by exec, and has the kernel (landlock) refuse it every file from then on.
 *
 * Returns: %FALSE with a #GIOErrorEnum if anything that has to succeed did not. Then nothing may be done.
 */
gboolean platter_sandbox_prepare (PlatterSandbox *self, GError **error);

/**
 * platter_sandbox_stay:
 *
 * Before the second step: root stays root, which is a name without capabilities then. For files on file systems in user
 * space, which tell nobody but their owner how large a file is.
 */
void platter_sandbox_stay (PlatterSandbox *self);

/**
 * platter_sandbox_close:
 * @own_socket: to whoever has started it, the only one that can bring or take a descriptor
 * @sockets: (array length=n_sockets): that are talked on besides
 *
 * The second step, after everything that needs rights (rings with pinned buffers) or new descriptors was
 * made: root becomes the user that was looked up, without groups and capabilities; anybody else stays who he is,
 * but without capabilities. Standard error becomes what standard output is, which is /dev/null for what Platter starts. Then the system calls of copying on the open descriptors are all that is left, see
 * syscalls.h. Holds for all threads and cannot be undone.
 *
 * Returns: %FALSE with a #GIOErrorEnum. Then the process has to end.
 */
gboolean platter_sandbox_close (
  const PlatterSandbox *self, int own_socket, const int *sockets, guint n_sockets, GError **error);

/**
 * platter_sandbox_limit_memory:
 *
 * Before the sandbox is closed: what is allocated from now on, the stacks of threads included, is refused beyond so many
 * bytes. For libraries that take as much as a file asks for.
 */
gboolean platter_sandbox_limit_memory (guint64 n_bytes, GError **error);

G_END_DECLS
