// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// QEMU's programs, run with bounds on one file.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** Where a program finds the file that it is for: "/proc/self/fd/4". */
#define PLATTER_QEMU_IMAGE_FD 4

typedef enum
{
  PLATTER_QEMU_READS,  /* and only complains: it writes no files */
  PLATTER_QEMU_CHECKS, /* the same, and for two minutes of the processor at most */
  PLATTER_QEMU_WRITES, /* the file */
} PlatterQemuWork;

/** PlatterQemuSockets: of a server: what it listens on, its client, and the one that says good-bye after it; -1: none. */
typedef struct
{
  int listener;
  int client;
  int farewell;
} PlatterQemuSockets;

/**
 * platter_qemu_find_program:
 * @name: of the image
 * @is_made: the image is to be made; else it is read
 *
 * Returns: %FALSE with %PLATTER_IMAGE_ERROR_UNSUPPORTED, and what to install.
 */
gboolean
platter_qemu_find_program (const char *program, const char *name, gboolean is_made, GError **error);

/**
 * platter_qemu_new_launcher:
 * @fd: the file; stays the caller's
 * @messages: what it complains of goes there, in English; -1: nowhere
 *
 * With the rights of whoever calls, bounded memory, and a session of its own.
 *
 * Returns: (transfer full)
 */
GSubprocessLauncher *platter_qemu_new_launcher (int fd, int messages, PlatterQemuWork work);

/**
 * platter_qemu_make_sockets:
 * @sockets: (out caller-allocates)
 * @name: for messages
 *
 * Nobody else can connect to them. The client may be handed to somebody before there is a server.
 */
gboolean platter_qemu_make_sockets (PlatterQemuSockets *sockets, const char *name, GError **error);
/** platter_qemu_close_sockets: Those that are still there: whoever has the other end sees that nobody is. */
void platter_qemu_close_sockets (PlatterQemuSockets *sockets);

/**
 * platter_qemu_serve:
 * @sockets: the listener and the farewell are taken over
 * @arguments: (array zero-terminated=1): of qemu-nbd
 *
 * It ends when its client has gone, whether or not a word was said, and does not end with this process.
 *
 * Returns: (transfer full) (nullable)
 */
GSubprocess *platter_qemu_serve (GSubprocessLauncher *launcher,
                                 PlatterQemuSockets *sockets,
                                 const char *const *arguments,
                                 GError **error);

/** Returns: (transfer full): the first line that says what is wrong, without what stands before it; or "" */
char *platter_qemu_dup_message (int messages);

G_END_DECLS
