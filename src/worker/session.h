// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The worker's one conversation: told what to do, it does it, tells how it goes, reports, and is done.

#pragma once

#include <gio/gio.h>

#include "images.h"
#include "sandbox/sandbox.h"

G_BEGIN_DECLS

/**
 * platter_session_run:
 * @socket: the worker's end of the connection to the helper; borrowed
 * @sandbox: prepared
 * @images: (nullable): without, a job with an image in it is refused
 *
 * Waits for "start", makes the transfer, closes the sandbox (see sandbox.h: from then on the process can do
 * nothing else), runs the transfer on a thread of its own and serves the connection on this one. If the
 * other side goes away, the transfer is cancelled. To be called once, on the first thread; the process has to end
 * with _exit() when it returns, as threads may still hang in the kernel.
 *
 * Returns: whether the helper was told how it ended: by "refused" or "report". Without, @error says why.
 */
gboolean platter_session_run (int socket,
                              const PlatterSandbox *sandbox,
                              const PlatterImagesClass *images,
                              GError **error);

G_END_DECLS
