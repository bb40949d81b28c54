// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A file that may lie in pieces, each in a file of its own.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** PlatterSplitFile: counted by references; from any thread, as the files themselves are. Errors are errnos. */
typedef struct _PlatterSplitFile PlatterSplitFile;

/**
 * platter_split_file_has_holes:
 * @fd: of a regular file, open for writing
 *
 * Whether its file system has any. FAT and exFAT have none: they fill them when what comes behind is written, or when the
 * file is made longer, in one go for as long as it takes.
 */
gboolean platter_split_file_has_holes (int fd);

/** platter_split_file_new_whole: One that lies in one piece. @fd: stays the caller's. Returns: (transfer full) */
PlatterSplitFile *platter_split_file_new_whole (int fd);
/**
 * platter_split_file_new:
 * @fds: (array length=n_fds): in their order; taken over
 * @piece_bytes: how long each is, but for the last one
 *
 * Returns: (transfer full)
 */
PlatterSplitFile *platter_split_file_new (const int *fds, guint n_fds, guint64 piece_bytes);
PlatterSplitFile *platter_split_file_ref (PlatterSplitFile *self);
void platter_split_file_unref (PlatterSplitFile *self);

/** Returns: the descriptor of a piece; -1 behind the last one */
int platter_split_file_get_fd (const PlatterSplitFile *self, guint index);
/** Returns: of all pieces together */
guint64 platter_split_file_get_size (const PlatterSplitFile *self);

/** platter_split_file_read: Fills @data. Returns: how many bytes, fewer only at the end; -1 with errno. */
gssize platter_split_file_read (const PlatterSplitFile *self,
                                guint64 offset_bytes,
                                guint8 *data,
                                gsize length);
/** platter_split_file_write: Returns: how many bytes, maybe not all; -1 with errno, EFBIG behind the last piece. */
gssize platter_split_file_write (const PlatterSplitFile *self,
                                 guint64 offset_bytes,
                                 const guint8 *data,
                                 gsize length);
/** platter_split_file_write_new: The same where nothing was written yet, and zeros need not be: it has a hole there. */
gssize platter_split_file_write_new (const PlatterSplitFile *self,
                                     guint64 offset_bytes,
                                     const guint8 *data,
                                     gsize length);
/** platter_split_file_sync_data: Flushes what was written between two places. Returns: an errno. */
int
platter_split_file_sync_data (const PlatterSplitFile *self, guint64 start_bytes, guint64 end_bytes);
/** platter_split_file_cut: Drops what lies behind a place. Returns: an errno. */
int platter_split_file_cut (const PlatterSplitFile *self, guint64 size_bytes);
/** platter_split_file_finish: Gives all of it its size, what was not written being holes, and flushes it. Returns: an errno. */
int platter_split_file_finish (const PlatterSplitFile *self, guint64 size_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterSplitFile, platter_split_file_unref)

G_END_DECLS
