// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The table of frames at the end of a seekable zstd file, compared with the frames that were met.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** PlatterZstdSeekTable: what came so far. */
typedef struct _PlatterZstdSeekTable PlatterZstdSeekTable;

PlatterZstdSeekTable *platter_zstd_seek_table_new (void);
void platter_zstd_seek_table_free (PlatterZstdSeekTable *self);

/** platter_zstd_seek_table_note: The next frame, but those that are to be skipped; with all that belongs to it, in bytes. */
void platter_zstd_seek_table_note (PlatterZstdSeekTable *self,
                                   guint64 packed_bytes,
                                   guint64 content_bytes);

/**
 * platter_zstd_seek_table_begin_skipping:
 * @length: of the content of a frame that is to be skipped
 *
 * Such a one may be the table.
 */
void platter_zstd_seek_table_begin_skipping (PlatterZstdSeekTable *self, guint32 length);
/** platter_zstd_seek_table_add: Some of its content. */
void platter_zstd_seek_table_add (PlatterZstdSeekTable *self, const guint8 *data, gsize length);
/**
 * platter_zstd_seek_table_end_skipping:
 *
 * By zstd's contrib/seekable_format. A table is of the frames in front of it, up to the table before; of what somebody has put in front of
 * a whole file it does not know. Of more than a million frames nobody keeps account.
 *
 * Returns: %FALSE: it is a table, and of other frames
 */
gboolean platter_zstd_seek_table_end_skipping (PlatterZstdSeekTable *self);

G_END_DECLS
