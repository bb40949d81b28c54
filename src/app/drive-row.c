// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A drive in a list: what a person knows it by, and why it cannot be used if so.

#include "config.h"

#include "drive-row.h"

#include <glib/gi18n.h>

#include "tone.h"

struct _PlatterDriveRow
{
  AdwActionRow parent_instance;

  GtkImage *icon;
  GtkCheckButton *check;
  GtkLabel *badge;
  GtkImage *arrow;

  PlatterDrive *drive;
  char *reason;
};

G_DEFINE_FINAL_TYPE (PlatterDriveRow, platter_drive_row, ADW_TYPE_ACTION_ROW)

enum
{
  SIGNAL_TOGGLED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
drive_row_toggled_cb (PlatterDriveRow *self)
{
  g_signal_emit (self, signals[SIGNAL_TOGGLED], 0);
}

/* The same words for who cannot see them, and always which device it is. */
static void
drive_row_describe (PlatterDriveRow *self, GtkAccessible *accessible, const char *text)
{
  g_autofree char *description
    = g_strdup_printf ("%s: %s", platter_drive_get_device (self->drive), text);

  gtk_accessible_update_property (accessible, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

static char *
drive_row_dup_health (PlatterDriveRow *self)
{
  const PlatterDriveHealth *health = platter_drive_get_health (self->drive);

  return gtk_widget_get_visible (GTK_WIDGET (self->check))
           ? platter_drive_health_dup_target_words (health)
           : platter_drive_health_dup_source_words (health);
}

static void
drive_row_show_icon (PlatterDriveRow *self)
{
  const char *tone = platter_tone_of_health (platter_drive_get_health (self->drive));

  gtk_image_set_from_icon_name (self->icon, tone != NULL
                                              ? "dialog-warning-symbolic"
                                              : platter_drive_get_icon_name (self->drive));
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), (const char *[]){ "tile", tone, NULL });
  if (tone != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "unwell");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "unwell");
}

/* Why it cannot be used is all there is to say then. */
static char *
drive_row_dup_text (PlatterDriveRow *self)
{
  const char *subtitle = platter_drive_get_subtitle (self->drive);
  g_autofree char *health = drive_row_dup_health (self);

  if (self->reason != NULL)
    return g_strdup (self->reason);
  return health != NULL ? g_strdup_printf ("%s\n%s", health, subtitle) : g_strdup (subtitle);
}

static void
drive_row_show_text (PlatterDriveRow *self)
{
  g_autofree char *text = drive_row_dup_text (self);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), platter_drive_get_title (self->drive));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  drive_row_describe (self, GTK_ACCESSIBLE (self), text);
  drive_row_describe (self, GTK_ACCESSIBLE (self->check), text);
  drive_row_show_icon (self);
}

static void
drive_row_show_badge (PlatterDriveRow *self)
{
  const char *text = _ ("Internal");
  const char *css_class = "bad";

  if (platter_drive_is_loop (self->drive))
    {
      text = _ ("Virtual");
      css_class = "neutral";
    }
  else if (platter_drive_is_removable (self->drive))
    {
      text = _ ("Removable");
      css_class = "neutral";
    }
  gtk_label_set_label (self->badge, text);
  gtk_widget_set_css_classes (GTK_WIDGET (self->badge),
                              (const char *[]){ "badge", css_class, NULL });
}

static void
drive_row_dispose (GObject *object)
{
  g_clear_object (&PLATTER_DRIVE_ROW (object)->drive);
  G_OBJECT_CLASS (platter_drive_row_parent_class)->dispose (object);
}

static void
drive_row_finalize (GObject *object)
{
  g_free (PLATTER_DRIVE_ROW (object)->reason);
  G_OBJECT_CLASS (platter_drive_row_parent_class)->finalize (object);
}

static void
platter_drive_row_class_init (PlatterDriveRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = drive_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = drive_row_finalize;
  signals[SIGNAL_TOGGLED] = g_signal_new ("toggled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/platter/Platter/drive-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterDriveRow, icon);
  gtk_widget_class_bind_template_child (widget_class, PlatterDriveRow, check);
  gtk_widget_class_bind_template_child (widget_class, PlatterDriveRow, badge);
  gtk_widget_class_bind_template_child (widget_class, PlatterDriveRow, arrow);
  gtk_widget_class_bind_template_callback (widget_class, drive_row_toggled_cb);
}

static void
platter_drive_row_init (PlatterDriveRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
platter_drive_row_new (PlatterDrive *drive, gboolean with_check)
{
  PlatterDriveRow *self = g_object_new (PLATTER_TYPE_DRIVE_ROW, NULL);

  self->drive = g_object_ref (drive);
  gtk_widget_set_visible (GTK_WIDGET (self->check), with_check);
  gtk_widget_set_visible (GTK_WIDGET (self->arrow), !with_check);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), TRUE);
  if (with_check)
    adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), GTK_WIDGET (self->check));
  drive_row_show_badge (self);
  drive_row_show_text (self);
  g_signal_connect_object (drive, "changed", G_CALLBACK (drive_row_show_text), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

PlatterDrive *
platter_drive_row_get_drive (PlatterDriveRow *self)
{
  g_return_val_if_fail (PLATTER_IS_DRIVE_ROW (self), NULL);
  return self->drive;
}

gboolean
platter_drive_row_get_selected (PlatterDriveRow *self)
{
  g_return_val_if_fail (PLATTER_IS_DRIVE_ROW (self), FALSE);
  return gtk_check_button_get_active (self->check);
}

void
platter_drive_row_set_selected (PlatterDriveRow *self, gboolean selected)
{
  g_return_if_fail (PLATTER_IS_DRIVE_ROW (self));
  gtk_check_button_set_active (self->check, selected);
}

void
platter_drive_row_set_reason (PlatterDriveRow *self, const char *reason)
{
  g_return_if_fail (PLATTER_IS_DRIVE_ROW (self));

  g_free (self->reason);
  self->reason = g_strdup (reason);
  drive_row_show_text (self);
  /* The row itself stays readable: why it cannot be used is what somebody wants to know. With an
   * insensitive widget to activate, AdwActionRow would grey out its text. */
  if (gtk_widget_get_visible (GTK_WIDGET (self->check)))
    adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self),
                                           reason == NULL ? GTK_WIDGET (self->check) : NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->check), reason == NULL);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), reason == NULL);
  if (reason != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "unsuitable");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "unsuitable");
  gtk_widget_set_visible (GTK_WIDGET (self->arrow),
                          reason == NULL && !gtk_widget_get_visible (GTK_WIDGET (self->check)));
  gtk_widget_set_visible (GTK_WIDGET (self->badge), reason == NULL);
  if (reason == NULL)
    {
      gtk_accessible_reset_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL);
      return;
    }
  /* Otherwise the row that activates it names it. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  platter_drive_get_title (self->drive), -1);
  gtk_check_button_set_active (self->check, FALSE);
}
