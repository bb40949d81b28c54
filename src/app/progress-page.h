// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A job that runs.

#pragma once

#include "client/job.h"
#include "page.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_PROGRESS_PAGE (platter_progress_page_get_type ())
G_DECLARE_FINAL_TYPE (
  PlatterProgressPage, platter_progress_page, PLATTER, PROGRESS_PAGE, PlatterPage)

/**
 * platter_progress_page_load:
 * @layout: (nullable) (element-type PlatterSegment): the partitions of what is copied
 *
 * Follows @job until it ends or another one is loaded; then the action win.job-ended is told its id.
 */
void platter_progress_page_load (PlatterProgressPage *self, PlatterJob *job, GPtrArray *layout);

G_END_DECLS
