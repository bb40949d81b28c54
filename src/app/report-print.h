// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Printing the report of a job that has ended.

#pragma once

#include <gtk/gtk.h>

#include "client/job.h"

G_BEGIN_DECLS

/** platter_report_print: Asks for a printer, or for the name of a PDF. @widget: in the window that asks */
void platter_report_print (GtkWidget *widget, PlatterJob *job);

G_END_DECLS
