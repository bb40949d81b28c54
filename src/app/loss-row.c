// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is lost on one target, and where its name is typed to confirm it.

#include "config.h"

#include "loss-row.h"

#include <glib/gi18n.h>

#include "name-check.h"

struct _PlatterLossRow
{
  GtkBox parent_instance;

  GtkLabel *sentence;
  GtkLabel *hint;
  GtkEntry *entry;
  char *name;
  gboolean confirmed;
};

G_DEFINE_FINAL_TYPE (PlatterLossRow, platter_loss_row, GTK_TYPE_BOX)

enum
{
  PROP_CONFIRMED = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
loss_row_changed_cb (PlatterLossRow *self)
{
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  gboolean confirmed = self->name == NULL || platter_name_check (self->name, typed);

  if (confirmed == self->confirmed)
    return;
  self->confirmed = confirmed;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONFIRMED]);
}

static void
loss_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CONFIRMED)
    g_value_set_boolean (value, PLATTER_LOSS_ROW (object)->confirmed);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
loss_row_finalize (GObject *object)
{
  g_free (PLATTER_LOSS_ROW (object)->name);
  G_OBJECT_CLASS (platter_loss_row_parent_class)->finalize (object);
}

static void
platter_loss_row_class_init (PlatterLossRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = loss_row_get_property;
  object_class->finalize = loss_row_finalize;
  properties[PROP_CONFIRMED] = g_param_spec_boolean ("confirmed", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/platter/Platter/loss-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterLossRow, sentence);
  gtk_widget_class_bind_template_child (widget_class, PlatterLossRow, hint);
  gtk_widget_class_bind_template_child (widget_class, PlatterLossRow, entry);
  gtk_widget_class_bind_template_callback (widget_class, loss_row_changed_cb);
}

static void
platter_loss_row_init (PlatterLossRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
platter_loss_row_new (const char *sentence, const char *name_to_type)
{
  PlatterLossRow *self = g_object_new (PLATTER_TYPE_LOSS_ROW, NULL);

  self->name = g_strdup (name_to_type);
  gtk_label_set_label (self->sentence, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->entry), name_to_type != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->hint), name_to_type != NULL);
  if (name_to_type != NULL)
    {
      /* Translators: %s is the name of the drive, to be typed as it stands. */
      g_autofree char *hint = g_strdup_printf (
        _ ("This is not a removable drive. To be sure, type its name: %s"), name_to_type);

      gtk_label_set_label (self->hint, hint);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ ("Name of the drive"), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      hint, -1);
    }
  loss_row_changed_cb (self);
  return GTK_WIDGET (self);
}

gboolean
platter_loss_row_get_confirmed (PlatterLossRow *self)
{
  g_return_val_if_fail (PLATTER_IS_LOSS_ROW (self), FALSE);
  return self->confirmed;
}
