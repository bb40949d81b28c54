// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What both workers' programs do.

#pragma once

#include "session.h"

G_BEGIN_DECLS

/**
 * platter_worker_start:
 * @images: (nullable): what the program can do with images
 *
 * Serves one session on %PLATTER_WIRE_WORKER_FD. The process has to end with _exit() then, see session.h.
 *
 * Returns: its exit status
 */
int platter_worker_start (const PlatterImagesClass *images);

G_END_DECLS
