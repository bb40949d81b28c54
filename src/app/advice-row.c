// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a drive that is not well says of itself.

#include "config.h"

#include "advice-row.h"

#include "tone.h"

void
platter_advice_row_show (AdwActionRow *row, GtkImage *icon, PlatterDrive *source)
{
  const PlatterDriveHealth *health = source != NULL ? platter_drive_get_health (source) : NULL;
  g_autofree char *advice
    = health != NULL
        ? platter_drive_health_dup_advice (health, platter_drive_get_display_name (source))
        : NULL;

  gtk_widget_set_visible (GTK_WIDGET (row), advice != NULL);
  if (advice == NULL)
    return;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), advice);
  gtk_widget_set_css_classes (GTK_WIDGET (icon),
                              (const char *[]){ "tile", platter_tone_of_health (health), NULL });
}
