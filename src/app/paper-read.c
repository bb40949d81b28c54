// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A report's page for people, taken apart for paper. It knows the elements that such a page has, and no others.

#include "config.h"

#include "paper-read.h"

#include <string.h>

typedef struct
{
  PlatterPaperContent *content;
  GString *text; /* NULL where text is of no interest */
  PlatterPaperBlock *row;
  PlatterPaperBlock *legend;
  PlatterPaperPicture *picture;
  char *tone; /* of the verdict */
  guint n_tables;
  gboolean is_in_head; /* of a table */
} PaperRead;

static void
paper_read_picture_free (gpointer data)
{
  PlatterPaperPicture *self = data;

  g_ptr_array_unref (self->shapes);
  g_free (self->kind);
  g_free (self);
}

static void
paper_read_block_free (gpointer data)
{
  PlatterPaperBlock *self = data;

  g_ptr_array_unref (self->texts);
  g_ptr_array_unref (self->pictures);
  g_free (self->style);
  g_free (self->tone);
  g_free (self);
}

static PlatterPaperBlock *
paper_read_add (PaperRead *self, PlatterPaperKind kind, const char *style, const char *tone)
{
  PlatterPaperBlock *block = g_new0 (PlatterPaperBlock, 1);

  block->kind = kind;
  block->style = g_strdup (style);
  block->tone = g_strdup (tone);
  block->table = self->n_tables;
  block->texts = g_ptr_array_new_with_free_func (g_free);
  block->pictures = g_ptr_array_new_with_free_func (paper_read_picture_free);
  g_ptr_array_add (self->content->blocks, block);
  return block;
}

static const char *
paper_read_get (const char **names, const char **values, const char *name)
{
  for (gsize i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], name))
      return values[i];
  return "";
}

static gboolean
paper_read_is (const char *element, const char *const *known)
{
  return g_strv_contains (known, element);
}

static void
paper_read_begin_picture (PaperRead *self, const char *view_box, const char *kind)
{
  g_auto (GStrv) numbers = g_strsplit (view_box, " ", 4);

  self->picture = g_new0 (PlatterPaperPicture, 1);
  self->picture->kind = g_strdup (kind);
  self->picture->shapes = g_ptr_array_new_with_free_func (g_free);
  if (g_strv_length (numbers) == 4)
    {
      self->picture->width = g_ascii_strtod (numbers[2], NULL);
      self->picture->height = g_ascii_strtod (numbers[3], NULL);
    }
}

static void
paper_read_add_shape (PaperRead *self, const char *kind, const char *path)
{
  if (self->picture == NULL)
    return;
  g_ptr_array_add (self->picture->shapes, g_strdup (kind));
  g_ptr_array_add (self->picture->shapes, g_strdup (path));
}

/* What has its own place on paper. */
static const char *const paper_read_texts[] = {
  "h1", "h2", "h3", "h4", "p", "figcaption", "footer", "dt", "dd", "th", "td", "li", "style", NULL,
};

static void
paper_read_begin_text (PaperRead *self)
{
  if (self->text != NULL)
    g_string_free (self->text, TRUE);
  self->text = g_string_new (NULL);
}

static void
paper_read_start (GMarkupParseContext *context,
                  const char *element,
                  const char **names,
                  const char **values,
                  gpointer data,
                  GError **error)
{
  PaperRead *self = data;
  const char *kind = paper_read_get (names, values, "class");

  if (g_str_equal (element, "html"))
    self->content->is_rtl = g_str_equal (paper_read_get (names, values, "dir"), "rtl");
  else if (g_str_equal (element, "svg"))
    paper_read_begin_picture (self, paper_read_get (names, values, "viewBox"), kind);
  else if (g_str_equal (element, "path"))
    paper_read_add_shape (self, kind, paper_read_get (names, values, "d"));
  else if (g_str_equal (element, "circle"))
    paper_read_add_shape (self, "", NULL);
  else if (g_str_equal (element, "table") || g_str_equal (element, "dl"))
    self->n_tables++;
  else if (g_str_equal (element, "tr"))
    self->row = paper_read_add (self, PLATTER_PAPER_ROW, self->is_in_head ? "th" : "td", "");
  else if (g_str_equal (element, "ul"))
    self->legend = paper_read_add (self, PLATTER_PAPER_LEGEND, "li", "");
  else if (g_str_has_prefix (kind, "verdict "))
    {
      g_free (self->tone);
      self->tone = g_strdup (kind + strlen ("verdict "));
    }
  else if (g_str_equal (kind, "max") || g_str_equal (kind, "axis"))
    paper_read_begin_text (self);
  else if (self->text != NULL && g_str_equal (element, "span") && self->text->len > 0)
    g_string_append (self->text, " · ");
  if (g_str_equal (element, "thead"))
    self->is_in_head = TRUE;
  if (paper_read_is (element, paper_read_texts))
    paper_read_begin_text (self);
  if (self->text != NULL && g_str_equal (element, "p") && kind[0] != '\0')
    g_string_append_printf (self->text, "\001%s\001", kind);
}

