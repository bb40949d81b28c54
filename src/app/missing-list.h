// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The places of a damaged source that could not be read, as a table.

#pragma once

#include <adwaita.h>

#include "client/job.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_MISSING_LIST (platter_missing_list_get_type ())
G_DECLARE_FINAL_TYPE (PlatterMissingList, platter_missing_list, PLATTER, MISSING_LIST, AdwBin)

/**
 * platter_missing_list_set_job:
 * @layout: (nullable) (element-type PlatterSegment): the partitions of the source
 *
 * Hides itself if nothing is missing.
 */
void platter_missing_list_set_job (PlatterMissingList *self, PlatterJob *job, GPtrArray *layout);

G_END_DECLS
