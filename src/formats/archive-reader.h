// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An archive read by libarchive: from the file itself, or from what a codec unpacks.

#pragma once

#include "archive-choice.h"
#include "codec.h"

#include <archive.h>
#include <archive_entry.h>

G_BEGIN_DECLS

typedef struct _PlatterArchiveReader PlatterArchiveReader;

/**
 * platter_archive_reader_new:
 * @format: %PLATTER_FORMAT_ZIP, %PLATTER_FORMAT_7Z or %PLATTER_FORMAT_TAR; nothing else is looked for
 * @codec: (transfer full) (nullable): what the archive is packed in
 *
 * libarchive gets nothing but bytes: no descriptor, no path, and no filter of its own.
 */
PlatterArchiveReader *
platter_archive_reader_new (PlatterInput *input, PlatterFormat format, PlatterCodec *codec);
void platter_archive_reader_free (PlatterArchiveReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterArchiveReader, platter_archive_reader_free)

/** Returns: (transfer none): to iterate over. */
struct archive *platter_archive_reader_get (PlatterArchiveReader *self);
/**
 * platter_archive_reader_next:
 * @entry: (out) (transfer none)
 *
 * Goes on to the next entry. Two records of it that contradict each other are no matter of a warning here.
 *
 * Returns: %ARCHIVE_OK, %ARCHIVE_EOF, or another of libarchive's codes if it cannot
 */
int platter_archive_reader_next (PlatterArchiveReader *self, struct archive_entry **entry);
/** Returns: whether a password is needed, as far as is known. */
gboolean platter_archive_reader_is_encrypted (PlatterArchiveReader *self);
/** platter_archive_reader_set_budget: So many bytes may be read from now on, and then there are no more. */
void platter_archive_reader_set_budget (PlatterArchiveReader *self, guint64 n_bytes);
/** platter_archive_reader_follow: From now on what is read comes from the input's ring, in the file's order where it can. */
void platter_archive_reader_follow (PlatterArchiveReader *self);
/** platter_archive_reader_drain: Reads on to the end of what the archive is in. */
gboolean platter_archive_reader_drain (PlatterArchiveReader *self, GError **error);
/** Returns: (transfer full) (nullable): what went wrong below libarchive. */
GError *platter_archive_reader_steal_error (PlatterArchiveReader *self);
/** Returns: whether a read has met the end. */
gboolean platter_archive_reader_is_at_end (PlatterArchiveReader *self);

/** Returns: (transfer none) (nullable): UTF-8 if it can be had. */
const char *platter_archive_reader_get_path (struct archive_entry *entry);
/** Returns: %PLATTER_PACKED_SIZE_UNKNOWN if it is not recorded; %G_MAXINT64 if it is nonsense. */
guint64 platter_archive_reader_get_size_bytes (struct archive_entry *entry);
/** platter_archive_reader_consider: Adds it to @choice if it is a file. Returns: whether it may be the image. */
gboolean platter_archive_reader_consider (PlatterArchiveChoice *choice,
                                          struct archive_entry *entry,
                                          guint index);

G_END_DECLS
