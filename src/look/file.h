// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A first look at an image file.

#pragma once

#include "request.h"

G_BEGIN_DECLS

/**
 * platter_look_at_file:
 *
 * Which image it holds if it is an archive, how much it says that it holds if it is packed, and the partitions in it if it is
 * plain. Blocks. Of an archive that is packed as a whole, only some MiB behind the beginning of its image are looked at.
 *
 * Returns: (transfer floating): a{sv}, the message "seen"
 */
GVariant *platter_look_at_file (const PlatterLookRequest *request);

G_END_DECLS
