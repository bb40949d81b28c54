// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How a job tells its targets what the helper said.

#pragma once

#include "job-target.h"

G_BEGIN_DECLS

PlatterJobTarget *platter_job_target_new (void);
/** @live: (transfer none): one dictionary of the property Targets */
void platter_job_target_set_live (PlatterJobTarget *self, GVariant *live);
/** @details: (transfer none): its dictionary in Details */
void platter_job_target_set_details (PlatterJobTarget *self, GVariant *details);
/** @report: (transfer none): its dictionary in Report */
void platter_job_target_set_report (PlatterJobTarget *self, GVariant *report);
/** platter_job_target_take_map: @map: (transfer full) (nullable) */
void platter_job_target_take_map (PlatterJobTarget *self, PlatterMapRanges *map, gboolean is_final);
/** Returns: up to where it is durable, but for the first MiB; of a comparison, equal; 0: not known */
guint64 platter_job_target_get_durable_until_bytes (PlatterJobTarget *self);
/** platter_job_target_take_cells: @cells: (transfer full) */
void platter_job_target_take_cells (PlatterJobTarget *self, GBytes *cells);

G_END_DECLS
