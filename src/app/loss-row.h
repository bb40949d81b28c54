// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is lost on one target, and where its name is typed to confirm it.

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PLATTER_TYPE_LOSS_ROW (platter_loss_row_get_type ())
G_DECLARE_FINAL_TYPE (PlatterLossRow, platter_loss_row, PLATTER, LOSS_ROW, GtkBox)

/**
 * platter_loss_row_new:
 * @sentence: what is lost
 * @name_to_type: (nullable): the drive's name if it has to be typed
 *
 * Its property `confirmed` is true at once when nothing has to be typed.
 */
GtkWidget *platter_loss_row_new (const char *sentence, const char *name_to_type);
gboolean platter_loss_row_get_confirmed (PlatterLossRow *self);

G_END_DECLS
