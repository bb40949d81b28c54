// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The hashes of a disk's blocks in bounded memory.

#pragma once

#include "block-hash.h"

G_BEGIN_DECLS

/**
 * PlatterBlockTable:
 *
 * At most a given number of entries, 16 bytes each. Where a disk has more blocks, an entry stands for
 * a group of 2^k neighbours: the sum of their hashes, each mixed with its block's number, so that
 * they can be added in any order.
 */
typedef struct _PlatterBlockTable PlatterBlockTable;

/** platter_block_table_new: @max_entries: a power of two */
PlatterBlockTable *platter_block_table_new (guint64 n_blocks, guint64 max_entries);
void platter_block_table_free (PlatterBlockTable *self);

/** Returns: the binary logarithm of how many blocks an entry stands for. */
guint platter_block_table_get_shift (const PlatterBlockTable *self);
/** Returns: how many blocks there really are in a group (fewer in the last). */
guint platter_block_table_get_group_blocks (const PlatterBlockTable *self, guint64 group);

/** platter_block_table_add: Once for each block, in any order. */
void platter_block_table_add (PlatterBlockTable *self, guint64 block, PlatterBlockHash hash);

/** platter_block_table_add_pieces: Adds a sum over pieces of a block, some of which may come later or never. */
void platter_block_table_add_pieces (PlatterBlockTable *self, guint64 block, PlatterBlockHash sum);
/** platter_block_table_add_piece: @sum: gets the piece's hash; the order does not matter, the place does */
void
platter_block_table_sum_piece (PlatterBlockHash *sum, guint64 offset_bytes, PlatterBlockHash hash);
/** platter_block_table_sum_plain: Adds a sum of pieces to another sum. */
void platter_block_table_sum_plain (PlatterBlockHash *sum, PlatterBlockHash added);

/** platter_block_table_cut: There are only so many blocks after all; none behind was added. */
void platter_block_table_cut (PlatterBlockTable *self, guint64 n_blocks);

/** Returns: the hash of a group; of a block where groups have one. */
PlatterBlockHash platter_block_table_get (const PlatterBlockTable *self, guint64 group);

/** platter_block_table_sum: Adds a block's hash to a sum to be compared with a group's. */
void platter_block_table_sum (const PlatterBlockTable *self,
                              PlatterBlockHash *sum,
                              guint64 block,
                              PlatterBlockHash hash);

/**
 * platter_block_table_find:
 *
 * Looks for a block other than @block with this hash; only where groups have one block.
 */
gboolean platter_block_table_find (const PlatterBlockTable *self,
                                   PlatterBlockHash hash,
                                   guint64 block,
                                   guint64 *found);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterBlockTable, platter_block_table_free)

G_END_DECLS
