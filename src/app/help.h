// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the words and colours of the window mean.

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** platter_help_show: @parent: (nullable) */
void platter_help_show (GtkWindow *parent);

G_END_DECLS
