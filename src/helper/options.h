// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The options of a request.

#pragma once

#include "request.h"

G_BEGIN_DECLS

/**
 * platter_options_read:
 * @request: being made; gets its options, with the defaults for what is not said
 * @options: a{sv}
 *
 * Returns: %FALSE with %PLATTER_HELPER_ERROR_INVALID_ARGUMENTS.
 */
gboolean platter_options_read (PlatterRequest *request, GVariant *options, GError **error);

/** Returns: how long a digest is in hexadecimal; 0: there is none of that name. */
gsize platter_options_get_hex_length (const char *digest);
/** Returns: (transfer floating): a{sv}: the options as they are in force. */
GVariant *platter_options_build (const PlatterRequest *request);

G_END_DECLS
