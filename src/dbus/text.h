// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Sentences that one process says and another one shows: a single line, which no terminal obeys.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Of a sentence, in bytes. */
#define PLATTER_TEXT_MAX_BYTES 1024

/**
 * platter_text_is_plain:
 * @text: UTF-8
 *
 * Returns: whether it is not too long, and of characters that engine/printable.h lets be shown.
 */
gboolean platter_text_is_plain (const char *text);

/**
 * platter_text_dup_plain:
 * @text: of any origin
 *
 * Returns: (transfer full): the same with each other, and what is no UTF-8, replaced by U+FFFD, and cut where it would be too long.
 */
char *platter_text_dup_plain (const char *text);

G_END_DECLS
