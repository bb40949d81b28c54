// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A file of plain bytes as a reader, for what is made of some of them.

#pragma once

#include "engine/reader.h"

G_BEGIN_DECLS

/**
 * platter_file_reader_new:
 * @fd: without O_DIRECT; stays the caller's
 * @name: for messages
 *
 * It reads ahead. With digests all of the file is read in any case, also what nobody asks for.
 */
PlatterReader *platter_file_reader_new (int fd, const char *name);

G_END_DECLS
