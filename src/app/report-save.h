// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Saving the report of a job that has ended in a file of the user's choice.

#pragma once

#include <gtk/gtk.h>

#include "client/job.h"

G_BEGIN_DECLS

/**
 * platter_report_save:
 * @widget: in the window that asks; tells by its action "win.toast" how it went
 *
 * Asks for a file and writes the report there: a page, or JSON if the name ends so.
 */
void platter_report_save (GtkWidget *widget, PlatterJob *job);

G_END_DECLS
