// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a client has put into a socket for whoever writes its image: more descriptors than one.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** PlatterMore: clear it with platter_more_clear(), which closes what is left. */
typedef struct
{
  int
    write_socket; /* of a disk: to the server that writes, and to the one that reads; -1: it is no disk */
  int read_socket;
  GArray *pieces; /* (nullable) (element-type int): those behind the first, if it is split */
  guint64 piece_bytes;
} PlatterMore;

#define PLATTER_MORE_NONE                                                                          \
  {                                                                                                \
    -1, -1, NULL, 0                                                                                \
  }

/**
 * platter_more_receive:
 * @more: (out caller-allocates)
 * @socket: taken over
 * @is_again: pieces need not be empty: a job that was cut off has left them
 *
 * Takes what is there already, and waits for nothing; docs/interface.md has the messages. Before the sandbox is closed: a
 * worker gets no descriptors later.
 *
 * Returns: %FALSE with %PLATTER_HELPER_ERROR_INVALID_ARGUMENTS if it is anything else.
 */
gboolean platter_more_receive (PlatterMore *more, int socket, gboolean is_again, GError **error);
void platter_more_clear (PlatterMore *more);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PlatterMore, platter_more_clear)

G_END_DECLS
