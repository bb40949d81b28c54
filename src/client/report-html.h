// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A report as a page that needs nothing else: no script, no other file.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * platter_report_html_dup:
 * @report: of platter_report_new()
 *
 * Returns: (transfer full): HTML that is well-formed XML too, in the user's language, for screens that are light or dark,
 * wide or narrow, and for paper.
 */
char *platter_report_html_dup (GVariant *report);

G_END_DECLS
