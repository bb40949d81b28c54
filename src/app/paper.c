// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A report on paper: its blocks one below the other, and a new page where one does not fit.

#include "config.h"

#include "paper.h"

#include <cairo-pdf.h>
#include <stdio.h>

#include "paper-read.h"

#define GAP 12.0
#define ICON 34.0
#define SWATCH 8.0
#define GRAPH_HEIGHT 90.0
#define MAX_COLUMNS 8
/* A4, and what a printer leaves free, in points. */
#define PDF_WIDTH 595.28
#define PDF_HEIGHT 841.89
#define PDF_MARGIN 40.0

typedef struct
{
  const PlatterPaperBlock *block;
  guint page;
  double y;
} PaperPlace;

/* How wide the columns of a table are. */
typedef struct
{
  double widths[MAX_COLUMNS];
  guint n_columns;
} PaperTable;

struct _PlatterPaper
{
  PlatterPaperContent *content;
  PangoContext *context;
  double width;
  double height;
  GHashTable *tables; /* number: PaperTable */
  GArray *heights;    /* of the blocks */
  GArray *places;
  guint n_pages;
};

static const struct
{
  const char *style;
  double points;
  gboolean is_bold;
  double above;
} paper_styles[] = {
  { "h1", 22, TRUE, 4 },           { "h2", 12, TRUE, 16 },       { "h3", 10.5, TRUE, 10 },
  { "h4", 10.5, TRUE, 10 },        { "p", 10.5, FALSE, 4 },      { "dd", 9.5, FALSE, 3 },
  { "td", 9.5, FALSE, 3 },         { "th", 8.5, FALSE, 3 },      { "li", 8.5, FALSE, 6 },
  { "figcaption", 8.5, FALSE, 3 }, { "footer", 8.5, FALSE, 16 }, { "svg", 8, FALSE, 8 },
};

static gsize
paper_find_style (const char *style)
{
  for (gsize i = 0; i < G_N_ELEMENTS (paper_styles); i++)
    if (g_str_equal (paper_styles[i].style, style))
      return i;
  return 4;
}

static PangoLayout *
paper_new_layout (PlatterPaper *self, const char *style, const char *text, double width)
{
  PangoLayout *layout = pango_layout_new (self->context);
  gsize i = paper_find_style (style);
  g_autoptr (PangoFontDescription) font = pango_font_description_from_string ("Cantarell, Sans");

  pango_font_description_set_size (font, (int)(paper_styles[i].points * PANGO_SCALE));
  if (paper_styles[i].is_bold)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_text (layout, text, -1);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  if (width >= 0)
    pango_layout_set_width (layout, (int)(width * PANGO_SCALE));
  return layout;
}

static void
paper_measure (
  PlatterPaper *self, const char *style, const char *text, double *width, double *height)
{
  g_autoptr (PangoLayout) layout = paper_new_layout (self, style, text, *width);
  int x = 0;
  int y = 0;

  pango_layout_get_size (layout, &x, &y);
  *width = (double)x / PANGO_SCALE;
  *height = (double)y / PANGO_SCALE;
}

static void
paper_widen (PlatterPaper *self, PaperTable *table, const PlatterPaperBlock *row)
{
  for (guint i = 0; i < MIN (row->texts->len, MAX_COLUMNS); i++)
    {
      double width = -1;
      double height;

      paper_measure (self, row->style, g_ptr_array_index (row->texts, i), &width, &height);
      table->widths[i] = MAX (table->widths[i], width);
      table->n_columns = MAX (table->n_columns, i + 1);
    }
}

/* What is too much is taken from the columns that are wider than their share. */
static void
paper_fit (PlatterPaper *self, PaperTable *table)
{
  double room = self->width - GAP * (table->n_columns - 1);
  double fair = room / table->n_columns;
  double sum = 0;
  double too_much = 0;

  for (guint i = 0; i < table->n_columns; i++)
    {
      sum += table->widths[i];
      too_much += MAX (table->widths[i] - fair, 0);
    }
  for (guint i = 0; i < table->n_columns && sum > room; i++)
    table->widths[i] -= MAX (table->widths[i] - fair, 0) / too_much * (sum - room);
}

/* Once, for all rows of all tables: there may be hundreds. */
static void
paper_measure_tables (PlatterPaper *self)
{
  GHashTableIter iter;
  gpointer table;

  for (guint i = 0; i < self->content->blocks->len; i++)
    {
      const PlatterPaperBlock *block = g_ptr_array_index (self->content->blocks, i);

      if (block->kind != PLATTER_PAPER_ROW)
        continue;
      table = g_hash_table_lookup (self->tables, GUINT_TO_POINTER (block->table));
      if (table == NULL)
        {
          table = g_new0 (PaperTable, 1);
          g_hash_table_insert (self->tables, GUINT_TO_POINTER (block->table), table);
        }
      paper_widen (self, table, block);
    }
  g_hash_table_iter_init (&iter, self->tables);
  while (g_hash_table_iter_next (&iter, NULL, &table))
    paper_fit (self, table);
}

