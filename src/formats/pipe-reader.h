// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Plain sectors that come out of a pipe, once.

#pragma once

#include "engine/reader.h"

G_BEGIN_DECLS

typedef struct _PlatterPipeReader PlatterPipeReader;

/**
 * platter_pipe_reader_new:
 * @fd: the end of a pipe to be read from; stays the caller's
 * @name: for messages
 *
 * Used by one thread at a time, but where #PlatterReader says otherwise. Where the pipe ends is where the content ends:
 * whether whoever filled it had come to the end, nobody can know.
 */
PlatterPipeReader *platter_pipe_reader_new (int fd, const char *name);
/** Returns: (transfer none): itself as a reader. It goes with it. */
PlatterReader *platter_pipe_reader_get_reader (PlatterPipeReader *self);

G_END_DECLS
