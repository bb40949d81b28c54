// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Digests of the whole source, each on its own thread, over blocks that arrive in any order.

#pragma once

#include "transfer.h"

G_BEGIN_DECLS

typedef struct _PlatterDigestSet PlatterDigestSet;

/**
 * platter_digest_set_new:
 * @n_blocks: how many blocks the source has; after the last, the digests are complete
 * @window: a block is never given more than so many blocks ahead of one that was not yet
 * @notify: called on any thread when there is something to pop, or all is complete
 */
PlatterDigestSet *platter_digest_set_new (PlatterDigests digests,
                                          guint64 n_blocks,
                                          guint window,
                                          void (*notify) (gpointer notify_data),
                                          gpointer notify_data,
                                          GError **error);
/** platter_digest_set_free: Ends the threads, complete or not. */
void platter_digest_set_free (PlatterDigestSet *self);
void platter_digest_set_start (PlatterDigestSet *self);
/** platter_digest_set_cut: The source has fewer blocks than was thought; none behind the last of them is ever given. */
void platter_digest_set_cut (PlatterDigestSet *self, guint64 n_blocks);

/** platter_digest_set_push: Gives a block; @data stays untouched until @item is popped. */
void platter_digest_set_push (
  PlatterDigestSet *self, guint64 block, const guint8 *data, gsize length, gpointer item);

/** Returns: (nullable): the item of a block that no digest needs any more. */
gpointer platter_digest_set_pop (PlatterDigestSet *self);
gboolean platter_digest_set_is_complete (PlatterDigestSet *self);

/** Returns: (nullable): in hexadecimal, when it is complete. */
const char *platter_digest_set_get_hex (PlatterDigestSet *self, PlatterDigests digest);

G_END_DECLS
