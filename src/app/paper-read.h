// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A report's page for people (client/report-html.h), taken apart for paper: what it says on paper is what it says on the
// screen.

#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  PLATTER_PAPER_TEXT,    /* one text */
  PLATTER_PAPER_ROW,     /* texts beside each other */
  PLATTER_PAPER_PICTURE, /* one picture */
  PLATTER_PAPER_LEGEND,  /* as many texts as pictures */
} PlatterPaperKind;

typedef struct
{
  double width;
  double height;
  char *kind; /* the class of the svg element; empty if it has none */
  GPtrArray
    *shapes; /* of char*, two for each: its class, and a path, or NULL for a circle that fills it */
} PlatterPaperPicture;

typedef struct
{
  PlatterPaperKind kind;
  char *style; /* "h1", "p", "dd", "td", "th" for the head of a table, … */
  char *tone;  /* "good", "dim", "trouble", …; empty for none */
  guint table; /* rows of the same number have columns of the same width */
  GPtrArray *texts;
  GPtrArray *pictures;
} PlatterPaperBlock;

typedef struct
{
  GPtrArray *blocks;
  GHashTable *colors; /* name: "#rrggbb" */
  gboolean is_rtl;
} PlatterPaperContent;

/** Returns: (transfer full): @html: of platter_report_html_dup() */
PlatterPaperContent *platter_paper_read (const char *html);
void platter_paper_content_free (PlatterPaperContent *self);

/** Draws the picture in a box; @tone: the name of the colour of what has none. */
void platter_paper_picture_draw (const PlatterPaperPicture *self,
                                 GHashTable *colors,
                                 const char *tone,
                                 cairo_t *cr,
                                 double width,
                                 double height);

G_END_DECLS