static const PaperTable *
paper_get_table (PlatterPaper *self, const PlatterPaperBlock *row)
{
  return g_hash_table_lookup (self->tables, GUINT_TO_POINTER (row->table));
}

static double
paper_measure_row (PlatterPaper *self, const PlatterPaperBlock *block)
{
  const PaperTable *table = paper_get_table (self, block);
  double highest = 0;

  for (guint i = 0; i < MIN (block->texts->len, MAX_COLUMNS); i++)
    {
      double width = table->widths[i] + 0.5;
      double height;

      paper_measure (self, block->style, g_ptr_array_index (block->texts, i), &width, &height);
      highest = MAX (highest, height);
    }
  return highest;
}

static void
paper_get_picture_size (PlatterPaper *self,
                        const PlatterPaperPicture *picture,
                        double *width,
                        double *height)
{
  gboolean is_map = g_str_equal (picture->kind, "map");

  *width = self->width;
  *height = is_map ? self->width * picture->height / MAX (picture->width, 1) : GRAPH_HEIGHT;
  /* The sign of the verdict is as wide as it is high. */
  if (picture->width == picture->height)
    *width = *height = ICON;
}

static void paper_draw_text (PlatterPaper *self,
                             const PlatterPaperBlock *block,
                             const char *text,
                             cairo_t *cr,
                             double x,
                             double width);

/* Returns the height; draws if there is a @cr. */
static double
paper_do_legend (PlatterPaper *self, const PlatterPaperBlock *block, cairo_t *cr)
{
  double x = 0;
  double y = 0;
  double line = 0;

  for (guint i = 0; i < MIN (block->texts->len, block->pictures->len); i++)
    {
      const PlatterPaperPicture *picture = g_ptr_array_index (block->pictures, i);
      double swatch = picture->width > picture->height ? 2.5 * SWATCH : SWATCH;
      double width = -1;

      paper_measure (self, block->style, g_ptr_array_index (block->texts, i), &width, &line);
      if (x > 0 && x + swatch + 4 + width > self->width)
        {
          x = 0;
          y += line + 2;
        }
      if (cr != NULL)
        {
          cairo_save (cr);
          cairo_translate (cr, x, y + (line - SWATCH) / 2);
          platter_paper_picture_draw (picture, self->content->colors, "text", cr, swatch, SWATCH);
          cairo_restore (cr);
          cairo_save (cr);
          cairo_translate (cr, 0, y);
          paper_draw_text (self, block, g_ptr_array_index (block->texts, i), cr, x + swatch + 4,
                           width + 1);
          cairo_restore (cr);
        }
      x += swatch + 4 + width + GAP;
    }
  return y + line;
}

static double
paper_measure_block (PlatterPaper *self, const PlatterPaperBlock *block)
{
  double width = self->width;
  double height = 0;

  switch (block->kind)
    {
    case PLATTER_PAPER_ROW:
      return paper_measure_row (self, block);
    case PLATTER_PAPER_PICTURE:
      paper_get_picture_size (self, g_ptr_array_index (block->pictures, 0), &width, &height);
      return height;
    case PLATTER_PAPER_LEGEND:
      return paper_do_legend (self, block, NULL);
    case PLATTER_PAPER_TEXT:
    default:
      paper_measure (self, block->style, g_ptr_array_index (block->texts, 0), &width, &height);
      return height;
    }
}

static gboolean
paper_is_heading (const PlatterPaperBlock *block)
{
  return block->style[0] == 'h' || g_str_equal (block->style, "th");
}

/* A heading stays with what it is the heading of. */
static double
paper_get_needed (PlatterPaper *self, guint first)
{
  double needed = 0;

  for (guint i = first; i < self->content->blocks->len; i++)
    {
      const PlatterPaperBlock *block = g_ptr_array_index (self->content->blocks, i);

      needed += paper_styles[paper_find_style (block->style)].above
                + g_array_index (self->heights, double, i);
      if (!paper_is_heading (block))
        break;
    }
  return needed;
}

static void
paper_place (PlatterPaper *self)
{
  double y = 0;

  paper_measure_tables (self);
  for (guint i = 0; i < self->content->blocks->len; i++)
    {
      double height = paper_measure_block (self, g_ptr_array_index (self->content->blocks, i));

      g_array_append_val (self->heights, height);
    }
  for (guint i = 0; i < self->content->blocks->len; i++)
    {
      PaperPlace place = { .block = g_ptr_array_index (self->content->blocks, i) };

      if (y > 0 && y + paper_get_needed (self, i) > self->height)
        {
          y = 0;
          self->n_pages++;
        }
      y += y > 0 ? paper_styles[paper_find_style (place.block->style)].above : 0;
      place.page = self->n_pages - 1;
      place.y = y;
      g_array_append_val (self->places, place);
      y += g_array_index (self->heights, double, i);
    }
}

