// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// From a job's report to the table of facts.

#pragma once

#include "client/job.h"
#include "client/new-image.h"
#include "facts-table.h"

G_BEGIN_DECLS

/** platter_result_facts_fill: Says only what the report says; nothing of a job that was lost. */
void platter_result_facts_fill (PlatterFactsTable *table, PlatterJob *job, PlatterNewImage *image);

G_END_DECLS
