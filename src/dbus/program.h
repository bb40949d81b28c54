// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Those programs of Platter that others of them start.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * platter_program_dup_path:
 * @name: "helper", "worker" or "look"
 *
 * A program that runs from the build tree takes others from there, an installed one from where it was installed.
 *
 * Returns: (transfer full): the program's path; whether it is there was not looked at
 */
char *platter_program_dup_path (const char *name);

/**
 * platter_program_spawn:
 * @socket: taken over; the program has it as %PLATTER_WIRE_WORKER_FD
 *
 * Starts a program that needs nothing but a socket: without arguments, in an empty environment, in the folder "/".
 *
 * Returns: (transfer full): or %NULL with a #GSpawnError
 */
GSubprocess *platter_program_spawn (const char *path, int socket, GError **error);

G_END_DECLS
