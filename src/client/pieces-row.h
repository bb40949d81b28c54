// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the pieces of an image are called, one behind the other: x.001, x.002 …, x.00, x.01 …, or x.aa, x.ab …

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *stem;   /* of the paths, without the dot */
  guint radix;  /* of the numbers: 10, or 16; 26: letters */
  guint width;  /* how many digits or letters they have */
  guint number; /* of the first one: some begin with 0, others with 1 */
  guint longer; /* the first one that has two digits more; 0: none has */
} PlatterPiecesRow;

/**
 * platter_pieces_row_find:
 * @self: (out): to be cleared, whatever is returned
 * @path: a file's
 * @index: (out): which one of them it would be, the first being 0
 *
 * Knows what split(1) makes of its options, and 7-Zip.
 *
 * Returns: whether it is called like one of a row of which the first is there. It may be the only one. If %FALSE, the row is
 *   that which counts from 1 on with as many digits, or has no stem if it is no number.
 */
gboolean platter_pieces_row_find (PlatterPiecesRow *self, const char *path, guint *index);
void platter_pieces_row_clear (PlatterPiecesRow *self);

/** Returns: (transfer full): the path of one of them. */
char *platter_pieces_row_dup_path (const PlatterPiecesRow *self, guint index);
/** Returns: whether it is there, as a file. */
gboolean platter_pieces_row_is_there (const PlatterPiecesRow *self, guint index);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PlatterPiecesRow, platter_pieces_row_clear)

G_END_DECLS
