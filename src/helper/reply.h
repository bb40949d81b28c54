// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Answering a method call.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** platter_reply_error: Any error, by a name of ours and as plain text; @invocation stays the caller's. */
void platter_reply_error (GDBusMethodInvocation *invocation, const GError *error);

/** Returns: whether the caller agrees to somebody being asked for a password. */
gboolean platter_reply_is_interactive (GDBusMethodInvocation *invocation);

G_END_DECLS
