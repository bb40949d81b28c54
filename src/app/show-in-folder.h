// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Having a file shown by the file manager.

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** platter_show_in_folder: @path: of the file; where it cannot be pointed out, its folder is opened */
void platter_show_in_folder (GtkWindow *window, const char *path);

G_END_DECLS
