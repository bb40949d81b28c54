// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Keeps the mapfile of a job up to date while it is followed.

#pragma once

#include "job.h"
#include "map-file.h"

G_BEGIN_DECLS

typedef struct _PlatterMapKeeper PlatterMapKeeper;

/** platter_map_keeper_new: @file: (transfer none): outlives it, and what it was asked for last */
PlatterMapKeeper *platter_map_keeper_new (PlatterJob *job, PlatterMapFile *file);
/** platter_map_keeper_free: Nothing is saved any more. */
void platter_map_keeper_free (PlatterMapKeeper *self);

/** platter_map_keeper_end_async: Saves it once more, when the job's work is done. */
void platter_map_keeper_end_async (PlatterMapKeeper *self,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/** Returns: %FALSE if the file has not the last word. */
gboolean platter_map_keeper_end_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterMapKeeper, platter_map_keeper_free)

G_END_DECLS
