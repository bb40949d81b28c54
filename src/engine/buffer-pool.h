// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// All memory that data passes through: one mapping, cut into blocks.

#pragma once

#include "block-hash.h"
#include "transfer.h"

G_BEGIN_DECLS

typedef struct _PlatterSlot PlatterSlot;
typedef struct _PlatterBufferPool PlatterBufferPool;

/** The memory of one block on its way; used on the loop's thread only. */
struct _PlatterSlot
{
  guint8 *data; /* PLATTER_BLOCK_BYTES */
  guint64 block;
  guint32 length_bytes; /* of the plan, in this block */
  guint refs;           /* who still needs it */
  gboolean is_zero;
  guint target;          /* while reading back: whose it is; else G_MAXUINT */
  gint wrong;            /* while checking known mismatches: which; -1 */
  PlatterBlockHash hash; /* of the source's block, where it was read once more */
  guint32 start_bytes;   /* where in the block a rescue's read began; else 0 */
  PlatterSlot *partner;  /* while comparing: the target's side */
  PlatterSlot *next;
};

/**
 * platter_buffer_pool_new:
 * @n_slots: how many blocks; all zeros, aligned to pages
 *
 * Returns: (nullable): %NULL without memory.
 */
PlatterBufferPool *platter_buffer_pool_new (guint n_slots);

/** platter_buffer_pool_free: @is_in_use: a request that nobody answered may still write to it */
void platter_buffer_pool_free (PlatterBufferPool *self, gboolean is_in_use);

/** Returns: (nullable): with one reference; the slot that was used last, likely still in a cache. */
PlatterSlot *platter_buffer_pool_pop (PlatterBufferPool *self);
void platter_buffer_pool_push (PlatterBufferPool *self, PlatterSlot *slot);
guint platter_buffer_pool_get_n_free (const PlatterBufferPool *self);
gpointer platter_buffer_pool_get_memory (const PlatterBufferPool *self, gsize *size_bytes);

G_END_DECLS
