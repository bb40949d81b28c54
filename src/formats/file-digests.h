// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Digests of a file that is read in order.

#pragma once

#include "engine/transfer.h"

G_BEGIN_DECLS

typedef struct _PlatterFileDigests PlatterFileDigests;

/** Returns: (transfer full): or %NULL with %PLATTER_ENGINE_ERROR_UNSUPPORTED. */
PlatterFileDigests *platter_file_digests_new (PlatterDigests digests, GError **error);
void platter_file_digests_free (PlatterFileDigests *self);
void platter_file_digests_add (PlatterFileDigests *self, const guint8 *data, gsize length);
void platter_file_digests_finish (PlatterFileDigests *self);
/** Returns: (nullable): in hexadecimal, once it is finished. */
const char *platter_file_digests_get_hex (PlatterFileDigests *self, PlatterDigests digest);

G_END_DECLS
