// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The mapfiles that a rescue begins with, and the map that it leaves.

#pragma once

#include "engine/transfer.h"

G_BEGIN_DECLS

/** PlatterRescueMaps: the descriptors are -1 where there is none; they are not closed. */
typedef struct
{
  int map_fd;
  int domain_fd;
  int page_fd;
  guint64 page_number; /* of the last text in the page */
  gint64 next_us;      /* when the next one is due */
} PlatterRescueMaps;

/**
 * platter_rescue_maps_load:
 *
 * Reads mapfiles, foreign text, and hands them to the transfer. To be called in the closed sandbox.
 *
 * Returns: %FALSE with a #PlatterEngineError that names the line.
 */
gboolean
platter_rescue_maps_load (PlatterRescueMaps *self, PlatterTransfer *transfer, GError **error);

/** platter_rescue_maps_save: Leaves the map as it is now: if it is time, or at the end. */
void platter_rescue_maps_save (PlatterRescueMaps *self, PlatterTransfer *transfer, gboolean is_end);

G_END_DECLS
