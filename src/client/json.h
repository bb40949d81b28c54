// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Variants as JSON (RFC 8259).

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** platter_json_append_string: Quoted and escaped; what is not UTF-8 becomes U+FFFD. */
void platter_json_append_string (GString *json, const char *text);

/**
 * platter_json_append:
 *
 * Dictionaries with string keys become objects, other containers arrays, variants what they hold; bytes
 * (ay) a string of hexadecimal digits; numbers that JSON has not, null. All on one line.
 */
void platter_json_append (GString *json, GVariant *value);

/**
 * platter_json_dup_document:
 *
 * Returns: (transfer full): the same for a file that people may look at: indented, with a new line at its end.
 */
char *platter_json_dup_document (GVariant *value);

/** platter_json_print: Prints @value and a new line to stdout. @value: a floating reference is taken. */
void platter_json_print (GVariant *value);

G_END_DECLS
