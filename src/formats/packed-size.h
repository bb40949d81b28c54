// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How much a packed file says that it holds.

#pragma once

#include "format.h"

G_BEGIN_DECLS

#define PLATTER_PACKED_SIZE_UNKNOWN G_MAXUINT64

/**
 * platter_packed_size_find:
 * @fd: the file
 * @max_reads: how many small reads it may take to find out
 *
 * Looks only at what the format records of it: the index of .xz, the frames or the seek table of .zst, the header of .lzma.
 * Whether it is true shows when all is unpacked. Blocks; needs no more than some MiB.
 *
 * Returns: bytes, or %PLATTER_PACKED_SIZE_UNKNOWN: not recorded, damaged, or too much work to find out.
 */
guint64 platter_packed_size_find (int fd, PlatterFormat format, guint max_reads);

G_END_DECLS
