// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An image that another tool has split into files: x.001, x.002 …, x.00, x.01 …, or x.aa, x.ab …

#pragma once

#include <gio/gio.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/** PlatterImagePieces: all of them, held open, so that the file system that they lie on cannot be unmounted. */
typedef struct _PlatterImagePieces PlatterImagePieces;

/**
 * platter_image_pieces_find:
 * @path: a file's
 * @pieces: (out) (transfer full) (nullable): %NULL if it is a file by itself
 *
 * How many there are to be is taken from what Platter has put beside them, if that is there.
 *
 * Returns: %FALSE with #PlatterImageError or #GIOErrorEnum: one is missing or too short, or it is not the first.
 */
gboolean platter_image_pieces_find (const char *path, PlatterImagePieces **pieces, GError **error);
/**
 * platter_image_pieces_dup_whole:
 * @path: of a file by itself
 *
 * Returns: (transfer full) (nullable): the path of the whole of which it would be the first piece, or the only one; %NULL if
 *   it is not called like one, or there is another file of that name.
 */
char *platter_image_pieces_dup_whole (const char *path);
void platter_image_pieces_free (PlatterImagePieces *self);

/** Returns: the sum of their sizes. */
guint64 platter_image_pieces_get_size_bytes (const PlatterImagePieces *self);
/** Returns: (transfer full): the path that they would have put together */
char *platter_image_pieces_dup_path (const PlatterImagePieces *self);
/** Returns: (transfer full): the name of the whole, without folders, in the file system's encoding. */
char *platter_image_pieces_dup_name (const PlatterImagePieces *self);
/** Returns: of the first of them; it stays theirs. */
int platter_image_pieces_get_fd (const PlatterImagePieces *self);

/** Returns: whether one of them is this very file. */
gboolean platter_image_pieces_have (const PlatterImagePieces *self, const struct stat *file);

/**
 * platter_image_pieces_feed:
 *
 * Fills a pipe with them, one behind the other, on a thread of its own, which goes on when @self is gone. If one cannot be
 * read, the pipe ends before its time: whoever reads has to know how much is to come.
 *
 * Returns: the end of the pipe to be read from; -1 with a #GIOErrorEnum.
 */
int platter_image_pieces_feed (const PlatterImagePieces *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterImagePieces, platter_image_pieces_free)

G_END_DECLS
