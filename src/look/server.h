// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A first look at what a Network Block Device server offers.

#pragma once

#include "request.h"

G_BEGIN_DECLS

/**
 * platter_look_at_server:
 * @request: its descriptor is taken over, and closed after a good-bye
 * @scratch: an empty file in memory, for the first MiB of what the server has
 *
 * Blocks.
 *
 * Returns: (transfer floating): a{sv}, the message "seen"; %NULL with %PLATTER_ENGINE_ERROR_READ or
 *   %PLATTER_ENGINE_ERROR_UNSUPPORTED, of the server, or a #GIOErrorEnum.
 */
GVariant *platter_look_at_server (PlatterLookRequest *request, int scratch, GError **error);

G_END_DECLS
