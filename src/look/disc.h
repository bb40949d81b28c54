// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A first look at what tells of a CD's tracks.

#pragma once

#include "request.h"

G_BEGIN_DECLS

/**
 * platter_look_at_disc:
 *
 * Blocks.
 *
 * Returns: (transfer floating): a{sv}, the message "seen"
 */
GVariant *platter_look_at_disc (const PlatterLookRequest *request);

G_END_DECLS
