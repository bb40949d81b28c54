// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Closing what may block: a descriptor on a drive that hangs, or on somebody's FUSE file.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * platter_closing_start:
 * @fds: (array length=n_fds): taken over; those below 0 are left out
 *
 * Closes in a thread, so that the main loop never waits for a device. Failures don't matter: whatever had to be
 * known about writing was known by fsync before.
 */
void platter_closing_start (const int *fds, guint n_fds);
/** platter_closing_start_message: The same with what nobody has taken of a message's descriptors. In any thread. */
void platter_closing_start_message (GDBusMessage *message);

G_END_DECLS
