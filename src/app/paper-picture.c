// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The pictures of a report on paper: the few commands and styles of SVG that they are made of.

#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paper-read.h"

static void
paper_picture_set_color (GHashTable *colors, const char *name, double alpha, cairo_t *cr)
{
  const char *color = g_hash_table_lookup (colors, name);
  guint rgb = 0x808080;

  if (color != NULL)
    sscanf (color, "#%6x", &rgb);
  cairo_set_source_rgba (cr, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0,
                         (rgb & 0xff) / 255.0, alpha);
}

static double
paper_picture_read_number (const char **at)
{
  char *end = NULL;
  double number = g_ascii_strtod (*at, &end);

  /* What is no number ends the path. */
  *at = end != *at ? end : *at + strlen (*at);
  return number;
}

static void
paper_picture_trace_command (cairo_t *cr, char command, const char **at)
{
  double x = 0;
  double y = 0;
  double first = 0;

  cairo_get_current_point (cr, &x, &y);
  if (command == 'Z' || command == 'z')
    {
      cairo_close_path (cr);
      return;
    }
  first = paper_picture_read_number (at);
  switch (command)
    {
    case 'M':
      cairo_move_to (cr, first, paper_picture_read_number (at));
      break;
    case 'm':
      cairo_move_to (cr, x + first, y + paper_picture_read_number (at));
      break;
    case 'L':
      cairo_line_to (cr, first, paper_picture_read_number (at));
      break;
    case 'l':
      cairo_line_to (cr, x + first, y + paper_picture_read_number (at));
      break;
    case 'h':
      cairo_line_to (cr, x + first, y);
      break;
    case 'v':
      cairo_line_to (cr, x, y + first);
      break;
    default:
      *at += strlen (*at);
    }
}

static void
paper_picture_trace (cairo_t *cr, const char *path)
{
  const char *at = path;
  char command = 'M';

  while (*at != '\0')
    {
      if (g_ascii_isspace (*at))
        {
          at++;
          continue;
        }
      if (g_ascii_isalpha (*at))
        command = *at++;
      paper_picture_trace_command (cr, command, &at);
    }
}

/* In units of the picture. */
static void
paper_picture_stroke (GHashTable *colors, const char *color, double width, cairo_t *cr)
{
  paper_picture_set_color (colors, color, 1, cr);
  cairo_set_line_width (cr, width);
  cairo_stroke (cr);
}

/* In points, however the picture is stretched. */
static void
paper_picture_stroke_thin (
  GHashTable *colors, const char *color, double width, cairo_t *cr, const cairo_matrix_t *outer)
{
  cairo_set_matrix (cr, outer);
  paper_picture_stroke (colors, color, width, cr);
}

static void
paper_picture_draw_shape (
  GHashTable *colors, const char *kind, const char *tone, cairo_t *cr, const cairo_matrix_t *outer)
{
  if (kind[0] == '\0')
    paper_picture_stroke (colors, "sign", 5, cr);
  else if (g_str_has_prefix (kind, "curve "))
    paper_picture_stroke_thin (colors, kind + 6, 1.2, cr, outer);
  else if (g_str_equal (kind, "grid"))
    paper_picture_stroke_thin (colors, "line", 0.5, cr, outer);
  else if (g_str_equal (kind, "line"))
    paper_picture_stroke (colors, "mark", 2, cr);
  else if (g_str_equal (kind, "dot"))
    paper_picture_stroke (colors, "mark", 3, cr);
  else if (g_str_equal (kind, "hole") || g_str_equal (kind, "gap"))
    paper_picture_stroke (colors, kind, 5, cr);
  else if (g_str_equal (kind, "free"))
    paper_picture_draw_shape (colors, "untouched", tone, cr, outer);
  else
    {
      gboolean is_area = g_str_has_prefix (kind, "area ");

      paper_picture_set_color (colors, is_area ? kind + 5 : kind, is_area ? 0.14 : 1, cr);
      cairo_fill (cr);
    }
}

void
platter_paper_picture_draw (const PlatterPaperPicture *self,
                            GHashTable *colors,
                            const char *tone,
                            cairo_t *cr,
                            double width,
                            double height)
{
  for (guint i = 0; i + 1 < self->shapes->len; i += 2)
    {
      const char *kind = g_ptr_array_index (self->shapes, i);
      const char *path = g_ptr_array_index (self->shapes, i + 1);
      cairo_matrix_t outer;

      cairo_save (cr);
      cairo_get_matrix (cr, &outer);
      cairo_scale (cr, width / MAX (self->width, 1), height / MAX (self->height, 1));
      cairo_set_line_cap (cr, CAIRO_LINE_CAP_SQUARE);
      cairo_new_path (cr);
      if (path != NULL)
        {
          paper_picture_trace (cr, path);
          paper_picture_draw_shape (colors, kind, tone, cr, &outer);
        }
      else
        {
          cairo_arc (cr, self->width / 2, self->height / 2, self->width / 2, 0, 2 * G_PI);
          paper_picture_set_color (colors, tone, 1, cr);
          cairo_fill (cr);
        }
      cairo_restore (cr);
    }
}
