// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The partitions inside an image file.

#pragma once

#include "end.h"

G_BEGIN_DECLS

/** Of more partitions nobody is told. */
#define PLATTER_LOOK_MAX_PARTITIONS 256

/**
 * platter_look_partitions_read:
 * @fd: the file, open for reading; its position may move
 * @end: (inout): where what is in it ends
 *
 * Looks with libblkid. Finds nothing in what it does not know. Blocks.
 *
 * Returns: (transfer floating): a(ttss): of each its offset and size in bytes, of which the offset is within the file, its label, and its file
 *   system's type, which may be empty. What is no table of partitions is one, if it has a file system.
 */
GVariant *platter_look_partitions_read (int fd, PlatterLookEnd *end);

G_END_DECLS
