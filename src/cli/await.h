// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Waiting for an asynchronous call where a program of one purpose has nothing else to do.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** platter_await_cb: A #GAsyncReadyCallback; @user_data is a pointer to a #GAsyncResult pointer that is %NULL. */
void platter_await_cb (GObject *source, GAsyncResult *result, gpointer user_data);

/** platter_await: Runs the main context until @result is there. Returns: (transfer full): it. */
GAsyncResult *platter_await (GAsyncResult **result);

G_END_DECLS
