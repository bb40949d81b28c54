// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The table that lists of places are shown in.

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* More than anybody reads; the sum of all stands beside. */
#define PLATTER_PLACES_MAX 50

typedef struct
{
  GtkGrid *grid;
  int n_rows;
} PlatterPlacesTable;

/** platter_places_table_begin: Makes a new grid, which is floating. */
void platter_places_table_begin (PlatterPlacesTable *self);

/** platter_places_table_add_heads: What the columns are. */
void platter_places_table_add_heads (PlatterPlacesTable *self,
                                     const char *place,
                                     const char *length,
                                     const char *rest);
void platter_places_table_add_place (PlatterPlacesTable *self,
                                     const char *place,
                                     guint64 length_bytes,
                                     const char *rest);
/** platter_places_table_add_line: Returns: (transfer none): one text over all columns. */
GtkWidget *
platter_places_table_add_line (PlatterPlacesTable *self, const char *css_class, const char *text);
/** platter_places_table_add_more: A last line, if there are more than are listed. */
void platter_places_table_add_more (PlatterPlacesTable *self, guint64 n_all, guint64 n_listed);

G_END_DECLS
