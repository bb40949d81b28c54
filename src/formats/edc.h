// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The error detection code of the sectors of a CD.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PLATTER_EDC_SLICES 8

/** PlatterEdc: the remainders of each byte, with 0 to 7 bytes of zeros behind it. */
typedef struct
{
  guint32 tables[PLATTER_EDC_SLICES][256];
} PlatterEdc;

/** platter_edc_init: Works out the tables; once is enough. */
void platter_edc_init (PlatterEdc *self);

/**
 * platter_edc_compute:
 *
 * ECMA-130, 14.3: the remainder of what is divided by (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), the least significant bit of each
 * byte first; it begins with 0, and nothing is inverted. A sector has it with its least significant byte first.
 */
guint32 platter_edc_compute (const PlatterEdc *self, const guint8 *data, gsize length);

G_END_DECLS
