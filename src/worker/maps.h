// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The mapfiles that a rescue begins with, and the maps that a job leaves for whoever looks at it.

#pragma once

#include "engine/block-hash.h"
#include "engine/transfer.h"

G_BEGIN_DECLS

/** PlatterMaps: the descriptors are -1 where there is none; they are not closed. */
typedef struct
{
  int map_fd;
  int domain_fd;
  int page_fd;
  gboolean has_file;          /* the page is to hold a mapfile, too */
  guint64 durable_bytes;      /* of all targets, when the maps were last saved */
  guint64 file_number;        /* of the last text in that part of the page */
  PlatterBlockHash file_hash; /* of that text */
  guint64 ranges_number;      /* the same */
  gint64 next_us;             /* when the next ones are due */
} PlatterMaps;

/**
 * platter_maps_load:
 *
 * Reads mapfiles, foreign text, and hands them to the transfer. To be called in the closed sandbox. In the file of
 * maps those of several targets follow on each other, with a zero byte between them, as the page holds them, too.
 *
 * Returns: %FALSE with a #PlatterEngineError that names the line.
 */
gboolean
platter_maps_load (PlatterMaps *self, PlatterTransfer *transfer, guint n_targets, GError **error);

/** platter_maps_save: Leaves the maps as they are now: if it is time, or at the end. */
void
platter_maps_save (PlatterMaps *self, PlatterTransfer *transfer, guint n_targets, gboolean is_end);

G_END_DECLS
