// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// All targets of a job that has several.

#pragma once

#include <adwaita.h>

#include "client/job.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_TARGET_LIST (platter_target_list_get_type ())
G_DECLARE_FINAL_TYPE (PlatterTargetList, platter_target_list, PLATTER, TARGET_LIST, AdwBin)

/** platter_target_list_set_job: @job: (nullable): hidden while it has fewer than two targets */
void platter_target_list_set_job (PlatterTargetList *self, PlatterJob *job);

G_END_DECLS
