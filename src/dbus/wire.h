// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The messages between helper and worker, and between client and platter-look: (sa{sv}) on a SOCK_SEQPACKET socket, see docs/interface.md.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PLATTER_WIRE_MAX_BYTES (128 * 1024)
/** One source and its server or its parts, 32 targets, and two maps and a page for a rescue. */
#define PLATTER_WIRE_MAX_FDS 37
/** Where a worker, or platter-look, has its end. */
#define PLATTER_WIRE_WORKER_FD 3

/** A message that was received. Clear it with platter_wire_message_clear(), which closes what is left of @fds. */
typedef struct
{
  char *name;        /* NULL: the other side has closed the connection */
  GVariant *content; /* a{sv} */
  int fds[PLATTER_WIRE_MAX_FDS];
  guint n_fds;
} PlatterWireMessage;

/**
 * platter_wire_send:
 * @content: a{sv}; a floating reference is taken
 * @fds: (nullable) (array length=n_fds): borrowed; copies travel with the message
 *
 * Sends one message whole, waiting for room if the socket blocks. From one thread at a time.
 *
 * Returns: %FALSE with a #GIOErrorEnum, for example %G_IO_ERROR_MESSAGE_TOO_LARGE before anything was sent.
 */
gboolean platter_wire_send (
  int socket, const char *name, GVariant *content, const int *fds, guint n_fds, GError **error);

/**
 * platter_wire_receive:
 * @message: (out caller-allocates): without a name when the other side has closed
 *
 * Receives one message, waiting for it if the socket blocks. The bytes may come from an enemy: they are checked to
 * be a well-formed (sa{sv}) in normal form.
 *
 * Returns: %FALSE with %G_IO_ERROR_WOULD_BLOCK when there is none on a socket that does not block, %G_IO_ERROR_INVALID_DATA
 * for anything that is no message, or the system's error.
 */
gboolean platter_wire_receive (int socket, PlatterWireMessage *message, GError **error);

/** platter_wire_message_steal_fd: Returns: the descriptor, now the caller's, or -1 if there is none (left) at @index. */
int platter_wire_message_steal_fd (PlatterWireMessage *message, guint index);
void platter_wire_message_clear (PlatterWireMessage *message);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PlatterWireMessage, platter_wire_message_clear)

G_END_DECLS