PlatterPaper *
platter_paper_new (const char *html, PangoContext *context, double width, double height)
{
  PlatterPaper *self = g_new0 (PlatterPaper, 1);

  self->content = platter_paper_read (html);
  self->context = g_object_ref (context);
  self->width = width;
  self->height = height;
  self->tables = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->heights = g_array_new (FALSE, FALSE, sizeof (double));
  self->places = g_array_new (FALSE, FALSE, sizeof (PaperPlace));
  self->n_pages = 1;
  pango_context_set_base_dir (context,
                              self->content->is_rtl ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
  paper_place (self);
  return self;
}

void
platter_paper_free (PlatterPaper *self)
{
  platter_paper_content_free (self->content);
  g_object_unref (self->context);
  g_hash_table_unref (self->tables);
  g_array_unref (self->heights);
  g_array_unref (self->places);
  g_free (self);
}

guint
platter_paper_get_n_pages (PlatterPaper *self)
{
  return self->n_pages;
}

static void
paper_set_color (PlatterPaper *self, const PlatterPaperBlock *block, cairo_t *cr)
{
  const char *name = g_str_equal (block->style, "th") ? "dim" : block->tone;
  const char *color
    = g_hash_table_lookup (self->content->colors, g_str_equal (name, "trouble") ? "bad" : name);
  guint rgb = 0;

  if (color != NULL)
    sscanf (color, "#%6x", &rgb);
  cairo_set_source_rgb (cr, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0,
                        (rgb & 0xff) / 255.0);
}

static void
paper_draw_text (PlatterPaper *self,
                 const PlatterPaperBlock *block,
                 const char *text,
                 cairo_t *cr,
                 double x,
                 double width)
{
  g_autoptr (PangoLayout) layout = paper_new_layout (self, block->style, text, width);

  /* From the right to the left, the first column is the one on the right. */
  cairo_move_to (cr, self->content->is_rtl ? self->width - x - width : x, 0);
  paper_set_color (self, block, cr);
  pango_cairo_show_layout (cr, layout);
}

static void
paper_draw_row (PlatterPaper *self, const PlatterPaperBlock *block, cairo_t *cr)
{
  const PaperTable *table = paper_get_table (self, block);
  double x = 0;

  for (guint i = 0; i < MIN (block->texts->len, MAX_COLUMNS); i++)
    {
      paper_draw_text (self, block, g_ptr_array_index (block->texts, i), cr, x,
                       table->widths[i] + 0.5);
      x += table->widths[i] + GAP;
    }
}

static void
paper_draw_block (PlatterPaper *self, const PlatterPaperBlock *block, cairo_t *cr)
{
  double width = self->width;
  double height = 0;

  switch (block->kind)
    {
    case PLATTER_PAPER_ROW:
      paper_draw_row (self, block, cr);
      break;
    case PLATTER_PAPER_PICTURE:
      paper_get_picture_size (self, g_ptr_array_index (block->pictures, 0), &width, &height);
      platter_paper_picture_draw (g_ptr_array_index (block->pictures, 0), self->content->colors,
                                  block->tone, cr, width, height);
      break;
    case PLATTER_PAPER_LEGEND:
      paper_do_legend (self, block, cr);
      break;
    case PLATTER_PAPER_TEXT:
    default:
      paper_draw_text (self, block, g_ptr_array_index (block->texts, 0), cr, 0, width);
    }
}

void
platter_paper_draw (PlatterPaper *self, guint page, cairo_t *cr)
{
  for (guint i = 0; i < self->places->len; i++)
    {
      const PaperPlace *place = &g_array_index (self->places, PaperPlace, i);

      if (place->page != page)
        continue;
      cairo_save (cr);
      cairo_translate (cr, 0, place->y);
      paper_draw_block (self, place->block, cr);
      cairo_restore (cr);
    }
}

static cairo_status_t
paper_write_cb (void *data, const unsigned char *bytes, unsigned int length)
{
  g_byte_array_append (data, bytes, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
platter_paper_dup_pdf (const char *html)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface
    = cairo_pdf_surface_create_for_stream (paper_write_cb, bytes, PDF_WIDTH, PDF_HEIGHT);
  cairo_t *cr = cairo_create (surface);
  PangoContext *context = pango_cairo_create_context (cr);
  g_autoptr (PlatterPaper) paper = NULL;
  cairo_status_t status;

  /* So that a point of a font is a point of the page. */
  pango_cairo_context_set_resolution (context, 72);
  paper
    = platter_paper_new (html, context, PDF_WIDTH - 2 * PDF_MARGIN, PDF_HEIGHT - 2 * PDF_MARGIN);
  for (guint page = 0; page < platter_paper_get_n_pages (paper); page++)
    {
      cairo_save (cr);
      cairo_translate (cr, PDF_MARGIN, PDF_MARGIN);
      platter_paper_draw (paper, page, cr);
      cairo_restore (cr);
      cairo_show_page (cr);
    }
  g_object_unref (context);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (bytes);
  g_byte_array_unref (bytes);
  return NULL;
}
