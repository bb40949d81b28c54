// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A first look at an image file.

#pragma once

#include "request.h"

G_BEGIN_DECLS

/**
 * platter_look_at_file:
 * @scratch: an empty file in memory, for the beginning of a CD's track
 *
 * Which image it holds if it is an archive, how much it says that it holds if it is packed, and the partitions in it if it is
 * plain. Blocks. Of an archive that is packed as a whole, only some MiB behind the beginning of its image are looked at.
 *
 * Returns: (transfer floating): a{sv}, the message "seen"; or %NULL with an error of the engine: a CD's track cannot be read
 */
GVariant *platter_look_at_file (const PlatterLookRequest *request, int scratch, GError **error);

G_END_DECLS
