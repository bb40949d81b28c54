// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The pieces of an image that is made in several files: those behind the first one.

#pragma once

#include <gio/gio.h>

#include "replaced.h"

G_BEGIN_DECLS

/** Each takes two descriptors of this process, which may have a thousand. */
#define PLATTER_NEW_PIECES_MAX 400
#define PLATTER_NEW_PIECES_MIN_BYTES ((guint64)1024 * 1024)

/** PlatterNewPieces: All that can fail says why in errno. */
typedef struct _PlatterNewPieces PlatterNewPieces;

/** platter_new_pieces_new: @path: of the whole image, to which ".001" and so on are added. Returns: (transfer full) */
PlatterNewPieces *platter_new_pieces_new (const char *path, guint64 piece_bytes);
/** platter_new_pieces_free: What was begun and has no name yet is removed. */
void platter_new_pieces_free (PlatterNewPieces *self);

/** Returns: how long each is, but for the last one */
guint64 platter_new_pieces_get_bytes (const PlatterNewPieces *self);
/** platter_new_pieces_rename: Before they get their names: as of now in the same folder under that path. */
void platter_new_pieces_rename (PlatterNewPieces *self, const char *path);
/** Returns: (transfer full): the name of one, the first being 0 */
char *platter_new_pieces_dup_path (const PlatterNewPieces *self, guint index);
/** Returns: (transfer full) (element-type filename): the paths of pieces that something has already, in order */
GPtrArray *platter_new_pieces_dup_existing (const PlatterNewPieces *self);

/**
 * platter_new_pieces_begin:
 * @again: with those that were left
 *
 * Makes the hidden files of @n_pieces, the first one counted, which is not made here.
 */
gboolean platter_new_pieces_begin (PlatterNewPieces *self,
                                   guint n_pieces,
                                   unsigned int mode,
                                   gboolean again);
/**
 * platter_new_pieces_take_over: What was left under their hidden names goes, now that they are filled.
 * @had_left: whether there was something in the place of the first one
 */
gboolean platter_new_pieces_take_over (PlatterNewPieces *self, gboolean had_left);
/** platter_new_pieces_leave: Lets go of what was begun, which stays. */
void platter_new_pieces_leave (PlatterNewPieces *self);
/** platter_new_pieces_remove_left: Removes what was left, if nobody has it. */
void platter_new_pieces_remove_left (PlatterNewPieces *self);
/** Returns: how much room what was left takes, without the first one */
guint64 platter_new_pieces_get_left_bytes (const PlatterNewPieces *self);
/**
 * platter_new_pieces_pass_on:
 *
 * Returns: (transfer full): a socket in which the descriptors wait (docs/interface.md), at least one; -1 with @error.
 */
int platter_new_pieces_pass_on (PlatterNewPieces *self, GError **error);

/**
 * platter_new_pieces_hide_old:
 * @path: (out) (transfer full): on failure, the one that it is about
 *
 * What has their names, and what would be taken for further pieces. The first one goes first: without it the others are no
 * image, whatever becomes of them and of whoever does this, and so none that is put together of old ones and new ones.
 */
gboolean
platter_new_pieces_hide_old (PlatterNewPieces *self, PlatterReplaced *replaced, char **path);
/**
 * platter_new_pieces_commit:
 * @path: (out) (transfer full): on failure, the one that it is about
 *
 * Gives those their names in which there is something, the last one first, and removes the others. Nothing is replaced.
 * Without the first one they are no image yet.
 */
gboolean platter_new_pieces_commit (PlatterNewPieces *self, char **path);
/** platter_new_pieces_withdraw: Removes what was committed. */
void platter_new_pieces_withdraw (PlatterNewPieces *self);
/** platter_new_pieces_discard: Removes what was begun and has no name. */
void platter_new_pieces_discard (PlatterNewPieces *self);
/** Returns: how many were begun, with the first one */
guint platter_new_pieces_get_n (const PlatterNewPieces *self);
/** Returns: how many of them there is something in, with the first one; before they were committed */
guint platter_new_pieces_count_used (const PlatterNewPieces *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterNewPieces, platter_new_pieces_free)

G_END_DECLS
