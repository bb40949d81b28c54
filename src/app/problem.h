// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A dialog that says what went wrong.

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void platter_problem_show (GtkWindow *window, const char *heading, const char *body);

G_END_DECLS