/* "--name: #rrggbb": the first of a name is the one for paper. */
static void
paper_read_take_colors (PaperRead *self, const char *style)
{
  for (const char *at = strstr (style, "--"); at != NULL; at = strstr (at + 2, "--"))
    {
      const char *colon = strchr (at, ':');
      g_autofree char *name = NULL;

      if (colon == NULL || colon - at > 20 || strncmp (colon, ": #", 3) != 0)
        continue;
      name = g_strndup (at + 2, (gsize)(colon - at) - 2);
      if (!g_hash_table_contains (self->content->colors, name))
        g_hash_table_insert (self->content->colors, g_steal_pointer (&name),
                             g_strndup (colon + 2, 7));
    }
}

static void
paper_read_end_picture (PaperRead *self)
{
  PlatterPaperBlock *block = self->legend;

  if (block == NULL)
    block
      = paper_read_add (self, PLATTER_PAPER_PICTURE, "svg", self->tone != NULL ? self->tone : "");
  g_ptr_array_add (block->pictures, g_steal_pointer (&self->picture));
}

/* A text that is a block of its own; its class went before it. */
static void
paper_read_end_text (PaperRead *self, const char *style, char *text)
{
  const char *tone = "";
  char *words = text;

  if (text[0] == '\001')
    {
      char *end = strchr (text + 1, '\001');

      *end = '\0';
      tone = text + 1;
      words = end + 1;
    }
  if (g_str_equal (style, "figcaption") || g_str_equal (style, "footer")
      || g_str_equal (tone, "kicker"))
    tone = "dim";
  g_ptr_array_add (paper_read_add (self, PLATTER_PAPER_TEXT, style, tone)->texts,
                   g_strdup (g_strstrip (words)));
}

static void
paper_read_take_text (PaperRead *self, const char *element)
{
  char *text = g_string_free (g_steal_pointer (&self->text), FALSE);

  if (g_str_equal (element, "style"))
    paper_read_take_colors (self, text);
  else if (g_str_equal (element, "dt"))
    self->row = paper_read_add (self, PLATTER_PAPER_ROW, "dd", "");

  if (g_str_equal (element, "li") && self->legend != NULL)
    g_ptr_array_add (self->legend->texts, g_strdup (g_strstrip (text)));
  else if (self->row != NULL
           && (g_str_equal (element, "dt") || g_str_equal (element, "dd")
               || g_str_equal (element, "td") || g_str_equal (element, "th")))
    g_ptr_array_add (self->row->texts, g_strdup (g_strstrip (text)));
  else if (!g_str_equal (element, "style"))
    paper_read_end_text (self, element, text);
  g_free (text);
}

static void
paper_read_end (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  PaperRead *self = data;

  if (g_str_equal (element, "svg") && self->picture != NULL)
    paper_read_end_picture (self);
  else if (g_str_equal (element, "thead"))
    self->is_in_head = FALSE;
  else if (g_str_equal (element, "tr"))
    self->row = NULL;
  else if (g_str_equal (element, "ul"))
    self->legend = NULL;
  else if (self->text != NULL && paper_read_is (element, paper_read_texts))
    paper_read_take_text (self, element);
  /* "max" and "axis" of the graph. */
  else if (self->text != NULL && g_str_equal (element, "div"))
    paper_read_take_text (self, "figcaption");
}

static void
paper_read_text (
  GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
  PaperRead *self = data;
  const char *element = g_markup_parse_context_get_element (context);

  if (self->text == NULL || g_str_equal (element, "title"))
    return;
  for (gsize i = 0; i < length; i++)
    {
      gboolean is_space = g_ascii_isspace (text[i]);

      if (!is_space || (self->text->len > 0 && self->text->str[self->text->len - 1] != ' '))
        g_string_append_c (self->text, is_space ? ' ' : text[i]);
    }
}

PlatterPaperContent *
platter_paper_read (const char *html)
{
  const GMarkupParser parser
    = { .start_element = paper_read_start, .end_element = paper_read_end, .text = paper_read_text };
  PaperRead self = { .content = g_new0 (PlatterPaperContent, 1) };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &self, NULL);
  const char *root = strstr (html, "<html");

  self.content->blocks = g_ptr_array_new_with_free_func (paper_read_block_free);
  self.content->colors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  /* It is our own page: tests see to it that it is well formed. */
  g_markup_parse_context_parse (context, root != NULL ? root : html, -1, NULL);
  if (self.text != NULL)
    g_string_free (self.text, TRUE);
  g_free (self.tone);
  return self.content;
}

void
platter_paper_content_free (PlatterPaperContent *self)
{
  g_ptr_array_unref (self->blocks);
  g_hash_table_unref (self->colors);
  g_free (self);
}
