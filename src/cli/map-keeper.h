// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Keeps the mapfile of a job up to date while it is followed.

#pragma once

#include "../client/job.h"
#include "../client/map-file.h"

G_BEGIN_DECLS

typedef struct _PlatterMapKeeper PlatterMapKeeper;

/** platter_map_keeper_new: @file: (transfer none): outlives it */
PlatterMapKeeper *platter_map_keeper_new (PlatterJob *job, PlatterMapFile *file);
/**
 * platter_map_keeper_end: Saves it once more, when the job has ended.
 *
 * Returns: %FALSE if the file has not the last word.
 */
gboolean platter_map_keeper_end (PlatterMapKeeper *self, GError **error);
void platter_map_keeper_free (PlatterMapKeeper *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterMapKeeper, platter_map_keeper_free)

G_END_DECLS
