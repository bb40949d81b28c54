// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The one question that platter-look is asked, and its answer.

#pragma once

#include <glib.h>

#include "sandbox/sandbox.h"

G_BEGIN_DECLS

/**
 * platter_look_session_run:
 * @socket: connected to the client
 * @sandbox: prepared
 *
 * Waits for the question, closes the sandbox (see sandbox.h), looks, and answers "seen" or "failed".
 *
 * Returns: %FALSE with an error if there was no question that could be answered. Then the process has to end.
 */
gboolean platter_look_session_run (int socket, const PlatterSandbox *sandbox, GError **error);

/**
 * platter_look_session_close:
 * @socket: connected to the client
 * @server: the socket that a server is asked through; -1: none
 *
 * Gives up everything that looking does not take. For tests.
 */
gboolean
platter_look_session_close (const PlatterSandbox *sandbox, int socket, int server, GError **error);

G_END_DECLS
