// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// JSON (RFC 8259) as variants.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * platter_json_read:
 * @text: need not be UTF-8, nor end with a zero
 *
 * Objects become a{sv}, arrays av, texts s, whole numbers t or, below zero, x; other numbers d, true and false b, null
 * an empty tuple. What is nested more than 16 deep, or has a zero in a text, is not read.
 *
 * Returns: (transfer full) (nullable): %NULL if it is not JSON.
 */
GVariant *platter_json_read (const char *text, gsize length);

G_END_DECLS
