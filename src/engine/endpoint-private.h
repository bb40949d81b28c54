// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the rest of the engine may ask of an endpoint.

#pragma once

#include "endpoint.h"
#include "reader.h"
#include "writer.h"

G_BEGIN_DECLS

gboolean platter_endpoint_is_writable (PlatterEndpoint *self);
const PlatterEndpointHints *platter_endpoint_get_hints (PlatterEndpoint *self);

/** Returns: (nullable): what it is read through. */
PlatterReader *platter_endpoint_get_reader (PlatterEndpoint *self);

/** Returns: (nullable): what it is written through. */
PlatterWriter *platter_endpoint_get_writer (PlatterEndpoint *self);

/** platter_endpoint_set_reader_error: Keeps the first, for who is told by the queue that a read has failed. */
void platter_endpoint_set_reader_error (PlatterEndpoint *self, const GError *error);
/** Returns: (nullable): once a read was answered with an error */
const GError *platter_endpoint_get_reader_error (PlatterEndpoint *self);

/** Returns: what offsets and lengths of requests must be multiples of, a power of two. */
guint platter_endpoint_get_alignment_bytes (PlatterEndpoint *self);

/**
 * platter_endpoint_get_sector_bytes:
 *
 * Returns: what is readable or not as one: a drive that shows smaller sectors than it has loses whole ones of its own.
 */
guint platter_endpoint_get_sector_bytes (PlatterEndpoint *self);

/** platter_endpoint_is_gone: Whether the device has lost its size: it was pulled out. */
gboolean platter_endpoint_is_gone (PlatterEndpoint *self);

/** platter_endpoint_drop_cache: Where reads go through the page cache: tries to empty it, and looks whether it is. */
void platter_endpoint_drop_cache (PlatterEndpoint *self);

/**
 * platter_endpoint_trim_to_size:
 *
 * Cuts a regular file back to the size it had, after its tail was written padded.
 *
 * Returns: %FALSE with errno set.
 */
gboolean platter_endpoint_trim_to_size (PlatterEndpoint *self);

G_END_DECLS
