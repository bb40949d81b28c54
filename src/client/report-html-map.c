// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The page's map of a target, as a picture of squares, and the legend that counts.

#include "config.h"

#include "map-cells.h"
#include "messages.h"
#include "report-html-private.h"

#include <glib/gi18n-lib.h>

#define MAP_COLUMNS 64
#define MAP_CELLS 1024
#define MAP_PITCH 11
#define MAP_CELL 9

/* From the upper left corner of a square; lines, whose width the style knows. */
static const struct
{
  const char *name;
  const char *path; /* NULL: none */
} report_html_map_marks[PLATTER_MAP_N_STATES] = {
  [PLATTER_MAP_FREE] = { "gap", "m4.5 4.5h.01" },
  [PLATTER_MAP_ZERO] = { "hole", "m4.5 4.5h.01" },
  [PLATTER_MAP_REPAIRED] = { "line", "m1 4.5h7" },
  [PLATTER_MAP_SKIPPED] = { "dot", "m4.5 4.5h.01" },
  [PLATTER_MAP_RETRIED] = { "dot", "m4.5 4.5h.01" },
  [PLATTER_MAP_SLOW] = { "dot", "m4.5 4.5h.01" },
  [PLATTER_MAP_FAILED] = { "line", "m1.5 1.5l6 6m0-6l-6 6" },
  [PLATTER_MAP_MISMATCHED] = { "line", "m1.5 7.5l6-6" },
};

static void
report_html_map_append_squares (
  GString *html, PlatterMapState state, guint first, guint end, const char *path)
{
  g_string_append_printf (html, "<path class=\"%s\" d=\"",
                          path != NULL ? report_html_map_marks[state].name
                                       : platter_map_cells_get_code (state));
  for (guint cell = first; cell < end; cell++)
    g_string_append_printf (html, "M%u %u%s", cell % MAP_COLUMNS * MAP_PITCH,
                            cell / MAP_COLUMNS * MAP_PITCH, path != NULL ? path : "h9v9h-9z");
  g_string_append (html, "\"/>");
}

/* Squares of one state that follow each other. */
static void
report_html_map_append_run (
  GString *html, PlatterMapState state, guint first, guint end, const char *title)
{
  g_string_append (html, "<g>");
  if (title != NULL)
    platter_html_append_element (html, "title", NULL, title);
  report_html_map_append_squares (html, state, first, end, NULL);
  if (report_html_map_marks[state].path != NULL)
    report_html_map_append_squares (html, state, first, end, report_html_map_marks[state].path);
  g_string_append (html, "</g>\n");
}

static char *
report_html_map_dup_title (guint64 offset, guint64 length, PlatterMapState state)
{
  g_autofree char *at = g_format_size (offset);
  g_autofree char *size = g_format_size (length);

  return g_strdup_printf (_ ("At %s · %s · %s"), at, size,
                          platter_message_get_map_state (platter_map_cells_get_code (state)));
}

static void
report_html_map_append_picture (GString *html, const guint8 *cells, guint64 size_bytes)
{
  guint first = 0;

  g_string_append_printf (html,
                          "<svg class=\"map\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
                          "viewBox=\"0 0 %d %d\" aria-label=\"",
                          MAP_COLUMNS * MAP_PITCH - MAP_PITCH + MAP_CELL,
                          MAP_CELLS / MAP_COLUMNS * MAP_PITCH - MAP_PITCH + MAP_CELL);
  platter_html_append_text (html, _ ("Map"));
  g_string_append (html, "\">\n");
  for (guint cell = 1; cell <= MAP_CELLS; cell++)
    {
      g_autofree char *title = NULL;
      guint64 begin;
      guint64 last;
      guint64 length;

      if (cell < MAP_CELLS && cells[cell] == cells[first])
        continue;
      platter_map_cells_get_range (MAP_CELLS, first, size_bytes, &begin, &length);
      platter_map_cells_get_range (MAP_CELLS, cell - 1, size_bytes, &last, &length);
      title = report_html_map_dup_title (begin, last + length - begin, cells[first]);
      report_html_map_append_run (html, cells[first], first, cell, title);
      first = cell;
    }
  g_string_append (html, "</svg>\n");
}

static void
report_html_map_append_amount (GString *html, PlatterMapState state, guint64 bytes)
{
  g_autofree char *size = g_format_size (bytes);
  g_autofree char *most
    = state == PLATTER_MAP_FAILED ? g_strdup_printf (_ ("up to %s"), size) : NULL;
  g_autofree char *text = g_strdup_printf (
    /* Translators: a state of the map and how many bytes are in it, e.g. "copied 198 GB". */
    _ ("%s %s"), platter_message_get_map_state (platter_map_cells_get_code (state)),
    most != NULL ? most : size);

  g_string_append (html, "<li><svg class=\"map\" xmlns=\"http://www.w3.org/2000/svg\" "
                         "aria-hidden=\"true\" viewBox=\"0 0 9 9\">");
  report_html_map_append_run (html, state, 0, 1, NULL);
  g_string_append (html, "</svg> ");
  platter_html_append_element (html, "span", NULL, text);
  g_string_append (html, "</li>\n");
}

static void
report_html_map_append_legend (GString *html, GVariant *target)
{
  g_autoptr (GVariant) amounts = platter_report_html_dup_dictionary (target, "map-bytes");

  g_string_append (html, "<ul class=\"legend\">\n");
  for (guint state = 0; state < PLATTER_MAP_N_STATES; state++)
    {
      guint64 bytes = platter_report_html_get_number (amounts, platter_map_cells_get_code (state));

      if (bytes > 0)
        report_html_map_append_amount (html, state, bytes);
    }
  g_string_append (html, "</ul>\n");
}

void
platter_report_html_append_map (GString *html, GVariant *target, guint64 size_bytes)
{
  g_autoptr (GVariant) map = platter_report_html_dup_list (target, "map");
  guint8 cells[MAP_CELLS] = { 0 };
  g_autofree char *square = g_format_size (MAX (size_bytes / MAP_CELLS, 1));
  g_autofree char *scale = NULL;

  if (g_variant_n_children (map) == 0)
    return;
  platter_map_cells_fill (map, size_bytes, cells, MAP_CELLS);
  g_string_append (html, "<figure>\n");
  report_html_map_append_picture (html, cells, size_bytes);
  report_html_map_append_legend (html, target);
  /* Translators: %s is a size: what a square of the map stands for. */
  scale = g_strdup_printf (_ ("Each square is about %s and shows the worst in it."), square);
  platter_html_append_element (html, "figcaption", NULL, scale);
  g_string_append (html, "</figure>\n");
}
