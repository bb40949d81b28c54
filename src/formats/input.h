// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The bytes of a packed file, read ahead on a thread and digested on the way.

#pragma once

#include "engine/transfer.h"
#include "split-file.h"

G_BEGIN_DECLS

typedef struct _PlatterInput PlatterInput;

/** platter_input_new: @fd: stays the caller's; @name: for messages */
PlatterInput *platter_input_new (int fd, const char *name);
/** platter_input_new_for_split: The same of one that may lie in pieces. @file: (transfer none) */
PlatterInput *platter_input_new_for_split (PlatterSplitFile *file, const char *name);
/**
 * platter_input_new_for_pipe:
 * @size_bytes: how much is to come, and where less or more does, that is an error; 0 if nobody knows
 *
 * The same of what comes through a pipe, once: there is no going back, and no other place can be looked at.
 */
PlatterInput *platter_input_new_for_pipe (int fd, const char *name, guint64 size_bytes);
/** platter_input_free: Waits for its thread. */
void platter_input_free (PlatterInput *self);

/** platter_input_set_digests: Before the first byte. */
gboolean platter_input_set_digests (PlatterInput *self, PlatterDigests digests, GError **error);
/** platter_input_finish_digests: After the last byte was taken: waits until they are there. */
void platter_input_finish_digests (PlatterInput *self);
/** Returns: (nullable): in hexadecimal, once they are finished; from any thread. */
const char *platter_input_get_digest (PlatterInput *self, PlatterDigests digest);

/**
 * platter_input_peek:
 * @data: (out) (transfer none): valid until the next call
 * @length: (out): 0 at the end of the file
 *
 * The bytes that come next, at least one and as many as are there in one piece.
 */
gboolean
platter_input_peek (PlatterInput *self, const guint8 **data, gsize *length, GError **error);
/** platter_input_take: Goes on behind so many of them. */
void platter_input_take (PlatterInput *self, gsize length);
/** platter_input_read: Copies what comes next; less than @length only at the end. */
gssize platter_input_read (PlatterInput *self, guint8 *data, gsize length, GError **error);
/** platter_input_seek: Goes on at another place. Not of a pipe. */
void platter_input_seek (PlatterInput *self, guint64 offset_bytes);
/** platter_input_read_at: Reads at any place, without the thread. Returns: whether all of it is there. */
gboolean
platter_input_read_at (PlatterInput *self, guint64 offset_bytes, guint8 *data, gsize length);

/** From any thread: ends waiting, now and later. */
void platter_input_cancel (PlatterInput *self);
gboolean platter_input_is_cancelled (PlatterInput *self);
/** From any thread. Returns: how many bytes have been taken. */
guint64 platter_input_get_position_bytes (PlatterInput *self);
/** Returns: of a pipe 0, if nobody knows. */
guint64 platter_input_get_size_bytes (PlatterInput *self);
/** From any thread. Returns: when something came out of a pipe, by the monotonic clock; 0 of a file. */
gint64 platter_input_get_alive_us (PlatterInput *self);
gboolean platter_input_is_pipe (PlatterInput *self);
int platter_input_get_fd (PlatterInput *self);
const char *platter_input_get_name (PlatterInput *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterInput, platter_input_free)

G_END_DECLS
