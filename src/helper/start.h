// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a worker is told first: the whole of a job.

#pragma once

#include <gio/gio.h>

#include "job.h"

G_BEGIN_DECLS

/**
 * platter_start_build:
 * @fds: (inout) (element-type int): one a side, borrowed; what else goes with the message is added
 * @map_fd: of a rescue that goes on: its map; else -1
 * @domain_fd: likewise: what of it is wanted
 *
 * Returns: (transfer floating): a{sv}: the content of "start", as in docs/interface.md
 */
GVariant *platter_start_build (PlatterJob *job, GArray *fds, int map_fd, int domain_fd);

G_END_DECLS
