// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The I/O queue's requests to files that are read through a reader.

#pragma once

#include "endpoint-private.h"
#include "io-queue.h"

G_BEGIN_DECLS

/**
 * platter_reader_backend_new:
 * @inner: (transfer full): for the requests to all other files
 * @endpoint: that has a reader; is kept
 * @file: its index
 *
 * A thread of its own serves the file's requests, one at a time, of those that wait the first one in the file.
 */
PlatterIoBackend *
platter_reader_backend_new (PlatterIoBackend *inner, PlatterEndpoint *endpoint, guint file);

G_END_DECLS
