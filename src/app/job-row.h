// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A job in the list of the start page.

#pragma once

#include <adwaita.h>

#include "client/job.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_JOB_ROW (platter_job_row_get_type ())
G_DECLARE_FINAL_TYPE (PlatterJobRow, platter_job_row, PLATTER, JOB_ROW, AdwPreferencesRow)

GtkWidget *platter_job_row_new (PlatterJob *job);
PlatterJob *platter_job_row_get_job (PlatterJobRow *self);

/** platter_job_row_set_id: Offers to delete the report that is kept under @id. */
void platter_job_row_set_id (PlatterJobRow *self, const char *id);

G_END_DECLS
