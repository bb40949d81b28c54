// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A report on paper.

#pragma once

#include <pango/pangocairo.h>

G_BEGIN_DECLS

typedef struct _PlatterPaper PlatterPaper;

/**
 * platter_paper_new:
 * @html: of platter_report_html_dup()
 * @context: (transfer none): knows the resolution
 * @width, @height: of what can be printed on of a page
 */
PlatterPaper *
platter_paper_new (const char *html, PangoContext *context, double width, double height);
void platter_paper_free (PlatterPaper *self);

guint platter_paper_get_n_pages (PlatterPaper *self);
void platter_paper_draw (PlatterPaper *self, guint page, cairo_t *cr);

/** Returns: (transfer full): the report as PDF, on A4; %NULL if there was no memory for it. */
GBytes *platter_paper_dup_pdf (const char *html);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterPaper, platter_paper_free)

G_END_DECLS
