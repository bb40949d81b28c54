// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Text into HTML that is XML as well. What comes from drives, files and messages is hostile.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * platter_html_append_text:
 *
 * Escaped for content and for attributes in quotes. What is not UTF-8, what XML does not allow and what turns the
 * direction of writing becomes U+FFFD.
 */
void platter_html_append_text (GString *html, const char *text);

/** platter_html_append_element: @attributes: (nullable): our own, as they are to stand there; @text: escaped here */
void platter_html_append_element (GString *html,
                                  const char *tag,
                                  const char *attributes,
                                  const char *text);

/** platter_html_dup_isolated: Returns: (transfer full): a name for a sentence, whose direction does not reach out of it. */
char *platter_html_dup_isolated (const char *name);

G_END_DECLS
