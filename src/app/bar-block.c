// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A drive at one moment: its name, a word about it, its partitions.

#include "config.h"

#include "bar-block.h"

#include "partition-bar.h"

struct _PlatterBarBlock
{
  GtkBox parent_instance;

  GtkLabel *title;
  GtkLabel *place;
  PlatterPartitionBar *bar;
};

G_DEFINE_FINAL_TYPE (PlatterBarBlock, platter_bar_block, GTK_TYPE_BOX)

static void
platter_bar_block_class_init (PlatterBarBlockClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (PLATTER_TYPE_PARTITION_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/platter/Platter/bar-block.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterBarBlock, title);
  gtk_widget_class_bind_template_child (widget_class, PlatterBarBlock, place);
  gtk_widget_class_bind_template_child (widget_class, PlatterBarBlock, bar);
}

static void
platter_bar_block_init (PlatterBarBlock *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
platter_bar_block_new (const char *name, const char *note, const char *place, GPtrArray *layout)
{
  PlatterBarBlock *self = g_object_new (PLATTER_TYPE_BAR_BLOCK, NULL);
  g_autofree char *markup
    = g_markup_printf_escaped ("<b>%s</b>  <span alpha=\"65%%\">%s</span>", name, note);
  g_autofree char *label = g_strdup_printf ("%s, %s", name, note);

  gtk_label_set_markup (self->title, markup);
  gtk_label_set_label (self->place, place != NULL ? place : "");
  gtk_widget_set_visible (GTK_WIDGET (self->place), place != NULL);
  platter_partition_bar_set_layout (self->bar, layout);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  return GTK_WIDGET (self);
}
