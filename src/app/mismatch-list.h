// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The places where a target came back wrong.

#pragma once

#include <adwaita.h>

#include "client/job.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_MISMATCH_LIST (platter_mismatch_list_get_type ())
G_DECLARE_FINAL_TYPE (PlatterMismatchList, platter_mismatch_list, PLATTER, MISMATCH_LIST, AdwBin)

/**
 * platter_mismatch_list_set_job:
 * @layout: (nullable) (element-type PlatterSegment): tells which partition a place is in
 *
 * Hidden if nothing came back wrong.
 */
void platter_mismatch_list_set_job (PlatterMismatchList *self, PlatterJob *job, GPtrArray *layout);

G_END_DECLS
