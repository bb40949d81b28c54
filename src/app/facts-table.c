// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A card of facts: a word on the left, what is known on the right.

#include "config.h"

#include "facts-table.h"

#include <glib/gi18n.h>

struct _PlatterFactsTable
{
  AdwBin parent_instance;

  GtkGrid *grid;
  int n_rows;
};

G_DEFINE_FINAL_TYPE (PlatterFactsTable, platter_facts_table, ADW_TYPE_BIN)

static void
platter_facts_table_class_init (PlatterFactsTableClass *klass)
{
}

static void
platter_facts_table_init (PlatterFactsTable *self)
{
  platter_facts_table_clear (self);
}

void
platter_facts_table_clear (PlatterFactsTable *self)
{
  g_return_if_fail (PLATTER_IS_FACTS_TABLE (self));

  self->n_rows = 0;
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 18);
  gtk_grid_set_row_spacing (self->grid, 8);
  gtk_widget_add_css_class (GTK_WIDGET (self->grid), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self->grid), "spread");
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->grid));
}

static GtkWidget *
facts_table_new_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  /* A hyphen would look like a part of a digest or a name. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  return label;
}

static void
facts_table_attach (PlatterFactsTable *self, const char *name, GtkWidget *value)
{
  GtkWidget *key = facts_table_new_label (name);

  gtk_label_set_wrap (GTK_LABEL (key), FALSE);
  gtk_widget_add_css_class (key, "dim-label");
  gtk_widget_set_hexpand (value, TRUE);
  gtk_grid_attach (self->grid, key, 0, self->n_rows, 1, 1);
  gtk_grid_attach (self->grid, value, 1, self->n_rows, 1, 1);
  self->n_rows++;
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

void
platter_facts_table_add (PlatterFactsTable *self, const char *name, const char *value)
{
  g_return_if_fail (PLATTER_IS_FACTS_TABLE (self));

  GtkWidget *label = facts_table_new_label (value);
  facts_table_attach (self, name, label);
}

static void
facts_table_copy_cb (GtkButton *button, const char *digest)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), digest);
}

void
platter_facts_table_add_digest (PlatterFactsTable *self,
                                const char *name,
                                const char *digest,
                                const char *note)
{
  g_return_if_fail (PLATTER_IS_FACTS_TABLE (self));

  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *label = facts_table_new_label (digest);
  GtkWidget *copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  g_autofree char *copy_label = g_strdup_printf (_ ("Copy %s"), name);

  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_CHAR);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (texts), label);
  if (note != NULL)
    gtk_box_append (GTK_BOX (texts), facts_table_new_label (note));
  gtk_widget_add_css_class (copy, "flat");
  gtk_widget_add_css_class (copy, "beside-text");
  gtk_widget_set_valign (copy, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (copy, copy_label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (copy), GTK_ACCESSIBLE_PROPERTY_LABEL, copy_label,
                                  -1);
  g_signal_connect_data (copy, "clicked", G_CALLBACK (facts_table_copy_cb), g_strdup (digest),
                         (GClosureNotify)(void (*) (void))g_free, 0);
  gtk_box_append (GTK_BOX (row), texts);
  gtk_box_append (GTK_BOX (row), copy);
  facts_table_attach (self, name, row);
}
