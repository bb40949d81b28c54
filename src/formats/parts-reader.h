// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Another reader's content of which only parts are wanted: they are checked, and all between them is zeros.

#pragma once

#include "engine/map.h"
#include "engine/reader.h"
#include "parts.h"

G_BEGIN_DECLS

typedef struct _PlatterPartsReader PlatterPartsReader;

/**
 * platter_parts_reader_new:
 * @inner: (transfer full): what is read
 * @name: for messages
 *
 * A part that hashes to something else than it must is %PLATTER_ENGINE_ERROR_DIGEST, the first time that it is read to
 * its end. The end of the content is only told when all parts were checked, and it is where they say.
 */
PlatterPartsReader *platter_parts_reader_new (PlatterReader *inner, const char *name);
/** Returns: (transfer none): for an endpoint, which then owns it. */
PlatterReader *platter_parts_reader_get_reader (PlatterPartsReader *self);
/** platter_parts_reader_take_parts: Once, before the first read. @parts: (transfer full) */
void platter_parts_reader_take_parts (PlatterPartsReader *self, PlatterParts *parts);

/** platter_parts_dup_map: Returns: (transfer full): VERIFIED: the parts. */
PlatterMap *platter_parts_dup_map (const PlatterParts *parts);

G_END_DECLS
