// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The table that lists of places are shown in.

#include "config.h"

#include "places-table.h"

#include "client/messages.h"

#define N_COLUMNS 3

void
platter_places_table_begin (PlatterPlacesTable *self)
{
  self->n_rows = 0;
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 18);
  gtk_grid_set_row_spacing (self->grid, 6);
  gtk_widget_add_css_class (GTK_WIDGET (self->grid), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self->grid), "spread");
}

static GtkWidget *
places_table_attach (
  PlatterPlacesTable *self, const char *text, const char *css_class, int column, int columns)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  /* The path of a file is one word. */
  if (column == 0)
    gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_widget_set_hexpand (label, column + columns == N_COLUMNS);
  gtk_widget_add_css_class (label, css_class);
  gtk_grid_attach (self->grid, label, column, self->n_rows, columns, 1);
  return label;
}

void
platter_places_table_add_heads (PlatterPlacesTable *self,
                                const char *place,
                                const char *length,
                                const char *rest)
{
  places_table_attach (self, place, "dim-label", 0, 1);
  places_table_attach (self, length, "dim-label", 1, 1);
  places_table_attach (self, rest, "dim-label", 2, 1);
  self->n_rows++;
}

void
platter_places_table_add_place (PlatterPlacesTable *self,
                                const char *place,
                                guint64 length_bytes,
                                const char *rest)
{
  g_autofree char *length = g_format_size (length_bytes);

  places_table_attach (self, place, "numeric", 0, 1);
  places_table_attach (self, length, "numeric", 1, 1);
  places_table_attach (self, rest, "body", 2, 1);
  self->n_rows++;
}

GtkWidget *
platter_places_table_add_line (PlatterPlacesTable *self, const char *css_class, const char *text)
{
  GtkWidget *label = places_table_attach (self, text, css_class, 0, N_COLUMNS);

  self->n_rows++;
  return label;
}

void
platter_places_table_add_more (PlatterPlacesTable *self, guint64 n_all, guint64 n_listed)
{
  g_autofree char *more = n_all > n_listed ? platter_message_dup_more (n_all - n_listed) : NULL;

  if (more != NULL)
    platter_places_table_add_line (self, "dim-label", more);
}
