// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The rate of a job over time, as a curve.

#pragma once

#include <gtk/gtk.h>

#include "client/job.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_SPEED_GRAPH (platter_speed_graph_get_type ())
G_DECLARE_FINAL_TYPE (PlatterSpeedGraph, platter_speed_graph, PLATTER, SPEED_GRAPH, GtkWidget)

/** platter_speed_graph_set_job: Whose rates to show. */
void platter_speed_graph_set_job (PlatterSpeedGraph *self, PlatterJob *job);
/** platter_speed_graph_update: The job has told more. */
void platter_speed_graph_update (PlatterSpeedGraph *self);

G_END_DECLS
