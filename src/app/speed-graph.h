// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The rate of a job over time, as a curve.

#pragma once

#include <gtk/gtk.h>

#include "speed-history.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_SPEED_GRAPH (platter_speed_graph_get_type ())
G_DECLARE_FINAL_TYPE (PlatterSpeedGraph, platter_speed_graph, PLATTER, SPEED_GRAPH, GtkWidget)

void platter_speed_graph_clear (PlatterSpeedGraph *self);
/** platter_speed_graph_add: See platter_speed_history_add(). */
void platter_speed_graph_add (PlatterSpeedGraph *self,
                              gint64 time_us,
                              guint64 rate_bytes_per_s,
                              PlatterSpeedKind kind);

G_END_DECLS
