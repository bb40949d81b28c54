// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The formats that images are written in, by their names.

#pragma once

#include "packer.h"

G_BEGIN_DECLS

#define PLATTER_PACKING_MAX_LEVEL 19

/** In the order of the formats' own table in packing.c; ends with %NULL. */
extern const char *const platter_packing_names[];

/** Returns: whether it is "raw", which packs nothing, one that platter_packing_new() makes, or a disk. */
gboolean platter_packing_is_known (const char *format);
/** Returns: whether it is the disk of a virtual machine: made and written by another program (nbd-writer.h). */
gboolean platter_packing_is_disk (const char *format);

/**
 * platter_packing_new:
 * @level: 1 to 19; 0 for the one that keeps up with most drives
 *
 * Returns: (transfer full) (nullable): %NULL for "raw"
 */
PlatterPacker *platter_packing_new (const char *format, guint level);

G_END_DECLS
