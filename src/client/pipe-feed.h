// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A pipe that a thread of ours fills with an image, for a job that reads it at the other end.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** So much is put into it at once. */
#define PLATTER_PIPE_FEED_BYTES (1024 * 1024)

/** platter_pipe_feed_open: @ends: (out): to be read from, to be written to. Fails with #GUnixError. */
gboolean platter_pipe_feed_open (int ends[2], GError **error);
/** platter_pipe_feed_begin: In the thread that fills it: that nobody reads any more is to be no signal. */
void platter_pipe_feed_begin (void);
/** platter_pipe_feed_write: Blocks. Returns: %FALSE: nobody reads any more. */
gboolean platter_pipe_feed_write (int end, const guint8 *data, gsize length);

G_END_DECLS
