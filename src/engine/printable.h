// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Text of others (labels, names of files, what a drive calls itself) as a part of one line: no terminal obeys it, and it
// hides or turns nothing of what stands beside it.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * platter_printable_is:
 *
 * Returns: %FALSE for controls, formats (which turn the direction of what follows), separators of lines, and what no font
 *   knows.
 */
gboolean platter_printable_is (gunichar character);

/**
 * platter_printable_dup:
 * @text: (nullable): of any origin
 * @length: in bytes; -1 up to its end
 *
 * Returns: (transfer full): UTF-8: the same with each of these, and what is no UTF-8, replaced by U+FFFD; empty for %NULL.
 */
char *platter_printable_dup (const char *text, gssize length);

G_END_DECLS
