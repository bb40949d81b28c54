// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the engine reads from and writes to, behind one table of operations.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PlatterEndpoint:
 *
 * Reference counted. Endpoints over a descriptor are read and written by the I/O queue on that
 * descriptor; one with a reader or a writer by that. What an endpoint can't do, it says.
 */
typedef struct _PlatterEndpoint PlatterEndpoint;
typedef struct _PlatterReader PlatterReader;
typedef struct _PlatterWriter PlatterWriter;

/**
 * PlatterEndpointHints: what a process without a file system cannot find out itself.
 */
typedef struct
{
  const char *name;  /* for messages, e.g. "/dev/sdb"; (nullable) */
  guint queue_depth; /* queue/nr_requests; 0 if unknown */
  guint64
    write_zeroes_max_bytes; /* queue/write_zeroes_max_bytes; 0: the device has no such command */
  gboolean is_rotational;   /* queue/rotational */
  gboolean is_cached;       /* a regular file that is written sector by sector: not with O_DIRECT */
} PlatterEndpointHints;

/**
 * platter_endpoint_new_for_fd:
 * @fd: a block device or a regular file, open for what is asked; taken over, also on failure
 * @is_writable: whether this is a target
 * @hints: (nullable): copied
 *
 * Finds size, logical and physical block size with ioctls or fstat. Uses the descriptor with
 * O_DIRECT if it is so opened, or sets O_DIRECT on it; where a file system refuses that, works
 * buffered and says so in platter_endpoint_is_direct(), and reading back drops the cache first.
 *
 * Returns: (transfer full): or %NULL with a #PlatterEngineError.
 */
PlatterEndpoint *platter_endpoint_new_for_fd (int fd,
                                              gboolean is_writable,
                                              const PlatterEndpointHints *hints,
                                              GError **error);

/**
 * platter_endpoint_new_for_reader:
 * @fd: of the file that the reader reads from; taken over
 * @reader: (transfer full): see reader.h
 * @hints: (nullable): copied
 *
 * A source whose content is made from a file as it is read. How much that is shows at its end, unless
 * platter_transfer_set_size() is told before.
 *
 * Returns: (transfer full):
 */
PlatterEndpoint *
platter_endpoint_new_for_reader (int fd, PlatterReader *reader, const PlatterEndpointHints *hints);

/**
 * platter_endpoint_new_for_writer:
 * @fd: the file that @writer stores in; taken over
 * @writer: (transfer full): see writer.h
 * @size_bytes: of the content
 * @hints: (nullable): copied
 *
 * A target that is written once, in order, and then read through the writer's reader. It has to be the only one of its
 * transfer.
 *
 * Returns: (transfer full):
 */
PlatterEndpoint *platter_endpoint_new_for_writer (int fd,
                                                  PlatterWriter *writer,
                                                  guint64 size_bytes,
                                                  const PlatterEndpointHints *hints);
PlatterEndpoint *platter_endpoint_ref (PlatterEndpoint *self);
void platter_endpoint_unref (PlatterEndpoint *self);

const char *platter_endpoint_get_name (PlatterEndpoint *self);
int platter_endpoint_get_fd (PlatterEndpoint *self);
/** Returns: 0 for an endpoint with a reader: it is not known. */
guint64 platter_endpoint_get_size_bytes (PlatterEndpoint *self);
guint platter_endpoint_get_logical_block_bytes (PlatterEndpoint *self);
gboolean platter_endpoint_is_direct (PlatterEndpoint *self);
/** Returns: whether what was read back did not come from the page cache, as far as can be known. */
gboolean platter_endpoint_is_cache_bypassed (PlatterEndpoint *self);
gboolean platter_endpoint_is_block_device (PlatterEndpoint *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterEndpoint, platter_endpoint_unref)

G_END_DECLS
