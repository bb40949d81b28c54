// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The files that are damaged because a part of the source could not be read, as a table.

#pragma once

#include <gtk/gtk.h>

#include "client/job.h"

G_BEGIN_DECLS

/** platter_damage_table_new: Returns: (transfer floating): of a job that has ended with something missing. */
GtkWidget *platter_damage_table_new (PlatterJob *job);

G_END_DECLS
