// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The file that an image is written to, as a target.

#pragma once

#include "formats/encoder.h"
#include "spec.h"

G_BEGIN_DECLS

/**
 * platter_output_new:
 * @fd: an empty regular file; taken over, also on failure
 * @encoder: (out) (nullable) (transfer none): what packs it, if anything does; the endpoint owns it
 *
 * Returns: (transfer full): or %NULL with a #PlatterEngineError.
 */
PlatterEndpoint *platter_output_new (int fd,
                                     const PlatterSpec *spec,
                                     const PlatterEndpointHints *hints,
                                     PlatterEncoder **encoder,
                                     GError **error);

G_END_DECLS
