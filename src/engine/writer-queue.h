// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The I/O queue's requests to files that are written through a writer.

#pragma once

#include "endpoint-private.h"
#include "io-queue.h"

G_BEGIN_DECLS

/**
 * platter_writer_backend_new:
 * @inner: (transfer full): for the requests to all other files, and for the reads of this one
 * @endpoint: that has a writer; is kept
 * @file: its index
 *
 * Writes have to come in the order of their offsets.
 */
PlatterIoBackend *
platter_writer_backend_new (PlatterIoBackend *inner, PlatterEndpoint *endpoint, guint file);

G_END_DECLS
