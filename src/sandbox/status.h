// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// fstat() by a descriptor alone.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * platter_status_is_own:
 *
 * Programs that are linked with this have an fstat() of their own, which takes the place of the C library's for all
 * libraries as well: that one looks up an empty path, and a filter of system calls cannot see whether a path is empty.
 *
 * Returns: %FALSE where there is none: on other processors, and with sanitizers, which have theirs.
 */
gboolean platter_status_is_own (void);

G_END_DECLS
