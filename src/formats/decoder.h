// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The content of a packed file, unpacked as it is read.

#pragma once

#include "engine/reader.h"
#include "format.h"
#include "packed-size.h"
#include "split-file.h"

G_BEGIN_DECLS

/**
 * PlatterDecoder:
 *
 * Used by one thread at a time, but where it says so. It is also a #PlatterReader, for an endpoint:
 *
 *     decoder = platter_decoder_new (fd, name);
 *     source = platter_endpoint_new_for_reader (fd, platter_decoder_get_reader (decoder), &hints);
 *     ... the sandbox is closed ...
 *     platter_decoder_open (decoder, &error)
 *
 * and the endpoint then owns it. It makes threads, and takes at most some 160 MiB.
 */
typedef struct _PlatterDecoder PlatterDecoder;

/**
 * platter_decoder_new:
 * @fd: without O_DIRECT; stays the caller's
 * @name: for messages
 *
 * Does not look at the file yet. What is certainly no disk, by its beginning or its end, is refused when that is read.
 */
PlatterDecoder *platter_decoder_new (int fd, const char *name);
/**
 * platter_decoder_new_for_split:
 * @file: (transfer none)
 *
 * The same of one that Platter has made, maybe in pieces, which does not say how much it holds; that may be anything.
 */
PlatterDecoder *platter_decoder_new_for_split (PlatterSplitFile *file, const char *name);
/**
 * platter_decoder_new_for_pipe:
 * @size_bytes: how much comes through it, packed; 0 if nobody knows
 *
 * The same of what comes through a pipe. It can be read once, in order; only the first read looks how it is packed, and
 * refuses archives, which cannot be looked through.
 */
PlatterDecoder *platter_decoder_new_for_pipe (int fd, const char *name, guint64 size_bytes);
void platter_decoder_free (PlatterDecoder *self);
/** platter_decoder_allow_archives: Before it is opened: the one image in an archive is content, too. */
void platter_decoder_allow_archives (PlatterDecoder *self);
/** Returns: (transfer none): the decoder as a reader. */
PlatterReader *platter_decoder_get_reader (PlatterDecoder *self);

/** Returns: whether the file begins like an archive; before it is opened, and without parsing any of it. */
gboolean platter_decoder_is_archive (PlatterDecoder *self);

/**
 * platter_decoder_open:
 *
 * Looks how the file is packed, and what it says of its size. To be called before the first read.
 *
 * Returns: %FALSE with %PLATTER_ENGINE_ERROR_UNSUPPORTED: it is not packed in a way that is known, or an archive with
 *   another number of images than one; %PLATTER_ENGINE_ERROR_DECODE: an archive that cannot be read.
 */
gboolean platter_decoder_open (PlatterDecoder *self, GError **error);
/** Returns: what the file says that it holds; %PLATTER_PACKED_SIZE_UNKNOWN if it does not say. */
guint64 platter_decoder_get_size_bytes (PlatterDecoder *self);

/**
 * platter_decoder_read:
 *
 * Fills @data with the content from @offset_bytes on: all of @length, but at the end of the content. Going back means to
 * begin anew. The end is only told when all of the file was looked at.
 *
 * Returns: how many bytes; -1 with %PLATTER_ENGINE_ERROR_DECODE, %PLATTER_ENGINE_ERROR_READ,
 *   %PLATTER_ENGINE_ERROR_UNSUPPORTED or %PLATTER_ENGINE_ERROR_CANCELLED.
 */
gssize platter_decoder_read (
  PlatterDecoder *self, guint64 offset_bytes, guint8 *data, gsize length, GError **error);

/** platter_decoder_cancel: From any thread: reads end soon, now and later. */
void platter_decoder_cancel (PlatterDecoder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterDecoder, platter_decoder_free)

G_END_DECLS
